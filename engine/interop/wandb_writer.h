// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/file.h"
#include "core/json.h"
#include "core/result.h"
#include "interop/record_sink.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace lathe::interop {

// Who the run is, in W&B's words.
struct WandbRun {
    std::string id, project, name, group, notes, host;
    std::vector<std::string> tags;
    double started = 0;
    Json config = Json::object();
};

// Writes a .wandb file that `wandb sync` takes (the formats are named in wandb_reader.h). Bytes are buffered:
// call close(). Not thread-safe.
class WandbWriter {
public:
    // Fails with Exists if there is one.
    static Result<WandbWriter> create(const std::string& path);

    Result<> run(const WandbRun& run);
    // One line of history; W&B wants `_step` to grow from line to line.
    Result<> history(double time, std::int64_t step, double started, std::span<const MetricValue> values);
    Result<> summary(const Json& values);
    Result<> output(double time, std::string_view line);
    Result<> exit(int code);
    Result<> close();

private:
    explicit WandbWriter(UniqueFd fd, std::string path) : m_fd(std::move(fd)), m_path(std::move(path)) {}
    Result<> record(int number, std::string_view message);
    Result<> append(std::string_view record);

    UniqueFd m_fd;
    std::string m_path;
    std::string m_buffer;
    std::uint64_t m_offset = 0;  // in the file, of the buffer's end
    std::int64_t m_records = 0;
};

}  // namespace lathe::interop

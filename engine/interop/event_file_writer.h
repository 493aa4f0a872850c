// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/file.h"
#include "core/json.h"
#include "core/result.h"

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>

namespace lathe::interop {

// Writes an event file that TensorBoard opens (the formats are named in event_file_reader.h). Bytes are
// buffered: call close(). Not thread-safe.
class EventFileWriter {
public:
    // `folder`/events.out.tfevents.<seconds>.lathe, with its first event, the version. Fails with Exists if
    // there is one.
    static Result<EventFileWriter> create(const std::string& folder, double started);

    // As the single-precision number that every reader knows, or as a tensor of one double, which keeps all
    // its bits.
    Result<> scalar(double time, std::int64_t step, std::string_view tag, double value, bool single);
    Result<> text(double time, std::int64_t step, std::string_view tag, std::string_view text);
    Result<> histogram(double time, std::int64_t step, std::string_view tag, std::span<const double> edges,
                       std::span<const double> counts);
    Result<> image(double time, std::int64_t step, std::string_view tag, std::int64_t width,
                   std::int64_t height, std::string_view encoded);
    // One session of TensorBoard's HPARAMS tab; `params` flat.
    Result<> hyperparameters(double time, const Json& params, std::string_view sessionName);
    Result<> close();

    const std::string& path() const { return m_path; }

private:
    EventFileWriter(UniqueFd fd, std::string path) : m_fd(std::move(fd)), m_path(std::move(path)) {}
    Result<> event(std::string_view message);
    // `kind` with its `number` is the Value's own field; metadata goes with the first event of a tag.
    Result<> value(double time, std::int64_t step, std::string_view tag, std::string_view plugin,
                   int dataClass, int number, std::string_view kind);

    UniqueFd m_fd;
    std::string m_path;
    std::string m_buffer;
    std::set<std::string, std::less<>> m_tags;
};

}  // namespace lathe::interop

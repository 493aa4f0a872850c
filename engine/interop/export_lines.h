// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/file.h"
#include "core/journal_writer.h"
#include "core/result.h"
#include "interop/record_sink.h"
#include "record/store.h"

#include <functional>
#include <string>

namespace lathe::interop {

// What one kind of export does with a run; lines come as they were logged, file by file.
class RunExport {
public:
    virtual ~RunExport() = default;
    // Once before `metrics`, with all lines, for what an export must know beforehand. Usually nothing.
    virtual bool wantsLook() const { return false; }
    virtual void look(std::span<const MetricValue>) {}
    virtual Result<> begin() = 0;
    virtual Result<> metrics(double time, std::int64_t step, std::span<const MetricValue> values) = 0;
    virtual Result<> item(const record::Item&) { return {}; }
    virtual Result<> end() = 0;
};

// The parts of a path or a name that a peer takes; everything else becomes "_".
std::string plainName(std::string_view name);
// params of the run as flat JSON, the ones given later winning.
Json paramsOf(const record::RunSummary& run);

std::unique_ptr<RunExport> tensorBoardExport(const record::RunSummary& run, const std::string& runDir,
                                             const std::string& folder);
std::unique_ptr<RunExport> mlflowExport(const record::RunSummary& run, const std::string& runDir,
                                        const std::string& folder, const std::string& experimentId);
std::unique_ptr<RunExport> wandbExport(const record::RunSummary& run, const std::string& runDir,
                                       const std::string& folder, const std::string& id);
std::unique_ptr<RunExport> csvExport(const record::RunSummary& run, const std::string& folder);
std::unique_ptr<RunExport> jsonLinesExport(const record::RunSummary& run, const std::string& folder);

// MLflow names experiments by a number and runs by 32 hex digits.
std::string mlflowExperimentId(const std::string& experiment);
std::string mlflowRunId(const std::string& runId);

// Bytes into a new file, in large pieces.
class BufferedFile {
public:
    static Result<BufferedFile> create(const std::string& path);
    Result<> write(std::string_view bytes);
    Result<> close();

private:
    BufferedFile(UniqueFd fd, std::string path) : m_fd(std::move(fd)), m_path(std::move(path)) {}
    UniqueFd m_fd;
    std::string m_path, m_buffer;
};

}  // namespace lathe::interop

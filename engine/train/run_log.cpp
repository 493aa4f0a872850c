// SPDX-License-Identifier: Apache-2.0
#include "train/run_log.h"

#include "core/log.h"
#include "core/paths.h"
#include "core/sha256.h"

#include <fmt/format.h>

namespace lathe::train {

Result<RunLog> RunLog::open(const std::string& runFolder, int rank) {
    RunLog log;
    log.m_folder = runFolder;
    if (runFolder.empty())
        return log;
    auto writer = JournalWriter::open(joinPath(runFolder, fmt::format("journal.{}.jsonl", rank)));
    if (writer)
        log.m_writer = std::move(*writer);
    else if (writer.error().code == ErrorCode::Full)
        log.note(std::unexpected(writer.error()));
    else
        return std::unexpected(writer.error());
    return log;
}

void RunLog::note(const Result<>& written) {
    if (written || m_warned)
        return;
    m_warned = true;
    logWarn("train", "the training goes on, but is not recorded: {}", written.error().text());
}

void RunLog::metrics(std::int64_t step, std::span<const JournalWriter::Metric> values) {
    if (m_writer)
        note(m_writer->metrics(step, values));
}

std::string RunLog::media(std::string_view bytes, std::string_view extension) {
    if (!m_writer)
        return {};
    const std::string name = fmt::format("media/{}.{}", sha256Hex(bytes), extension);
    const std::string path = joinPath(m_folder, name);
    if (exists(path))
        return name;
    auto written = makeDirs(joinPath(m_folder, "media"));
    if (written)
        written = writeFileAtomic(path, bytes);
    note(written);
    return written ? name : std::string();
}

void RunLog::params(const Json& values) {
    if (m_writer)
        note(m_writer->params(values));
}

void RunLog::event(std::string_view type, const Json& fields) {
    if (m_writer)
        note(m_writer->event(type, fields));
}

void RunLog::alert(std::string_view level, std::string_view title, std::string_view text) {
    event("alert", {{"level", level}, {"title", title}, {"text", text}});
}

void RunLog::sync() {
    if (m_writer)
        note(m_writer->sync());
}

}  // namespace lathe::train

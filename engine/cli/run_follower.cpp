// SPDX-License-Identifier: Apache-2.0
#include "cli/run_follower.h"

#include "core/file.h"
#include "core/paths.h"
#include "core/text.h"

#include <algorithm>
#include <sys/stat.h>

namespace lathe::cli {
namespace {

constexpr std::size_t kPiece = 1 << 20;
constexpr std::size_t kLongestLine = 64 << 20;

std::uint64_t sizeOf(const std::string& path) {
    struct stat info {};
    return ::stat(path.c_str(), &info) == 0 ? static_cast<std::uint64_t>(info.st_size) : 0;
}

}  // namespace

RunFollower::RunFollower(std::string runDir, int rank, Handlers handlers)
    : m_runDir(std::move(runDir)),
      m_outputName(rank == 0 ? "output.log" : "output." + std::to_string(rank) + ".log"),
      m_handlers(std::move(handlers)) {}

void RunFollower::skipToLast(std::size_t lines) {
    const std::string path = joinPath(m_runDir, m_outputName);
    const std::uint64_t size = sizeOf(path);
    std::uint64_t at = size;
    std::size_t found = 0;
    while (at > 0 && found <= lines) {
        const std::uint64_t from = at > kPiece ? at - kPiece : 0;
        const auto bytes = readFileFrom(path, from, static_cast<std::size_t>(at - from));
        if (!bytes || bytes->empty())
            break;
        for (std::size_t i = bytes->size(); i-- > 0;) {
            // The newline that ends the file ends its last line and begins none.
            if ((*bytes)[i] == '\n' && from + i + 1 != size && ++found == lines) {
                m_outputOffset = from + i + 1;
                return;
            }
        }
        at = from;
    }
}

bool RunFollower::poll() {
    // The journal first: when it tells the end, all output is there to be read after it.
    bool any = false;
    for (const std::string& name : listDir(m_runDir).value_or(std::vector<std::string>())) {
        if (name.starts_with("journal.") && name.ends_with("jsonl"))
            any = pollJournal(name) || any;
    }
    return pollOutput() || any;
}

bool RunFollower::pollOutput() {
    bool any = false;
    for (;;) {
        const auto bytes = readFileFrom(joinPath(m_runDir, m_outputName), m_outputOffset, kPiece);
        if (!bytes || bytes->empty())
            return any;
        m_outputOffset += bytes->size();
        if (m_handlers.output)
            m_handlers.output(*bytes);
        any = true;
    }
}

bool RunFollower::pollJournal(const std::string& name) {
    const std::string path = joinPath(m_runDir, name);
    std::uint64_t& offset = m_offsets[name];
    if (sizeOf(path) <= offset)
        return false;
    bool any = false;
    for (std::size_t want = kPiece;;) {
        const auto bytes = readFileFrom(path, offset, want);
        if (!bytes || bytes->empty())
            return any;
        const auto end = bytes->rfind('\n');
        if (end == std::string::npos) {
            if (bytes->size() < want || want > kLongestLine)
                return any;
            want *= 2;
            continue;
        }
        for (const std::string& line : split(std::string_view(*bytes).substr(0, end), '\n')) {
            if (const auto event = parseJson(line, name); event && event->is_object())
                take(*event);
        }
        offset += end + 1;
        any = true;
    }
}

void RunFollower::take(const Json& event) {
    const std::string type = getString(event, "e");
    if (type == "metrics") {
        const auto values = event.find("v");
        if (!m_handlers.metric || values == event.end() || !values->is_object())
            return;
        for (const auto& [name, value] : values->items()) {
            if (const auto number = numberFromJson(value))
                m_handlers.metric(getInt(event, "s"), name, *number, getNumber(event, "t"));
        }
    } else if (type == "progress" && m_handlers.progress) {
        m_handlers.progress(getInt(event, "s"), getInt(event, "total"), getNumber(event, "t"));
    } else if (type == "alert" && m_handlers.alert) {
        m_handlers.alert(event);
    } else if (type == "state") {
        const std::string state = getString(event, "state");
        if (state == "finished" || state == "failed" || state == "stopped")
            m_end = event;
    }
}

}  // namespace lathe::cli

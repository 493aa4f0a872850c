// SPDX-License-Identifier: GPL-3.0-or-later
#include "recovery.h"

#include "core/clock.h"
#include "core/file.h"
#include "core/json.h"
#include "core/paths.h"
#include "core/text.h"
#include "launch/system_sampler.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include <fmt/format.h>
#include <unistd.h>

namespace lathe::editor {

namespace {

std::string folder() {
    return joinPath(dataDir(), "recovery");
}
// A path is bytes and JSON is not: it is written as hexadecimal digits.
std::optional<std::string> bytesOfHex(std::string_view hex) {
    std::string bytes;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
        unsigned value = 0;
        if (std::from_chars(hex.data() + i, hex.data() + i + 2, value, 16).ptr != hex.data() + i + 2)
            return std::nullopt;
        bytes += static_cast<char>(value);
    }
    return bytes;
}

std::string fileOf(const std::string& key) {
    return joinPath(folder(), key + ".text");
}

}  // namespace

std::string recoveryKey(const host::Location& location) {
    // FNV-1a, twice with other starts: a name, not a secret; the file says for itself what it is of.
    const std::string text = location.text();
    std::uint64_t one = 0xcbf29ce484222325, two = 0x84222325cbf29ce4;
    for (const char c : text) {
        one = (one ^ static_cast<unsigned char>(c)) * 0x100000001b3;
        two = (two ^ static_cast<unsigned char>(c)) * 0x100000001b3 + 1;
    }
    return fmt::format("{:016x}{:016x}", one, two);
}

// One line of JSON, then the bytes as they are.
Result<> keepRecovery(const Recovered& text) {
    LATHE_TRY(makeDirs(folder()));
    const Json head = {{"location", text.location.path.empty() ? "" : hexText(text.location.text())},
                       {"size", text.base.size},
                       {"modified", text.base.modified},
                       {"time", wallSeconds()},
                       {"pid", static_cast<std::int64_t>(::getpid())},
                       {"start", launch::processStartTicks(::getpid())},
                       {"bytes", text.bytes.size()}};
    return writeFileAtomic(fileOf(text.key), dumpJson(head) + "\n" + text.bytes);
}

Result<std::optional<Recovered>> loadRecovery(const std::string& key) {
    const std::string path = fileOf(key);
    if (!exists(path))
        return std::nullopt;
    LATHE_TRY_ASSIGN(const std::string all, readFile(path));
    const auto damaged = [&] {
        return fail(ErrorCode::Corrupt, "the recovery file is damaged", path,
                    "its text may still be read there");
    };
    const std::size_t end = all.find('\n');
    if (end == std::string::npos)
        return damaged();
    const auto head = parseJson(std::string_view(all).substr(0, end), path);
    Recovered text;
    text.key = key;
    text.bytes = all.substr(end + 1);
    const auto location = head ? bytesOfHex(getString(*head, "location")) : std::nullopt;
    if (!location || !head->is_object() ||
        getInt(*head, "bytes", -1) != static_cast<std::int64_t>(text.bytes.size()))
        return damaged();
    if (!location->empty())
        text.location = host::Location::parse(*location);
    text.base.size = static_cast<std::uint64_t>(getInt(*head, "size"));
    text.base.modified = getNumber(*head, "modified");
    text.time = getNumber(*head, "time");
    const auto pid = static_cast<pid_t>(getInt(*head, "pid"));
    text.inUse =
        pid > 0 && pid != ::getpid() &&
        launch::processStartTicks(pid) == static_cast<unsigned long long>(getInt(*head, "start", -1));
    return text;
}

std::string ownKey(const std::string& key) {
    return key + "-" + std::to_string(::getpid());
}

Result<> dropRecovery(const std::string& key) {
    const std::string path = fileOf(key);
    return exists(path) ? removeTree(path) : Result<>{};
}

std::vector<Recovered> unsavedTexts() {
    std::vector<Recovered> texts;
    const auto names = listDir(folder());
    if (!names)
        return texts;
    for (const std::string& name : *names) {
        if (!name.ends_with(".text"))
            continue;
        const auto text = loadRecovery(name.substr(0, name.size() - 5));
        if (text && *text && (*text)->location.path.empty() && !(*text)->inUse)
            texts.push_back(**text);
    }
    std::ranges::sort(texts, {}, &Recovered::time);
    return texts;
}

}  // namespace lathe::editor

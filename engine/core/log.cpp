// SPDX-License-Identifier: Apache-2.0
#include "core/log.h"

#include "core/file.h"
#include "core/paths.h"

#include <exception>
#include <map>
#include <memory>
#include <mutex>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

namespace lathe {
namespace {

constexpr std::size_t kFileBytes = 4 << 20;
constexpr std::size_t kFiles = 3;

struct LogState {
    std::mutex mutex;
    std::shared_ptr<spdlog::sinks::sink> file;
    std::shared_ptr<spdlog::sinks::stderr_color_sink_mt> screen;
    std::map<int, LogListener> listeners;
    int nextKey = 1;

    LogState() : screen(std::make_shared<spdlog::sinks::stderr_color_sink_mt>()) {
        screen->set_pattern("%^%l%$ %n: %v");
        screen->set_level(spdlog::level::warn);
    }
};

LogState& state() {
    static auto* held = new LogState;  // never destroyed: threads may log while the process exits
    return *held;
}

spdlog::level::level_enum levelOf(LogLevel level) {
    switch (level) {
    case LogLevel::Debug: return spdlog::level::debug;
    case LogLevel::Info: return spdlog::level::info;
    case LogLevel::Warn: return spdlog::level::warn;
    case LogLevel::Error: return spdlog::level::err;
    }
    return spdlog::level::info;
}

}  // namespace

void startLog(const std::string& filePath) {
    if (const auto made = makeDirs(parentPath(filePath)); !made) {
        logWarn("log", "no log file: {}", made.error().text());
        return;
    }
    try {
        auto sink = std::make_shared<spdlog::sinks::rotating_file_sink_mt>(filePath, kFileBytes, kFiles);
        sink->set_pattern("%Y-%m-%d %H:%M:%S.%e %L %n: %v");
        const std::lock_guard lock(state().mutex);
        state().file = std::move(sink);
    } catch (const spdlog::spdlog_ex& problem) {
        logWarn("log", "no log file: {}", problem.what());
    }
}

void setStderrLevel(LogLevel level) { state().screen->set_level(levelOf(level)); }

void logMessage(LogLevel level, std::string_view channel, std::string_view message) {
    LogState& log = state();
    const spdlog::details::log_msg entry(spdlog::string_view_t(channel.data(), channel.size()), levelOf(level),
                                         spdlog::string_view_t(message.data(), message.size()));
    std::map<int, LogListener> listeners;
    std::shared_ptr<spdlog::sinks::sink> file;
    {
        const std::lock_guard lock(log.mutex);
        listeners = log.listeners;
        file = log.file;
    }
    try {
        if (file) {
            file->log(entry);
            file->flush();
        }
        if (log.screen->should_log(entry.level))
            log.screen->log(entry);
        for (const auto& [key, listener] : listeners)
            listener(level, channel, message);
    } catch (const std::exception&) {
        // A log that cannot be written must not take down what it describes.
    }
}

int addLogListener(LogListener listener) {
    const std::lock_guard lock(state().mutex);
    state().listeners.emplace(state().nextKey, std::move(listener));
    return state().nextKey++;
}

void removeLogListener(int key) {
    const std::lock_guard lock(state().mutex);
    state().listeners.erase(key);
}

}  // namespace lathe

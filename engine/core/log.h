// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <functional>
#include <string>
#include <string_view>

namespace lathe {

enum class LogLevel { Debug, Info, Warn, Error };

// One log per process: to a rotating file once startLog was called, to stderr from Warn on, and to listeners (the
// Output panel). Channels are folder names ("host", "record"). Thread-safe; never throws.
void startLog(const std::string& filePath);
void setStderrLevel(LogLevel level);
void logMessage(LogLevel level, std::string_view channel, std::string_view message);

using LogListener = std::function<void(LogLevel, std::string_view channel, std::string_view message)>;
// Called on the logging thread. Returns a key for removeLogListener.
int addLogListener(LogListener listener);
void removeLogListener(int key);

template <class... Args> void logDebug(std::string_view channel, fmt::format_string<Args...> f, Args&&... args) {
    logMessage(LogLevel::Debug, channel, fmt::format(f, std::forward<Args>(args)...));
}
template <class... Args> void logInfo(std::string_view channel, fmt::format_string<Args...> f, Args&&... args) {
    logMessage(LogLevel::Info, channel, fmt::format(f, std::forward<Args>(args)...));
}
template <class... Args> void logWarn(std::string_view channel, fmt::format_string<Args...> f, Args&&... args) {
    logMessage(LogLevel::Warn, channel, fmt::format(f, std::forward<Args>(args)...));
}
template <class... Args> void logError(std::string_view channel, fmt::format_string<Args...> f, Args&&... args) {
    logMessage(LogLevel::Error, channel, fmt::format(f, std::forward<Args>(args)...));
}

}  // namespace lathe

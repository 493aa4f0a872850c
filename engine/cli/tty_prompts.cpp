// SPDX-License-Identifier: Apache-2.0
#include "cli/tty_prompts.h"

#include "core/file.h"
#include "core/text.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <optional>
#include <termios.h>
#include <unistd.h>

namespace lathe::cli {
namespace {

std::optional<std::string> ask(const std::string& question, bool echo) {
    const UniqueFd terminal(::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY));
    if (!terminal)
        return std::nullopt;
    if (!writeAll(terminal.get(), question, "/dev/tty"))
        return std::nullopt;
    termios before{};
    const bool hidden = !echo && ::tcgetattr(terminal.get(), &before) == 0;
    if (hidden) {
        termios quiet = before;
        quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        ::tcsetattr(terminal.get(), TCSAFLUSH, &quiet);
    }
    std::string answer;
    char c = 0;
    bool whole = false;
    while (answer.size() < 4096 && ::read(terminal.get(), &c, 1) == 1) {
        if (c == '\n') {
            whole = true;
            break;
        }
        answer += c;
    }
    if (hidden) {
        ::tcsetattr(terminal.get(), TCSAFLUSH, &before);
        (void)writeAll(terminal.get(), "\n", "/dev/tty");
    }
    return whole ? std::optional(answer) : std::nullopt;
}

}  // namespace

host::Prompts ttyPrompts(const std::string& hostId) {
    host::Prompts prompts;
    // Unset means that nobody can be asked, which is another failure than an answer of "no".
    if (const UniqueFd terminal(::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)); !terminal)
        return prompts;
    prompts.unknownKey = [](const host::HostKeyQuestion& question) {
        const auto answer = ask(fmt::format("{} shows the {} key {}, which is not known.\n"
                                            "Is it the right machine? yes (and remember), once, no: ",
                                            escapedForDisplay(question.host), escapedForDisplay(question.keyType),
                                            escapedForDisplay(question.sha256)), true);
        if (answer && trim(*answer) == "yes")
            return host::HostKeyAnswer::AcceptAndSave;
        return answer && trim(*answer) == "once" ? host::HostKeyAnswer::AcceptOnce : host::HostKeyAnswer::Cancel;
    };
    prompts.secret = [hostId](const std::string& prompt, bool echo) {
        return ask(fmt::format("{}: {} ", hostId, escapedForDisplay(trim(prompt), 200)), echo);
    };
    return prompts;
}

}  // namespace lathe::cli

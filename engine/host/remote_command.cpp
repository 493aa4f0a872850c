// SPDX-License-Identifier: Apache-2.0
#include "host/remote_command.h"

#include "core/id.h"
#include "core/text.h"

#include <algorithm>
#include <cctype>
#include <fmt/format.h>

namespace lathe::host {
namespace {

// Linux takes 128 KiB as one argument, and quoting within quotes can make the line longer.
constexpr std::size_t maxLine = 100'000;

bool isVariableName(const std::string& name) {
    return !name.empty() && !std::isdigit(static_cast<unsigned char>(name[0])) &&
           std::ranges::all_of(name,
                               [](unsigned char c) { return c < 0x80 && (std::isalnum(c) || c == '_'); });
}

}  // namespace

Result<RemoteCommand> remoteCommand(const ProcessSpec& spec, const std::string& host) {
    const std::string name = "lathe-" + randomHex(8);
    const auto say = [&](char what) {
        const std::string print = fmt::format("printf '\\036{}{}%s;' $$", name, what);
        return spec.pty ? print : fmt::format("{}; {} >&2", print, print);
    };
    std::string script;
    for (const auto& [variable, value] : spec.env) {
        if (!isVariableName(variable) || value.find('\0') != std::string::npos)
            return fail(ErrorCode::Invalid, "cannot be an environment variable", escapedForDisplay(variable));
        script += fmt::format("export {}={}; ", variable, shellQuote(value));
    }
    if (spec.cwd.empty())
        script += "cd >/dev/null 2>&1; ";
    else
        script +=
            fmt::format("cd -- {} >/dev/null 2>&1 || {{ {}; exit 126; }}; ", shellQuote(spec.cwd), say('d'));
    if (spec.argv.empty()) {
        script += say('+') + "; exec \"${SHELL:-/bin/sh}\" -l";
    } else {
        if (spec.argv[0].empty() || spec.argv[0][0] == '-')
            return fail(ErrorCode::Invalid, "cannot be the name of a program",
                        escapedForDisplay(spec.argv[0]));
        script += fmt::format("command -v {} >/dev/null 2>&1 || {{ {}; exit 127; }}; {}; exec {}",
                              shellQuote(spec.argv[0]), say('c'), say('+'), shellCommand(spec.argv));
    }
    RemoteCommand command{"exec /bin/sh -c " + shellQuote(script), "\036" + name};
    if (command.line.find('\0') != std::string::npos)
        return fail(ErrorCode::Invalid, "the command holds a NUL byte", host);
    if (command.line.size() > maxLine)
        return fail(ErrorCode::Invalid, "the command with its environment is too long for the host's shell",
                    host, "put the data into a file there");
    return command;
}

std::string remoteSignal(long pid, int number) {
    return "exec /bin/sh -c " +
           shellQuote(fmt::format("kill -{} -- -{} 2>/dev/null || kill -{} {}", number, pid, number, pid));
}

}  // namespace lathe::host

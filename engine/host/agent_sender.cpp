// SPDX-License-Identifier: Apache-2.0
#include "host/agent_sender.h"

#include "core/file.h"
#include "core/log.h"
#include "core/paths.h"
#include "core/text.h"

#include <fmt/format.h>
#include <unistd.h>

namespace lathe::host {
namespace {

constexpr std::string_view missing = "files, terminals and git work there; recorded runs need the agent";

std::unexpected<Error> cannotRun(const std::string& why, const std::string& host) {
    return fail(ErrorCode::Unsupported, "lathe-agent cannot run there: " + why, host, std::string(missing));
}

// By e_machine of the ELF header; what is no ELF file runs wherever it can.
std::string machineOf(std::string_view program) {
    if (program.size() < 20 || program.substr(0, 4) != "\x7f"
                                                       "ELF")
        return {};
    const int machine = static_cast<unsigned char>(program[18]) | static_cast<unsigned char>(program[19])
                                                                      << 8;
    return machine == 62 ? "x86_64" : machine == 183 ? "aarch64" : fmt::format("machine {}", machine);
}

struct LocalAgent {
    std::string bytes;
    std::string checksum;
};

Result<LocalAgent> localAgent(const std::string& path, const std::string& host) {
    LocalAgent agent;
    auto bytes = readFile(path, std::size_t{64} << 20);
    if (!bytes)
        return fail(ErrorCode::Unsupported, "lathe-agent is missing here, so none can be sent", host,
                    "install it beside the other programs of Lathe");
    agent.bytes = std::move(*bytes);
    ProcessOptions sum;
    sum.argv = {"sha256sum", path};
    LATHE_TRY_ASSIGN(const CommandOutput output, runCommand(sum, {}, 60));
    agent.checksum = output.out.substr(0, 64);
    if (!output.status.ok() || agent.checksum.size() != 64)
        return fail(ErrorCode::Io, "cannot compute the checksum of the agent", path);
    return agent;
}

// Whether the file there is ours, byte for byte.
Result<bool> isSame(Host& host, SftpFiles& files, const std::string& path, const LocalAgent& agent) {
    const auto info = files.stat(path);
    if (!info && info.error().code == ErrorCode::NotFound)
        return false;
    if (!info)
        return std::unexpected(info.error());
    if (info->kind != FileKind::File || info->size != agent.bytes.size() || info->mode != 0700)
        return false;
    const auto sum = host.run({{"sha256sum", path}, "/"}, {}, 60);
    if (sum && sum->status.ok() && sum->out.size() >= 64)
        return sum->out.starts_with(agent.checksum);
    if (!sum && sum.error().code == ErrorCode::Unavailable)
        return std::unexpected(sum.error());
    LATHE_TRY_ASSIGN(const FileContent content, files.read(path, agent.bytes.size()));
    return content.bytes == agent.bytes;
}

}  // namespace

Result<std::string> sendAgent(Host& host, SftpFiles& files) {
    LATHE_TRY_ASSIGN(const CommandOutput system, host.run({{"uname", "-sm"}, "/"}, {}, 30));
    const auto words = split(trim(system.out), ' ');
    if (!system.status.ok() || words.size() != 2 || words[0] != "Linux")
        return cannotRun("it is made for Linux, this is " + escapedForDisplay(trim(system.out), 60),
                         host.id());

    std::string local = programPath("lathe-agent");
    LATHE_TRY_ASSIGN(LocalAgent agent, localAgent(local, host.id()));
    if (const std::string machine = machineOf(agent.bytes); !machine.empty() && machine != words[1]) {
        local = sharePath(fmt::format("agents/lathe-agent-{}", words[1]));
        if (!exists(local))
            return cannotRun(
                fmt::format("it is made for {}, this host is {}", machine, escapedForDisplay(words[1], 40)),
                host.id());
        LATHE_TRY_ASSIGN(agent, localAgent(local, host.id()));
    }

    LATHE_TRY_ASSIGN(const std::string home, host.home());
    const std::string folder =
        fmt::format("{}/.cache/lathe/agent/{}-{}", home, LATHE_VERSION, agent.checksum.substr(0, 12));
    const std::string path = folder + "/lathe-agent";
    LATHE_TRY_ASSIGN(bool there, isSame(host, files, path, agent));
    if (!there) {
        logInfo("host", "{}: sending the agent, {}", host.id(), bytesText(agent.bytes.size()));
        LATHE_TRY(files.makeDirs(folder, 0700));
        LATHE_TRY(files.writeNew(path, agent.bytes, 0700));
        LATHE_TRY_ASSIGN(there, isSame(host, files, path, agent));
        if (!there)
            return fail(ErrorCode::Corrupt, "the agent did not arrive as it was sent", host.id() + ":" + path,
                        "is the disk there full or damaged?");
    }
    const auto version = host.run({{path, "version"}, "/"}, {}, 30);
    // Of root's files the shell thinks that they can be run, and its exec is then refused with 126.
    constexpr int refused = 126;
    if (version ? version->status.code == refused : version.error().code == ErrorCode::NotFound)
        return cannotRun(parentPath(folder) + " runs no programs (mounted noexec?)", host.id());
    if (!version)
        return std::unexpected(version.error());
    if (!version->status.ok())
        return cannotRun(
            fmt::format("{} ({})", version->status.text(), escapedForDisplay(trim(version->err), 200)),
            host.id());
    return path;
}

}  // namespace lathe::host

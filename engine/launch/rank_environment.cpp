// SPDX-License-Identifier: Apache-2.0
#include "launch/rank_environment.h"

#include "core/file.h"
#include "core/id.h"
#include "core/paths.h"
#include "launch/python_helper.h"

#include <algorithm>
#include <arpa/inet.h>
#include <cstdlib>
#include <netinet/in.h>
#include <sys/socket.h>

namespace lathe::launch {
namespace {

int freeLoopbackPort() {
    const UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (!fd || ::bind(fd.get(), generic, size) != 0 || ::getsockname(fd.get(), generic, &size) != 0)
        return 29500;  // torchrun's default; the ranks say so if it is taken
    return ntohs(address.sin_port);
}

}  // namespace

Result<std::string> pythonHelperDir(const std::string& store) {
    const std::string installed = sharePath("python");
    if (exists(joinPath(installed, "lathe.py")))
        return installed;
    const std::string folder = joinPath(store, "python"), path = joinPath(folder, "lathe.py");
    if (readFile(path).value_or("") != kPythonHelper) {
        LATHE_TRY(makeDirs(folder));
        LATHE_TRY(writeFileAtomic(path, kPythonHelper));
    }
    return folder;
}

RankEnvironment::RankEnvironment(const record::RunSpec& spec, const std::string& runDir)
    : m_ranks(std::max(1, spec.ranks)), m_job(spec.ranks > 1 || spec.kind == "recipe") {
    const std::string store = parentPath(parentPath(runDir));
    m_common["LATHE_RUN_DIR"] = runDir;
    m_common["LATHE_RUN_ID"] = spec.id;
    m_common["LATHE_RUN_NAME"] = spec.name;
    m_common["LATHE_STORE"] = store;
    m_common["LATHE_EXPERIMENT"] = spec.experiment;
    m_common["PYTHONUNBUFFERED"] = "1";
    if (const auto helper = pythonHelperDir(store)) {
        const char* before = std::getenv("PYTHONPATH");
        m_common["PYTHONPATH"] = before && *before ? *helper + ":" + before : *helper;
    } else {
        m_problem = "no Python helper for this run: " + helper.error().text();
    }
    if (m_job) {
        m_common["WORLD_SIZE"] = m_common["LOCAL_WORLD_SIZE"] = std::to_string(m_ranks);
        m_common["MASTER_ADDR"] = "127.0.0.1";
        m_common["MASTER_PORT"] = std::to_string(freeLoopbackPort());
        // Other users of the machine reach the port too, and the run's id stands in the list of processes.
        m_common["LATHE_JOB_SECRET"] = randomHex(32);
    }
}

std::map<std::string, std::optional<std::string>> RankEnvironment::of(int rank) const {
    auto environment = m_common;
    if (m_job)
        environment["RANK"] = environment["LOCAL_RANK"] = std::to_string(rank);
    return environment;
}

}  // namespace lathe::launch

// SPDX-License-Identifier: Apache-2.0
#include "record/run_state.h"

#include "core/clock.h"
#include "core/file.h"
#include "core/json.h"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

namespace lathe::record {

namespace {

// Between the making of a run's folder and its supervisor's lock; a loaded box may take a while.
constexpr double kStartSeconds = 30;
// A lock of another machine may not be visible here (a shared home without lockd), so its heartbeat counts
// too.
constexpr double kForeignSilence = 60;

std::string thisHostName() {
    std::array<char, 256> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

enum class Holder { Nobody, Somebody, Unknown };

// A shared lock for an instant: readers do not disturb each other, and whoever should hold the journal by now
// holds it exclusively.
Holder journalHolder(const std::string& runDir) {
    const UniqueFd fd(::open((runDir + "/journal.jsonl").c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd)
        return errno == ENOENT ? Holder::Nobody : Holder::Unknown;
    if (::flock(fd.get(), LOCK_SH | LOCK_NB) == 0)
        return Holder::Nobody;
    return errno == EWOULDBLOCK ? Holder::Somebody : Holder::Unknown;
}

void lose(RunSummary& summary, std::string reason) {
    summary.state = RunState::Lost;
    summary.reason = std::move(reason);
    summary.ended = summary.lastHeard;
}

}  // namespace

void observeState(const std::string& runDir, double now, RunSummary& summary) {
    if (isOver(summary.state) || summary.state == RunState::Queued)
        return;
    if (summary.spec.host != "local") {
        const auto mirror = readJsonFile(runDir + "/mirror.json");
        if (mirror && getBool(*mirror, "reachable") && !getBool(*mirror, "supervisorAlive", true))
            lose(summary, "its supervisor is gone from " + summary.spec.host);
        return;
    }
    if (summary.state == RunState::Starting && now - summary.spec.created < kStartSeconds)
        return;
    const bool foreign = !summary.spec.hostName.empty() && summary.spec.hostName != thisHostName();
    if (foreign && now - summary.lastHeard < kForeignSilence)
        return;
    if (journalHolder(runDir) != Holder::Nobody)
        return;
    lose(summary,
         summary.state == RunState::Starting
             ? "its supervisor never started"
             : "its supervisor ended without a word; last heard of at " + localTimeText(summary.lastHeard));
}

}  // namespace lathe::record

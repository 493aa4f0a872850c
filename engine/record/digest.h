// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/json.h"
#include "record/run.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lathe::record {

// What the events of one journal file add up to, apart from its points. Within a file the later line wins;
// between files the later time wins, and the greater file name at equal times. So the sum is the same in
// whatever order the files were read, and in how many pieces.
class Digest {
public:
    void add(double time, std::string_view type, const Json& fields);
    void addStep(double time, std::int64_t step);

    std::int64_t step() const { return m_step; }  // the largest seen

    Json toJson() const;
    static Digest fromJson(const Json& json);

    // Lays all files of a run over its spec. `files` is sorted by file name.
    static void apply(const std::vector<Digest>& files, RunSummary& summary);

private:
    template <class T> struct Stamped {
        double time = 0;
        T value{};
    };
    struct State {
        RunState state = RunState::Starting;
        std::optional<int> exitCode, exitSignal;
        std::string reason;
    };

    template <class T>
    static void take(std::optional<Stamped<T>>& into, const std::optional<Stamped<T>>& from);

    std::map<std::string, Stamped<Json>, std::less<>> m_params;
    std::map<std::string, Stamped<bool>, std::less<>> m_tags;
    std::map<std::string, Stamped<Json>, std::less<>> m_summary;
    std::map<std::string, Stamped<Goal>, std::less<>> m_goals;
    std::optional<Stamped<std::string>> m_note, m_name, m_group, m_experiment;
    std::optional<Stamped<bool>> m_archived, m_deleted;
    std::optional<Stamped<State>> m_state;
    std::optional<Stamped<std::int64_t>> m_total;
    double m_started = 0;
    double m_lastHeard = 0;
    std::int64_t m_step = 0;
};

}  // namespace lathe::record

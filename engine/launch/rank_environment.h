// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"
#include "record/run.h"

#include <map>
#include <optional>
#include <string>

namespace lathe::launch {

// The environment of a run's processes: which run they belong to, where the Python helper is, and, for a job of ranks, the
// names that torchrun gives them (https://pytorch.org/docs/stable/elastic/run.html, "Environment Variables").
class RankEnvironment {
public:
    // Picks a free port on loopback for the ranks to meet at.
    RankEnvironment(const record::RunSpec& spec, const std::string& runDir);

    std::map<std::string, std::optional<std::string>> of(int rank) const;
    const std::string& problem() const { return m_problem; }  // why there is no helper; empty if there is

private:
    std::map<std::string, std::optional<std::string>> m_common;
    std::string m_problem;
    int m_ranks;
    bool m_job;  // ranks meet: a recipe, or more than one
};

// A folder that holds `lathe.py`: the installed one, or `store`/python, into which the copy that this program carries is
// written.
Result<std::string> pythonHelperDir(const std::string& store);

}  // namespace lathe::launch

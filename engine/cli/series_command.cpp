// SPDX-License-Identifier: Apache-2.0
#include "cli/commands.h"
#include "core/clock.h"
#include "core/text.h"

#include <fmt/format.h>

namespace lathe::cli {

Result<int> seriesCommand(Context& context, const std::string& name, const std::string& key) {
    LATHE_TRY_ASSIGN(const record::RunSummary run, context.findRun(name));
    LATHE_TRY_ASSIGN(Engine* const engine, context.engine());
    if (!run.metrics.contains(key)) {
        std::vector<std::string> names;
        for (const auto& [metric, summary] : run.metrics)
            names.push_back(metric);
        const auto nearest = nearestName(key, names);
        std::string hint = "it has recorded no metric yet";
        if (nearest)
            hint = "did you mean " + *nearest + "?";
        else if (!names.empty())
            hint = "it has " + join(names, ", ");
        return fail(ErrorCode::NotFound, "the run has no metric of this name", key, hint);
    }
    LATHE_TRY_ASSIGN(const std::vector<record::Point> points, engine->store().points(run.spec.id, key));
    if (!context.json) {
        for (const record::Point& point : points)
            fmt::print("{}\t{}\t{}\n", point.step, isoTimeText(point.time), numberText(point.value));
        return 0;
    }
    // Written point by point: a long series need not exist as JSON objects as well.
    fmt::print("{{\"run\":{},\"key\":{},\"points\":[", dumpJson(run.spec.id), dumpJson(key));
    for (std::size_t i = 0; i < points.size(); ++i)
        fmt::print("{}{{\"step\":{},\"time\":{:.4f},\"value\":{}}}", i ? "," : "", points[i].step, points[i].time,
                   dumpJson(jsonNumber(points[i].value)));
    fmt::print("]}}\n");
    return 0;
}

}  // namespace lathe::cli

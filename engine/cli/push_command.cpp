// SPDX-License-Identifier: Apache-2.0
#include "cli/commands.h"
#include "core/text.h"
#include "interop/mlflow/forwarder.h"
#include "interop/mlflow/run_library.h"

#include <fmt/format.h>

namespace lathe::cli {

Result<int> pushCommand(Context& context, const ExportOptions& options,
                        const std::vector<record::RunSummary>& runs) {
    if (options.uri.empty())
        return fail(ErrorCode::Invalid, "--to mlflow-rest sends to a server", "",
                    "name it with --uri http://HOST:PORT");
    LATHE_TRY_ASSIGN(Engine* const engine, context.engine());
    const auto library = interop::mlflow::makeStoreLibrary(engine->store());
    Json exported = Json::array();
    std::size_t refused = 0;
    for (const record::RunSummary& run : runs) {
        LATHE_TRY_ASSIGN(const auto pushed, interop::mlflow::pushToMlflow(*library, engine->store().path(),
                                                                          run.spec.id, options.uri));
        refused += pushed.refused;
        for (const std::string& problem : pushed.problems)
            fmt::print(stderr, "lathe: {}: {}\n", escapedForDisplay(run.spec.name),
                       escapedForDisplay(problem));
        if (context.json)
            exported.push_back(
                Json{{"run", run.spec.id}, {"mlflow_run", pushed.runId}, {"refused", pushed.refused}});
        else
            fmt::print("{}: run {} on {}\n", escapedForDisplay(run.spec.name),
                       escapedForDisplay(pushed.runId), escapedForDisplay(options.uri));
    }
    if (context.json)
        fmt::print("{}\n", dumpJson(Json{{"exported", exported}}));
    return refused == 0 ? 0 : exitCodeOf(ErrorCode::Unsupported);
}

}  // namespace lathe::cli

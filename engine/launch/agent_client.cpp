// SPDX-License-Identifier: Apache-2.0
#include "launch/agent_client.h"

#include "core/text.h"

#include <optional>
#include <utility>

namespace lathe::launch {

Error onHost(Error error, const host::Host& host) {
    if (host.id() != "local" && !error.on.starts_with(host.id()))
        error.on = error.on.empty() ? host.id() : host.id() + ":" + error.on;
    return error;
}

Result<Json> askAgent(host::Host& host, std::vector<std::string> arguments, std::string_view input,
                      double timeoutSeconds, std::stop_token stop) {
    LATHE_TRY_ASSIGN(std::string program, host.agent());
    host::ProcessSpec spec;
    spec.argv = std::move(arguments);
    spec.argv.insert(spec.argv.begin(), std::move(program));
    LATHE_TRY_ASSIGN(const CommandOutput output, host.run(spec, input, timeoutSeconds, stop));
    const auto answer = parseJson(output.out, "lathe-agent's answer");
    if (answer) {
        if (auto error = errorFromJson(*answer))
            return std::unexpected(onHost(std::move(*error), host));
        if (output.status.ok() && answer->is_object())
            return *answer;
    }
    const std::string said = escapedForDisplay(trim(output.err.empty() ? output.out : output.err), 400);
    return std::unexpected(onHost(Error{ErrorCode::Unavailable,
                                        "lathe-agent gave no answer (" + output.status.text() + "): " + said,
                                        {}, {}}, host));
}

}  // namespace lathe::launch

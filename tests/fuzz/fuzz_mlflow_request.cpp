// SPDX-License-Identifier: Apache-2.0
// A request of any bytes to the MLflow endpoint: the first line names method and path, the rest is the body.
// Whatever it holds, the answer is JSON, nothing outside of the store is touched, and the run that was there
// before can still be read.
#include "core/file.h"
#include "core/json.h"
#include "interop/mlflow/endpoint.h"
#include "interop/mlflow/filter.h"
#include "interop/mlflow/run_library.h"
#include "interop/mlflow/tracking.h"

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

using namespace lathe;
using namespace lathe::interop::mlflow;

namespace {

void must(bool condition) {
    if (!condition)
        std::abort();
}

class Bytes final : public HttpBody {
public:
    explicit Bytes(std::string_view bytes) : m_left(bytes) {}
    Result<std::string_view> next() override {
        const std::string_view piece = m_left.substr(0, 7);
        m_left.remove_prefix(piece.size());
        return piece;
    }

private:
    std::string_view m_left;
};

struct World {
    World() : library(makeFolderLibrary(temp.path() + "/store")) {
        TrackingOptions options;
        options.store = temp.path() + "/store";
        tracking = std::make_unique<Tracking>(options, *library);
        Tracking::NewRun wanted;
        wanted.experimentId = "0";
        const auto made = tracking->createRun(wanted);
        must(made.has_value());
        run = made->id;
    }

    TempDir temp;
    std::unique_ptr<RunLibrary> library;
    std::unique_ptr<Tracking> tracking;
    std::string run;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static std::unique_ptr<World> world;
    static int used = 0;
    if (!world || ++used > 500) {  // a store of its own now and then, so that it stays small
        world = std::make_unique<World>();
        used = 0;
    }
    std::string text(reinterpret_cast<const char*>(data), size);
    if (const auto at = text.find("RUN"); at != std::string::npos)
        text.replace(at, 3, world->run);
    const auto line = text.find('\n');
    const std::string head = text.substr(0, line);
    const std::string body = line == std::string::npos ? "" : text.substr(line + 1);
    const auto blank = head.find(' ');
    HttpRequest request;
    request.method = head.substr(0, blank);
    std::string url = blank == std::string::npos ? "/" : head.substr(blank + 1);
    const auto question = url.find('?');
    request.path = percentDecoded(url.substr(0, question), false);
    if (question != std::string::npos)
        request.query.emplace_back("path", percentDecoded(url.substr(question + 1), true));
    Bytes bytes(body);
    const HttpResponse response = answerRequest(*world->tracking, {}, request, bytes);
    must(response.status >= 200 && response.status < 600);
    if (!response.file && response.type == "application/json")
        must(parseJson(response.body).has_value());
    must(world->tracking->run(world->run).has_value());
    must(listDir(world->temp.path())->size() == 1);

    const Searchable words{{"run_id", "run_name"}, {"start_time"}, true, true, true, true, {"run_id"}};
    if (const auto clauses = parseFilter(body, words))
        (void)matches(*clauses, [](Entity, const std::string&) {
            return std::vector<Value>{1.0, std::string("x"), Value()};
        });
    (void)parseOrder(body, words);
    return 0;
}

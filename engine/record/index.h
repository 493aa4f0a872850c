// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"
#include "record/store.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace lathe::record {

// Everything that the journals of a store say, ready to be asked. Not thread-safe.
class Index {
public:
    static Result<std::unique_ptr<Index>> open(const std::string& store);
    ~Index();

    std::vector<std::string> takeWarnings();
    Result<std::vector<std::string>> refresh();
    Result<> rebuild(const std::function<void(int, int)>& progress);

    Result<std::vector<RunSummary>> runs();
    Result<RunSummary> run(const std::string& id);
    Result<std::vector<Point>> points(const std::string& id, const std::string& metric);
    Result<std::vector<Bucket>> buckets(const std::string& id, const std::string& metric, XAxis axis,
                                        double from, double to, std::size_t maxBuckets);
    Result<std::vector<TextSample>> texts(const std::string& id);

private:
    struct State;
    explicit Index(std::unique_ptr<State> state);
    std::unique_ptr<State> m_state;
};

} // namespace lathe::record

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"
#include "record/run.h"
#include "record/store.h"

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace lathe::interop::mlflow {

// The runs of a store, as they are recorded. Thread-safe.
class RunLibrary {
public:
    virtual ~RunLibrary() = default;
    // Ids of the runs that changed, appeared or vanished since the last call; of all runs at first.
    virtual Result<std::vector<std::string>> changes() = 0;
    // Which experiment it belongs to, without reading more of it than that takes.
    virtual Result<std::string> experimentOf(const std::string& id) = 0;
    // With all that is written by now, by any process. NotFound if there is none.
    virtual Result<record::RunSummary> run(const std::string& id) = 0;
    // In order of time.
    virtual Result<std::vector<record::Point>> points(const std::string& id, const std::string& metric) = 0;
};

// Reads run folders without an index, so that it links into the static agent. Keeps what it read of a run and
// reads on from there; the points themselves are read again for every question.
std::unique_ptr<RunLibrary> makeFolderLibrary(std::string store);

// Asks the store's index. `store` must outlive it. In the library lathe_mlflow_store.
std::unique_ptr<RunLibrary> makeStoreLibrary(record::Store& store);

}  // namespace lathe::interop::mlflow

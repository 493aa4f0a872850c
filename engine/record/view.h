// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/json.h"
#include "core/result.h"
#include "record/query.h"

#include <string>
#include <vector>

namespace lathe::record {

// A saved way to look at the runs: a plain file <store>/views/<name>.json that people may edit and share.
struct View {
    std::string name;
    std::string filter, sort;
    std::vector<std::string> columns, groupBy, allBut, aggregates;
    bool archived = false;
    Json more = Json::object();  // what else the file holds, such as charts; kept as it is

    // Invalid names an aggregate that there is not.
    Result<RunQuery> toQuery() const;
};

// Names of the views of a store, sorted. A store without any has no such folder.
Result<std::vector<std::string>> viewNames(const std::string& store);
// NotFound names the nearest one; Corrupt says what is wrong in the file.
Result<View> readView(const std::string& store, const std::string& name);
// Replaces one of the same name. Invalid: a name that cannot be one of a file, or a filter that cannot be
// parsed.
Result<> writeView(const std::string& store, const View& view);
Result<> removeView(const std::string& store, const std::string& name);

}  // namespace lathe::record

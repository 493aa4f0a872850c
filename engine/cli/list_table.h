// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "record/query.h"
#include "record/run.h"

#include <string>
#include <vector>

namespace lathe::cli {

// How `lathe ls` shows what a store answered: tables for people, JSON and CSV for programs.

// The columns that a run is listed with unless others are asked for.
void printRunTable(const std::vector<record::RunSummary>& runs);
// A column each for what was asked: name, then the fields of `query`.
void printFieldTable(const record::RunQuery& query, const record::RunPage& page);
void printGroupTable(const record::RunQuery& query, const record::RunPage& page);

// RFC 4180 with a head; numbers in full, times in ISO 8601, what is missing empty.
std::string csvOf(const record::RunQuery& query, const record::RunPage& page);
// [{"id","values":{field: value}}], or [{"by":{field:
// value},"runs":[id],"leftOut","values":{field:{aggregate: value}}}].
Json rowsToJson(const record::RunQuery& query, const record::RunPage& page);
Json groupsToJson(const record::RunQuery& query, const record::RunPage& page);

}  // namespace lathe::cli

// SPDX-License-Identifier: Apache-2.0
#include "record/view.h"

#include "core/file.h"
#include "core/text.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <unistd.h>

namespace lathe::record {

namespace {

constexpr std::string_view kSuffix = ".json";
constexpr std::array<std::string_view, 7> kKeys{"filter",  "sort",       "columns", "group_by",
                                                "all_but", "aggregates", "archived"};

std::string pathOf(const std::string& store, const std::string& name) {
    return store + "/views/" + name + std::string(kSuffix);
}

Result<> checkName(const std::string& name) {
    const bool good =
        !name.empty() && name.size() <= 100 && name.front() != '.' && isValidUtf8(name) &&
        std::ranges::none_of(name, [](unsigned char c) { return c == '/' || c < 0x20 || c == 0x7F; });
    if (good)
        return {};
    return fail(ErrorCode::Invalid, "not a name for a view", name,
                "up to 100 letters, without / and not beginning with a dot");
}

Result<std::vector<std::string>> texts(const Json& json, std::string_view key, const std::string& path) {
    std::vector<std::string> all;
    const auto found = json.find(key);
    if (found == json.end())
        return all;
    if (!found->is_array() || !std::ranges::all_of(*found, [](const Json& item) { return item.is_string(); }))
        return fail(ErrorCode::Corrupt, std::string(key) + " must be a list of texts", path);
    for (const Json& item : *found)
        all.push_back(item.get<std::string>());
    return all;
}

}  // namespace

Result<RunQuery> View::toQuery() const {
    RunQuery query;
    query.filter = filter;
    query.sort = sort;
    query.columns = columns;
    query.groupBy = groupBy;
    query.allBut = allBut;
    query.archived = archived;
    for (const std::string& word : aggregates) {
        const auto aggregate = aggregateFromName(word);
        if (!aggregate)
            return fail(ErrorCode::Invalid, "no such aggregate", word,
                        "mean, std, min, max, median, sum or count");
        query.aggregates.push_back(*aggregate);
    }
    return query;
}

Result<std::vector<std::string>> viewNames(const std::string& store) {
    std::vector<std::string> names;
    if (!isDirectory(store + "/views"))
        return names;
    LATHE_TRY_ASSIGN(const auto files, listDir(store + "/views"));
    for (const std::string& file : files)
        if (file.ends_with(kSuffix))
            if (const std::string name = file.substr(0, file.size() - kSuffix.size()); checkName(name))
                names.push_back(name);
    return names;
}

Result<View> readView(const std::string& store, const std::string& name) {
    LATHE_TRY(checkName(name));
    const std::string path = pathOf(store, name);
    if (!exists(path)) {
        LATHE_TRY_ASSIGN(const auto names, viewNames(store));
        const auto nearest = nearestName(name, names);
        return fail(ErrorCode::NotFound, "no such view", name,
                    nearest ? "did you mean " + *nearest + "?" : "`lathe views` lists them");
    }
    LATHE_TRY_ASSIGN(const Json json, readJsonFile(path));
    if (!json.is_object())
        return fail(ErrorCode::Corrupt, "the view is no JSON object", path);
    View view;
    view.name = name;
    view.filter = getString(json, "filter");
    view.sort = getString(json, "sort");
    LATHE_TRY_ASSIGN(view.columns, texts(json, "columns", path));
    LATHE_TRY_ASSIGN(view.groupBy, texts(json, "group_by", path));
    LATHE_TRY_ASSIGN(view.allBut, texts(json, "all_but", path));
    LATHE_TRY_ASSIGN(view.aggregates, texts(json, "aggregates", path));
    view.archived = getBool(json, "archived");
    for (const auto& [key, value] : json.items())
        if (std::ranges::find(kKeys, key) == kKeys.end())
            view.more[key] = value;
    return view;
}

Result<> writeView(const std::string& store, const View& view) {
    LATHE_TRY(checkName(view.name));
    if (const auto parsed = Filter::parse(view.filter); !parsed)
        return std::unexpected(parsed.error().toError(view.filter));
    LATHE_TRY(view.toQuery());
    Json json = {{"filter", view.filter},    {"sort", view.sort},      {"columns", view.columns},
                 {"group_by", view.groupBy}, {"all_but", view.allBut}, {"aggregates", view.aggregates},
                 {"archived", view.archived}};
    for (const auto& [key, value] : view.more.items())
        if (!json.contains(key))
            json[key] = value;
    LATHE_TRY(makeDirs(store + "/views"));
    return writeFileAtomic(pathOf(store, view.name), dumpJsonPretty(json));
}

Result<> removeView(const std::string& store, const std::string& name) {
    // One that is damaged may go as well.
    if (const auto found = readView(store, name); !found && found.error().code != ErrorCode::Corrupt)
        return std::unexpected(found.error());
    const std::string path = pathOf(store, name);
    if (::unlink(path.c_str()) != 0)
        return failErrno(errno, "cannot remove the view", path);
    return {};
}

}  // namespace lathe::record

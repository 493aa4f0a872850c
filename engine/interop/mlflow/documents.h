// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/json.h"
#include "core/result.h"

#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace lathe::interop::mlflow {

// A folder of small JSON objects, one file each, found by a key: what MLflow knows and Lathe has no run for
// (experiments without runs, registered models, logged models). Several processes may use one folder: a
// change holds a lock file, a reader sees the object before or after it. Thread-safe.
class Documents {
public:
    explicit Documents(std::string folder) : m_folder(std::move(folder)) {}

    // NotFound, with a message that names `key`.
    Result<Json> get(std::string_view key) const;
    bool has(std::string_view key) const;
    // Every object; damaged files are left out.
    Result<std::vector<Json>> all() const;
    // `change` gets the object (null if there is none) and makes it what it shall be; null removes it. What
    // it fails with is returned and nothing is changed.
    Result<Json> change(std::string_view key, const std::function<Result<>(Json&)>& change);

private:
    std::string fileOf(std::string_view key) const;

    const std::string m_folder;
    std::mutex m_mutex;  // flock is per open file, but threads should queue without opening it
};

}  // namespace lathe::interop::mlflow

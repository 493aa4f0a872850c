// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/clock.h"
#include "core/file.h"
#include "core/id.h"
#include "core/journal_writer.h"
#include "record/store.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <string>
#include <unistd.h>

namespace lathe::record::test {

// A store in a folder of its own, and ways to put runs into it as a supervisor, a rank or a stranger would.
struct StoreFixture {
    TempDir folder;
    std::string path = folder / "store";

    std::unique_ptr<Store> open() {
        auto store = Store::open(path);
        REQUIRE_MESSAGE(store.has_value(), (store ? "" : store.error().text()));
        return std::move(*store);
    }

    static RunSpec spec(std::string name = {}) {
        RunSpec spec;
        spec.id = newId();
        spec.name = name.empty() ? readableName(spec.id) : std::move(name);
        spec.experiment = "default";
        spec.kind = "command";
        spec.argv = {"python3", "train.py"};
        spec.cwd = "/tmp";
        spec.created = wallSeconds();
        return spec;
    }

    std::string makeRun(Store& store, const std::string& name = {}) {
        const RunSpec made = spec(name);
        REQUIRE(store.createRun(made).has_value());
        return made.id;
    }

    std::string runDir(const std::string& id) const { return path + "/runs/" + id; }

    JournalWriter writer(const std::string& id, const std::string& name = "journal.jsonl") const {
        auto writer = JournalWriter::open(runDir(id) + "/" + name);
        REQUIRE(writer.has_value());
        return std::move(*writer);
    }

    void append(const std::string& id, std::string_view bytes, const std::string& name = "journal.jsonl") const {
        const UniqueFd fd(::open((runDir(id) + "/" + name).c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
        REQUIRE(bool(fd));
        REQUIRE(writeAll(fd.get(), bytes, name).has_value());
    }
};

inline void setState(JournalWriter& writer, std::string_view state, const Json& more = Json::object()) {
    Json fields = more;
    fields["state"] = state;
    REQUIRE(writer.event("state", fields).has_value());
}

}  // namespace lathe::record::test

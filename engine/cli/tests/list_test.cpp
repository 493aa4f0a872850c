// SPDX-License-Identifier: Apache-2.0
// `lathe ls` and what is said about runs afterwards, as a user types it.
#include "core/paths.h"
#include "core/process.h"
#include "record/tests/store_fixture.h"

#include <algorithm>

using namespace lathe;
using namespace lathe::record;
using namespace lathe::record::test;

namespace {

struct ListFixture : StoreFixture {
    ListFixture() {
        const auto store = open();
        make(*store, "gpt-a", "gpt", 1, 0.5, "finished");
        make(*store, "gpt-b", "gpt", 2, 0.25, "finished");
        make(*store, "vit-a", "vit", 1, 2.0, "finished");
        make(*store, "vit-b", "vit", 2, 9.0, "failed");
    }
    void make(Store& store, const std::string& name, const std::string& model, int seed, double loss,
              const std::string& state) {
        RunSpec made = spec(name);
        made.params = {{"model", model}, {"seed", seed}, {"optim.lr", loss / 1000}};
        REQUIRE(store.createRun(made).has_value());
        JournalWriter journal = writer(made.id);
        setState(journal, "running");
        REQUIRE(journal.metrics(1, {{"val/loss", loss}}).has_value());
        setState(journal, state);
    }
    CommandOutput run(std::vector<std::string> arguments) const {
        ProcessOptions options;
        options.argv = std::move(arguments);
        options.argv.insert(options.argv.begin(), programPath("lathe"));
        options.cwd = folder.path();
        options.env["LATHE_STORE"] = path;
        options.env["HOME"] = folder.path();
        auto output = runCommand(options, {}, 120);
        REQUIRE_MESSAGE(output, output.error().text());
        return *output;
    }
    Json json(std::vector<std::string> arguments) const {
        arguments.push_back("--json");
        const CommandOutput output = run(std::move(arguments));
        REQUIRE_MESSAGE(output.status.ok(), output.err);
        auto parsed = parseJson(output.out);
        REQUIRE(parsed);
        return *parsed;
    }
    // Names in the order of the answer.
    std::vector<std::string> names(std::vector<std::string> arguments) const {
        arguments.insert(arguments.begin(), "ls");
        std::vector<std::string> all;
        const Json answer = json(std::move(arguments));
        for (const Json& run : answer["runs"])
            all.push_back(run.contains("name") ? getString(run, "name") : getString(run["values"], "name"));
        return all;
    }
};

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("runs are filtered, sorted, cut into pages, as tables, JSON and CSV") {
    const ListFixture lathe;
    CHECK(lathe.names({"-q", "val/loss < 1", "--sort", "val/loss"}) == Names{"gpt-b", "gpt-a"});
    CHECK(lathe.names({"-q", "vit", "--state", "failed"}) == Names{"vit-b"});
    CHECK(lathe.names({"--sort", "-val/loss", "-n", "2", "--offset", "1", "--columns", "name,val/loss"}) ==
          Names{"vit-a", "gpt-a"});
    CHECK(lathe.names({"-q", "changed(model)", "--baseline", "vit-a", "--sort", "name"}) ==
          Names{"gpt-a", "gpt-b"});

    const CommandOutput table = lathe.run({"ls", "--columns", "val/loss,state", "--sort", "name", "-n", "3"});
    CHECK(table.out.starts_with("name   val/loss  STATE\n"));
    CHECK(table.out.find("gpt-a       0.5") != std::string::npos);
    CHECK(table.out.find("3 of 4") != std::string::npos);

    const CommandOutput csv =
        lathe.run({"ls", "--csv", "--columns", "name,optim.lr,model", "-q", "name = gpt-b"});
    CHECK(csv.out.starts_with("id,name,optim.lr,model\r\n"));
    CHECK(csv.out.ends_with(",gpt-b,0.00025,gpt\r\n"));

    const CommandOutput none = lathe.run({"ls", "-q", "model = gpt and val/loss > 100"});
    CHECK(none.status.code == 0);
    CHECK(none.out == "none of 4 runs fits; what keeps most of them out: val/loss > 100\n");
}

TEST_CASE("runs that are equal in all but the seed are one line, with mean and deviation") {
    const ListFixture lathe;
    const Json answer = lathe.json(
        {"ls", "--group-by", "model", "--columns", "val/loss", "--agg", "mean,std", "--sort", "-val/loss"});
    REQUIRE(answer["groups"].size() == 2);
    CHECK(answer["groups"][0]["by"]["model"] == "vit");
    CHECK(answer["groups"][0]["leftOut"] == 1);
    CHECK(answer["groups"][0]["values"]["val/loss"]["mean"] == 2.0);
    CHECK(answer["groups"][0]["values"]["val/loss"]["std"].is_null());
    CHECK(answer["groups"][1]["values"]["val/loss"]["mean"] == 0.375);
    const CommandOutput table =
        lathe.run({"ls", "--group-by-all-but", "seed,optim.lr", "--columns", "val/loss"});
    CHECK(table.out.starts_with("model    RUNS  val/loss\n"));
    CHECK(table.out.find("2 (-1)") != std::string::npos);
    CHECK(lathe.run({"ls", "--csv", "--group-by", "model", "--columns", "val/loss"})
              .out.starts_with("model,runs,left_out,val/loss\r\n"));
    CHECK(lathe.run({"ls", "--agg", "middle"}).status.code == 2);
}

TEST_CASE("a wrong query is printed with a mark under its character") {
    const ListFixture lathe;
    const CommandOutput syntax = lathe.run({"ls", "-q", "val/loss < < 3"});
    CHECK(syntax.status.code == 2);
    CHECK(syntax.err == "lathe: expected a value after <\n"
                        "       val/loss < < 3\n"
                        "                  ^\n");
    const CommandOutput name = lathe.run({"ls", "-q", "gpt and val/los < 3"});
    CHECK(name.status.code == 2);
    CHECK(name.err.find("       gpt and val/los < 3\n               ^\n       did you mean val/loss?\n") !=
          std::string::npos);
    CHECK(lathe.run({"ls", "--sort", "nothing"}).status.code == 2);
    CHECK(lathe.run({"ls", "--help"}).out.find("changed(rope.kind)") != std::string::npos);
}

TEST_CASE("a view is kept, used with more on top, listed and removed") {
    const ListFixture lathe;
    CHECK(lathe.names({"-q", "model = gpt", "--sort", "name", "--save-view", "gpts"}) ==
          Names{"gpt-a", "gpt-b"});
    CHECK(lathe.names({"--view", "gpts", "-q", "seed = 2"}) == Names{"gpt-b"});
    CHECK(lathe.json({"views"})["views"][0]["filter"] == "model = gpt");
    CHECK(lathe.run({"ls", "--view", "gptss"}).err.find("did you mean gpts?") != std::string::npos);
    CHECK(lathe.run({"views", "--remove", "gpts"}).status.code == 0);
    CHECK(lathe.run({"views"}).out.starts_with("no saved views"));
    CHECK(lathe.run({"ls", "--view", "gpts"}).status.code == 3);
}

TEST_CASE("tags, notes, names, groups, the archive and the trash, and back") {
    const ListFixture lathe;
    CHECK(lathe.run({"tag", "gpt-a", "gpt-b", "--add", "best", "--add", "old"}).status.code == 0);
    CHECK(lathe.run({"tag", "gpt-a", "--remove", "old"}).status.code == 0);
    CHECK(lathe.names({"-q", "tag = old"}) == Names{"gpt-b"});
    CHECK(lathe.run({"note", "vit-a", "a strange one"}).status.code == 0);
    CHECK(lathe.names({"-q", "strange"}) == Names{"vit-a"});
    CHECK(lathe.run({"rename", "vit-a", "vit-c"}).status.code == 0);
    CHECK(lathe.run({"group", "vit-c", "pair"}).status.code == 0);
    CHECK(lathe.names({"-q", "group = pair"}) == Names{"vit-c"});
    CHECK(lathe.run({"archive", "gpt-a"}).status.code == 0);
    CHECK(lathe.names({"-q", "gpt"}) == Names{"gpt-b"});
    CHECK(lathe.names({"-q", "gpt", "--archived", "--sort", "name"}) == Names{"gpt-a", "gpt-b"});
    CHECK(lathe.run({"archive", "--undo", "gpt-a"}).status.code == 0);
    CHECK(lathe.run({"rm", "gpt-a", "vit-b"}).status.code == 0);
    CHECK(lathe.names({"--sort", "name"}) == Names{"gpt-b", "vit-c"});
    CHECK(lathe.names({"--trash"}).size() == 2);
    CHECK(lathe.run({"show", "gpt-a"}).status.code == 3);
    CHECK(lathe.run({"rm", "--undo", "gpt-a"}).status.code == 0);
    CHECK(lathe.names({"--sort", "name"}) == Names{"gpt-a", "gpt-b", "vit-c"});
    CHECK(lathe.run({"rm", "--undo", "gpt-a"}).status.code == 3);
    CHECK(lathe.run({"rm", "gpt-a", "nobody"}).status.code == 3);
    CHECK(lathe.names({"-q", "gpt-a"}) == Names{"gpt-a"});  // nothing was touched
    CHECK(lathe.run({"tag", "gpt-a"}).status.code == 2);
}

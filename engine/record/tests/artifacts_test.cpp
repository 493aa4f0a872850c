// SPDX-License-Identifier: Apache-2.0
#include "record/artifacts.h"
#include "record/gc.h"
#include "record/tests/store_fixture.h"

#include "core/sha256.h"

#include <algorithm>
#include <atomic>
#include <sys/stat.h>
#include <thread>

using namespace lathe;
using namespace lathe::record;

namespace {

struct ArtifactFixture : test::StoreFixture {
    std::unique_ptr<Store> store = open();

    RunSummary run(const std::string& name) {
        const std::string id = makeRun(*store, name);
        auto journal = writer(id);
        test::setState(journal, "running");
        test::setState(journal, "finished");
        return summary(id);
    }
    RunSummary summary(const std::string& id) {
        REQUIRE(store->refresh().has_value());
        auto found = store->run(id);
        REQUIRE(found.has_value());
        return *found;
    }
    std::string file(const std::string& name, std::string_view content) const {
        const std::string full = folder / name;
        REQUIRE(makeDirs(full.substr(0, full.rfind('/'))).has_value());
        REQUIRE(writeFileAtomic(full, content).has_value());
        return full;
    }
    std::string add(const RunSummary& run, const std::string& name, const std::string& path,
                    const std::vector<std::string>& aliases = {}, bool reference = false) {
        const auto added = addArtifact(*store, run, name, "model", path, aliases, reference);
        REQUIRE_MESSAGE(added.has_value(), added.error().text());
        REQUIRE(store->refresh().has_value());
        return *added;
    }
    void age(const std::string& sum, double seconds) const {
        const auto then = static_cast<time_t>(wallSeconds() - seconds);
        const timespec times[2] = {{then, 0}, {then, 0}};
        REQUIRE(::utimensat(AT_FDCWD, objectPath(path, sum).c_str(), times, 0) == 0);
    }
    bool holds(const std::string& sum) const { return exists(objectPath(path, sum)); }
    GarbageReport collect(GarbageOptions options = {.graceSeconds = 0}) {
        const auto report = collectGarbage(*store, options);
        REQUIRE_MESSAGE(report.has_value(), report.error().text());
        return *report;
    }
};

}  // namespace

TEST_CASE("versions, aliases and lineage follow from the events") {
    ArtifactFixture f;
    const RunSummary train = f.run("train"), eval = f.run("eval");
    f.file("model/a.bin", "one");
    f.file("model/sub/b.bin", "two");
    REQUIRE(::chmod((f.folder / "model/a.bin").c_str(), 0755) == 0);
    const std::string first = f.add(train, "net", f.folder / "model", {"best"});
    f.file("model/a.bin", "three");
    const std::string second = f.add(train, "net", f.folder / "model");
    CHECK(f.add(train, "net", f.folder / "model") == second);
    auto journal = f.writer(eval.spec.id, "journal.0.jsonl");
    REQUIRE(
        journal.event("artifact", Json{{"name", "net"}, {"manifest", first}, {"role", "input"}}).has_value());
    REQUIRE(f.store->refresh().has_value());

    auto versions = listArtifacts(*f.store);
    REQUIRE(versions.has_value());
    REQUIRE(versions->size() == 2);
    CHECK((*versions)[0].aliases == std::vector<std::string>{"best"});
    CHECK((*versions)[1].aliases == std::vector<std::string>{"latest"});
    CHECK((*versions)[0].files == 2);
    CHECK((*versions)[0].madeBy.at(0).runName == "train");
    CHECK((*versions)[0].usedBy.at(0).runName == "eval");
    CHECK(findArtifact(*f.store, "net")->manifest == second);
    CHECK(findArtifact(*f.store, "net:v0")->manifest == first);
    CHECK(findArtifact(*f.store, "net:best")->manifest == first);
    CHECK(findArtifact(*f.store, "net:v9").error().code == ErrorCode::NotFound);
    CHECK(findArtifact(*f.store, "nett").error().hint == "did you mean net?");
    REQUIRE(aliasArtifact(*f.store, (*versions)[1], {"best"}).has_value());
    REQUIRE(f.store->refresh().has_value());
    CHECK(findArtifact(*f.store, "net:best")->manifest == second);
    CHECK(aliasArtifact(*f.store, (*versions)[1], {"v3"}).error().code == ErrorCode::Invalid);

    CHECK(copyArtifact(f.path, first, f.folder / "out").value() == 2);
    CHECK(readFile(f.folder / "out/a.bin").value() == "one");
    CHECK(::access((f.folder / "out/a.bin").c_str(), X_OK) == 0);
    // Versions do not change their number when a run goes into the trash.
    REQUIRE(f.store->setDeleted(train.spec.id, true).has_value());
    REQUIRE(f.store->refresh().has_value());
    CHECK(findArtifact(*f.store, "net:v1")->manifest == second);
}

TEST_CASE("damage and hostile manifests are told and nothing is written outside") {
    ArtifactFixture f;
    const RunSummary run = f.run("r");
    const std::string manifest = f.add(run, "x", f.file("x.bin", "content"));
    const auto files = readManifest(f.path, manifest);
    REQUIRE(files.has_value());
    REQUIRE(writeFileAtomic(objectPath(f.path, (*files)[0].sha256), "damaged").has_value());
    CHECK(copyArtifact(f.path, manifest, f.folder / "out").error().code == ErrorCode::Corrupt);
    auto writer = ObjectWriter::open(f.path);
    REQUIRE(writer.has_value());
    const std::string good = writer->keepBytes("evil").value();
    for (const std::string& name :
         {std::string("../evil"), std::string("/tmp/evil"), std::string("a/../../evil")}) {
        std::vector<ArtifactFile> evil{{.path = name, .sha256 = good}};
        CHECK(copyArtifact(f.path, writer->keepManifest(evil).value(), f.folder / "o/ut").error().code ==
              ErrorCode::Corrupt);
    }
    CHECK_FALSE(exists(f.folder / "evil"));
    CHECK(readManifest(f.path, good).error().code != ErrorCode::NotFound);
    CHECK(readManifest(f.path, std::string(64, 'a')).error().code == ErrorCode::NotFound);
    CHECK(addArtifact(*f.store, run, "a/b", "", f.folder / "x.bin", {}, false).error().code ==
          ErrorCode::Invalid);
    CHECK(addArtifact(*f.store, run, "a", "", f.folder / "none", {}, false).error().code ==
          ErrorCode::NotFound);
}

TEST_CASE("what is only referred to is fingerprinted and not copied") {
    ArtifactFixture f;
    const RunSummary run = f.run("r");
    const std::string data = f.file("data.bin", std::string(1000, 'x'));
    const std::string manifest = f.add(run, "data", data, {}, true);
    const auto files = readManifest(f.path, manifest);
    REQUIRE(files.has_value());
    CHECK((*files)[0].ref == "file://" + data);
    CHECK((*files)[0].digest == "sha256:" + sha256Hex(std::string(1000, 'x')));
    CHECK_FALSE(f.holds(sha256Hex(std::string(1000, 'x'))));
    REQUIRE(::truncate(data.c_str(), 200 << 20) == 0);
    const std::string before = fingerprint(data).value();
    CHECK(before.starts_with("sampled-sha256:"));
    const UniqueFd fd(::open(data.c_str(), O_WRONLY));
    REQUIRE(::pwrite(fd.get(), "y", 1, (200 << 20) - 1) == 1);
    CHECK(fingerprint(data).value() != before);
}

TEST_CASE("only what no journal names is collected") {
    ArtifactFixture f;
    const RunSummary kept = f.run("kept"), trashed = f.run("trashed");
    const std::string manifest = f.add(kept, "a", f.file("a", "kept content"));
    const std::string other = f.add(trashed, "b", f.file("b", "trashed content"));
    REQUIRE(f.store->setDeleted(trashed.spec.id, true).has_value());
    REQUIRE(f.store->refresh().has_value());
    auto writer = ObjectWriter::open(f.path);
    REQUIRE(writer.has_value());
    const std::string orphan = writer->keepBytes("orphan").value(),
                      young = writer->keepBytes("young").value();
    const std::string torn = writer->keepBytes("named by a damaged line").value();
    f.append(kept.spec.id, "{\"e\":\"artifact\",\"manifest\":\"" + torn + "\",,garbage\n", "journal.7.jsonl");
    writer = fail(ErrorCode::Cancelled, "the writer is done");
    for (const std::string& sum : {manifest, other, orphan, torn})
        f.age(sum, 3600);
    f.file("store/objects/12-34.new", "half");

    const GarbageReport dry = f.collect({.dryRun = true, .graceSeconds = 60});
    REQUIRE(dry.gone.size() == 1);
    CHECK(dry.gone[0].path == "objects/" + orphan.substr(0, 2) + "/" + orphan);
    CHECK(dry.gone[0].why == "no event names it");
    CHECK(dry.young == 2);
    CHECK(f.holds(orphan));
    const GarbageReport done = f.collect({.graceSeconds = 60});
    CHECK(done.gone.size() == 1);
    CHECK(done.kept == 5);
    CHECK_FALSE(f.holds(orphan));
    for (const std::string& sum :
         {manifest, other, young, torn, sha256Hex("kept content"), sha256Hex("trashed content")})
        CHECK(f.holds(sum));

    // The trash is emptied after its own grace, and then nobody names what it named.
    CHECK(f.collect({.graceSeconds = 60, .deletedRuns = true}).gone.empty());
    f.age(sha256Hex("trashed content"), 3600);
    CHECK(f.collect({.graceSeconds = 60, .deletedRuns = true, .deletedSeconds = 0}).gone.size() == 3);
    CHECK_FALSE(exists(f.runDir(trashed.spec.id)));
    CHECK_FALSE(f.holds(other));
    CHECK(f.holds(sha256Hex("kept content")));
    CHECK(copyArtifact(f.path, manifest, f.folder / "out").has_value());
}

TEST_CASE("a journal that cannot be read proves nothing: nothing is collected") {
    ArtifactFixture f;
    const RunSummary run = f.run("r");
    REQUIRE(makeDirs(f.runDir(run.spec.id) + "/journal.9.jsonl").has_value());
    auto writer = ObjectWriter::open(f.path);
    const std::string orphan = writer->keepBytes("orphan").value();
    writer = fail(ErrorCode::Cancelled, "the writer is done");
    f.age(orphan, 3600);
    CHECK_FALSE(collectGarbage(*f.store, {.graceSeconds = 0}).has_value());
    CHECK(f.holds(orphan));
}

TEST_CASE("collecting waits for a writer and gives up with words") {
    ArtifactFixture f;
    auto writer = ObjectWriter::open(f.path);
    REQUIRE(writer.has_value());
    std::thread later([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        writer = fail(ErrorCode::Cancelled, "the writer is done");
    });
    CHECK(collectGarbage(*f.store, {.graceSeconds = 0}).has_value());
    later.join();
}

TEST_CASE("collecting without a grace races with writers and takes nothing that is named") {
    ArtifactFixture f;
    const RunSummary run = f.run("r");
    std::atomic<bool> over = false;
    std::vector<std::string> manifests;
    std::thread writing([&] {
        for (int i = 0; i < 150; ++i) {
            // Half of them name content that lay there as garbage.
            const std::string name = "f" + std::to_string(i % 20);
            if (auto writer = ObjectWriter::open(f.path))
                (void)writer->keepBytes("content " + std::to_string((i + 7) % 20));
            const std::string source = f.folder / name;
            (void)writeFileAtomic(source, "content " + std::to_string(i % 20));
            const auto added = addArtifact(*f.store, run, "a" + std::to_string(i), "", source, {}, false);
            if (added)
                manifests.push_back(*added);
        }
        over = true;
    });
    while (!over)
        (void)collectGarbage(*f.store, {.graceSeconds = 0});  // now and then it gives way to the writer
    writing.join();
    CHECK(manifests.size() == 150);
    int checked = 0;
    for (const std::string& manifest : manifests) {
        const auto files = readManifest(f.path, manifest);
        REQUIRE_MESSAGE(files.has_value(), manifest);
        for (const ArtifactFile& file : *files)
            CHECK(f.holds(file.sha256));
        ++checked;
    }
    CHECK(checked == 150);
}

// SPDX-License-Identifier: Apache-2.0
#include "train/checkpoint.h"

#include "core/file.h"
#include "core/paths.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <csignal>
#include <cstdio>
#include <numeric>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace lathe;
using namespace lathe::train;
using optim::Box;
using optim::NamedShard;
using tensor::Shape;
using tensor::Tensor;

namespace {

Tensor counting(std::int64_t count, float first = 0) {
    auto tensor = Tensor::empty({count});
    REQUIRE(tensor);
    std::iota(tensor->data<float>(), tensor->data<float>() + count, first);
    return *tensor;
}

NamedShard whole(std::string name, Shape shape, Tensor local) {
    const std::int64_t count = shape.elements();
    return {std::move(name), shape, Box::whole(shape), 0, count, std::move(local)};
}

std::vector<NamedShard> parameters() {
    return {whole("a", {4, 6}, counting(24)), whole("b", {5}, counting(5, 100))};
}
std::vector<NamedShard> moments() {
    return {whole("adamw.m/a", {4, 6}, counting(24, 1000))};
}

CheckpointInfo info(std::int64_t step) {
    return {.step = step,
            .sample = 77,
            .optimizerSteps = step,
            .text = 0xfedcba9876543210,
            .recipe = {{"name", "x"}}};
}

std::string written(const std::string& folder, std::int64_t step = 3) {
    const auto path = writeCheckpoint(folder, info(step), parameters(), moments());
    if (!path)
        FAIL(path.error().text());
    return *path;
}

}  // namespace

TEST_CASE("a checkpoint gives back what was put into it") {
    const TempDir dir;
    const std::string path = written(dir.path());
    CHECK(path == dir / "step_3");
    const auto checkpoint = Checkpoint::open(path);
    REQUIRE(checkpoint);
    CHECK(checkpoint->info().step == 3);
    CHECK(checkpoint->info().sample == 77);
    CHECK(checkpoint->info().optimizerSteps == 3);
    CHECK(checkpoint->info().text == 0xfedcba9876543210);
    CHECK(checkpoint->info().recipe["name"] == "x");
    std::vector<NamedShard> read = {whole("a", {4, 6}, counting(24, -50)), whole("b", {5}, counting(5, -50))};
    REQUIRE(checkpoint->readParameters(read));
    CHECK(*read[0].local.toVector<float>() == *parameters()[0].local.toVector<float>());
    CHECK(*read[1].local.toVector<float>() == *parameters()[1].local.toVector<float>());
    std::vector<NamedShard> state = {whole("adamw.m/a", {4, 6}, counting(24, -50))};
    REQUIRE(checkpoint->readOptimizer(state));
    CHECK(*state[0].local.toVector<float>() == *moments()[0].local.toVector<float>());
}

TEST_CASE("any part is read from any other part") {
    const TempDir dir;
    // "a" [4, 6] holds 0 … 23. Written whole, as flat ranges, and as boxes.
    const auto box = [](Shape offset, Shape extent, std::int64_t begin, std::int64_t end) {
        NamedShard shard{"a", {4, 6}, {offset, extent}, begin, end, *Tensor::empty({end - begin})};
        for (std::int64_t i = begin; i < end; ++i)
            shard.local.data<float>()[i - begin] =
                static_cast<float>((offset[0] + i / extent[1]) * 6 + offset[1] + i % extent[1]);
        return shard;
    };
    const std::vector<NamedShard> layouts = {box({0, 0}, {4, 6}, 0, 24), box({0, 0}, {4, 6}, 5, 17),
                                             box({1, 2}, {2, 3}, 0, 6),  box({1, 2}, {2, 3}, 1, 5),
                                             box({0, 3}, {4, 3}, 0, 12), box({2, 0}, {1, 6}, 0, 6)};
    for (std::size_t from = 0; from < layouts.size(); ++from)
        for (std::size_t to = 0; to < layouts.size(); ++to) {
            const std::vector<NamedShard> have = {layouts[from]};
            REQUIRE(writeCheckpoint(dir.path(), info(1), have, {}));
            const auto checkpoint = Checkpoint::open(dir / "step_1");
            REQUIRE(checkpoint);
            NamedShard wanted = layouts[to];
            wanted.local = *Tensor::zeros({wanted.end - wanted.begin});
            const std::vector<NamedShard> want = {wanted};
            const auto read = checkpoint->readParameters(want);
            CAPTURE(from);
            CAPTURE(to);
            // Each number that both hold must be right; and it is said when some are missing.
            std::size_t right = 0;
            const auto expected = *layouts[to].local.toVector<float>(), got = *wanted.local.toVector<float>();
            const auto source = *layouts[from].local.toVector<float>();
            for (std::size_t i = 0; i < expected.size(); ++i) {
                const bool held = std::ranges::find(source, expected[i]) != source.end();
                CHECK(got[i] == (held ? expected[i] : 0.0f));
                right += held;
            }
            CHECK(read.has_value() == (right == expected.size()));
            if (!read)
                CHECK(read.error().code == ErrorCode::Corrupt);
        }
}

TEST_CASE("what does not fit is an error that names both shapes") {
    const TempDir dir;
    const auto checkpoint = Checkpoint::open(written(dir.path()));
    REQUIRE(checkpoint);
    const std::vector<NamedShard> other = {whole("a", {6, 4}, counting(24)), whole("b", {5}, counting(5))};
    auto read = checkpoint->readParameters(other);
    REQUIRE(!read);
    CHECK(read.error().what == "a is [4, 6] in the checkpoint, but [6, 4] in this model");

    const std::vector<NamedShard> more = {whole("a", {4, 6}, counting(24)), whole("c", {5}, counting(5))};
    read = checkpoint->readParameters(more);
    REQUIRE(!read);
    CHECK(read.error().what == "the checkpoint does not hold c [5]");

    const std::vector<NamedShard> fewer = {whole("a", {4, 6}, counting(24))};
    read = checkpoint->readParameters(fewer);
    REQUIRE(!read);
    CHECK(read.error().what == "the checkpoint holds b [5], which this model does not have");
}

TEST_CASE("a damaged checkpoint is an error that names the file") {
    const TempDir dir;
    const std::string path = written(dir.path());
    const std::string model = joinPath(path, "model-0.safetensors"),
                      marker = joinPath(path, "checkpoint.json");
    SUBCASE("truncated") {
        const std::string bytes = *readFile(model);
        for (const std::size_t length : {bytes.size() - 1, bytes.size() / 2, std::size_t{0}}) {
            REQUIRE(writeFileAtomic(model, bytes.substr(0, length)));
            const auto checkpoint = Checkpoint::open(path);
            REQUIRE(!checkpoint);
            CHECK(checkpoint.error().code == ErrorCode::Corrupt);
            CHECK(checkpoint.error().on == model);
            CHECK(checkpoint.error().what.find("truncated") != std::string::npos);
        }
    }
    SUBCASE("a file is gone") {
        REQUIRE(::unlink(model.c_str()) == 0);
        const auto checkpoint = Checkpoint::open(path);
        REQUIRE(!checkpoint);
        CHECK(checkpoint.error().on == model);
    }
    SUBCASE("the marker is garbage") {
        const std::string text = *readFile(marker);
        for (std::size_t length = 0; length + 2 < text.size(); length += 7) {
            REQUIRE(writeFileAtomic(marker, text.substr(0, length)));
            CHECK(!Checkpoint::open(path));
        }
        REQUIRE(writeFileAtomic(
            marker,
            R"({"format":2,"recipe":{},"input":{},"data":{},"counters":{},"step":1,"sample":1,"optimizer_steps":1,"text":"0",)"
            R"("files":{"model-../../x":1}})"));
        CHECK(Checkpoint::open(path).error().code == ErrorCode::Corrupt);
        REQUIRE(writeFileAtomic(marker, R"({"format":9})"));
        CHECK(Checkpoint::open(path).error().code == ErrorCode::Unsupported);
    }
    SUBCASE("a place that makes no sense") {
        const std::vector<NamedTensor> tensors = {{"a", {6}, counting(6)}};
        const Json metadata = {
            {"lathe.piece:a", R"({"global":[4,6],"offset":[3,0],"extent":[2,3],"begin":0,"end":6})"}};
        REQUIRE(writeSafetensors(model, tensors, metadata));
        Json json = *readJsonFile(marker);
        json["files"]["model-0.safetensors"] = readFile(model)->size();
        REQUIRE(writeFileAtomic(marker, dumpJson(json)));
        CHECK(Checkpoint::open(path).error().what.find("makes no sense") != std::string::npos);
    }
}

TEST_CASE("the last complete checkpoint is found, and only a complete one") {
    const TempDir dir;
    const std::string folder = dir / "checkpoints";
    CHECK(findCheckpoint(dir / "missing").error().code == ErrorCode::NotFound);
    CHECK(findCheckpoint(dir.path()).error().code == ErrorCode::NotFound);
    written(folder, 9);
    written(folder, 100);
    REQUIRE(makeDirs(joinPath(folder, "step_200")));
    REQUIRE(makeDirs(joinPath(folder, ".step_300.tmp")));
    CHECK(findCheckpoint(dir.path()).value_or("") == folder + "/step_100");
    CHECK(findCheckpoint(folder).value_or("") == folder + "/step_100");
    CHECK(findCheckpoint(folder + "/step_9").value_or("") == folder + "/step_9");
    CHECK(Checkpoint::open(folder + "/step_200").error().code == ErrorCode::NotFound);
}

TEST_CASE("writing over a step replaces it and leaves nothing else") {
    const TempDir dir;
    written(dir.path());
    REQUIRE(makeDirs(dir / ".step_3.tmp"));
    REQUIRE(writeFileAtomic(dir / ".step_3.tmp/torn", "left by a crash"));
    written(dir.path());
    CHECK(*listDir(dir.path()) == std::vector<std::string>{"step_3"});
    CHECK(Checkpoint::open(dir / "step_3"));
}

TEST_CASE("a step that was being written anew when all stopped is still there") {
    const TempDir dir;
    const std::string folder = dir / "checkpoints";
    written(folder, 3);
    const std::string last = written(folder, 9);
    // Where two folders cannot change places, the old one waits under this name.
    const std::string waiting = folder + "/.step_9.tmp.old";
    REQUIRE(::rename(last.c_str(), waiting.c_str()) == 0);
    REQUIRE(makeDirs(folder + "/.step_9.tmp"));
    CHECK(findCheckpoint(dir.path()).value_or("") == waiting);
    CHECK(Checkpoint::open(waiting));
    written(folder, 9);
    CHECK(findCheckpoint(dir.path()).value_or("") == last);
    REQUIRE(makeDirs(folder + "/.step_x.tmp.old"));
    CHECK(findCheckpoint(dir.path()).value_or("") == last);
}

TEST_CASE("a full disk leaves no checkpoint behind, and the one before it whole") {
    const TempDir dir;
    written(dir.path(), 1);
    const pid_t child = ::fork();
    if (child == 0) {  // a full disk, played by a limit on the size of files
        ::signal(SIGXFSZ, SIG_IGN);
        const rlimit small{100, 100};
        ::setrlimit(RLIMIT_FSIZE, &small);
        const auto path = writeCheckpoint(dir.path(), info(2), parameters(), moments());
        ::_exit(!path && path.error().code == ErrorCode::Full ? 0 : 1);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(WEXITSTATUS(status) == 0);
    CHECK(*listDir(dir.path()) == std::vector<std::string>{"step_1"});
}

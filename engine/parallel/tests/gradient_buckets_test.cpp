// SPDX-License-Identifier: Apache-2.0
#include "parallel/gradient_buckets.h"

#include "dist/tests/ranks.h"

#include <algorithm>
#include <atomic>
#include <numeric>

using namespace lathe;
using namespace lathe::parallel;

namespace {

class Layers final : public nn::Module {
public:
    Layers() {
        for (int i = 0; i < 6; ++i)
            addParameter("w" + std::to_string(i), {100 + i, 3}, nn::Init::ones(), true);
    }
};

// Notes what is asked of it, and doubles as if a like rank were there.
class Recorder final : public dist::Communicator {
public:
    int rank() const override { return 0; }
    int size() const override { return 2; }
    Result<> allReduce(std::span<float> values, std::string_view what) override {
        if (fails)
            return fail(ErrorCode::Unavailable, "rank 1 died", "rank 1");
        spans.push_back(values);
        names.emplace_back(what);
        for (float& value : values)
            value *= 2;
        ++done;
        return {};
    }
    Result<> allReduce(std::span<double>, std::string_view) override { return {}; }
    Result<> allGather(std::span<const std::byte>, std::span<std::byte>, std::string_view) override {
        return {};
    }
    Result<> broadcast(std::span<std::byte>, int, std::string_view) override { return {}; }
    Result<> barrier(std::string_view) override { return {}; }
    void abort(const Error&) override {}

    std::vector<std::span<float>> spans;
    std::vector<std::string> names;
    std::atomic<int> done = 0;
    bool fails = false;
};

struct Fixture {
    Layers layers;
    nn::ParameterStore store = [this] {
        auto made = nn::ParameterStore::create(layers, 1);
        REQUIRE(made);
        return std::move(*made);
    }();
    Recorder recorder;

    void fillGrads() {
        float* grads = store.grads().data<float>();
        std::iota(grads, grads + store.elements(), 0.0f);
    }
    void checkDoubledOnce() {
        const float* grads = store.grads().data<float>();
        for (std::int64_t i = 0; i < store.elements(); ++i)
            CHECK(grads[i] == 2 * static_cast<float>(i));
    }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "buckets cover every gradient once, the last parameters first") {
    GradientBuckets buckets(store, recorder, 2 * 320 * 4);
    CHECK(buckets.count() >= 3);
    fillGrads();
    buckets.start();
    for (int i = 5; i >= 0; --i)
        buckets.leafFinal(store.parameters()[static_cast<std::size_t>(i)]->leaf);
    REQUIRE(buckets.finish());
    checkDoubledOnce();
    CHECK(recorder.names.front().find("w5") != std::string::npos);
    CHECK(recorder.names.back().find("w0") != std::string::npos);
}

TEST_CASE_FIXTURE(Fixture, "a full bucket goes out before backward is done, and the order is fixed") {
    GradientBuckets buckets(store, recorder, 1);  // one parameter each
    REQUIRE(buckets.count() == 6);
    fillGrads();
    buckets.start();
    buckets.leafFinal(store.find("w0")->leaf);  // last in order: must wait
    CHECK(recorder.done == 0);
    buckets.leafFinal(store.find("w5")->leaf);
    while (recorder.done == 0)
        std::this_thread::yield();
    CHECK(recorder.done == 1);
    REQUIRE(buckets.finish());
    CHECK(recorder.done == 6);
    CHECK(recorder.names[0].find("w5") != std::string::npos);
    CHECK(recorder.names[5].find("w0") != std::string::npos);
    checkDoubledOnce();
}

TEST_CASE_FIXTURE(Fixture, "a failed sum is the error of the pass, and the next pass starts anew") {
    GradientBuckets buckets(store, recorder);
    recorder.fails = true;
    buckets.start();
    const auto done = buckets.finish();
    REQUIRE(!done);
    CHECK(done.error().what == "rank 1 died");
    recorder.fails = false;
    fillGrads();
    buckets.start();
    REQUIRE(buckets.finish());
    checkDoubledOnce();
}

TEST_CASE_FIXTURE(Fixture, "one rank alone sums nothing") {
    const auto self = dist::selfCommunicator();
    GradientBuckets buckets(store, *self);
    CHECK(buckets.count() == 0);
    fillGrads();
    buckets.start();
    buckets.leafFinal(store.parameters().front()->leaf);
    REQUIRE(buckets.finish());
    CHECK(store.grads().data<float>()[7] == 7.0f);
}

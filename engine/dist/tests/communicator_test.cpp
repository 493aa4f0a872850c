// SPDX-License-Identifier: Apache-2.0
#include "dist/tests/ranks.h"

#include "core/clock.h"

#include <fmt/format.h>

#include <cstring>

using namespace lathe;
using namespace lathe::dist;

namespace {

constexpr int kWrong = 1, kOther = 2;

}  // namespace

TEST_CASE("collectives of one rank leave things as they are") {
    const auto self = selfCommunicator();
    std::vector<float> values{1, 2};
    CHECK(self->allReduce(std::span(values), "test"));
    CHECK(values == std::vector<float>{1, 2});
    std::vector<std::byte> mine(3, std::byte{7}), all(3);
    CHECK(self->allGather(mine, all, "test"));
    CHECK(all == mine);
}

TEST_CASE("collectives of several ranks") {
    for (const int size : {2, 3, 4}) {
        Ranks ranks(size, [](const Job& job, const auto& say) {
            auto connected = connect(job);
            if (!connected) {
                say(connected.error().text());
                return kOther;
            }
            Communicator& all = **connected;
            const auto rank = static_cast<float>(job.rank), size = static_cast<float>(job.size);
            // One that splits evenly, one that does not, one shorter than the ranks are many.
            for (const std::size_t length : {std::size_t{1} << 20, std::size_t{100'003}, std::size_t{1}}) {
                std::vector<float> values(length);
                for (std::size_t i = 0; i < length; ++i)
                    values[i] = rank + static_cast<float>(i % 97);
                if (!all.allReduce(std::span(values), "numbers"))
                    return kOther;
                for (std::size_t i = 0; i < length; ++i)
                    if (values[i] != size * (size - 1) / 2 + size * static_cast<float>(i % 97))
                        return kWrong;
            }
            std::vector<double> pair{1.5, static_cast<double>(job.rank)};
            if (!all.allReduce(std::span(pair), "pair") || pair[0] != 1.5 * job.size ||
                pair[1] != job.size * (job.size - 1) / 2.0)
                return kWrong;

            std::int64_t mine = 100 + job.rank;
            std::vector<std::int64_t> gathered(static_cast<std::size_t>(job.size));
            if (!all.allGather(std::as_bytes(std::span(&mine, 1)),
                               std::as_writable_bytes(std::span(gathered)), "ids"))
                return kOther;
            for (std::size_t i = 0; i < gathered.size(); ++i)
                if (gathered[i] != 100 + static_cast<std::int64_t>(i))
                    return kWrong;

            if (!all.broadcast(std::as_writable_bytes(std::span(&mine, 1)), job.size - 1, "last"))
                return kOther;
            if (mine != 100 + job.size - 1)
                return kWrong;
            return all.barrier("end") ? 0 : kOther;
        });
        for (int rank = 0; rank < size; ++rank) {
            CHECK(ranks.wait(rank) == 0);
            CHECK(ranks.said(rank) == "");
        }
    }
}

TEST_CASE("sums give all ranks the same bits, each time") {
    Ranks ranks(3, [](const Job& job, const auto& say) {
        auto all = connect(job);
        if (!all)
            return kOther;
        std::string bits;
        for (int round = 0; round < 2; ++round) {
            std::vector<float> values(10'007);
            for (std::size_t i = 0; i < values.size(); ++i)
                values[i] = 1.0f / static_cast<float>(3 + job.rank + static_cast<int>(i));
            if (!(*all)->allReduce(std::span(values), "fractions"))
                return kOther;
            bits.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float));
        }
        say(bits);
        return (*all)->barrier("end") ? 0 : kOther;
    });
    for (int rank = 0; rank < 3; ++rank)
        CHECK(ranks.wait(rank) == 0);
    const std::string bits = ranks.said(0);
    REQUIRE(bits.size() == 2 * 10'007 * sizeof(float));
    CHECK(bits.substr(0, bits.size() / 2) == bits.substr(bits.size() / 2));
    CHECK(ranks.said(1) == bits);
    CHECK(ranks.said(2) == bits);
}

// What each survivor says: the seconds from the first failure on, then the error.
static int reduceForever(const Job& job, const std::function<void(const std::string&)>& say, int failing) {
    auto all = connect(job);
    if (!all)
        return kOther;
    std::vector<float> values(1 << 16, 1.0f);
    for (int step = 0;; ++step) {
        if (job.rank == failing && step == 5) {
            const Error error{ErrorCode::Io, "the disk is gone", "data.txt", ""};
            (*all)->abort(error);
            return 9;
        }
        if (job.rank == 0 && step == 5)
            say("running");
        if (auto done = (*all)->allReduce(std::span(values), "gradients"); !done) {
            say(done.error().text());
            return 7;
        }
    }
}

TEST_CASE("a rank that is killed is named by all others, which stop") {
    for (const int killed : {0, 1, 2}) {
        Ranks ranks(3, [](const Job& job, const auto& say) { return reduceForever(job, say, -1); });
        while (ranks.said(0).empty())
            ::usleep(1000);
        ranks.signal(killed, SIGKILL);
        CHECK(ranks.wait(killed) == -SIGKILL);
        for (int rank = 0; rank < 3; ++rank) {
            if (rank == killed)
                continue;
            CHECK(ranks.wait(rank) == 7);
            CAPTURE(ranks.said(rank));
            CHECK(ranks.said(rank).find(fmt::format("rank {} died", killed)) != std::string::npos);
            CHECK(ranks.said(rank).find("gradients") != std::string::npos);
        }
    }
}

TEST_CASE("a rank that fails stops the others with its own error") {
    for (const int failing : {0, 2}) {
        Ranks ranks(3, [&](const Job& job, const auto& say) { return reduceForever(job, say, failing); });
        for (int rank = 0; rank < 3; ++rank) {
            CHECK(ranks.wait(rank) == (rank == failing ? 9 : 7));
            CAPTURE(ranks.said(rank));
            if (rank != failing)
                CHECK(ranks.said(rank).find(fmt::format("rank {} stopped: the disk is gone", failing)) !=
                      std::string::npos);
        }
    }
}

TEST_CASE("a rank blocked in a collective that no one else enters is freed by an abort") {
    Ranks ranks(2, [](const Job& job, const auto& say) {
        auto all = connect(job);
        if (!all)
            return kOther;
        if (job.rank == 1) {
            ::usleep(100'000);
            (*all)->abort({ErrorCode::Corrupt, "a file is damaged", "b.txt", ""});
            // Still alive and connected: the other rank is freed by the news alone.
            ::usleep(20'000'000);
            return 9;
        }
        auto done = (*all)->barrier("start");
        say(done ? "no error" : done.error().text());
        return 7;
    });
    CHECK(ranks.wait(0) == 7);
    CAPTURE(ranks.said(0));
    CHECK(ranks.said(0).find("rank 1 stopped: a file is damaged") != std::string::npos);
}

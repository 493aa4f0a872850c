// SPDX-License-Identifier: Apache-2.0
#include "dist/tcp_store.h"

#include "dist/tests/ranks.h"

#include <chrono>
#include <future>
#include <thread>

using namespace lathe;
using namespace lathe::dist;

namespace {

std::unique_ptr<TcpStore> joined(int rank, int size, std::uint16_t port) {
    auto store = TcpStore::join(loopbackJob(rank, size, port), 10);
    if (!store)
        FAIL(store.error().text());
    return std::move(*store);
}

}  // namespace

TEST_CASE("what one rank sets the other one reads, before and after") {
    const std::uint16_t port = freePort();
    const auto zero = joined(0, 2, port), one = joined(1, 2, port);
    const std::string bytes("a\0b\xff", 4);
    REQUIRE(zero->set("early", bytes));
    CHECK(one->wait("early", 10).value_or("none") == bytes);
    std::thread setter([&] { CHECK(zero->set("late", "x")); });
    CHECK(one->wait("late", 10).value_or("none") == "x");
    setter.join();
    CHECK(one->localAddress() == "127.0.0.1");
}

TEST_CASE("a key that nobody sets is an error that names it") {
    const auto store = joined(0, 1, freePort());
    const auto value = store->wait("missing", 0.01);
    REQUIRE(!value);
    CHECK(value.error().code == ErrorCode::Unavailable);
    CHECK(value.error().text().find("missing") != std::string::npos);
}

TEST_CASE("the first abort wins and reaches every rank and every wait") {
    const std::uint16_t port = freePort();
    const auto zero = joined(0, 2, port), one = joined(1, 2, port);
    std::promise<void> called;
    zero->onAbort([&] { called.set_value(); });
    one->abort({ErrorCode::Full, "no space", "disk", "delete something"});
    const auto seen = zero->waitAborted(10);
    REQUIRE(seen);
    CHECK(seen->code == ErrorCode::Full);
    CHECK(seen->hint == "delete something");
    zero->abort({ErrorCode::Io, "second", "", ""});
    CHECK(zero->aborted()->what == "no space");
    CHECK(zero->wait("anything", 10).error().what == "no space");
    CHECK(called.get_future().wait_for(std::chrono::seconds(10)) == std::future_status::ready);
}

TEST_CASE("leaving is no death") {
    const std::uint16_t port = freePort();
    auto zero = joined(0, 2, port), one = joined(1, 2, port);
    one.reset();
    CHECK(!zero->waitAborted(0.05));
    auto again = joined(1, 2, port);
    zero.reset();
    CHECK(!again->waitAborted(0.05));
}

TEST_CASE("a wrong rank, job or port is refused with the reason") {
    const std::uint16_t port = freePort();
    const auto zero = joined(0, 2, port);
    Job other = loopbackJob(1, 2, port);
    other.id = "another";
    auto refused = TcpStore::join(other, 10);
    REQUIRE(!refused);
    CHECK(refused.error().text().find("another job") != std::string::npos);

    refused = TcpStore::join(loopbackJob(1, 3, port), 10);
    REQUIRE(!refused);
    CHECK(refused.error().text().find("rank 1 of 3") != std::string::npos);

    refused = TcpStore::join(loopbackJob(0, 2, port), 10);
    REQUIRE(!refused);
    CHECK(refused.error().text().find("cannot listen") != std::string::npos);

    refused = TcpStore::join(loopbackJob(1, 2, freePort()), 0.02);
    REQUIRE(!refused);
    CHECK(refused.error().code == ErrorCode::Unavailable);
}

namespace {

UniqueFd connectedTo(std::uint16_t port) {
    UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
    address.sin_port = ::htons(port);
    REQUIRE(::connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    return fd;
}

std::string framed(const Json& message) {
    const auto body = Json::to_cbor(message);
    std::string frame(4, '\0');
    for (std::size_t i = 0; i < 4; ++i)
        frame[i] = static_cast<char>(body.size() >> (8 * i));
    return frame.append(body.begin(), body.end());
}

// The next frame's map; null at the end of the connection.
Json receivedFrom(int fd) {
    std::string bytes;
    std::size_t want = 4;
    while (bytes.size() < want) {
        char byte = 0;
        if (::recv(fd, &byte, 1, 0) <= 0)
            return {};
        bytes += byte;
        if (bytes.size() == 4)
            for (std::size_t i = 0; i < 4; ++i)
                want += std::size_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
    }
    return Json::from_cbor(bytes.substr(4), true, false);
}

}  // namespace

TEST_CASE("who does not know the job's secret neither joins nor harms it") {
    const std::uint16_t port = freePort();
    Job job = loopbackJob(0, 2, port);
    job.secret = "known to the ranks";
    const auto zero = TcpStore::join(job, 10);
    REQUIRE(zero);
    for (const char* secret : {"", "guessed"}) {
        Job stranger = loopbackJob(1, 2, port);
        stranger.secret = secret;
        const auto refused = TcpStore::join(stranger, 10);
        REQUIRE(!refused);
        CHECK(refused.error().text().find("secret") != std::string::npos);
    }
    // Without a proof, or with the server's own sent back.
    for (const bool echoed : {false, true}) {
        const UniqueFd fd = connectedTo(port);
        const std::string join =
            framed({{"op", "join"}, {"job", job.id}, {"rank", 1}, {"size", 2}, {"nonce", "x"}});
        REQUIRE(::send(fd.get(), join.data(), join.size(), MSG_NOSIGNAL) > 0);
        const Json challenge = receivedFrom(fd.get());
        REQUIRE(getString(challenge, "op") == "challenge");
        const std::string next = echoed ? framed({{"op", "prove"}, {"proof", getString(challenge, "proof")}})
                                        : framed({{"op", "abort"}, {"error", {{"what", "evil"}}}});
        REQUIRE(::send(fd.get(), next.data(), next.size(), MSG_NOSIGNAL) > 0);
        for (Json answer = receivedFrom(fd.get()); !answer.is_null(); answer = receivedFrom(fd.get()))
            CHECK(getString(answer, "op") == "refuse");
    }
    CHECK(!(*zero)->aborted());
    job.rank = 1;
    const auto one = TcpStore::join(job, 10);
    REQUIRE(one);
    CHECK((*one)->set("still", "here"));
    CHECK((*zero)->wait("still", 10).value_or("none") == "here");
}

TEST_CASE("who poses as rank 0 is found out, and told nothing") {
    UniqueFd listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    REQUIRE(::bind(listener.get(), reinterpret_cast<sockaddr*>(&address), size) == 0);
    REQUIRE(::listen(listener.get(), 1) == 0);
    REQUIRE(::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &size) == 0);
    std::vector<Json> told;
    std::thread impostor([&] {
        const UniqueFd fd(::accept(listener.get(), nullptr, nullptr));
        told.push_back(receivedFrom(fd.get()));
        const std::string challenge =
            framed({{"op", "challenge"}, {"nonce", "y"}, {"proof", std::string(64, '0')}});
        (void)::send(fd.get(), challenge.data(), challenge.size(), MSG_NOSIGNAL);
        for (Json more = receivedFrom(fd.get()); !more.is_null(); more = receivedFrom(fd.get()))
            told.push_back(more);
    });
    Job job = loopbackJob(1, 2, ntohs(address.sin_port));
    job.secret = "known to the ranks";
    const auto refused = TcpStore::join(job, 10);
    impostor.join();
    REQUIRE(!refused);
    CHECK(refused.error().code == ErrorCode::Denied);
    REQUIRE(told.size() == 1);
    CHECK(dumpJson(told[0]).find(job.secret) == std::string::npos);
}

TEST_CASE("bytes that are no frame end their connection and nothing else") {
    const std::uint16_t port = freePort();
    const auto zero = joined(0, 2, port);
    for (const std::string& bytes :
         {std::string("GET / HTTP/1.0\r\n\r\n"), std::string("\x03\0\0\0xyz", 7)}) {
        const UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
        address.sin_port = ::htons(port);
        REQUIRE(::connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
        REQUIRE(::send(fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) > 0);
        char byte = 0;
        CHECK(::recv(fd.get(), &byte, 1, 0) <= 0);
    }
    CHECK(!zero->aborted());
    const auto one = joined(1, 2, port);
    CHECK(one->set("still", "here"));
    CHECK(zero->wait("still", 10).value_or("none") == "here");
}

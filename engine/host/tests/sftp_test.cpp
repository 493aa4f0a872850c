// SPDX-License-Identifier: Apache-2.0
#include "host/sftp_files.h"

#include <condition_variable>
#include <deque>
#include <doctest/doctest.h>
#include <sys/stat.h>
#include <thread>

using namespace lathe;
using namespace lathe::host;

namespace {

// Plays a server that says whatever the test wants: each request gets the next scripted answer.
class FakeServer {
public:
    FakeServer()
        : client("box",
                 [this](std::string packet) {
                     const std::lock_guard lock(m_mutex);
                     m_requests.push_back(std::move(packet));
                     m_changed.notify_all();
                 }),
          files("box", client), m_thread([this](const std::stop_token& stop) { serve(stop); }) {}

    FakeServer& say(Sftp type, std::string body) {
        const std::lock_guard lock(m_mutex);
        m_answers.emplace_back(type, std::move(body));
        return *this;
    }
    FakeServer& handle() { return say(Sftp::Handle, SftpBody().string("h").take()); }
    FakeServer& status(std::uint32_t code) {
        return say(Sftp::Status, SftpBody().u32(code).string("message").string("").take());
    }
    static std::string attributes(std::uint32_t mode, std::uint64_t size) {
        return SftpBody().u32(1 | 4 | 8).u64(size).u32(mode).u32(7).u32(7).take();
    }
    FakeServer& name(const std::string& name, std::uint32_t mode = S_IFREG | 0644) {
        return say(Sftp::Name, SftpBody().u32(1).string(name).string("long").take() + attributes(mode, 5));
    }

private:
    void serve(const std::stop_token& stop) {
        for (;;) {
            std::string reply;
            {
                std::unique_lock lock(m_mutex);
                if (!m_changed.wait(lock, stop, [this] { return !m_requests.empty(); }))
                    return;
                const std::string request = std::move(m_requests.front());
                m_requests.pop_front();
                const std::uint32_t id = *SftpReader(std::string_view(request).substr(5)).u32();
                if (m_answers.empty())  // more was asked than the test foresees: the end of whatever it is
                    m_answers.emplace_back(Sftp::Status,
                                           SftpBody().u32(SftpEof).string("").string("").take());
                auto [type, body] = std::move(m_answers.front());
                m_answers.pop_front();
                reply = sftpPacket(type, id, body);
            }
            client.feed(reply);
        }
    }

    std::mutex m_mutex;
    std::condition_variable_any m_changed;
    std::deque<std::string> m_requests;
    std::deque<std::pair<Sftp, std::string>> m_answers;

public:
    SftpClient client;
    SftpFiles files;

private:
    std::jthread m_thread;
};

std::string u32(std::uint32_t value) {
    return SftpBody().u32(value).take();
}

}  // namespace

TEST_CASE("a listing with a name that leads out of its folder is refused") {
    for (const std::string& evil : {std::string("../../.bashrc"), std::string("/etc/passwd"),
                                    std::string("a/b"), std::string("a\0b", 3), std::string()}) {
        FakeServer server;
        server.handle().name("fine").name(evil);
        const auto entries = server.files.list("/x");
        REQUIRE_FALSE(entries);
        CHECK(entries.error().code == ErrorCode::Corrupt);
        CHECK(entries.error().on == "box:/x");
    }
    FakeServer server;
    server.handle().name(".").name("..").name("-rf").name("new\nline").status(SftpEof);
    const auto entries = server.files.list("/x");
    REQUIRE(entries);
    REQUIRE(entries->size() == 2);
    CHECK((*entries)[0].name == "-rf");
    CHECK((*entries)[1].name == "new\nline");
}

TEST_CASE("answers that lie about lengths and kinds are refused") {
    SUBCASE("a count with nothing behind it") {
        FakeServer server;
        server.handle().say(Sftp::Name, u32(0xFFFFFFFF));
        CHECK(server.files.list("/x").error().code == ErrorCode::Corrupt);
    }
    SUBCASE("more data than asked for") {
        FakeServer server;
        server.say(Sftp::Attrs, FakeServer::attributes(S_IFREG | 0644, 10)).handle();
        server.say(Sftp::Attrs, FakeServer::attributes(S_IFREG | 0644, 10));
        server.say(Sftp::Data, SftpBody().string(std::string(40000, 'x')).take());
        CHECK(server.files.read("/x", 100).error().code == ErrorCode::Corrupt);
    }
    SUBCASE("data without end, of a file said to be small") {
        FakeServer server;
        server.say(Sftp::Attrs, FakeServer::attributes(S_IFREG | 0644, 10)).handle();
        server.say(Sftp::Attrs, FakeServer::attributes(S_IFREG | 0644, 10));
        for (int i = 0; i < 100; ++i)
            server.say(Sftp::Data, SftpBody().string(std::string(1, 'x')).take());
        CHECK(server.files.read("/x", 20).error().code == ErrorCode::Unsupported);
    }
    SUBCASE("a handle where a status belongs") {
        FakeServer server;
        server.handle();
        CHECK(server.files.makeDirs("/x").error().code == ErrorCode::Corrupt);
    }
    SUBCASE("a home that is no path") {
        for (const char* home : {"relative", ""}) {
            FakeServer server;
            server.name(home);
            CHECK(server.files.home().error().code == ErrorCode::Corrupt);
        }
    }
}

TEST_CASE("packets of an impossible length end the conversation for all who wait") {
    for (const std::string& bytes :
         {u32(0xFFFFFFFF), u32(0), u32(4) + "abcd", std::string("Welcome to the box!\n")}) {
        SftpClient client("box", [](std::string) {});
        auto waiting = client.request(Sftp::Stat, {});
        client.feed(bytes);
        CHECK(waiting.wait().error().code == ErrorCode::Corrupt);
        CHECK(client.request(Sftp::Stat, {}).wait().error().code == ErrorCode::Corrupt);
    }
    SftpClient client("box", [](std::string) {});
    auto waiting = client.request(Sftp::Stat, {});
    client.feed(sftpPacket(Sftp::Status, 12345, u32(0)));
    CHECK(waiting.wait().error().code == ErrorCode::Corrupt);
}

TEST_CASE("answers may come byte by byte and in any order") {
    std::string sent;
    SftpClient client("box", [&](const std::string& packet) { sent += packet; });
    auto first = client.request(Sftp::Stat, {});
    auto second = client.request(Sftp::Stat, {});
    const std::string answers = sftpPacket(Sftp::Status, 2, "second") + sftpPacket(Sftp::Status, 1, "first");
    for (const char c : answers)
        client.feed({&c, 1});
    CHECK(first.wait()->body == "first");
    CHECK(second.wait()->body == "second");
    std::stop_source stopped;
    auto never = client.request(Sftp::Stat, {});
    stopped.request_stop();
    CHECK(never.wait(stopped.get_token()).error().code == ErrorCode::Cancelled);
}

TEST_CASE("a short read is asked for again from where it ended") {
    FakeServer server;
    server.say(Sftp::Attrs, FakeServer::attributes(S_IFREG | 0644, 6)).handle();
    server.say(Sftp::Attrs, FakeServer::attributes(S_IFREG | 0644, 6));
    server.say(Sftp::Data, SftpBody().string("abc").take()).say(Sftp::Data, SftpBody().string("def").take());
    const auto content = server.files.read("/x", 100);
    REQUIRE(content);
    CHECK(content->bytes == "abcdef");
    CHECK(content->version == FileVersion{6, 7});
}

TEST_CASE("a handle that comes after its request was given up is closed") {
    std::vector<std::string> sent;
    SftpClient client("box", [&](std::string packet) { sent.push_back(std::move(packet)); });
    SftpFiles files("box", client);
    std::stop_source stopped;
    stopped.request_stop();
    CHECK(files.list("/x", stopped.get_token()).error().code == ErrorCode::Cancelled);
    REQUIRE(sent.size() == 1);
    SUBCASE("the handle") {
        client.feed(sftpPacket(Sftp::Handle, 1, SftpBody().string("late").take()));
        REQUIRE(sent.size() == 2);
        CHECK(sent[1] == sftpPacket(Sftp::Close, 2, SftpBody().string("late").take()));
    }
    SUBCASE("a refusal") {
        client.feed(sftpPacket(Sftp::Status, 1, SftpBody().u32(SftpDenied).string("").string("").take()));
        CHECK(sent.size() == 1);
    }
}

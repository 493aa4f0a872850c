// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/file.h"
#include "core/paths.h"
#include "core/process.h"
#include "host/host.h"

#include <atomic>
#include <functional>
#include <memory>
#include <string>

namespace lathe::launch {

// A host "box" that is this machine with a store of its own, and can be cut off or made to lie: what a mirror must stand.
class FakeBox final : public host::Host {
public:
    explicit FakeBox(std::string store) : m_store(std::move(store)) {}

    std::atomic<bool> cut = false;
    std::function<std::string(std::string answer)> tamperAnswer;        // of the agent
    std::function<std::string(std::string bytes, std::size_t asked)> tamperRead;

    const std::string& id() const override { return m_id; }
    host::HostState state() const override { return cut ? host::HostState::Lost : host::HostState::Connected; }
    std::string stateText() const override { return {}; }
    int onStateChanged(std::function<void()>) override { return 0; }
    void removeListener(int) override {}
    Result<> connect(const host::Prompts&, std::stop_token) override {
        if (cut)
            return gone();
        return {};
    }
    void disconnect() override {}
    double latencySeconds() const override { return 0; }
    Result<std::string> home() override { return m_store; }
    Result<host::FileInfo> stat(const std::string&) override { return unused(); }
    Result<std::vector<host::DirEntry>> list(const std::string&, std::stop_token) override { return unused(); }
    Result<host::FileContent> read(const std::string& path, std::size_t maxBytes, std::stop_token) override {
        if (cut)
            return gone();
        LATHE_TRY_ASSIGN(std::string bytes, readFile(path, maxBytes));
        return host::FileContent{std::move(bytes), {}};
    }
    Result<std::string> readFrom(const std::string& path, std::uint64_t offset, std::size_t maxBytes) override {
        if (cut)
            return gone();
        LATHE_TRY_ASSIGN(std::string bytes, readFileFrom(path, offset, maxBytes));
        return tamperRead ? tamperRead(std::move(bytes), maxBytes) : bytes;
    }
    Result<host::FileVersion> write(const std::string&, std::string_view, std::optional<host::FileVersion>) override {
        return unused();
    }
    Result<> makeDirs(const std::string&) override { return unused(); }
    Result<> rename(const std::string&, const std::string&) override { return unused(); }
    Result<> remove(const std::string&, bool) override { return unused(); }
    Result<std::unique_ptr<host::Stream>> start(const host::ProcessSpec&, host::StreamCallbacks) override { return unused(); }
    Result<CommandOutput> run(const host::ProcessSpec& spec, std::string_view input, double timeout,
                              std::stop_token) override {
        if (cut)
            return gone();
        ProcessOptions options;
        options.argv = spec.argv;
        options.cwd = spec.cwd;
        options.env["LATHE_STORE"] = m_store;
        LATHE_TRY_ASSIGN(CommandOutput output, lathe::runCommand(options, input, timeout));
        if (tamperAnswer)
            output.out = tamperAnswer(std::move(output.out));
        return output;
    }
    Result<std::shared_ptr<void>> watch(const std::string&, std::function<void()>) override { return unused(); }
    Result<std::string> agent() override { return programPath("lathe-agent"); }

private:
    static std::unexpected<Error> gone() { return fail(ErrorCode::Unavailable, "the connection was cut", "box"); }
    static std::unexpected<Error> unused() { return fail(ErrorCode::Unsupported, "not part of this test"); }
    std::string m_id = "box";
    std::string m_store;
};

class FakeHosts final : public host::Hosts {
public:
    explicit FakeHosts(std::shared_ptr<FakeBox> box) : m_box(std::move(box)) {}
    std::shared_ptr<host::Host> local() override { return m_real->local(); }
    Result<std::shared_ptr<host::Host>> get(const std::string& id) override {
        if (id == "local")
            return m_real->local();
        if (id == "box")
            return m_box;
        return fail(ErrorCode::NotFound, "no such host", id);
    }
    std::vector<std::shared_ptr<host::Host>> known() override { return {local(), m_box}; }
    std::vector<std::string> configured() override { return {"box"}; }

private:
    std::unique_ptr<host::Hosts> m_real = host::Hosts::create();
    std::shared_ptr<FakeBox> m_box;
};

}  // namespace lathe::launch

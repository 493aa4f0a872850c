// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "host/local_watch.h"

namespace lathe::host {

// This machine.
class LocalHost final : public Host {
public:
    LocalHost();

    const std::string& id() const override { return m_id; }
    HostState state() const override { return HostState::Connected; }
    std::string stateText() const override { return "this machine"; }
    int onStateChanged(std::function<void()>) override { return 0; }  // it never does
    void removeListener(int) override {}
    Result<> connect(const Prompts&, std::stop_token) override { return {}; }
    void disconnect() override {}
    double latencySeconds() const override { return 0; }

    Result<std::string> home() override;
    Result<FileInfo> stat(const std::string& path) override;
    Result<std::vector<DirEntry>> list(const std::string& path, std::stop_token stop) override;
    Result<FileContent> read(const std::string& path, std::size_t maxBytes, std::stop_token stop) override;
    Result<std::string> readFrom(const std::string& path, std::uint64_t offset,
                                 std::size_t maxBytes) override;
    Result<FileVersion> write(const std::string& path, std::string_view bytes,
                              std::optional<FileVersion> expected) override;
    Result<> makeDirs(const std::string& path) override;
    Result<> rename(const std::string& from, const std::string& to) override;
    Result<> remove(const std::string& path, bool recursive) override;
    Result<std::unique_ptr<Stream>> start(const ProcessSpec& spec, StreamCallbacks callbacks) override;
    Result<CommandOutput> run(const ProcessSpec& spec, std::string_view input, double timeoutSeconds,
                              std::stop_token stop) override;
    Result<std::shared_ptr<void>> watch(const std::string& path, std::function<void()> changed) override;
    Result<std::string> agent() override;

private:
    std::string m_id = "local";
    std::shared_ptr<LoopThread> m_thread;
    LocalWatcher m_watcher;
};

}  // namespace lathe::host

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "host/poll_watcher.h"
#include "host/sftp_files.h"
#include "host/ssh_transport.h"

#include <condition_variable>
#include <map>
#include <mutex>

namespace lathe::host {

// State and listeners; outlives the host in the transport's thread.
class HostStatus {
public:
    HostState state() const;
    std::string text() const;
    void set(HostState state, std::string text);
    int add(std::function<void()> callback);
    void remove(int key);

private:
    mutable std::recursive_mutex m_mutex;  // a callback may ask for the state
    HostState m_state = HostState::Offline;
    std::string m_text = "offline";
    std::map<int, std::function<void()>> m_listeners;
    int m_nextKey = 1;
};

// A machine reached over SSH: files over SFTP, programs over exec channels, all on one signed-in session.
class SshHost final : public Host {
public:
    SshHost(std::string id, std::shared_ptr<const SshConfig> config);
    ~SshHost() override;

    const std::string& id() const override { return m_id; }
    HostState state() const override { return m_status->state(); }
    std::string stateText() const override;
    int onStateChanged(std::function<void()> callback) override { return m_status->add(std::move(callback)); }
    void removeListener(int key) override { m_status->remove(key); }
    Result<> connect(const Prompts& prompts, std::stop_token stop) override;
    void disconnect() override;
    double latencySeconds() const override;

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
    struct Link;
    struct Attempt;

    Result<std::shared_ptr<Link>> link() const;
    Result<std::shared_ptr<Link>> fileLink() const;
    Result<> carryOut(const std::shared_ptr<Attempt>& attempt, const Prompts& prompts,
                      const std::stop_token& stop);
    Result<std::shared_ptr<Link>> establish(const Prompts& prompts, const std::stop_token& stop);
    void replaceLink(std::shared_ptr<Link> link);

    const std::string m_id;
    const std::shared_ptr<const SshConfig> m_config;
    const std::shared_ptr<HostStatus> m_status = std::make_shared<HostStatus>();
    std::mutex m_attemptMutex;
    std::condition_variable_any m_attemptEnded;
    std::shared_ptr<Attempt>
        m_attempt;  // under way: one at a time, and whoever wants to connect waits for it
    mutable std::mutex m_linkMutex;
    std::shared_ptr<Link> m_link;
    PollWatcher m_poll{2};
};

}  // namespace lathe::host

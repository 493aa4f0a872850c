// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/process.h"
#include "core/result.h"
#include "host/location.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace lathe::host {

enum class FileKind { File, Folder, Link, Other };

// Of a link: kind is Link, the rest is its target's; of a link to nothing, the link's own.
struct FileInfo {
    FileKind kind = FileKind::File;
    std::uint64_t size = 0;
    double modified = 0;  // unix seconds
    std::uint32_t mode = 0;
    bool linkToFolder = false;
};

struct DirEntry {
    std::string name;  // bytes, without a slash
    FileInfo info;
};

// What a saved file must still look like for a write to go through; from read() or stat(). The default one
// says that the file must not be there yet. Over SFTP times are whole seconds.
struct FileVersion {
    std::uint64_t size = 0;
    double modified = 0;
    bool operator==(const FileVersion&) const = default;
};

struct FileContent {
    std::string bytes;
    FileVersion version;
};

struct ProcessSpec {
    std::vector<std::string> argv;           // empty: the user's login shell
    std::string cwd;                         // empty: home
    std::map<std::string, std::string> env;  // added to the host's
    std::optional<PtySize> pty;
};

// Callbacks come on a thread of the host; they must not block and must not destroy the stream.
struct StreamCallbacks {
    std::function<void(std::string_view bytes)> out;
    std::function<void(std::string_view bytes)> err;  // never called with a PTY
    // Once, last. An error if the connection went away: the process's fate is then unknown.
    std::function<void(Result<ExitStatus>)> ended;
};

// A process on a host. Thread-safe. Destroying it hangs the process up (PTY) or closes its pipes; no callback
// runs once the destructor has returned.
class Stream {
public:
    virtual ~Stream() = default;
    virtual void write(std::string_view bytes) = 0;  // queued
    virtual void closeInput() = 0;
    virtual void resize(PtySize size) = 0;
    virtual void signal(int number) = 0;  // to its process group
    // While paused no output is called out and the process blocks once its pipe is full; for readers that
    // fall behind.
    virtual void pauseOutput(bool paused) = 0;
};

enum class HostState { Offline, Connecting, Connected, Lost };
std::string_view hostStateName(HostState state);

// Asked while connecting, on the connecting thread; they may block for the user's answer.
struct HostKeyQuestion {
    std::string host;
    std::string keyType;  // "ssh-ed25519"
    std::string sha256;   // "SHA256:…"
};
enum class HostKeyAnswer { Cancel, AcceptOnce, AcceptAndSave };

struct Prompts {
    std::function<HostKeyAnswer(const HostKeyQuestion&)> unknownKey;  // unset: Cancel
    // A secret asked for by the server or a key file; nullopt cancels. Unset: none is tried.
    std::function<std::optional<std::string>(const std::string& prompt, bool echo)> secret;
    std::function<void(std::string_view step)>
        progress;  // "reach", "host key", "sign in", "agent"; may be unset
};

// A machine that Lathe can reach. All calls block (run them off the GUI thread), are thread-safe, and stop
// early with Cancelled if their token is triggered. Paths are absolute bytes. Errors name host and path; a
// cut connection gives Unavailable and state Lost; connect() again resumes, for as long as it takes.
class Host {
public:
    virtual ~Host() = default;

    virtual const std::string& id() const = 0;  // "local", or the name it was asked for by
    virtual HostState state() const = 0;
    virtual std::string stateText() const = 0;  // why it is lost, or "connected, 18 ms"
    // Called on a host thread whenever state() changed; must not block, nor connect or disconnect. One
    // listener list, removed by key.
    virtual int onStateChanged(std::function<void()> callback) = 0;
    virtual void removeListener(int key) = 0;

    virtual Result<> connect(const Prompts& prompts, std::stop_token stop = {}) = 0;  // no-op when connected
    virtual void disconnect() = 0;
    virtual double latencySeconds() const = 0;  // of the last round trip; 0 for local

    virtual Result<std::string> home() = 0;
    virtual Result<FileInfo> stat(const std::string& path) = 0;
    virtual Result<std::vector<DirEntry>> list(const std::string& path,
                                               std::stop_token stop = {}) = 0;  // by name
    virtual Result<FileContent> read(const std::string& path, std::size_t maxBytes = std::size_t{64} << 20,
                                     std::stop_token stop = {}) = 0;
    // [offset, offset+maxBytes) as far as the file reaches.
    virtual Result<std::string> readFrom(const std::string& path, std::uint64_t offset,
                                         std::size_t maxBytes) = 0;
    // Atomic (temp file and rename). With `expected`, fails with Exists if the file is no longer that
    // version.
    virtual Result<FileVersion> write(const std::string& path, std::string_view bytes,
                                      std::optional<FileVersion> expected = {}) = 0;
    virtual Result<> makeDirs(const std::string& path) = 0;
    // Never replaces: Exists if `to` is taken.
    virtual Result<> rename(const std::string& from, const std::string& to) = 0;
    virtual Result<> remove(const std::string& path, bool recursive) = 0;  // links are removed, not followed

    // Returns once the program runs. NotFound: no such program or working folder.
    virtual Result<std::unique_ptr<Stream>> start(const ProcessSpec& spec, StreamCallbacks callbacks) = 0;
    // To the end, with both outputs collected.
    virtual Result<CommandOutput> run(const ProcessSpec& spec, std::string_view input = {},
                                      double timeoutSeconds = 0, std::stop_token stop = {}) = 0;

    // Calls `changed` (host thread) after something in this folder or file changed; the watch ends with the
    // returned object. Polls where the system cannot tell.
    virtual Result<std::shared_ptr<void>> watch(const std::string& path, std::function<void()> changed) = 0;

    // Path of a lathe-agent of this version on the host; sends it if it is not there (checksum verified).
    // Unsupported where it cannot run, with what is then missing.
    virtual Result<std::string> agent() = 0;
};

// Hosts by id. Thread-safe. "local" always exists.
class Hosts {
public:
    // `sshConfig`: LATHE_SSH_CONFIG, or ~/.ssh/config if empty.
    static std::unique_ptr<Hosts> create(std::string sshConfig = {});
    virtual ~Hosts() = default;

    virtual std::shared_ptr<Host> local() = 0;
    // A name from the configuration or user@host:port; makes it (offline) at the first call. Invalid if the
    // name cannot be one (leading dash, control characters).
    virtual Result<std::shared_ptr<Host>> get(const std::string& id) = 0;
    virtual std::vector<std::shared_ptr<Host>> known() = 0;  // asked for so far, local first
    virtual std::vector<std::string>
    configured() = 0;  // Host names of the SSH configuration without wildcards
};

}  // namespace lathe::host

// SPDX-License-Identifier: Apache-2.0
#include "host/sftp_client.h"

#include "core/text.h"

#include <vector>

namespace lathe::host {
namespace {

// OpenSSH sends at most 256 KiB; a listing of another server may be larger.
constexpr std::uint32_t maxPacket = std::uint32_t{4} << 20;

}  // namespace

struct SftpClient::Waiting {
    std::mutex mutex;
    std::condition_variable_any changed;
    std::optional<Result<SftpReply>> reply;
    std::function<void(const SftpReply&)> late;  // set once nobody waits any more

    void set(Result<SftpReply> value) {
        std::unique_lock lock(mutex);
        reply = std::move(value);
        changed.notify_all();
        lock.unlock();
        if (late && *reply)
            late(**reply);
    }
};

Result<SftpReply> SftpClient::Answer::wait(const std::stop_token& stop,
                                           std::function<void(const SftpReply&)> late) {
    std::unique_lock lock(m_waiting->mutex);
    if (!m_waiting->changed.wait(lock, stop, [this] { return m_waiting->reply.has_value(); })) {
        m_waiting->late = std::move(late);
        return lathe::fail(ErrorCode::Cancelled, "stopped");
    }
    return std::move(*m_waiting->reply);
}

SftpClient::SftpClient(std::string host, std::function<void(std::string)> send)
    : m_host(std::move(host)), m_send(std::move(send)), m_version(std::make_shared<Waiting>()) {}

Result<> SftpClient::begin(const std::stop_token& stop) {
    {
        const std::lock_guard lock(m_mutex);
        m_send(sftpPacket(Sftp::Init, 3, {}));  // the version stands where later packets have their id
    }
    LATHE_TRY(Answer(m_version).wait(stop));
    return {};
}

bool SftpClient::supports(std::string_view extension) const {
    const std::lock_guard lock(m_mutex);
    return m_extensions.contains(extension);
}

SftpClient::Answer SftpClient::request(Sftp type, std::string body) {
    auto waiting = std::make_shared<Waiting>();
    const std::lock_guard lock(m_mutex);
    if (m_failed) {
        waiting->set(std::unexpected(*m_failed));
    } else {
        const std::uint32_t id = m_nextId++;
        m_waiting[id] = waiting;
        m_send(sftpPacket(type, id, body));
    }
    return Answer(std::move(waiting));
}

void SftpClient::feed(std::string_view bytes) {
    m_received += bytes;
    std::string_view rest = m_received;
    while (rest.size() >= 4) {
        const std::uint32_t size = *SftpReader(rest).u32();
        if (size < 5 || size > maxPacket) {
            corrupt("a packet of an impossible length");
            rest = {};
            break;
        }
        if (rest.size() < 4 + std::size_t{size})
            break;
        take(rest.substr(4, size));
        rest.remove_prefix(4 + std::size_t{size});
    }
    m_received.erase(0, m_received.size() - rest.size());
}

void SftpClient::take(std::string_view packet) {
    const auto type = static_cast<Sftp>(packet[0]);
    SftpReader reader(packet.substr(1));
    const std::uint32_t id = *reader.u32();
    if (type == Sftp::Version) {
        if (id < 3)
            return corrupt("a version older than 3");
        {
            const std::lock_guard lock(m_mutex);
            while (reader.left() > 0) {
                const auto name = reader.string();
                if (!name || !reader.string() || m_extensions.size() > 100)
                    break;
                m_extensions.insert(std::string(*name));
            }
        }
        m_version->set(SftpReply{type, {}});
        return;
    }
    std::shared_ptr<Waiting> waiting;
    {
        const std::lock_guard lock(m_mutex);
        const auto found = m_waiting.find(id);
        if (found != m_waiting.end()) {
            waiting = std::move(found->second);
            m_waiting.erase(found);
        }
    }
    if (!waiting)
        return corrupt("an answer to nothing that was asked");
    waiting->set(SftpReply{type, std::string(packet.substr(5))});
}

void SftpClient::corrupt(std::string_view why) {
    fail(Error{ErrorCode::Corrupt, "the file server there speaks no SFTP: it sent " + std::string(why),
               m_host, "does a start-up file of the login shell print something?"});
}

void SftpClient::fail(const Error& error) {
    std::map<std::uint32_t, std::shared_ptr<Waiting>> waiting;
    {
        const std::lock_guard lock(m_mutex);
        if (m_failed)
            return;
        m_failed = error;
        waiting.swap(m_waiting);
    }
    m_version->set(std::unexpected(error));
    for (const auto& [id, one] : waiting)
        one->set(std::unexpected(error));
}

}  // namespace lathe::host

// SPDX-License-Identifier: Apache-2.0
#include "host/local_watch.h"

#include "core/log.h"
#include "core/paths.h"

#include <algorithm>
#include <cerrno>
#include <linux/magic.h>
#include <set>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

namespace lathe::host {
namespace {

constexpr double burstSeconds = 0.03;
// One mask for all: a second watch of the same folder would replace the mask of the first.
constexpr std::uint32_t changes = IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_CLOSE_WRITE |
                                  IN_MODIFY | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF;

// inotify sees only what this machine does to such a file system.
bool isShared(const std::string& path) {
    struct statfs info {};
    if (::statfs(path.c_str(), &info) != 0)
        return false;
    constexpr unsigned long fuse = 0x65735546, cifs = 0xFF534D42, lustre = 0x0BD00BD0, gpfs = 0x47504653,
                            ceph = 0x00C36400, beegfs = 0x19830326;
    const auto type = static_cast<unsigned long>(info.f_type) & 0xFFFFFFFFUL;
    return type == NFS_SUPER_MAGIC || type == SMB_SUPER_MAGIC || type == V9FS_MAGIC ||
           type == AFS_SUPER_MAGIC || type == fuse || type == cifs || type == lustre || type == gpfs ||
           type == ceph || type == beegfs;
}

}  // namespace

struct LocalWatcher::Entry {
    std::string path;
    std::string name;  // of a file within the watched folder; empty: the folder itself
    std::function<void()> changed;
    int descriptor = -1;
    int timer = 0;
    std::shared_ptr<void> polled;  // once inotify cannot serve it any more
};

// Belongs to the loop's thread.
struct LocalWatcher::Inotify {
    EventLoop& loop;
    PollWatcher& poll;
    Host& host;
    UniqueFd fd;
    std::map<int, std::set<std::shared_ptr<Entry>>> byDescriptor;

    bool start() {
        if (fd)
            return true;
        fd.reset(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
        if (!fd)
            return false;
        loop.watch(fd.get(), EventLoop::Readable, [this](unsigned) { readEvents(); });
        return true;
    }

    bool add(const std::shared_ptr<Entry>& entry) {
        const std::string folder = entry->name.empty() ? entry->path : parentPath(entry->path);
        entry->descriptor = start() ? ::inotify_add_watch(fd.get(), folder.c_str(), changes) : -1;
        if (entry->descriptor < 0)
            return false;
        byDescriptor[entry->descriptor].insert(entry);
        return true;
    }

    void remove(const std::shared_ptr<Entry>& entry) {
        if (entry->timer)
            loop.cancelTimer(std::exchange(entry->timer, 0));
        entry->changed = nullptr;
        entry->polled.reset();
        const auto found = byDescriptor.find(entry->descriptor);
        if (found == byDescriptor.end())
            return;
        found->second.erase(entry);
        if (found->second.empty()) {
            ::inotify_rm_watch(fd.get(), found->first);
            byDescriptor.erase(found);
        }
    }

    void touch(const std::shared_ptr<Entry>& entry) {
        if (entry->timer || !entry->changed)
            return;
        entry->timer = loop.after(burstSeconds, [entry] {
            entry->timer = 0;
            if (const auto changed = entry->changed)
                changed();
        });
    }

    void readEvents() {
        alignas(inotify_event) char buffer[16384];
        for (ssize_t got = 0; (got = ::read(fd.get(), buffer, sizeof buffer)) > 0;) {
            for (char* at = buffer; at < buffer + got;) {
                const auto* event = reinterpret_cast<const inotify_event*>(at);
                at += sizeof(inotify_event) + event->len;
                onEvent(*event);
            }
        }
    }

    void onEvent(const inotify_event& event) {
        if (event.mask & IN_Q_OVERFLOW) {
            for (const auto& [descriptor, entries] : byDescriptor)
                for (const auto& entry : entries)
                    touch(entry);
            return;
        }
        const auto found = byDescriptor.find(event.wd);
        if (found == byDescriptor.end())
            return;
        const std::string_view name = event.len > 0 ? event.name : "";
        const bool gone = event.mask & (IN_IGNORED | IN_MOVE_SELF);
        for (const auto& entry : found->second) {
            if (gone || entry->name.empty() || name == entry->name)
                touch(entry);
        }
        if (!gone)
            return;
        // The folder of that name may come back as another one, which this descriptor will never see.
        const auto entries = std::move(found->second);
        byDescriptor.erase(found);
        if (!(event.mask & IN_IGNORED))
            ::inotify_rm_watch(fd.get(), event.wd);
        for (const auto& entry : entries) {
            entry->descriptor = -1;
            if (entry->changed)
                entry->polled = poll.add([this, path = entry->path] { return fingerprintOf(host, path); },
                                         entry->changed);
        }
    }
};

LocalWatcher::LocalWatcher(std::shared_ptr<LoopThread> thread, Host& host, double pollSeconds)
    : m_thread(std::move(thread)), m_host(host), m_poll(pollSeconds),
      m_inotify(std::make_shared<Inotify>(Inotify{m_thread->loop(), m_poll, m_host, {}, {}})) {}

LocalWatcher::~LocalWatcher() {
    m_thread->call([this] {
        if (m_inotify->fd)
            m_thread->loop().unwatch(m_inotify->fd.get());
        m_inotify->fd.reset();
    });
}

Result<std::shared_ptr<void>> LocalWatcher::watch(const std::string& path, std::function<void()> changed) {
    struct stat info {};
    if (::stat(path.c_str(), &info) != 0)
        return failErrno(errno, "cannot watch", path);
    const auto polled = [&] {
        return m_poll.add([this, path] { return fingerprintOf(m_host, path); }, std::move(changed));
    };
    if (isShared(path))
        return polled();
    auto entry = std::make_shared<Entry>();
    entry->path = path;
    entry->name = S_ISDIR(info.st_mode) ? "" : fileName(path);
    entry->changed = changed;
    bool added = false;
    m_thread->call([&] { added = m_inotify->add(entry); });
    if (!added) {
        logInfo("host", "no inotify watch left for {}: looking every few seconds instead", path);
        return polled();
    }
    return std::shared_ptr<void>(entry.get(), [entry, thread = m_thread, inotify = m_inotify](void*) {
        thread->call([&] { inotify->remove(entry); });
    });
}

}  // namespace lathe::host

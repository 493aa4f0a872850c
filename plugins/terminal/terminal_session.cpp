// SPDX-License-Identifier: GPL-3.0-or-later
#include "terminal_session.h"

#include "app/workspace.h"
#include "core/text.h"

#include <thread>

namespace lathe::terminal {

namespace {

constexpr int kFrameMs = 16;
constexpr std::size_t kPiece = 16 * 1024; // parsed in one go, before a waiting reader gets its turn

// Says the shell's name as title, so that a tab has one before the prompt sets another.
constexpr auto kShell = R"(s="${SHELL:-/bin/sh}"; printf '\033]2;%s\007' "${s##*/}"; exec "$s")";

} // namespace

struct TerminalSession::Shared {
    std::mutex mutex;
    term::Screen screen;
    std::atomic<int> readers = 0;
    std::atomic<bool> refreshQueued = false;

    std::mutex ownerMutex;
    TerminalSession* owner = nullptr;

    template <class Fn> void post(Fn call) {
        const std::lock_guard guard(ownerMutex);
        if (owner)
            QMetaObject::invokeMethod(owner, std::move(call), Qt::QueuedConnection);
    }

    void write(std::string_view bytes) {
        while (!bytes.empty()) {
            // The GUI thread would starve otherwise: a mutex is not fair.
            while (readers.load() > 0)
                std::this_thread::yield();
            const std::lock_guard guard(mutex);
            screen.write(bytes.substr(0, kPiece));
            bytes.remove_prefix(std::min(bytes.size(), kPiece));
        }
        if (!refreshQueued.exchange(true))
            post([this] { owner->refresh(); });
    }
};

TerminalSession::Lock::Lock(TerminalSession& session) : m_session(session) {
    ++m_session.m_shared->readers;
    m_session.m_shared->mutex.lock();
    --m_session.m_shared->readers;
}
TerminalSession::Lock::~Lock() { m_session.m_shared->mutex.unlock(); }
term::Screen& TerminalSession::Lock::operator*() const { return m_session.m_shared->screen; }
term::Screen* TerminalSession::Lock::operator->() const { return &m_session.m_shared->screen; }

TerminalSession::TerminalSession(app::EngineBridge& bridge, SessionSpec spec, QObject* parent)
    : QObject(parent), m_bridge(bridge), m_spec(std::move(spec)), m_shared(std::make_shared<Shared>()),
      m_title(m_spec.command.empty() ? tr("shell") : app::toQString(m_spec.command.front())) {
    m_shared->owner = this;
    m_frame.setSingleShot(true);
    m_frame.setInterval(kFrameMs);
    connect(&m_frame, &QTimer::timeout, this, [this] {
        if (m_shared->refreshQueued.load())
            refresh();
    });
}

TerminalSession::~TerminalSession() {
    const std::lock_guard guard(m_shared->ownerMutex);
    m_shared->owner = nullptr;
}

void TerminalSession::setState(State state) {
    m_state = state;
    Q_EMIT stateChanged();
}

void TerminalSession::start() {
    if (m_state == State::Starting || m_state == State::Running)
        return;
    m_stream.reset();
    setState(State::Starting);
    host::ProcessSpec process;
    process.cwd = m_spec.folder;
    process.argv = m_spec.command;
    if (process.argv.empty())
        process.argv = {"/bin/sh", "-c", kShell};
    process.env = {{"TERM", "xterm-256color"}, {"COLORTERM", "truecolor"}, {"TERM_PROGRAM", "lathe"}};
    {
        const Lock screen(*this);
        process.pty = PtySize{screen->size().columns, screen->size().rows};
    }
    const int attempt = ++m_attempt;
    host::StreamCallbacks callbacks;
    callbacks.out = [shared = m_shared](std::string_view bytes) { shared->write(bytes); };
    callbacks.ended = [shared = m_shared, attempt](Result<ExitStatus> status) {
        shared->post([shared = shared.get(), attempt, status = std::move(status)] {
            if (shared->owner->m_attempt == attempt)
                shared->owner->ended(status);
        });
    };
    auto* bridge = &m_bridge;
    m_bridge
        .async([bridge, host = app::toStd(m_spec.host), process, callbacks](
                   Engine& engine, std::stop_token stop) -> Result<std::shared_ptr<std::unique_ptr<host::Stream>>> {
            LATHE_TRY_ASSIGN(auto machine, bridge->connectedHost(engine, host, stop));
            LATHE_TRY_ASSIGN(auto stream, machine->start(process, callbacks));
            return std::make_shared<std::unique_ptr<host::Stream>>(std::move(stream));
        })
        .then(this, [this](Result<std::shared_ptr<std::unique_ptr<host::Stream>>> stream) {
            if (!stream) {
                say(tr("%1. Enter tries again.").arg(app::toQString(escapedForDisplay(stream.error().text()))));
                setState(State::Failed);
                return;
            }
            if (m_state != State::Starting) // ended before this was heard of
                return;
            m_stream = std::move(**stream);
            setState(State::Running);
            const term::Size size = lock()->size();
            m_stream->resize({size.columns, size.rows});
            sendReplies();
        });
}

void TerminalSession::resize(term::Size size) {
    {
        const Lock screen(*this);
        if (screen->size() == size)
            return;
        screen->resize(size);
    }
    if (m_stream)
        m_stream->resize({size.columns, size.rows});
}

void TerminalSession::hangUp() { m_stream.reset(); }

bool TerminalSession::accepts(bool enter) {
    if (m_state == State::Running || m_state == State::Starting)
        return true;
    if (enter)
        start();
    else if (m_state == State::Lost)
        Q_EMIT refused(tr("%1: connection lost, the program cannot hear this. Enter starts a new one.").arg(m_spec.host));
    else
        Q_EMIT refused(tr("The program has ended. Enter starts it again."));
    return false;
}

void TerminalSession::refresh() {
    if (m_frame.isActive())
        return; // drawn with the next frame
    m_shared->refreshQueued = false;
    m_frame.start();
    term::Damage damage;
    QString title;
    bool rang = false;
    {
        const Lock screen(*this);
        damage = screen->takeDamage();
        rang = screen->takeBell();
        title = app::toQString(escapedForDisplay(screen->title(), 200));
    }
    sendReplies();
    if (!title.isEmpty() && title != m_title) {
        m_title = title;
        Q_EMIT titleChanged();
    }
    if (rang)
        Q_EMIT bell();
    Q_EMIT damaged(damage);
}

void TerminalSession::sendReplies() {
    std::string replies;
    if (m_stream)
        replies = lock()->takeReplies();
    // Outside the lock: the stream has its own, which the host's thread may hold while it waits for ours.
    if (!replies.empty())
        m_stream->write(replies);
}

void TerminalSession::ended(Result<ExitStatus> status) {
    if (status) {
        say(status->ok() ? tr("Ended. Enter starts it again.")
                         : tr("Ended: %1. Enter starts it again.").arg(app::toQString(status->text())));
        setState(State::Ended);
    } else {
        say(tr("%1. The screen stays; Enter starts a new program.")
                .arg(app::toQString(escapedForDisplay(status.error().text()))));
        setState(State::Lost);
    }
}

// A line of ours in the screen, in the terminal's grey. Modes that the program left on are ended.
void TerminalSession::say(const QString& line) {
    const bool fresh = [&] {
        const Lock screen(*this);
        return screen->cursor().column == 0;
    }();
    m_shared->write("\x1b[?1049l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?2004l\x1b[?25h\x1b[0m");
    m_shared->write(fresh ? "" : "\r\n");
    m_shared->write("\x1b[90m" + app::toStd(line) + "\x1b[0m\r\n");
}

} // namespace lathe::terminal

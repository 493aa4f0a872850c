// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/engine_bridge.h"
#include "term/links.h"
#include "term/screen.h"

#include <QObject>
#include <QString>
#include <QTimer>

#include <atomic>
#include <memory>
#include <mutex>

namespace lathe::terminal {

struct SessionSpec {
    QString host = QStringLiteral("local");
    std::string folder;                 // on that host, bytes; empty: home
    std::vector<std::string> command;   // empty: the user's shell there
};

// One program in a terminal of a host, and its screen. What it writes is parsed on the host's thread, so that a
// flood of output never holds up the window; readers take the screen with lock(). GUI thread only.
class TerminalSession : public QObject {
    Q_OBJECT
public:
    enum class State { Idle, Starting, Running, Ended, Failed, Lost };

    TerminalSession(app::EngineBridge& bridge, SessionSpec spec, QObject* parent = nullptr);
    ~TerminalSession() override;

    // Starts the program, again if it is over. No-op while one runs.
    void start();
    State state() const { return m_state; }
    const SessionSpec& spec() const { return m_spec; }
    QString title() const { return m_title; } // of the program, escaped; "shell" until it says one
    void resize(term::Size size);
    // Asks the program to end (hang-up), as closing its window would.
    void hangUp();

    // The screen while the lock lives; the program's output waits meanwhile, so keep it short.
    class Lock {
    public:
        explicit Lock(TerminalSession& session);
        ~Lock();
        Lock(const Lock&) = delete;
        Lock& operator=(const Lock&) = delete;
        term::Screen& operator*() const;
        term::Screen* operator->() const;

    private:
        TerminalSession& m_session;
    };
    Lock lock() { return Lock(*this); }

    // Runs `input` on the screen and sends what it types. Where no program can hear it, Enter starts it again and
    // anything else is refused with refused().
    template <class Fn> void type(Fn input, bool enter = false) {
        if (!accepts(enter))
            return;
        {
            const Lock screen(*this);
            input(*screen);
        }
        sendReplies();
    }

Q_SIGNALS:
    void damaged(const lathe::term::Damage& damage); // at most 60 times a second
    void stateChanged();
    void titleChanged();
    void bell();
    void refused(const QString& why);

private:
    struct Shared;
    bool accepts(bool enter);
    void refresh();
    void sendReplies();
    void ended(Result<ExitStatus> status);
    void say(const QString& line);
    void setState(State state);

    app::EngineBridge& m_bridge;
    SessionSpec m_spec;
    std::shared_ptr<Shared> m_shared;
    std::unique_ptr<host::Stream> m_stream;
    State m_state = State::Idle;
    QString m_title;
    QTimer m_frame;
    int m_attempt = 0;
};

} // namespace lathe::terminal

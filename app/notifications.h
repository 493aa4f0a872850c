// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/log.h"
#include "core/result.h"

#include <QDateTime>
#include <QList>
#include <QObject>
#include <QString>

#include <deque>
#include <functional>

namespace lathe::app {

enum class NoteLevel { Info, Success, Warn, Error };

struct Notification {
    NoteLevel level = NoteLevel::Info;
    QString title;   // "yarn-s8 failed"
    QString text;    // what to do; may be empty
    QString action;  // label of the one button; empty: none
    std::function<void()> run;
    QString runId;   // if it is about a run
    QDateTime time;  // set by notify
};

// Toasts and the bell's list (the last 200). Errors stay until closed, others 6 s. GUI thread only.
class Notifications : public QObject {
    Q_OBJECT
public:
    explicit Notifications(QObject* parent = nullptr) : QObject(parent) {}

    void notify(Notification note);
    void info(const QString& title, const QString& text = {});
    void error(const QString& title, const QString& text = {});
    void error(const lathe::Error& error);  // what, on, hint as they are
    const QList<Notification>& list() const { return m_list; }
    int unread() const { return m_unread; }
    void markRead();
    void clear();

Q_SIGNALS:
    void added(const Notification& note);
    void changed();

private:
    QList<Notification> m_list;
    int m_unread = 0;
};

struct OutputLine {
    LogLevel level = LogLevel::Info;
    QString channel;
    QString text;
    QDateTime time;
};

// What the Output panel shows: every channel of core/log.h, and lines that panes add. write() may be called
// on any thread; lines() and the signal belong to the GUI thread. Keeps the last 10 000 lines.
class OutputLog : public QObject {
    Q_OBJECT
public:
    explicit OutputLog(QObject* parent = nullptr);
    ~OutputLog() override;

    void write(LogLevel level, const QString& channel, const QString& text);
    const std::deque<OutputLine>& lines() const { return m_lines; }
    QStringList channels() const;

Q_SIGNALS:
    void added(const OutputLine& line);

private:
    void append(OutputLine line);
    std::deque<OutputLine> m_lines;
    int m_listener = 0;
};

}  // namespace lathe::app

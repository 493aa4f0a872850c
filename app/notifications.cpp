// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/notifications.h"

#include "app/workspace.h"

#include <QMetaObject>

#include <utility>

namespace lathe::app {

namespace {
constexpr int kKeptNotes = 200;
constexpr std::size_t kKeptLines = 10000;
}  // namespace

void Notifications::notify(Notification note) {
    note.time = QDateTime::currentDateTime();
    m_list.prepend(note);
    while (m_list.size() > kKeptNotes)
        m_list.removeLast();
    ++m_unread;
    Q_EMIT added(m_list.first());
    Q_EMIT changed();
}

void Notifications::info(const QString& title, const QString& text) {
    notify({NoteLevel::Info, title, text, {}, {}, {}, {}});
}

void Notifications::error(const QString& title, const QString& text) {
    notify({NoteLevel::Error, title, text, {}, {}, {}, {}});
}

void Notifications::error(const lathe::Error& error) {
    QString title = toQString(error.what);
    if (!error.on.empty())
        title = toQString(error.on) + QStringLiteral(": ") + title;
    this->error(title, toQString(error.hint));
}

void Notifications::markRead() {
    if (m_unread == 0)
        return;
    m_unread = 0;
    Q_EMIT changed();
}

void Notifications::clear() {
    m_list.clear();
    m_unread = 0;
    Q_EMIT changed();
}

OutputLog::OutputLog(QObject* parent) : QObject(parent) {
    m_listener = addLogListener([this](LogLevel level, std::string_view channel, std::string_view message) {
        write(level, toQString(std::string(channel)), toQString(std::string(message)));
    });
}

OutputLog::~OutputLog() {
    removeLogListener(m_listener);
}

void OutputLog::write(LogLevel level, const QString& channel, const QString& text) {
    OutputLine line{level, channel, text, QDateTime::currentDateTime()};
    QMetaObject::invokeMethod(
        this, [this, line = std::move(line)]() mutable { append(std::move(line)); }, Qt::QueuedConnection);
}

QStringList OutputLog::channels() const {
    QStringList names;
    for (const OutputLine& line : m_lines)
        if (!names.contains(line.channel))
            names << line.channel;
    names.sort();
    return names;
}

void OutputLog::append(OutputLine line) {
    m_lines.push_back(std::move(line));
    if (m_lines.size() > kKeptLines)
        m_lines.pop_front();
    Q_EMIT added(m_lines.back());
}

}  // namespace lathe::app

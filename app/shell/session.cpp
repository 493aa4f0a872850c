// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/shell/session.h"

#include "app/workspace.h"
#include "core/clock.h"
#include "core/file.h"
#include "core/log.h"
#include "core/paths.h"

#include <QCryptographicHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QThreadPool>

#include <utility>

namespace lathe::app {

namespace {
constexpr qsizetype kMostRecent = 30;

Result<> writeJson(const std::string& path, const QByteArray& bytes) {
    LATHE_TRY(makeDirs(parentPath(path)));
    return writeFileAtomic(path, std::string_view(bytes.constData(), static_cast<std::size_t>(bytes.size())));
}
}  // namespace

QString Session::fileOf(const std::optional<host::Location>& folder) {
    if (!folder)
        return QStringLiteral("no-workspace.json");
    const std::string text = folder->text();
    const QByteArray hash =
        QCryptographicHash::hash(QByteArray::fromStdString(text), QCryptographicHash::Sha1).toHex();
    return QStringLiteral("workspace-%1.json").arg(QString::fromLatin1(hash.left(16)));
}

QJsonObject Session::read(const QString& name) {
    const std::string path = joinPath(toStd(m_folder), toStd(name));
    if (!exists(path))
        return {};
    const auto bytes = readFile(path, std::size_t{16} << 20);
    if (!bytes) {
        m_problems << toQString(bytes.error().text());
        return {};
    }
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(QByteArray::fromStdString(*bytes), &error);
    if (!document.isObject()) {
        m_problems << QStringLiteral("%1: %2").arg(toQString(path), error.errorString());
        return {};
    }
    return document.object();
}

void Session::write(const QString& name, const QJsonObject& object, bool now) {
    const std::string path = joinPath(toStd(m_folder), toStd(name));
    const auto work = [path, bytes = QJsonDocument(object).toJson()] {
        if (auto written = writeJson(path, bytes); !written)
            logWarn("session", "{}", written.error().text());
    };
    if (now)
        work();
    else
        QThreadPool::globalInstance()->start(work);
}

QJsonObject Session::window() {
    return read(QStringLiteral("window.json"));
}

void Session::setWindow(const QJsonObject& window, bool now) {
    write(QStringLiteral("window.json"), window, now);
}

QJsonObject Session::workspace(const std::optional<host::Location>& folder) {
    return read(fileOf(folder));
}

void Session::setWorkspace(const std::optional<host::Location>& folder, const QJsonObject& state, bool now) {
    QJsonObject named = state;
    if (folder)
        named[QStringLiteral("workspace")] = toQString(folder->text());
    write(fileOf(folder), named, now);
}

QList<RecentWorkspace> Session::recent() {
    QList<RecentWorkspace> list;
    for (const QJsonValue& value :
         read(QStringLiteral("recent.json")).value(QStringLiteral("folders")).toArray()) {
        const QString text = value[QStringLiteral("folder")].toString();
        if (!text.isEmpty())
            list << RecentWorkspace{host::Location::parse(toStd(text)),
                                    value[QStringLiteral("opened")].toDouble()};
    }
    return list;
}

void Session::saveRecent(const QList<RecentWorkspace>& list) {
    QJsonArray folders;
    for (const RecentWorkspace& entry : list)
        folders << QJsonObject{{QStringLiteral("folder"), toQString(entry.folder.text())},
                               {QStringLiteral("opened"), entry.opened}};
    write(QStringLiteral("recent.json"), {{QStringLiteral("folders"), folders}}, true);
}

void Session::addRecent(const host::Location& folder) {
    QList<RecentWorkspace> list = recent();
    list.removeIf([&folder](const RecentWorkspace& entry) { return entry.folder == folder; });
    list.prepend({folder, wallSeconds()});
    while (list.size() > kMostRecent)
        list.removeLast();
    saveRecent(list);
}

void Session::removeRecent(const host::Location& folder) {
    QList<RecentWorkspace> list = recent();
    list.removeIf([&folder](const RecentWorkspace& entry) { return entry.folder == folder; });
    saveRecent(list);
}

QStringList Session::takeProblems() {
    return std::exchange(m_problems, {});
}

}  // namespace lathe::app

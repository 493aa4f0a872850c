// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/shell/plugin_host.h"

#include "app/workbench.h"
#include "core/log.h"

#include <QDir>
#include <QJsonArray>
#include <QPluginLoader>

#include <algorithm>
#include <functional>
#include <ranges>

namespace lathe::app {

namespace {

QStringList names(const QJsonValue& value) {
    QStringList list;
    for (const QJsonValue& name : value.toArray())
        list << name.toString();
    return list;
}

// Foreign code: what it throws ends here, as its failure.
QString guarded(const std::function<QString()>& call) {
    try {
        return call();
    } catch (const std::exception& e) {
        return PluginHost::tr("it threw: %1").arg(QString::fromUtf8(e.what()));
    } catch (...) {
        return PluginHost::tr("it threw something that is no std::exception");
    }
}

}  // namespace

PluginHost::PluginHost() = default;

PluginHost::~PluginHost() {
    while (!m_running.empty()) {
        // The library stays mapped: queued deletions and static strings of a plugin may outlive it.
        delete m_running.back().loader->instance();
        m_running.pop_back();
    }
}

PluginHost::Known PluginHost::readFace(const QString& file, const QJsonObject& metaData) {
    Known known;
    known.file = file;
    known.name = QFileInfo(file).completeBaseName();
    known.title = known.name;
    const QJsonObject face = metaData.value(QStringLiteral("MetaData")).toObject();
    if (metaData.value(QStringLiteral("IID")).toString() != QLatin1String(qobject_interface_iid<Plugin*>())) {
        known.problem = tr("it is not a plugin of Lathe");
        return known;
    }
    known.name = face.value(QStringLiteral("name")).toString(known.name);
    known.title = face.value(QStringLiteral("title")).toString(known.name);
    known.api = face.value(QStringLiteral("api")).toInt();
    known.after = names(face.value(QStringLiteral("after")));
    known.needs = names(face.value(QStringLiteral("needs")));
    if (known.api != kPluginApi)
        known.problem =
            tr("it was made for version %1 of the plugin interface, this is version %2; build it anew")
                .arg(known.api)
                .arg(kPluginApi);
    return known;
}

QList<PluginHost::Known> PluginHost::ordered(QList<Known> found) {
    std::ranges::sort(found, {}, &Known::name);
    const auto usable = [&found](const QString& name) {
        return std::ranges::any_of(
            found, [&name](const Known& k) { return k.name == name && k.problem.isEmpty() && !k.disabled; });
    };
    // Until nothing changes: a plugin whose need failed fails too.
    for (bool changed = true; changed;) {
        changed = false;
        for (Known& known : found)
            for (const QString& need : std::as_const(known.needs))
                if (known.problem.isEmpty() && !known.disabled && !usable(need)) {
                    known.problem = tr("it needs the plugin “%1”, which is not there").arg(need);
                    changed = true;
                }
    }
    QList<Known> order;
    QStringList placed;
    while (!found.isEmpty()) {
        const auto next = std::ranges::find_if(found, [&](const Known& known) {
            const QStringList before = known.after + known.needs;
            return !known.problem.isEmpty() || std::ranges::all_of(before, [&](const QString& name) {
                return placed.contains(name) || std::ranges::none_of(found, [&](const Known& k) {
                           return k.name == name && k.name != known.name;
                       });
            });
        });
        if (next == found.end()) {
            for (Known& known : found) {
                known.problem = tr("its order contradicts itself (“after” and “needs” form a circle)");
                order << known;
            }
            break;
        }
        placed << next->name;
        order << *next;
        found.erase(next);
    }
    return order;
}

void PluginHost::load(const QString& folder, const QStringList& disabled, Workbench& workbench) {
    QList<Known> found;
    for (const QFileInfo& file : QDir(folder).entryInfoList({QStringLiteral("*.so")}, QDir::Files)) {
        QPluginLoader loader(file.absoluteFilePath());
        if (loader.metaData().isEmpty()) {
            // The compute plugin (cuda.so) is for lathe-train and has no face; anything else is told.
            if (file.fileName() == QLatin1String("cuda.so"))
                continue;
            Known known;
            known.file = file.absoluteFilePath();
            known.name = known.title = file.completeBaseName();
            known.problem = tr("it cannot be read as a plugin: %1").arg(loader.errorString());
            found << known;
            continue;
        }
        Known known = readFace(file.absoluteFilePath(), loader.metaData());
        known.disabled = disabled.contains(known.name);
        found << known;
    }
    m_known = ordered(std::move(found));
    QStringList failed;
    for (qsizetype i = 0; i < m_known.size(); ++i) {
        Known& known = m_known[i];
        if (known.disabled)
            continue;
        for (const QString& need : std::as_const(known.needs))
            if (known.problem.isEmpty() && failed.contains(need))
                known.problem = tr("it needs the plugin “%1”, which failed").arg(need);
        if (known.problem.isEmpty()) {
            auto loader = std::make_unique<QPluginLoader>(known.file);
            loader->setLoadHints(QLibrary::PreventUnloadHint);
            known.problem = guarded([&]() -> QString {
                auto* plugin = qobject_cast<Plugin*>(loader->instance());
                if (!plugin)
                    return loader->errorString();
                const QString refused = plugin->initialize(workbench);
                if (refused.isEmpty())
                    m_running.push_back({std::move(loader), plugin, i});
                return refused;
            });
        }
        if (known.problem.isEmpty()) {
            logInfo("plugins", "{} loaded", known.name.toStdString());
            continue;
        }
        failed << known.name;
        logError("plugins", "{}: {} ({})", known.name.toStdString(), known.problem.toStdString(),
                 known.file.toStdString());
        workbench.notifications().error(
            tr("The plugin “%1” could not be loaded").arg(known.title),
            tr("%1. The rest of Lathe works without it; the Output panel has the details.")
                .arg(known.problem));
    }
}

void PluginHost::ready() {
    for (Running& running : m_running) {
        const QString problem = guarded([&] {
            running.plugin->ready();
            return QString();
        });
        if (!problem.isEmpty()) {
            m_known[running.known].problem = problem;
            logError("plugins", "{}: ready: {}", m_known[running.known].name.toStdString(),
                     problem.toStdString());
        }
    }
}

bool PluginHost::aboutToClose() {
    for (Running& running : m_running | std::views::reverse) {
        bool mayClose = true;
        const QString problem = guarded([&] {
            mayClose = running.plugin->aboutToClose();
            return QString();
        });
        if (!problem.isEmpty())
            logError("plugins", "{}: aboutToClose: {}", m_known[running.known].name.toStdString(),
                     problem.toStdString());
        else if (!mayClose)
            return false;
    }
    return true;
}

}  // namespace lathe::app

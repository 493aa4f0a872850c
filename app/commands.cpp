// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/commands.h"

#include "core/log.h"

#include <QAction>
#include <QWidget>

#include <utility>

namespace lathe::app {

namespace {
constexpr int kKeptRecent = 30;
}

struct Commands::Entry {
    CommandSpec spec;
    std::unique_ptr<QAction> action;
};

Commands::Commands(QObject* parent) : QObject(parent) {}
Commands::~Commands() = default;

bool Commands::add(CommandSpec spec) {
    if (spec.id.isEmpty() || m_entries.contains(spec.id)) {
        logError("app", "command {} is registered twice; the second is ignored", spec.id.toStdString());
        return false;
    }
    auto entry = std::make_unique<Entry>();
    entry->action = std::make_unique<QAction>(spec.title);
    entry->action->setObjectName(spec.id);
    // Qt guesses a menu role from the words (“Settings”, “Quit”) and would move such items on macOS.
    entry->action->setMenuRole(QAction::NoRole);
    entry->action->setCheckable(spec.checkable);
    connect(entry->action.get(), &QAction::triggered, this, [this, id = spec.id] { execute(id); });
    entry->spec = std::move(spec);
    Entry& added = *entry;
    m_entries.emplace(added.spec.id, std::move(entry));
    refreshShortcut(added);
    Q_EMIT changed();
    return true;
}

void Commands::remove(const QString& id) {
    if (m_entries.erase(id) > 0)
        Q_EMIT changed();
}

bool Commands::contains(const QString& id) const {
    return m_entries.contains(id);
}

const CommandSpec* Commands::find(const QString& id) const {
    const auto found = m_entries.find(id);
    return found == m_entries.end() ? nullptr : &found->second->spec;
}

QStringList Commands::ids() const {
    QStringList names;
    for (const auto& [id, entry] : m_entries)
        names << id;
    return names;
}

QString Commands::disabledReason(const QString& id) const {
    const CommandSpec* spec = find(id);
    if (!spec)
        return tr("No part of Lathe that is loaded offers “%1”").arg(id);
    return spec->disabledReason ? spec->disabledReason() : QString();
}

bool Commands::execute(const QString& id, const QVariantMap& arguments) {
    const QString reason = disabledReason(id);
    if (!reason.isEmpty()) {
        Q_EMIT refused(id, reason);
        return false;
    }
    m_recent.removeAll(id);
    m_recent.prepend(id);
    while (m_recent.size() > kKeptRecent)
        m_recent.removeLast();
    // A copy: the command may remove itself.
    if (const auto run = find(id)->run)
        run(arguments);
    Q_EMIT executed(id);
    return true;
}

QKeySequence Commands::shortcut(const QString& id) const {
    if (const auto bound = m_bindings.constFind(id); bound != m_bindings.constEnd())
        return QKeySequence::fromString(*bound, QKeySequence::PortableText);
    const CommandSpec* spec = find(id);
    return spec ? spec->shortcut : QKeySequence();
}

QStringList Commands::setUserBindings(const QMap<QString, QString>& bindings) {
    QStringList problems;
    m_bindings.clear();
    for (auto it = bindings.cbegin(); it != bindings.cend(); ++it) {
        if (!contains(it.key())) {
            problems << tr("keys: there is no command “%1”").arg(it.key());
            continue;
        }
        const QKeySequence keys = QKeySequence::fromString(it.value(), QKeySequence::PortableText);
        if (!it.value().isEmpty() && (keys.isEmpty() || keys[0].key() == Qt::Key_unknown)) {
            problems << tr("keys: “%1” for %2 is no key").arg(it.value(), it.key());
            continue;
        }
        for (const auto& [id, entry] : m_entries)
            if (!keys.isEmpty() && id != it.key() && !bindings.contains(id) && entry->spec.shortcut == keys &&
                !entry->spec.context)
                problems << tr("keys: %1 is also the key of “%2”").arg(it.value(), entry->spec.title);
        m_bindings.insert(it.key(), it.value());
    }
    for (const auto& [id, entry] : m_entries)
        refreshShortcut(*entry);
    Q_EMIT changed();
    return problems;
}

QAction* Commands::action(const QString& id) {
    const auto found = m_entries.find(id);
    return found == m_entries.end() ? nullptr : found->second->action.get();
}

void Commands::setShortcutHost(QWidget* host) {
    m_host = host;
    for (const auto& [id, entry] : m_entries)
        refreshShortcut(*entry);
}

void Commands::refreshShortcut(Entry& entry) {
    QList<QKeySequence> keys{shortcut(entry.spec.id)};
    // VS Code's second key for the palette; the first is what menus show.
    if (entry.spec.id == QLatin1String("workbench.palette") && !m_bindings.contains(entry.spec.id))
        keys << QKeySequence(Qt::Key_F1);
    entry.action->setShortcuts(keys);
    entry.action->setShortcutContext(entry.spec.context ? Qt::WidgetWithChildrenShortcut
                                                        : Qt::WindowShortcut);
    QWidget* where = entry.spec.context ? entry.spec.context : m_host;
    if (where && !where->actions().contains(entry.action.get()))
        where->addAction(entry.action.get());
}

}  // namespace lathe::app

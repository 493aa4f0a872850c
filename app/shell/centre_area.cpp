// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/shell/centre_area.h"

#include <QJsonArray>
#include <QSplitter>
#include <QVBoxLayout>

#include <algorithm>

namespace lathe::app {

namespace {

QSplitter* makeSplitter(Qt::Orientation orientation) {
    auto* splitter = new QSplitter(orientation);
    splitter->setChildrenCollapsible(false);
    splitter->setHandleWidth(1);
    return splitter;
}

}  // namespace

CentreArea::CentreArea(QWidget* parent) : QWidget(parent), m_root(makeSplitter(Qt::Horizontal)) {
    setMinimumSize(200, 120);
    setAccessibleName(tr("Centre"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_root);
    m_root->addWidget(makeGroup());
    setActive(m_groups.first());
}

TabGroup* CentreArea::makeGroup() {
    auto* group = new TabGroup;
    group->setWorkspaceHost(m_host);
    m_groups << group;
    if (m_makeEmpty)
        group->setEmptyWidget(m_makeEmpty());
    connect(group, &TabGroup::currentChanged, this, [this, group](Pane* pane) {
        if (pane) {
            m_recent.removeAll(pane);
            m_recent.prepend(pane);
        }
        if (group == m_active)
            Q_EMIT currentChanged(pane);
        Q_EMIT layoutChanged();
    });
    connect(group, &TabGroup::closeRequested, this, &CentreArea::closeRequested);
    connect(group, &TabGroup::pressed, this, [this, group] { setActive(group); });
    connect(group, &TabGroup::tabPulled, this, &CentreArea::tabPulled);
    connect(group, &TabGroup::tabLetGo, this, &CentreArea::tabLetGo);
    connect(group, &TabGroup::splitRequested, this, [this, group] {
        setActive(group);
        split(Qt::Horizontal);
    });
    return group;
}

void CentreArea::setActive(TabGroup* group) {
    if (m_active == group)
        return;
    m_active = group;
    for (TabGroup* other : m_groups)
        other->setGroupActive(other == group);
    Q_EMIT currentChanged(group->current());
}

TabGroup* CentreArea::groupOf(const Pane* pane) const {
    for (TabGroup* group : m_groups)
        if (group->panes().contains(const_cast<Pane*>(pane)))
            return group;
    return nullptr;
}

bool CentreArea::contains(const Pane* pane) const {
    return groupOf(pane) != nullptr;
}

QList<Pane*> CentreArea::panes() const {
    QList<Pane*> all;
    for (const TabGroup* group : m_groups)
        all << group->panes();
    return all;
}

void CentreArea::add(Pane* pane, bool otherGroup) {
    if (otherGroup) {
        const auto index = m_groups.indexOf(m_active);
        if (m_groups.size() == 1)
            split(Qt::Horizontal);
        else
            setActive(m_groups[(index + 1) % m_groups.size()]);
    }
    int at = -1;
    if (pane->preview())
        for (Pane* other : m_active->panes())
            if (other != pane && other->preview() && other->id() == pane->id() && !other->dirty()) {
                at = static_cast<int>(m_active->panes().indexOf(other));
                m_active->insert(pane, at);
                remove(other);
                Q_EMIT layoutChanged();
                return;
            }
    if (Pane* now = m_active->current())
        at = static_cast<int>(m_active->panes().indexOf(now)) + 1;
    m_active->insert(pane, at);
    Q_EMIT layoutChanged();
}

void CentreArea::activate(Pane* pane, bool focus) {
    TabGroup* group = groupOf(pane);
    if (!group)
        return;
    setActive(group);
    group->setCurrent(pane);
    if (focus)
        pane->activate();
}

void CentreArea::remove(Pane* pane) {
    if (!contains(pane))
        return;
    release(pane);
    pane->deleteLater();
}

void CentreArea::release(Pane* pane) {
    TabGroup* group = groupOf(pane);
    if (!group)
        return;
    m_recent.removeAll(pane);
    group->take(pane);
    if (group->panes().isEmpty() && m_groups.size() > 1)
        dropGroup(group);
    Q_EMIT layoutChanged();
}

void CentreArea::place(Pane* pane, const DropPlace& place) {
    TabGroup* from = groupOf(pane);
    TabGroup* to = place.group && m_groups.contains(place.group) ? place.group : m_active;
    using enum DropPlace::Side;
    const bool split = place.side != Tab;
    if (split && from == to && from->panes().size() == 1)
        return;  // it would take its own place
    int index = place.index;
    if (from) {
        if (from == to && index > from->panes().indexOf(pane))
            --index;
        from->take(pane);
    }
    if (split)
        to = splitAt(to, place.side == Left || place.side == Right ? Qt::Horizontal : Qt::Vertical,
                     place.side == Left || place.side == Top);
    to->insert(pane, index);
    setActive(to);
    if (from && from != to && from->panes().isEmpty())
        dropGroup(from);
    Q_EMIT layoutChanged();
}

void CentreArea::dropGroup(TabGroup* group) {
    const auto index = m_groups.indexOf(group);
    m_groups.removeAt(index);
    auto* parent = qobject_cast<QSplitter*>(group->parentWidget());
    group->hide();
    group->setParent(nullptr);
    group->deleteLater();
    // A split with one child is none.
    while (parent && parent != m_root && parent->count() == 1) {
        auto* above = qobject_cast<QSplitter*>(parent->parentWidget());
        above->replaceWidget(above->indexOf(parent), parent->widget(0));
        parent->deleteLater();
        parent = above;
    }
    if (m_active == group) {
        m_active = nullptr;
        setActive(m_groups[std::min(index, m_groups.size() - 1)]);
    }
}

void CentreArea::split(Qt::Orientation orientation) {
    TabGroup* from = m_active;
    Pane* moving = from->panes().size() > 1 ? from->current() : nullptr;
    TabGroup* group = splitAt(from, orientation, false);
    setActive(group);
    if (moving) {
        from->take(moving);
        group->insert(moving);
    }
    Q_EMIT layoutChanged();
}

TabGroup* CentreArea::splitAt(TabGroup* at, Qt::Orientation orientation, bool before) {
    auto* parent = qobject_cast<QSplitter*>(at->parentWidget());
    TabGroup* group = makeGroup();
    m_groups.removeLast();
    m_groups.insert(m_groups.indexOf(at) + (before ? 0 : 1), group);
    const int index = parent->indexOf(at);
    if (parent->count() == 1 && parent->orientation() != orientation)
        parent->setOrientation(orientation);
    QList<int> sizes = parent->sizes();
    if (parent->orientation() == orientation) {
        parent->insertWidget(index + (before ? 0 : 1), group);
        const int half = sizes.value(index) / 2;
        if (index < sizes.size()) {
            sizes[index] -= half;
            sizes.insert(index + (before ? 0 : 1), half);
            parent->setSizes(sizes);
        }
    } else {
        QSplitter* inner = makeSplitter(orientation);
        parent->replaceWidget(index, inner);
        inner->addWidget(before ? group : at);
        inner->addWidget(before ? at : group);
        at->show();
        inner->setSizes({1000, 1000});
        parent->setSizes(sizes);
    }
    return group;
}

void CentreArea::moveToOtherGroup(Pane* pane) {
    TabGroup* from = groupOf(pane);
    if (!from)
        return;
    setActive(from);
    if (m_groups.size() == 1) {
        split(Qt::Horizontal);
        return;
    }
    TabGroup* to = m_groups[(m_groups.indexOf(from) + 1) % m_groups.size()];
    from->take(pane);
    to->insert(pane);
    setActive(to);
    if (from->panes().isEmpty())
        dropGroup(from);
    Q_EMIT layoutChanged();
}

void CentreArea::focusGroup(int index) {
    if (index < 0 || index >= m_groups.size())
        return;
    setActive(m_groups[index]);
    if (Pane* pane = m_active->current())
        pane->activate();
}

void CentreArea::cycleRecent(int step) {
    if (m_recent.size() < 2)
        return;
    Pane* next = step > 0 ? m_recent[1] : m_recent.last();
    activate(next, true);
}

void CentreArea::cycleTab(int step) {
    const auto& panes = m_active->panes();
    if (panes.size() < 2)
        return;
    const auto index = panes.indexOf(m_active->current());
    activate(panes[(index + step + panes.size()) % panes.size()], true);
}

void CentreArea::resizeActive(int pixels) {
    auto* parent = qobject_cast<QSplitter*>(m_active->parentWidget());
    if (!parent || parent->count() < 2)
        return;
    QList<int> sizes = parent->sizes();
    const int index = parent->indexOf(m_active);
    const int other = index + 1 < sizes.size() ? index + 1 : index - 1;
    sizes[index] = std::max(80, sizes[index] + pixels);
    sizes[other] = std::max(80, sizes[other] - pixels);
    parent->setSizes(sizes);
    Q_EMIT layoutChanged();
}

void CentreArea::setEmptyWidget(std::function<QWidget*()> make) {
    m_makeEmpty = std::move(make);
    for (TabGroup* group : m_groups)
        group->setEmptyWidget(m_makeEmpty());
}

void CentreArea::setWorkspaceHost(const QString& host) {
    m_host = host;
    for (TabGroup* group : m_groups)
        group->setWorkspaceHost(host);
}

QJsonObject CentreArea::saveLayout(const std::function<QJsonObject(const Pane*)>& describe) const {
    return saveNode(m_root, describe);
}

QJsonObject CentreArea::saveNode(const QWidget* node,
                                 const std::function<QJsonObject(const Pane*)>& describe) const {
    QJsonObject object;
    if (const auto* splitter = qobject_cast<const QSplitter*>(node)) {
        object[QStringLiteral("split")] =
            splitter->orientation() == Qt::Horizontal ? QStringLiteral("right") : QStringLiteral("down");
        QJsonArray sizes, children;
        for (const int size : splitter->sizes())
            sizes << size;
        for (int i = 0; i < splitter->count(); ++i)
            children << saveNode(splitter->widget(i), describe);
        object[QStringLiteral("sizes")] = sizes;
        object[QStringLiteral("children")] = children;
        return object;
    }
    const auto* group = static_cast<const TabGroup*>(node);
    QJsonArray tabs;
    int current = -1;
    for (Pane* pane : group->panes()) {
        const QJsonObject tab = describe(pane);
        if (tab.isEmpty())
            continue;
        if (pane == group->current())
            current = static_cast<int>(tabs.size());
        tabs << tab;
    }
    object[QStringLiteral("tabs")] = tabs;
    object[QStringLiteral("current")] = current;
    if (group == m_active)
        object[QStringLiteral("active")] = true;
    return object;
}

void CentreArea::restoreLayout(const QJsonObject& layout,
                               const std::function<Pane*(const QJsonObject&)>& make) {
    if (layout.isEmpty())
        return;
    // Start again from nothing; what is open stays in the first group.
    const QList<Pane*> open = panes();
    for (TabGroup* group : std::as_const(m_groups)) {
        for (Pane* pane : QList<Pane*>(group->panes()))
            group->take(pane);
        group->hide();
        group->deleteLater();
    }
    m_groups.clear();
    m_active = nullptr;
    QSplitter* old = m_root;
    TabGroup* active = nullptr;
    QWidget* node = restoreNode(layout, make, &active);
    m_root = qobject_cast<QSplitter*>(node);
    if (!m_root) {
        m_root = makeSplitter(Qt::Horizontal);
        m_root->addWidget(node ? node : makeGroup());
    }
    this->layout()->replaceWidget(old, m_root);
    old->hide();
    old->deleteLater();
    // Groups whose tabs could not be restored go, but one stays.
    for (TabGroup* group : QList<TabGroup*>(m_groups))
        if (group->panes().isEmpty() && m_groups.size() > 1) {
            if (active == group)
                active = nullptr;
            dropGroup(group);
        }
    setActive(active ? active : m_groups.first());
    for (Pane* pane : open)
        m_active->insert(pane);
}

QWidget* CentreArea::restoreNode(const QJsonObject& node,
                                 const std::function<Pane*(const QJsonObject&)>& make, TabGroup** active) {
    const QJsonArray children = node.value(QStringLiteral("children")).toArray();
    if (node.contains(QStringLiteral("split")) && !children.isEmpty()) {
        QSplitter* splitter = makeSplitter(
            node.value(QStringLiteral("split")).toString() == QLatin1String("down") ? Qt::Vertical
                                                                                    : Qt::Horizontal);
        for (const QJsonValue& child : children)
            splitter->addWidget(restoreNode(child.toObject(), make, active));
        QList<int> sizes;
        for (const QJsonValue& size : node.value(QStringLiteral("sizes")).toArray())
            sizes << size.toInt();
        if (sizes.size() == splitter->count())
            splitter->setSizes(sizes);
        return splitter;
    }
    TabGroup* group = makeGroup();
    const int wanted = node.value(QStringLiteral("current")).toInt(-1);
    Pane* current = nullptr;
    int index = 0;
    for (const QJsonValue& tab : node.value(QStringLiteral("tabs")).toArray()) {
        if (Pane* pane = make(tab.toObject())) {
            group->insert(pane);
            if (index == wanted)
                current = pane;
        }
        ++index;
    }
    if (current)
        group->setCurrent(current);
    if (node.value(QStringLiteral("active")).toBool())
        *active = group;
    return group;
}

}  // namespace lathe::app

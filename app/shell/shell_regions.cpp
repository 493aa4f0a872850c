// SPDX-License-Identifier: GPL-3.0-or-later
// The part of ShellWorkbench that moves panes between the regions.
#include "app/shell/centre_area.h"
#include "app/shell/main_window.h"
#include "app/shell/pane_drag.h"
#include "app/shell/panel_frame.h"
#include "app/shell/shell_workbench.h"

#include <QApplication>

namespace lathe::app {

namespace {

constexpr std::pair<Region, const char*> kNames[] = {{Region::SidePanel, "side"},
                                                     {Region::Centre, "centre"},
                                                     {Region::BottomPanel, "bottom"},
                                                     {Region::RightDock, "dock"}};

QString nameOf(Region region) {
    for (const auto& [which, name] : kNames)
        if (which == region)
            return QLatin1String(name);
    return {};
}

Region regionOf(const QString& name, Region otherwise) {
    for (const auto& [which, known] : kNames)
        if (name == QLatin1String(known))
            return which;
    return otherwise;
}

}  // namespace

void ShellWorkbench::putInto(Region region, Registered& registered) {
    registered.spec.region = region;
    Pane* pane = registered.pane;
    switch (region) {
    case Region::SidePanel:
        if (pane)
            m_window->side()->add(pane);
        break;
    case Region::BottomPanel:
        if (pane || !registered.spec.hidden)
            m_window->bottom()->addEntry(registered.spec.id, registered.spec.title, registered.spec.order);
        if (pane)
            m_window->bottom()->add(pane);
        break;
    case Region::RightDock:
        if (pane)
            m_window->dock()->add(pane);
        break;
    case Region::Centre: break;  // a tab comes when it is shown
    }
}

void ShellWorkbench::takeOut(Registered& registered) {
    Pane* pane = registered.pane;
    if (registered.spec.region == Region::BottomPanel)
        m_window->bottom()->removeEntry(registered.spec.id);
    if (!pane)
        return;
    const auto leave = [&](PanelFrame* frame, void (MainWindow::*setVisible)(bool)) {
        frame->take(pane);
        if (!frame->current())
            (m_window->*setVisible)(false);
    };
    switch (registered.spec.region) {
    case Region::SidePanel: leave(m_window->side(), &MainWindow::setSideVisible); break;
    case Region::BottomPanel: leave(m_window->bottom(), &MainWindow::setBottomVisible); break;
    case Region::RightDock: leave(m_window->dock(), &MainWindow::setDockVisible); break;
    case Region::Centre: m_window->centre()->release(pane); break;
    }
}

void ShellWorkbench::movePane(const QString& id, Region region) {
    const auto found = m_panes.find(id);
    if (found == m_panes.end())
        return;
    if (found->second.spec.region != region) {
        takeOut(found->second);
        putInto(region, found->second);
    }
    showPane(id, true);
    sessionTouched();
}

Pane* ShellWorkbench::focusedPane() const {
    for (QWidget* widget = QApplication::focusWidget(); widget; widget = widget->parentWidget())
        if (auto* pane = qobject_cast<Pane*>(widget))
            return pane;
    return nullptr;
}

void ShellWorkbench::dragged(Pane* pane, const QPoint& global) {
    if (pane)
        m_drag->move(pane, !m_panes.contains(pane->id()), global);
}

void ShellWorkbench::dropped(Pane* pane, const QPoint& global) {
    const auto place = m_drag->end(global);
    if (!pane || !place)
        return;
    const auto found = m_panes.find(pane->id());
    if (place->region != Region::Centre)
        return movePane(pane->id(), place->region);
    if (found != m_panes.end() && found->second.spec.region != Region::Centre) {
        takeOut(found->second);
        putInto(Region::Centre, found->second);
    }
    m_window->centre()->place(pane, *place);
    activateTab(pane);
    sessionTouched();
}

QJsonObject ShellWorkbench::saveRegions() const {
    QJsonObject moved;
    for (const auto& [id, registered] : m_panes)
        if (registered.spec.region != registered.home)
            moved.insert(id, nameOf(registered.spec.region));
    return moved;
}

void ShellWorkbench::restoreRegions(const QJsonObject& regions) {
    for (auto& [id, registered] : m_panes) {
        const Region wanted = regionOf(regions.value(id).toString(), registered.home);
        if (wanted == registered.spec.region)
            continue;
        takeOut(registered);
        putInto(wanted, registered);
    }
}

}  // namespace lathe::app

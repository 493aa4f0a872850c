// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/shell/main_window.h"

#include "app/shell/activity_bar.h"
#include "app/shell/centre_area.h"
#include "app/shell/panel_frame.h"
#include "app/shell/top_bar.h"
#include "app/status_bar.h"
#include "app/theme.h"

#include <QApplication>
#include <QCloseEvent>
#include <QHBoxLayout>
#include <QMenuBar>
#include <QPainter>
#include <QSplitter>
#include <QTimer>
#include <QVBoxLayout>

#include <algorithm>

namespace lathe::app {

namespace {
constexpr int kSide = 236, kSideLeast = 180, kSideMost = 480;
constexpr int kBottom = 226, kBottomLeast = 90;
constexpr int kDock = 470, kDockLeast = 320, kDockMost = 640;
constexpr int kDockOverlaysBelow = 1280;
}  // namespace

MainWindow::MainWindow(Commands& commands, StatusBar* statusBar)
    : m_top(new TopBar(commands)), m_activity(new ActivityBar),
      m_side(new PanelFrame(PanelFrame::Header::Title, tr("Side panel"))),
      m_bottom(new PanelFrame(PanelFrame::Header::Tabs, tr("Bottom panel"))),
      m_dock(new PanelFrame(PanelFrame::Header::Title, tr("Right dock"))), m_centre(new CentreArea),
      m_status(statusBar), m_body(new QWidget), m_across(new QSplitter(Qt::Horizontal)),
      m_down(new QSplitter(Qt::Vertical)), m_sideWidth(kSide), m_bottomHeight(kBottom), m_dockWidth(kDock) {
    setMinimumSize(720, 480);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_top);
    auto* row = new QHBoxLayout(m_body);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    row->addWidget(m_activity);
    row->addWidget(m_across, 1);
    column->addWidget(m_body, 1);
    column->addWidget(m_status);

    for (QSplitter* splitter : {m_across, m_down}) {
        splitter->setChildrenCollapsible(false);
        splitter->setHandleWidth(1);
    }
    m_side->setMinimumWidth(kSideLeast);
    m_side->setMaximumWidth(kSideMost);
    m_bottom->setMinimumHeight(kBottomLeast);
    m_dock->setMinimumWidth(kDockLeast);
    m_dock->setMaximumWidth(kDockMost);
    m_down->addWidget(m_centre);
    m_down->addWidget(m_bottom);
    m_down->setStretchFactor(0, 1);
    m_across->addWidget(m_side);
    m_across->addWidget(m_down);
    m_across->addWidget(m_dock);
    m_across->setStretchFactor(1, 1);
    connect(m_across, &QSplitter::splitterMoved, this, &MainWindow::keepSizes);
    connect(m_down, &QSplitter::splitterMoved, this, &MainWindow::keepSizes);
    connect(m_bottom, &PanelFrame::closeClicked, this, [this] { setBottomVisible(false); });
    resize(1600, 1000);
    arrange();
}

void MainWindow::keepSizes() {
    if (m_arranging)
        return;
    if (m_side->isVisible())
        m_sideWidth = m_side->width();
    if (m_bottom->isVisible())
        m_bottomHeight = m_bottom->height();
    if (m_dock->isVisible() && !m_dockFloats)
        m_dockWidth = m_dock->width();
    Q_EMIT regionsChanged();
}

void MainWindow::arrange() {
    m_arranging = true;
    m_side->setVisible(m_sideShown);
    m_bottom->setVisible(m_bottomShown);
    const bool floats = width() < kDockOverlaysBelow;
    if (floats != m_dockFloats) {
        m_dockFloats = floats;
        if (floats)
            m_dock->setParent(m_body);
        else
            m_across->addWidget(m_dock);
    }
    m_dock->setVisible(m_dockShown);
    const int across = width() - 44;
    const int side = m_sideShown ? std::clamp(m_sideWidth, kSideLeast, kSideMost) : 0;
    const int dock = m_dockShown && !floats ? std::clamp(m_dockWidth, kDockLeast, kDockMost) : 0;
    QList<int> sizes{side, std::max(200, across - side - dock)};
    if (!floats)
        sizes << dock;
    m_across->setSizes(sizes);
    const int down = height() - 36 - 24;
    const int bottom =
        m_bottomShown ? std::clamp(m_bottomHeight, kBottomLeast, std::max(kBottomLeast, down - 120)) : 0;
    m_down->setSizes({std::max(120, down - bottom), bottom});
    if (floats && m_dockShown) {
        const int dockWidth =
            std::min(std::clamp(m_dockWidth, kDockLeast, kDockMost), std::max(kDockLeast, across / 2));
        m_dock->setGeometry(width() - dockWidth, 0, dockWidth, down);
        m_dock->raise();
    }
    m_arranging = false;
    m_top->setRegions(m_sideShown, m_bottomShown, m_dockShown);
    Q_EMIT regionsChanged();
}

void MainWindow::setSideVisible(bool visible) {
    if (m_sideShown == visible)
        return;
    m_sideShown = visible;
    arrange();
}

void MainWindow::setBottomVisible(bool visible) {
    if (m_bottomShown == visible)
        return;
    m_bottomShown = visible;
    arrange();
}

void MainWindow::setDockVisible(bool visible) {
    if (m_dockShown == visible)
        return;
    m_dockShown = visible;
    arrange();
}

void MainWindow::toggleBottomMaximised() {
    const int most = height() - 36 - 24 - 120;
    m_bottomHeight = m_bottomShown && m_bottom->height() >= most - 2 ? kBottom : most;
    m_bottomShown = true;
    arrange();
}

QList<QWidget*> MainWindow::regions() const {
    return {m_top, m_activity, m_side, m_centre, m_dock, m_bottom, m_status};
}

QWidget* MainWindow::regionWithFocus() const {
    QWidget* focus = QApplication::focusWidget();
    for (QWidget* region : regions())
        if (focus && (region == focus || region->isAncestorOf(focus)))
            return region;
    return nullptr;
}

void MainWindow::cycleRegion(int step) {
    const QList<QWidget*> all = regions();
    QWidget* now = regionWithFocus();
    auto at = now ? all.indexOf(now) : (step > 0 ? qsizetype{-1} : qsizetype{0});
    for (qsizetype tries = 0; tries < all.size(); ++tries) {
        at = (at + step + all.size()) % all.size();
        QWidget* region = all[at];
        if (!region->isVisible())
            continue;
        if (auto* frame = qobject_cast<PanelFrame*>(region); frame && frame->current()) {
            frame->current()->activate();
        } else if (region == m_centre && m_centre->current()) {
            m_centre->current()->activate();
        } else {
            QWidget* target = nullptr;
            for (QWidget* child : region->findChildren<QWidget*>())
                if ((child->focusPolicy() & Qt::TabFocus) && child->isVisible() && child->isEnabled()) {
                    target = child;
                    break;
                }
            if (!target)
                continue;
            target->setFocus(Qt::TabFocusReason);
        }
        if (regionWithFocus() == region)
            return;
    }
}

void MainWindow::resizeRegion(int pixels) {
    QWidget* region = regionWithFocus();
    keepSizes();
    if (region == m_side)
        m_sideWidth += pixels;
    else if (region == m_bottom)
        m_bottomHeight += pixels;
    else if (region == m_dock)
        m_dockWidth += pixels;
    else
        m_centre->resizeActive(pixels);
    m_sideWidth = std::clamp(m_sideWidth, kSideLeast, kSideMost);
    m_dockWidth = std::clamp(m_dockWidth, kDockLeast, kDockMost);
    arrange();
}

void MainWindow::resetLayout() {
    m_sideWidth = kSide;
    m_bottomHeight = kBottom;
    m_dockWidth = kDock;
    m_sideShown = true;
    m_bottomShown = m_dockShown = false;
    arrange();
}

QJsonObject MainWindow::saveLayout() const {
    return {{QStringLiteral("side"),
             QJsonObject{{QStringLiteral("shown"), m_sideShown}, {QStringLiteral("size"), m_sideWidth}}},
            {QStringLiteral("bottom"),
             QJsonObject{{QStringLiteral("shown"), m_bottomShown}, {QStringLiteral("size"), m_bottomHeight}}},
            {QStringLiteral("dock"),
             QJsonObject{{QStringLiteral("shown"), m_dockShown}, {QStringLiteral("size"), m_dockWidth}}}};
}

void MainWindow::restoreLayout(const QJsonObject& layout) {
    const auto take = [&layout](const char* name, bool& shown, int& size) {
        const QJsonObject region = layout.value(QLatin1String(name)).toObject();
        shown = region.value(QStringLiteral("shown")).toBool(shown);
        size = std::clamp(region.value(QStringLiteral("size")).toInt(size), 60, 4000);
    };
    take("side", m_sideShown, m_sideWidth);
    take("bottom", m_bottomShown, m_bottomHeight);
    take("dock", m_dockShown, m_dockWidth);
    arrange();
}

void MainWindow::closeEvent(QCloseEvent* event) {
    if (mayClose && !mayClose())
        event->ignore();
    else
        event->accept();
}

void MainWindow::resizeEvent(QResizeEvent*) {
    arrange();
}

void MainWindow::paintEvent(QPaintEvent*) {
    QPainter(this).fillRect(rect(), theme().color(QStringLiteral("bg.panel")));
}

bool MainWindow::event(QEvent* event) {
    const bool handled = QWidget::event(event);
    if (!m_painted && event->type() == QEvent::UpdateRequest) {
        m_painted = true;
        QTimer::singleShot(0, this, [this] { Q_EMIT shownFirst(); });
    }
    return handled;
}

}  // namespace lathe::app

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>
#include <QWidget>

#include <functional>

class QSplitter;

namespace lathe::app {

class ActivityBar;
class CentreArea;
class Commands;
class PanelFrame;
class StatusBar;
class TopBar;

// The regions and how they share the window. Knows no pane: ShellWorkbench fills it.
class MainWindow final : public QWidget {
    Q_OBJECT
public:
    MainWindow(Commands& commands, StatusBar* statusBar);

    TopBar* topBar() const { return m_top; }
    ActivityBar* activityBar() const { return m_activity; }
    PanelFrame* side() const { return m_side; }
    PanelFrame* bottom() const { return m_bottom; }
    PanelFrame* dock() const { return m_dock; }
    CentreArea* centre() const { return m_centre; }

    void setSideVisible(bool visible);
    void setBottomVisible(bool visible);
    void setDockVisible(bool visible);
    bool sideVisible() const { return m_sideShown; }
    bool bottomVisible() const { return m_bottomShown; }
    bool dockVisible() const { return m_dockShown; }
    void toggleBottomMaximised();

    // F6: the next region that is shown; each takes the keyboard where it last had it.
    void cycleRegion(int step);
    // Arrows instead of dragging: wider or higher by some pixels, for the region that has the keyboard.
    void resizeRegion(int pixels);
    void resetLayout();

    QJsonObject saveLayout() const;
    void restoreLayout(const QJsonObject& layout);

    // Asked when the user closes the window; false keeps it.
    std::function<bool()> mayClose;

Q_SIGNALS:
    void regionsChanged();
    void shownFirst();

protected:
    void closeEvent(QCloseEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;

private:
    void arrange();
    void keepSizes();
    QWidget* regionWithFocus() const;
    QList<QWidget*> regions() const;

    TopBar* m_top;
    ActivityBar* m_activity;
    PanelFrame *m_side, *m_bottom, *m_dock;
    CentreArea* m_centre;
    StatusBar* m_status;
    QWidget* m_body;
    QSplitter *m_across, *m_down;
    int m_sideWidth, m_bottomHeight, m_dockWidth;
    bool m_sideShown = true, m_bottomShown = false, m_dockShown = false, m_dockFloats = false,
         m_painted = false, m_arranging = false;
};

}  // namespace lathe::app

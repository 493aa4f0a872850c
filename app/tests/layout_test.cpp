// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/shell/centre_area.h"
#include "app/shell/main_window.h"
#include "app/shell/panel_frame.h"
#include "app/shell/shell_workbench.h"
#include "app/testing/test_workbench.h"
#include "app/workspace.h"
#include "core/file.h"

#include <QLabel>
#include <QMouseEvent>
#include <QTest>

using namespace lathe;
using namespace lathe::app;

namespace {

ShellWorkbench& shell(Workbench& workbench) {
    return static_cast<ShellWorkbench&>(workbench);
}

}  // namespace

// Where tabs and panes stand, and how they move.
class LayoutTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aTabIsDraggedBesideItsGroup() {
        auto w = makeTestWorkbench();
        auto* a = new app::Pane("test.document");
        auto* b = new app::Pane("test.document");
        w->openTab(a);
        w->openTab(b);
        CentreArea* centre = shell(*w).mainWindow()->centre();
        TabStrip* strip = centre->groups().first()->strip();
        const auto send = [&](QEvent::Type type, const QPoint& global) {
            const bool moves = type == QEvent::MouseMove;
            QMouseEvent event(type, strip->mapFromGlobal(QPointF(global)), QPointF(global),
                              moves ? Qt::NoButton : Qt::LeftButton,
                              type == QEvent::MouseButtonRelease ? Qt::NoButton : Qt::LeftButton,
                              Qt::NoModifier);
            QCoreApplication::sendEvent(strip, &event);
        };
        const QPoint grip = strip->mapToGlobal(strip->tabRect(1).center() - QPoint(20, 0));
        const QRect area(centre->mapToGlobal(QPoint()), centre->size());
        const QPoint right(area.right() - 30, area.center().y());
        send(QEvent::MouseButtonPress, grip);
        send(QEvent::MouseMove, grip + QPoint(0, 80));
        send(QEvent::MouseMove, right);
        send(QEvent::MouseButtonRelease, right);
        QCOMPARE(centre->groups().size(), 2);
        QCOMPARE(centre->groups()[0]->panes(), QList<Pane*>{a});
        QCOMPARE(centre->groups()[1]->panes(), QList<Pane*>{b});
        QCOMPARE(w->activeTab(), b);
        // And back: onto the other group's middle; the emptied group goes.
        strip = centre->groups()[1]->strip();
        const QPoint grip2 = strip->mapToGlobal(strip->tabRect(0).center() - QPoint(20, 0));
        TabGroup* first = centre->groups()[0];
        const QPoint middle = first->mapToGlobal(first->rect().center());
        send(QEvent::MouseButtonPress, grip2);
        send(QEvent::MouseMove, grip2 + QPoint(0, 80));
        send(QEvent::MouseMove, middle);
        send(QEvent::MouseButtonRelease, middle);
        QCOMPARE(centre->groups().size(), 1);
        QCOMPARE(centre->groups()[0]->panes().size(), 2);
        // Given up by Escape: nothing moves.
        strip = centre->groups()[0]->strip();
        const QPoint grip3 = strip->mapToGlobal(strip->tabRect(0).center() - QPoint(20, 0));
        send(QEvent::MouseButtonPress, grip3);
        send(QEvent::MouseMove, grip3 + QPoint(0, 80));
        send(QEvent::MouseMove, right);
        QTest::keyClick(w->window(), Qt::Key_Escape);
        send(QEvent::MouseButtonRelease, right);
        QCOMPARE(centre->groups().size(), 1);
    }

    void panesMoveBetweenRegionsAndStayThere() {
        TempDir dir;
        ShellOptions options;
        options.store = toQString(dir / "store");
        options.settingsFile = toQString(dir / "settings.json");
        options.sessionFolder = toQString(dir / "session");
        const auto open = [&] {
            auto w = std::make_unique<ShellWorkbench>(options);
            w->start();
            app::waitFor([&] { return w->started(); });
            return w;
        };
        {
            auto w = open();
            MainWindow* window = w->mainWindow();
            Pane* output = w->showPane("workbench.output");
            QCOMPARE(window->bottom()->current(), output);
            w->movePane("workbench.output", Region::RightDock);
            QVERIFY(window->dockVisible() && !window->bottomVisible());
            QCOMPARE(window->dock()->current(), output);
            QVERIFY(window->bottom()->panes().isEmpty());
            w->movePane("workbench.output", Region::Centre);
            QVERIFY(!window->dockVisible());
            QCOMPARE(w->activeTab(), output);
            w->movePane("workbench.output", Region::SidePanel);
            QCOMPARE(window->side()->current(), output);
            QCOMPARE(w->existingPane("workbench.output"), output);  // the same pane all along
            w->close();
        }
        auto w = open();
        Pane* output = w->showPane("workbench.output");
        QCOMPARE(w->mainWindow()->side()->current(), output);
        w->resetLayout();
        w->showPane("workbench.output");
        QCOMPARE(w->mainWindow()->bottom()->current(), output);
    }

    void anEmptyCentreSaysWhatFillsIt() {
        TempDir folder;
        TestWorkbenchOptions options;
        options.workspace = toQString(folder.path());
        auto w = makeTestWorkbench(options);
        for (Pane* pane : w->tabs())
            w->closeTab(pane);
        QCoreApplication::processEvents();
        bool told = false;
        for (QLabel* label : shell(*w).mainWindow()->centre()->findChildren<QLabel*>())
            told |= label->isVisible() && label->text() == "Ctrl+Shift+P";
        QVERIFY(told);
    }
};

QTEST_MAIN(LayoutTest)
#include "layout_test.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "live_plots_pane.h"
#include "runs_feature.h"
#include "runs_fixture.h"
#include "runs_pane.h"

#include "app/testing/test_workbench.h"

#include <QFile>
#include <QLabel>
#include <QTemporaryDir>
#include <QtTest>

#include <fcntl.h>
#include <sys/file.h>

#include <map>
#include <memory>
#include <string>

namespace lathe::runs::test {

// A window over a store of real runs: base, better, broken (failed), live (its journal is held, so it runs),
// and lost.
struct Window {
    QTemporaryDir folder;
    std::string store;
    std::map<std::string, std::string> ids;
    UniqueFd live;
    std::unique_ptr<app::Workbench> workbench;
    std::unique_ptr<RunsFeature> feature;

    explicit Window(bool withRuns = true) : store(folder.filePath(QStringLiteral("store")).toStdString()) {
        if (withRuns)
            record();
        app::TestWorkbenchOptions options;
        options.store = QString::fromStdString(store);
        options.size = {1600, 1000};
        workbench = app::makeTestWorkbench(options);
        feature = std::make_unique<RunsFeature>(*workbench);
        feature->ready();
    }
    void record() {
        auto opened = record::Store::open(store);
        QVERIFY(opened.has_value());
        auto& s = **opened;
        ids["base"] = recordRun(s, "base", "finished", 60, {{"optim.lr", 3e-4}, {"seed", 1}}, 1.5);
        ids["better"] = recordRun(s, "better", "finished", 60, {{"optim.lr", 6e-4}, {"seed", 1}}, 1.0);
        ids["broken"] = recordRun(s, "broken", "failed", 20, {{"optim.lr", 1.0}, {"seed", 1}}, 2.0);
        ids["lost"] = recordRun(s, "lost", "running", 10, {{"optim.lr", 3e-4}, {"seed", 2}}, 2.0);
        ids["live"] = recordRun(s, "live", "running", 30, {{"optim.lr", 3e-4}, {"seed", 3}}, 1.2);
        live = UniqueFd(::open((s.runDir(ids["live"]) + "/journal.jsonl").c_str(), O_RDWR | O_CLOEXEC));
        QVERIFY(::flock(live.get(), LOCK_EX | LOCK_NB) == 0);
        QFile log(QString::fromStdString(s.runDir(ids["broken"]) + "/output.log"));
        QVERIFY(log.open(QIODevice::WriteOnly));
        log.write("step 19\n\x1b[31mRuntimeError: loss is NaN\x1b[0m\n");
    }
    QString id(const char* name) const { return QString::fromStdString(ids.at(name)); }
    RunsPane* pane() {
        auto* pane = qobject_cast<RunsPane*>(workbench->showPane(QString::fromLatin1(RunsPane::kId)));
        app::waitFor([&] { return workbench->engine().runsLoaded(); });
        return pane;
    }
    LivePlotsPane* plots() {
        return qobject_cast<LivePlotsPane*>(workbench->showPane(QString::fromLatin1(LivePlotsPane::kId)));
    }
};

inline QString shownText(QWidget* widget) {
    QStringList texts;
    for (auto* label : widget->findChildren<QLabel*>())
        if (label->isVisibleTo(widget) && !label->text().isEmpty())
            texts << label->text();
    return texts.join(QLatin1Char('\n'));
}

}  // namespace lathe::runs::test

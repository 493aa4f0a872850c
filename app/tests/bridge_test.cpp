// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/engine_bridge.h"
#include "app/testing/test_workbench.h"
#include "app/workspace.h"
#include "core/file.h"
#include "core/id.h"

#include <QSignalSpy>
#include <QTest>
#include <QThread>

#include <atomic>

using namespace lathe;
using namespace lathe::app;

class BridgeTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void workRunsElsewhereAndAnswersHere() {
        TempDir dir;
        EngineBridge bridge(toQString(dir / "store"));
        QThread* here = QThread::currentThread();
        QThread *worked = nullptr, *answered = nullptr;
        QObject context;
        bridge
            .async([&](Engine& engine, std::stop_token) -> Result<std::string> {
                worked = QThread::currentThread();
                return engine.store().path();
            })
            .then(&context, [&](Result<std::string> path) {
                answered = QThread::currentThread();
                QVERIFY(path);
                QCOMPARE(*path, dir / "store");
            });
        QVERIFY(!answered);
        QVERIFY(waitFor([&] { return answered != nullptr; }));
        QVERIFY(worked != here);
        QCOMPARE(answered, here);
        QCOMPARE(bridge.busy() <= 1, true);
    }

    void cancelReachesTheWork() {
        TempDir dir;
        EngineBridge bridge(toQString(dir / "store"));
        QObject context;
        std::atomic<bool> begun = false;
        std::optional<ErrorCode> code;
        auto task = bridge.async([&](Engine&, std::stop_token stop) -> Result<> {
            begun = true;
            while (!stop.stop_requested())
                QThread::msleep(1);
            return fail(ErrorCode::Cancelled, "stopped");
        });
        task.then(&context, [&](Result<> result) { code = result.error().code; });
        QVERIFY(waitFor([&] { return begun.load(); }));
        task.cancel();
        QVERIFY(waitFor([&] { return code.has_value(); }));
        QCOMPARE(*code, ErrorCode::Cancelled);
    }

    void aDeadContextIsNeverCalledAndItsWorkIsStopped() {
        TempDir dir;
        EngineBridge bridge(toQString(dir / "store"));
        auto context = std::make_unique<QObject>();
        std::atomic<bool> begun = false, stopped = false;
        bool called = false;
        bridge
            .async([&](Engine&, std::stop_token stop) -> Result<> {
                begun = true;
                while (!stop.stop_requested())
                    QThread::msleep(1);
                stopped = true;
                return {};
            })
            .then(context.get(), [&](Result<>) { called = true; });
        QVERIFY(waitFor([&] { return begun.load(); }));
        context.reset();
        QVERIFY(waitFor([&] { return stopped.load() && bridge.busy() == 0; }));
        QVERIFY(!called);
    }

    void theEndOfTheBridgeStopsAllWork() {
        TempDir dir;
        QObject context;
        std::atomic<bool> stopped = false;
        {
            EngineBridge bridge(toQString(dir / "store"));
            std::atomic<bool> begun = false;
            bridge
                .async([&](Engine&, std::stop_token stop) -> Result<> {
                    begun = true;
                    while (!stop.stop_requested())
                        QThread::msleep(1);
                    stopped = true;
                    return {};
                })
                .then(&context, [](Result<>) {});
            QVERIFY(waitFor([&] { return begun.load(); }));
        }
        QVERIFY(stopped);
    }

    void aThrowBecomesAnError() {
        TempDir dir;
        EngineBridge bridge(toQString(dir / "store"));
        QObject context;
        std::optional<Error> error;
        bridge.async([](Engine&, std::stop_token) -> Result<int> { throw std::runtime_error("boom"); })
            .then(&context, [&](Result<int> r) { error = r.error(); });
        QVERIFY(waitFor([&] { return error.has_value(); }));
        QCOMPARE(error->code, ErrorCode::Internal);
        QCOMPARE(error->what, std::string("boom"));
    }

    void anEngineThatCannotOpenAnswersEveryTaskWithItsReason() {
        TempDir dir;
        QVERIFY(writeFileAtomic(dir / "file", "x"));
        EngineBridge bridge(toQString((dir / "file") + "/store"));
        QObject context;
        std::optional<Error> error;
        bridge.async([](Engine&, std::stop_token) -> Result<int> { return 1; })
            .then(&context, [&](Result<int> r) {
                if (!r)
                    error = r.error();
            });
        QVERIFY(waitFor([&] { return error.has_value(); }));
        QVERIFY(!error->what.empty());
        QSignalSpy told(&bridge, &EngineBridge::storeErrorChanged);
        bridge.refreshRuns();
        QVERIFY(waitFor([&] { return !told.isEmpty(); }));
        QVERIFY(bridge.storeError());
    }

    void runsOfOthersAppear() {
        TempDir dir;
        EngineBridge bridge(toQString(dir / "store"));
        QSignalSpy changed(&bridge, &EngineBridge::runsChanged);
        bridge.refreshRuns();
        QVERIFY(waitFor([&] { return bridge.runsLoaded(); }));
        QCOMPARE(bridge.runs().size(), std::size_t{0});
        // As another process would: its own store object on the same folder.
        auto store = record::Store::open(dir / "store");
        QVERIFY(store);
        record::RunSpec spec;
        spec.id = newId();
        spec.name = "amber-otter-1";
        spec.kind = "command";
        spec.experiment = "default";
        QVERIFY((*store)->createRun(spec));
        QVERIFY(waitFor([&] { return bridge.run(toQString(spec.id)) != nullptr; }));
        QCOMPARE(bridge.run(toQString(spec.id))->spec.name, std::string("amber-otter-1"));
    }
};

QTEST_MAIN(BridgeTest)
#include "bridge_test.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/engine_bridge.h"

#include "app/workspace.h"
#include "core/file.h"
#include "core/log.h"

#include <QCoreApplication>
#include <QFileSystemWatcher>
#include <QHash>
#include <QThreadPool>
#include <QTimer>

#include <algorithm>
#include <mutex>
#include <thread>
#include <unordered_set>

namespace lathe::app {

namespace {
constexpr int kWorkers = 24;          // most of them wait on disks and networks
constexpr int kLiveRefreshMs = 1000;  // while a run is not over
constexpr int kSettleMs = 80;         // a burst of file changes is one refresh
constexpr int kLastWaitMs = 4000;
}  // namespace

struct EngineBridge::Private {
    QString storeGiven;
    std::string workspace;
    QThreadPool pool;

    std::mutex mutex;  // guards all until the next blank line; never held while the engine works
    std::unique_ptr<Engine> engine;
    bool opened = false;
    Error failure;
    host::Prompts prompts;
    std::map<std::string, int> hostListeners;

    std::mutex opening;
    std::stop_source stopAll;
    std::mutex mirrorMutex;  // guards the next two
    bool mirroring = false, mirrorAgain = false;
    std::jthread mirror;
    QFileSystemWatcher* watcher = nullptr;
    QTimer* settle = nullptr;
    QTimer* live = nullptr;
    bool refreshing = false, refreshAgain = false;
    struct HostView {
        host::HostState state = host::HostState::Offline;
        QString text;
        double latency = 0;
    };
    QHash<QString, HostView> hosts;

    // On a thread of its own, which ends when there is nothing to mirror from a connected host.
    void mirrorRuns() {
        const std::scoped_lock lock(mirrorMutex);
        if (mirroring) {
            mirrorAgain = true;
            return;
        }
        mirroring = true;
        mirror = std::jthread([this](std::stop_token stop) {
            for (;;) {
                Error failure;
                if (Engine* known = get(&failure))
                    known->launcher().mirrorAll(stop);
                const std::scoped_lock guard(mirrorMutex);
                if (stop.stop_requested() || !std::exchange(mirrorAgain, false)) {
                    mirroring = false;
                    return;
                }
            }
        });
    }

    Engine* get(Error* error) {
        // Workers that come early wait for the one that opens.
        const std::scoped_lock one(opening);
        if (!opened) {
            auto result = Engine::open(toStd(storeGiven), workspace);
            const std::scoped_lock lock(mutex);
            opened = true;
            if (result)
                engine = std::move(*result);
            else
                failure = result.error();
        }
        *error = failure;
        return engine.get();
    }
};

EngineBridge::EngineBridge(QString store, QString workspace, QObject* parent)
    : QObject(parent), m_d(std::make_unique<Private>()) {
    m_d->storeGiven = std::move(store);
    m_d->workspace = toStd(workspace);
    m_d->pool.setMaxThreadCount(kWorkers);
    m_d->pool.setExpiryTimeout(5000);
    m_d->settle = new QTimer(this);
    m_d->settle->setSingleShot(true);
    m_d->settle->setInterval(kSettleMs);
    connect(m_d->settle, &QTimer::timeout, this, &EngineBridge::scheduleRefresh);
    m_d->live = new QTimer(this);
    m_d->live->setInterval(kLiveRefreshMs);
    connect(m_d->live, &QTimer::timeout, this, &EngineBridge::refreshRuns);
}

EngineBridge::~EngineBridge() {
    m_d->stopAll.request_stop();
    m_d->mirror = {};
    if (!m_d->pool.waitForDone(kLastWaitMs))
        logWarn("app", "work of the engine is still under way at the end; waiting for it");
    m_d->pool.waitForDone();
}

void EngineBridge::submit(Work work, std::stop_source stop) {
    ++m_busy;
    Q_EMIT busyChanged(m_busy);
    m_d->pool.start([this, work = std::move(work), stop] {
        {
            // The end of the bridge stops each task through its own token.
            const std::stop_callback chain(m_d->stopAll.get_token(),
                                           [stop]() mutable { stop.request_stop(); });
            Error failure;
            Engine* engine = m_d->get(&failure);
            work(engine, failure);
        }
        post([this] {
            --m_busy;
            Q_EMIT busyChanged(m_busy);
        });
    });
}

void EngineBridge::post(std::function<void()> call) {
    QMetaObject::invokeMethod(this, std::move(call), Qt::QueuedConnection);
}

Error EngineBridge::cancelledError() {
    return {ErrorCode::Cancelled,
            toStd(QCoreApplication::translate("lathe::app::EngineBridge", "stopped on request")),
            {},
            {}};
}

void EngineBridge::guarded(const std::function<void()>& work, const std::function<void(Error)>& failed) {
    try {
        work();
    } catch (const std::exception& e) {
        logError("app", "a task threw: {}", e.what());
        failed({ErrorCode::Internal,
                e.what(),
                {},
                toStd(QCoreApplication::translate("lathe::app::EngineBridge",
                                                  "this is a fault of Lathe; the Output panel has more"))});
    }
}

std::shared_ptr<const record::RunSummary> EngineBridge::run(const QString& id) const {
    const std::string wanted = toStd(id);
    for (const auto& run : m_runs)
        if (run->spec.id == wanted)
            return run;
    return {};
}

void EngineBridge::refreshRuns() {
    scheduleRefresh();
}

void EngineBridge::scheduleRefresh() {
    if (m_d->refreshing) {
        m_d->refreshAgain = true;
        return;
    }
    m_d->refreshing = true;
    struct Changes {
        std::vector<record::RunSummary> runs;
        QStringList ids;
        std::string storePath;
        std::vector<std::string> warnings;
    };
    const bool all = !m_runsLoaded;
    async([all](Engine& engine, std::stop_token) -> Result<Changes> {
        Changes changes;
        LATHE_TRY_ASSIGN(const std::vector<std::string> ids, engine.store().refresh());
        changes.storePath = engine.store().path();
        // A fresh store has no folder of runs yet, and what is not there cannot be watched. Where it may not
        // be made, nobody makes runs either.
        if (auto made = makeDirs(changes.storePath + "/runs"); !made)
            logDebug("record", "{}", made.error().text());
        changes.warnings = engine.store().takeWarnings();
        if (all) {
            LATHE_TRY_ASSIGN(changes.runs, engine.store().runs());
        } else {
            for (const std::string& id : ids) {
                changes.ids << toQString(id);
                auto run = engine.store().run(id);
                if (run && !run->deleted)  // one in the trash counts as gone
                    changes.runs.push_back(std::move(*run));
                else if (!run && run.error().code != ErrorCode::NotFound)
                    return std::unexpected(run.error());
            }
        }
        return changes;
    }).then(this, [this, all](Result<Changes> changes) {
        m_d->refreshing = false;
        const bool hadError = m_storeError.has_value();
        if (changes) {
            m_storeError.reset();
            for (const std::string& warning : changes->warnings)
                logWarn("record", "{}", warning);
            if (!m_d->watcher) {
                // New run folders show here; while one is live its journals are looked at by the timer.
                m_d->watcher = new QFileSystemWatcher({toQString(changes->storePath + "/runs")}, this);
                connect(m_d->watcher, &QFileSystemWatcher::directoryChanged, m_d->settle,
                        qOverload<>(&QTimer::start));
            }
            takeRuns(std::move(changes->runs), changes->ids, all);
        } else if (changes.error().code != ErrorCode::Cancelled) {
            m_storeError = changes.error();
            logError("record", "{}", changes.error().text());
        }
        if (hadError || m_storeError)
            Q_EMIT storeErrorChanged();
        if (std::exchange(m_d->refreshAgain, false))
            m_d->settle->start();
    });
}

void EngineBridge::takeRuns(std::vector<record::RunSummary> changed, const QStringList& ids, bool all) {
    QStringList told = ids;
    if (all) {
        m_runs.clear();
        m_runsLoaded = true;
    } else if (!ids.isEmpty()) {
        const std::unordered_set<std::string> gone = [&] {
            std::unordered_set<std::string> set;
            for (const QString& id : ids)
                set.insert(toStd(id));
            return set;
        }();
        std::erase_if(m_runs, [&](const auto& run) { return gone.contains(run->spec.id); });
    }
    for (record::RunSummary& run : changed) {
        if (all)
            told << toQString(run.spec.id);
        m_runs.push_back(std::make_shared<const record::RunSummary>(std::move(run)));
    }
    std::ranges::stable_sort(m_runs,
                             [](const auto& a, const auto& b) { return a->spec.created > b->spec.created; });

    bool anyLive = false, anyRemote = false;  // of what is not over
    for (const auto& run : m_runs)
        if (!record::isOver(run->state)) {
            anyLive = true;
            anyRemote |= run->spec.host != "local";
        }
    // The only timer of an idle window would be this one, so it runs only while there is something to see.
    if (anyLive && !m_d->live->isActive())
        m_d->live->start();
    else if (!anyLive)
        m_d->live->stop();
    // At first also for runs that ended while nobody copied what they wrote. A host that is connected later
    // starts it too.
    const auto isRemote = [](const auto& run) { return run->spec.host != "local"; };
    if (all ? std::ranges::any_of(m_runs, isRemote) : anyRemote && !told.isEmpty())
        m_d->mirrorRuns();
    if (all || !told.isEmpty())
        Q_EMIT runsChanged(told);
}

Result<std::shared_ptr<host::Host>> EngineBridge::connectedHost(Engine& engine, const std::string& id,
                                                                std::stop_token stop, Prompting prompting) {
    LATHE_TRY_ASSIGN(std::shared_ptr<host::Host> host, engine.hosts().get(id));
    host::Prompts prompts;
    {
        const std::scoped_lock lock(m_d->mutex);
        if (prompting == Prompting::Allowed)
            prompts = m_d->prompts;
        if (!m_d->hostListeners.contains(id)) {
            const auto view = [this, weak = std::weak_ptr(host), name = toQString(id)] {
                const auto known = weak.lock();
                if (!known)
                    return;
                const Private::HostView now{known->state(), toQString(known->stateText()),
                                            known->latencySeconds()};
                post([this, name, now] {
                    const bool connected = m_d->hosts[name].state != host::HostState::Connected &&
                                           now.state == host::HostState::Connected;
                    m_d->hosts[name] = now;
                    if (connected)
                        m_d->mirrorRuns();
                    Q_EMIT hostChanged(name);
                });
            };
            m_d->hostListeners[id] = host->onStateChanged(view);
            view();
        }
    }
    LATHE_TRY(host->connect(prompts, stop));
    return host;
}

void EngineBridge::setPrompts(host::Prompts prompts) {
    const std::scoped_lock lock(m_d->mutex);
    m_d->prompts = std::move(prompts);
}

host::HostState EngineBridge::hostState(const QString& id) const {
    if (id == QLatin1String("local"))
        return host::HostState::Connected;
    return m_d->hosts.value(id).state;
}

QString EngineBridge::hostStateText(const QString& id) const {
    return m_d->hosts.value(id).text;
}

double EngineBridge::hostLatency(const QString& id) const {
    return m_d->hosts.value(id).latency;
}

}  // namespace lathe::app

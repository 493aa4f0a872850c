// SPDX-License-Identifier: GPL-3.0-or-later
#include "host_service.h"

#include "core/clock.h"
#include "core/text.h"

#include <algorithm>
#include <cmath>

namespace lathe::hosts {

namespace {

constexpr double kReadEvery = 2;                // seconds, while somebody looks
constexpr std::size_t kHistory = 300;           // ten minutes of that
constexpr double kFirstTry = 1, kLastTry = 30;  // seconds between tries to connect again

QString shown(const Error& error) {
    return app::toQString(escapedForDisplay(error.text()));
}

}  // namespace

HostService::HostService(app::Workbench& workbench) : QObject(&workbench), m_workbench(workbench) {
    ensure(QStringLiteral("local")).state = host::HostState::Connected;
    m_tick.setInterval(1000);
    connect(&m_tick, &QTimer::timeout, this, &HostService::tick);
    connect(&workbench.engine(), &app::EngineBridge::hostChanged, this, &HostService::takeState);
    const auto ofWorkspace = [this] {
        if (m_workbench.workspace().isOpen())
            takeState(m_workbench.workspace().hostId());
    };
    connect(&workbench.workspace(), &app::Workspace::changed, this, ofWorkspace);
    ofWorkspace();
}

HostView& HostService::ensure(const QString& id) {
    auto found = m_views.find(id);
    if (found == m_views.end()) {
        found = m_views.insert(id, HostView());
        found->id = id;
        m_order << id;
        m_configured.removeAll(id);
        Q_EMIT listChanged();
    }
    return *found;
}

QStringList HostService::hosts() const {
    return m_order;
}
const HostView& HostService::view(const QString& id) {
    return ensure(id);
}

void HostService::reloadConfigured() {
    m_workbench.engine()
        .async([](Engine& engine, std::stop_token) -> Result<std::vector<std::string>> {
            return engine.hosts().configured();
        })
        .then(this, [this](Result<std::vector<std::string>> names) {
            QStringList found;
            for (const std::string& name : names.value_or(std::vector<std::string>()))
                if (!m_views.contains(app::toQString(name)))
                    found << app::toQString(name);
            if (found == m_configured)
                return;
            m_configured = found;
            Q_EMIT listChanged();
        });
}

void HostService::takeState(const QString& id) {
    auto& bridge = m_workbench.engine();
    // A name that was tried and never reached is no host to remember.
    const bool reached =
        bridge.hostState(id) == host::HostState::Connected || bridge.hostState(id) == host::HostState::Lost;
    if (!m_views.contains(id) && !reached && id != m_workbench.workspace().hostId())
        return;
    HostView& view = ensure(id);
    const host::HostState before = view.state;
    view.state = bridge.hostState(id);
    view.stateText = bridge.hostStateText(id);
    view.latency = bridge.hostLatency(id);
    if (view.state == host::HostState::Lost && before != host::HostState::Lost && view.lostSince == 0) {
        view.lostSince = wallSeconds();
        view.workOffline = false;
        m_tries[id] = 0;
        view.nextTry = view.lostSince + kFirstTry;
        m_tick.start();
    }
    if (view.state == host::HostState::Connected) {
        view.lostSince = view.nextTry = 0;
        if (before != host::HostState::Connected)
            refresh(id);
    }
    Q_EMIT changed(id);
}

void HostService::look(const QString& id, QObject* looker) {
    if (m_lookers[id].insert(looker).second) {
        connect(looker, &QObject::destroyed, this, [this, id, looker] { m_lookers[id].erase(looker); });
        refresh(id);
    }
    m_tick.start();
}

void HostService::tick() {
    const double now = wallSeconds();
    bool needed = false;
    for (HostView& view : m_views) {
        if (view.lostSince > 0) {
            needed = true;
            if (view.nextTry > 0 && now >= view.nextTry)
                tryNow(view.id);
            Q_EMIT changed(view.id);  // the seconds in its banner
        }
        const auto lookers = m_lookers.find(view.id);
        if (lookers == m_lookers.end())
            continue;
        const bool seen = std::ranges::any_of(lookers->second, [](QObject* looker) {
            const auto* widget = qobject_cast<QWidget*>(looker);
            return widget && widget->isVisible();
        });
        needed = needed || seen;
        if (seen && view.state == host::HostState::Connected && now - view.factsTime >= kReadEvery)
            refresh(view.id);
    }
    if (!needed)
        m_tick.stop();  // nobody looks: nothing runs
}

void HostService::refresh(const QString& id) {
    if (ensure(id).state != host::HostState::Connected || !m_reading.insert(id).second)
        return;
    auto* bridge = &m_workbench.engine();
    bridge
        ->async([bridge, name = app::toStd(id)](Engine& engine, std::stop_token stop) -> Result<HostFacts> {
            LATHE_TRY_ASSIGN(auto machine, bridge->connectedHost(engine, name, stop));
            return readFacts(*machine, stop);
        })
        .then(this, [this, id](Result<HostFacts> facts) {
            m_reading.erase(id);
            HostView& view = ensure(id);
            view.latency = m_workbench.engine().hostLatency(id);
            view.factsTime = wallSeconds();
            if (!facts) {
                view.factsError = shown(facts.error());
                Q_EMIT changed(id);
                return;
            }
            view.factsError.clear();
            view.facts = std::make_shared<HostFacts>(std::move(*facts));
            view.use.resize(std::max<std::size_t>(1, view.facts->gpus.size()));
            for (std::size_t i = 0; i < view.use.size(); ++i) {
                view.use[i].push_back(view.facts->gpus.empty() ? view.facts->cpuUse()
                                                               : view.facts->gpus[i].use);
                if (view.use[i].size() > kHistory)
                    view.use[i].pop_front();
            }
            Q_EMIT changed(id);
        });
}

void HostService::noteUsed(const QString& id) {
    takeState(id);
}

void HostService::disconnectHost(const QString& id) {
    HostView& view = ensure(id);
    view.lostSince = view.nextTry = 0;
    m_workbench.engine()
        .async([name = app::toStd(id)](Engine& engine, std::stop_token) -> Result<> {
            LATHE_TRY_ASSIGN(auto machine, engine.hosts().get(name));
            machine->disconnect();
            return {};
        })
        .then(this, [this, id](Result<>) { takeState(id); });
}

void HostService::tryNow(const QString& id) {
    HostView& view = ensure(id);
    if (view.connecting)
        return;
    view.connecting = true;
    view.nextTry = 0;
    Q_EMIT changed(id);
    auto* bridge = &m_workbench.engine();
    bridge
        ->async([bridge, name = app::toStd(id)](Engine& engine, std::stop_token stop) -> Result<> {
            LATHE_TRY(bridge->connectedHost(engine, name, stop));
            return {};
        })
        .then(this, [this, id](Result<> result) {
            HostView& view = ensure(id);
            view.connecting = false;
            if (result) {
                takeState(id);
                return;
            }
            view.stateText = shown(result.error());
            // A refused key or password is not tried again by itself: that would lock accounts.
            const bool mayRetry = result.error().code == ErrorCode::Unavailable && !view.workOffline;
            const double wait = std::min(kLastTry, kFirstTry * std::pow(2.0, ++m_tries[id]));
            view.nextTry = mayRetry ? wallSeconds() + wait : 0;
            Q_EMIT changed(id);
        });
}

void HostService::workOffline(const QString& id) {
    HostView& view = ensure(id);
    view.workOffline = true;
    view.nextTry = 0;
    Q_EMIT changed(id);
}

}  // namespace lathe::hosts

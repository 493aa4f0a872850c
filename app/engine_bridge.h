// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"
#include "engine.h"
#include "host/host.h"
#include "record/run.h"

#include <QObject>
#include <QPointer>
#include <QString>
#include <QStringList>

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <type_traits>
#include <utility>
#include <vector>

namespace lathe::app {

template <class T> struct TaskState {
    std::stop_source stop;
    std::optional<Result<T>> result;  // from here on: touched on the GUI thread only
    std::function<void(Result<T>)> callback;
    QPointer<QObject> context;
    bool hasContext = false;

    void deliver() {
        if (!result || !callback)
            return;
        auto call = std::exchange(callback, nullptr);
        if (!hasContext || context)
            call(std::move(*result));
    }
};

// A handle to work on a worker thread; copies share it, dropping it changes nothing. GUI thread only.
template <class T> class Task {
public:
    Task() = default;
    explicit Task(std::shared_ptr<TaskState<T>> state) : m_state(std::move(state)) {}

    // `callback(Result<T>)` runs on the GUI thread, never inside this call; once. If `context` is destroyed
    // first it is not called and the work is asked to stop.
    Task& then(QObject* context, std::function<void(Result<T>)> callback) {
        m_state->context = context;
        m_state->hasContext = true;
        m_state->callback = std::move(callback);
        QObject::connect(context, &QObject::destroyed, [weak = std::weak_ptr(m_state)] {
            if (auto state = weak.lock())
                state->stop.request_stop();
        });
        if (m_state->result)
            QMetaObject::invokeMethod(
                context, [state = m_state] { state->deliver(); }, Qt::QueuedConnection);
        return *this;
    }
    // Asks it to stop; the callback still comes, with Cancelled if the work heard it.
    void cancel() {
        if (m_state)
            m_state->stop.request_stop();
    }
    bool running() const { return m_state && !m_state->result; }

private:
    std::shared_ptr<TaskState<T>> m_state;
};

template <class> inline constexpr bool kIsResult = false;
template <class T> inline constexpr bool kIsResult<std::expected<T, Error>> = true;

enum class Prompting { Allowed, Never };

// The engine for the GUI: its blocking calls on worker threads, its events as signals. The engine is opened
// by the first use, on a worker; if that fails, every task gets that failure. Lives on the GUI thread.
class EngineBridge : public QObject {
    Q_OBJECT
public:
    // `store`: --store, or empty; `workspace`: a local folder whose .lathe/config.yaml may name the store, or
    // empty.
    explicit EngineBridge(QString store = {}, QString workspace = {}, QObject* parent = nullptr);
    ~EngineBridge() override;  // asks all work to stop and waits for it

    // bridge.async([id](Engine& e, std::stop_token) { return e.store().run(id); }).then(this,
    // [this](Result<RunSummary> r) …) `fn` runs on a worker and returns a Result; it must capture values, not
    // widgets. What it throws becomes Internal. Work that outlasts a second or waits on a network must watch
    // the token.
    template <class Fn> auto async(Fn fn) {
        using R = std::invoke_result_t<Fn, Engine&, std::stop_token>;
        static_assert(kIsResult<R>, "the function must return a Result<T>");
        using T = typename R::value_type;
        auto state = std::make_shared<TaskState<T>>();
        submit(
            [this, state, fn = std::move(fn)](Engine* engine, const Error& failure) mutable {
                auto result = std::make_shared<R>(std::unexpected(failure));
                if (state->stop.stop_requested())
                    *result = std::unexpected(cancelledError());
                else if (engine)
                    guarded([&] { *result = fn(*engine, state->stop.get_token()); },
                            [&](Error error) { *result = std::unexpected(std::move(error)); });
                post([state, result] {
                    state->result = std::move(*result);
                    state->deliver();
                });
            },
            state->stop);
        return Task<T>(state);
    }

    // The runs of the store, as of the last refresh; newest first. Refreshed by itself: at once when a file
    // of the store changes, about each second while a run is not over, never otherwise.
    const std::vector<std::shared_ptr<const record::RunSummary>>& runs() const { return m_runs; }
    std::shared_ptr<const record::RunSummary> run(const QString& id) const;
    bool runsLoaded() const { return m_runsLoaded; }
    const std::optional<Error>& storeError() const { return m_storeError; }
    // Look now (after a start, a stop, a tag); cheap, joins a refresh under way.
    void refreshRuns();

    // For a worker, inside async: the host, connected. Questions go to the prompts set below; work that
    // nobody asked for (watching, looking again) asks nothing and fails where a question would have to be
    // asked.
    Result<std::shared_ptr<host::Host>> connectedHost(Engine& engine, const std::string& id,
                                                      std::stop_token stop,
                                                      Prompting prompting = Prompting::Allowed);
    // Given once by the plugin that owns connecting; called on worker threads. Unset: unknown keys and
    // passwords are refused.
    void setPrompts(host::Prompts prompts);
    // How a host is, as of its last change; GUI thread.
    host::HostState hostState(const QString& id) const;
    QString hostStateText(const QString& id) const;
    double hostLatency(const QString& id) const;  // seconds; 0: unknown or local

    int busy() const { return m_busy; }  // tasks under way

Q_SIGNALS:
    // Ids of runs that are new, changed or gone (run(id) is then null). Queued: never inside a caller's
    // stack.
    void runsChanged(const QStringList& ids);
    void storeErrorChanged();
    void hostChanged(const QString& id);
    void busyChanged(int busy);

private:
    struct Private;
    using Work = std::function<void(Engine*, const Error&)>;
    void submit(Work work, std::stop_source stop);
    void post(std::function<void()> call);
    static Error cancelledError();
    static void guarded(const std::function<void()>& work, const std::function<void(Error)>& failed);
    void scheduleRefresh();
    void takeRuns(std::vector<record::RunSummary> changed, const QStringList& ids, bool all);

    std::unique_ptr<Private> m_d;
    std::vector<std::shared_ptr<const record::RunSummary>> m_runs;
    bool m_runsLoaded = false;
    std::optional<Error> m_storeError;
    int m_busy = 0;
};

}  // namespace lathe::app

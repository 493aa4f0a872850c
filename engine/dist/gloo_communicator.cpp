// SPDX-License-Identifier: Apache-2.0
#include "dist/gloo_communicator.h"

#include "core/clock.h"

#include <fmt/format.h>
#include <gloo/allgather.h>
#include <gloo/allreduce.h>
#include <gloo/barrier.h>
#include <gloo/broadcast.h>
#include <gloo/math.h>
#include <gloo/rendezvous/context.h>
#include <gloo/rendezvous/store.h>
#include <gloo/transport/tcp/device.h>

#include <chrono>
#include <condition_variable>
#include <csignal>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

namespace lathe::dist {

namespace {

// Deaths are noticed at once through the store; this only bounds the wait for a rank that is stuck, and must
// leave room for one that writes a checkpoint or samples text while the others wait.
constexpr std::chrono::minutes kLongestWait{10};
// How long a collective whose connections were broken may take to notice.
constexpr std::chrono::milliseconds kGrace{500};
// How long the news of a death may lag behind the broken connection that it caused.
constexpr double kNewsSeconds = 1;

// Gloo speaks exceptions; they end where its calls do, in GlooCommunicator and in glooCommunicator().
class GlooStore final : public gloo::rendezvous::Store {
public:
    GlooStore(dist::Store& store, double timeoutSeconds) : m_store(store), m_timeoutSeconds(timeoutSeconds) {}

    void set(const std::string& key, const std::vector<char>& data) override {
        if (auto done = m_store.set("gloo/" + key, {data.data(), data.size()}); !done)
            throw std::runtime_error(done.error().text());
    }
    std::vector<char> get(const std::string& key) override {
        auto value = m_store.wait("gloo/" + key, m_timeoutSeconds);
        if (!value)
            throw std::runtime_error(value.error().text());
        return {value->begin(), value->end()};
    }
    void wait(const std::vector<std::string>& keys) override {
        for (const std::string& key : keys)
            get(key);
    }
    void wait(const std::vector<std::string>& keys, const std::chrono::milliseconds&) override { wait(keys); }

private:
    dist::Store& m_store;
    double m_timeoutSeconds;
};

// Runs one piece of work at a time on a thread of its own, so that its caller can turn away from it. Gloo has
// no way to call off a collective that is sure to wake it: closing its connections leaves waiters asleep, and
// even the exception of a broken one now and then misses a pending send.
class Worker : public std::enable_shared_from_this<Worker> {
public:
    enum class End { Done, Threw, LeftBehind };

    void start() {
        m_thread = std::thread([self = shared_from_this()] { self->loop(); });
    }
    // Work that was left behind keeps the thread, and what the work holds, until the process ends.
    void finish() {
        bool leftBehind = false;
        {
            const std::lock_guard lock(m_mutex);
            m_ending = true;
            leftBehind = m_called && m_work != nullptr;
        }
        m_changed.notify_all();
        if (leftBehind)
            m_thread.detach();
        else
            m_thread.join();
    }
    // From any thread: a pending run() returns LeftBehind, and so do all later ones.
    void callOff() {
        const std::lock_guard lock(m_mutex);
        m_called = true;
        m_changed.notify_all();
    }
    // `words` gets the message of what was thrown.
    End run(std::function<void()> work, std::string& words) {
        std::unique_lock lock(m_mutex);
        if (m_called)
            return End::LeftBehind;
        m_work = std::move(work);
        m_words.reset();
        m_changed.notify_all();
        m_changed.wait(lock, [&] { return m_called || m_work == nullptr; });
        // Most work that is called off ends by itself, and must have before its caller frees the buffers.
        if (!m_changed.wait_for(lock, kGrace, [&] { return m_work == nullptr; }))
            return End::LeftBehind;
        if (!m_words)
            return End::Done;
        words = *m_words;
        return End::Threw;
    }

private:
    void loop() {
        std::unique_lock lock(m_mutex);
        while (true) {
            m_changed.wait(lock, [&] { return m_ending || m_work != nullptr; });
            if (m_work == nullptr)
                return;
            lock.unlock();
            std::optional<std::string> words;
            try {
                m_work();
            } catch (const std::exception& error) {
                words = error.what();
            }
            lock.lock();
            m_words = std::move(words);
            m_work = nullptr;
            m_changed.notify_all();
        }
    }

    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::function<void()> m_work;  // written by run() and loop() in turn
    std::optional<std::string> m_words;
    bool m_called = false;
    bool m_ending = false;
    std::thread m_thread;
};

class GlooCommunicator final : public Communicator {
public:
    GlooCommunicator(std::unique_ptr<Store> store, std::shared_ptr<gloo::rendezvous::Context> context)
        : m_store(std::move(store)), m_context(std::move(context)), m_worker(std::make_shared<Worker>()) {
        m_context->setTimeout(kLongestWait);
        m_worker->start();
        m_store->onAbort([worker = m_worker, context = std::weak_ptr(m_context)] {
            worker->callOff();
            if (const auto alive = context.lock())
                breakConnections(*alive);
        });
    }
    ~GlooCommunicator() override { m_worker->finish(); }

    int rank() const override { return m_context->rank; }
    int size() const override { return m_context->size; }

    Result<> allReduce(std::span<float> values, std::string_view what) override { return sum(values, what); }
    Result<> allReduce(std::span<double> values, std::string_view what) override { return sum(values, what); }

    Result<> allGather(std::span<const std::byte> mine, std::span<std::byte> all,
                       std::string_view what) override {
        return guarded("all-gather", what, [context = m_context, mine, all] {
            gloo::AllgatherOptions options(context);
            // Gloo takes a pointer to non-const, though it only reads.
            options.setInput(const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(mine.data())),
                             mine.size());
            options.setOutput(reinterpret_cast<std::uint8_t*>(all.data()), all.size());
            gloo::allgather(options);
        });
    }

    Result<> broadcast(std::span<std::byte> bytes, int root, std::string_view what) override {
        return guarded("broadcast", what, [context = m_context, bytes, root] {
            gloo::BroadcastOptions options(context);
            options.setOutput(reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size());
            options.setRoot(root);
            gloo::broadcast(options);
        });
    }

    Result<> barrier(std::string_view what) override {
        return guarded("barrier", what, [context = m_context] {
            gloo::BarrierOptions options(context);
            gloo::barrier(options);
        });
    }

    void abort(const Error& error) override {
        Error told = error;
        told.what = fmt::format("rank {} stopped: {}", rank(), error.what);
        m_store->abort(told);
    }

private:
    // After this Gloo touches no buffer of a pending collective. It breaks all connections of a context when
    // a receive of it times out, so receive what nobody sends; its closeConnections would leave waiters
    // asleep.
    static void breakConnections(gloo::rendezvous::Context& context) {
        constexpr std::uint64_t unusedSlot = ~std::uint64_t{0};
        std::uint8_t nothing = 0;
        for (int peer = 0; peer < context.size; ++peer) {
            if (peer == context.rank)
                continue;
            try {
                const auto buffer = context.createUnboundBuffer(&nothing, sizeof nothing);
                buffer->recv(peer, unusedSlot);
                buffer->waitRecv(std::chrono::milliseconds(1));
            } catch (const std::exception&) {
                // The time-out, or a connection that is broken already.
            }
        }
    }

    template <class T> Result<> sum(std::span<T> values, std::string_view what) {
        return guarded("all-reduce", what, [context = m_context, values] {
            gloo::AllreduceOptions options(context);
            options.setAlgorithm(gloo::AllreduceOptions::Algorithm::RING);
            options.setOutput(values.data(), values.size());
            options.setReduceFunction(
                [](void* c, const void* a, const void* b, std::size_t n) { gloo::sum<T>(c, a, b, n); });
            gloo::allreduce(options);
        });
    }

    Result<> guarded(std::string_view operation, std::string_view what, std::function<void()> work) {
        std::string words;
        const Worker::End end = m_worker->run(std::move(work), words);
        if (end == Worker::End::Done)
            return {};
        if (auto first = m_store->waitAborted(kNewsSeconds)) {
            first->what += fmt::format("; rank {} was in the {} of {}", rank(), operation, what);
            return std::unexpected(std::move(*first));
        }
        return fail(ErrorCode::Unavailable, fmt::format("the {} of {} failed: {}", operation, what, words),
                    fmt::format("rank {}", rank()), "see the output of the other ranks");
    }

    std::unique_ptr<Store> m_store;
    std::shared_ptr<gloo::rendezvous::Context> m_context;
    std::shared_ptr<Worker> m_worker;
};

}  // namespace

Result<std::unique_ptr<Communicator>> glooCommunicator(const Job& job, std::unique_ptr<Store> store,
                                                       double timeoutSeconds) {
    // Gloo writes to its sockets without MSG_NOSIGNAL: a dead peer would end this process before it could say
    // so.
    ::signal(SIGPIPE, SIG_IGN);
    try {
        gloo::transport::tcp::attr attributes;
        attributes.hostname = store->localAddress();
        std::shared_ptr<gloo::transport::Device> device = gloo::transport::tcp::CreateDevice(attributes);
        auto context = std::make_shared<gloo::rendezvous::Context>(job.rank, job.size);
        context->setTimeout(std::chrono::milliseconds(static_cast<std::int64_t>(timeoutSeconds * 1000)));
        GlooStore glooStore(*store, timeoutSeconds);
        context->connectFullMesh(glooStore, device);
        return std::make_unique<GlooCommunicator>(std::move(store), std::move(context));
    } catch (const std::exception& error) {
        if (auto first = store->aborted())
            return std::unexpected(*first);
        return fail(
            ErrorCode::Unavailable, fmt::format("cannot connect to the other ranks: {}", error.what()),
            fmt::format("rank {}", job.rank), "check that all ranks were started and reach each other");
    }
}

}  // namespace lathe::dist

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
#include <csignal>
#include <exception>

namespace lathe::dist {

namespace {

// Deaths are noticed at once through the store; this only bounds the wait for a rank that is stuck, and must leave room for
// one that writes a checkpoint or samples text while the others wait.
constexpr std::chrono::minutes kLongestWait{10};
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

class GlooCommunicator final : public Communicator {
public:
    GlooCommunicator(std::unique_ptr<Store> store, std::shared_ptr<gloo::rendezvous::Context> context)
        : m_store(std::move(store)), m_context(std::move(context)) {
        m_context->setTimeout(kLongestWait);
        m_store->onAbort([context = std::weak_ptr(m_context)] {
            if (const auto alive = context.lock())
                freeBlocked(*alive);
        });
    }

    int rank() const override { return m_context->rank; }
    int size() const override { return m_context->size; }

    Result<> allReduce(std::span<float> values, std::string_view what) override { return sum(values, what); }
    Result<> allReduce(std::span<double> values, std::string_view what) override { return sum(values, what); }

    Result<> allGather(std::span<const std::byte> mine, std::span<std::byte> all, std::string_view what) override {
        return guarded("all-gather", what, [&] {
            gloo::AllgatherOptions options(m_context);
            // Gloo takes a pointer to non-const, though it only reads.
            options.setInput(const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(mine.data())),
                             mine.size());
            options.setOutput(reinterpret_cast<std::uint8_t*>(all.data()), all.size());
            gloo::allgather(options);
        });
    }

    Result<> broadcast(std::span<std::byte> bytes, int root, std::string_view what) override {
        return guarded("broadcast", what, [&] {
            gloo::BroadcastOptions options(m_context);
            options.setOutput(reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size());
            options.setRoot(root);
            gloo::broadcast(options);
        });
    }

    Result<> barrier(std::string_view what) override {
        return guarded("barrier", what, [&] {
            gloo::BarrierOptions options(m_context);
            gloo::barrier(options);
        });
    }

    void abort(const Error& error) override {
        Error told = error;
        told.what = fmt::format("rank {} stopped: {}", rank(), error.what);
        m_store->abort(told);
    }

private:
    // Gloo wakes all that wait in a context when a receive of it times out, and by nothing else (closeConnections leaves
    // them asleep). So receive what nobody sends.
    static void freeBlocked(gloo::rendezvous::Context& context) {
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
                // The time-out, or a connection that is broken already, whose waiters are awake.
            }
        }
    }

    template <class T> Result<> sum(std::span<T> values, std::string_view what) {
        return guarded("all-reduce", what, [&] {
            gloo::AllreduceOptions options(m_context);
            options.setAlgorithm(gloo::AllreduceOptions::Algorithm::RING);
            options.setOutput(values.data(), values.size());
            options.setReduceFunction([](void* c, const void* a, const void* b, std::size_t n) {
                gloo::sum<T>(c, a, b, n);
            });
            gloo::allreduce(options);
        });
    }

    template <class Work> Result<> guarded(std::string_view operation, std::string_view what, Work&& work) {
        const auto stopped = [&](Error first) {
            first.what += fmt::format("; rank {} was in the {} of {}", rank(), operation, what);
            return std::unexpected(std::move(first));
        };
        if (const auto first = m_store->aborted())
            return stopped(*first);
        std::string words;
        try {
            work();
            return {};
        } catch (const std::exception& error) {
            words = error.what();
        }
        Error error{ErrorCode::Unavailable, fmt::format("the {} of {} failed: {}", operation, what, words),
                    fmt::format("rank {}", rank()), "see the output of the other ranks"};
        if (const auto first = m_store->waitAborted(kNewsSeconds))
            return stopped(*first);
        return std::unexpected(error);
    }

    std::unique_ptr<Store> m_store;
    std::shared_ptr<gloo::rendezvous::Context> m_context;
};

}  // namespace

Result<std::unique_ptr<Communicator>> glooCommunicator(const Job& job, std::unique_ptr<Store> store,
                                                       double timeoutSeconds) {
    // Gloo writes to its sockets without MSG_NOSIGNAL: a dead peer would end this process before it could say so.
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
        return fail(ErrorCode::Unavailable, fmt::format("cannot connect to the other ranks: {}", error.what()),
                    fmt::format("rank {}", job.rank), "check that all ranks were started and reach each other");
    }
}

}  // namespace lathe::dist

// SPDX-License-Identifier: Apache-2.0
// Reads a store that make_store wrote and prints how long everything takes, beside the goal that was set:
//   bench_record STORE [keep]
// The index is made anew unless it is to be kept.
#include "core/clock.h"
#include "core/file.h"
#include "record/query.h"
#include "record/store.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

using namespace lathe;
using namespace lathe::record;

namespace {

// Milliseconds by the clock, and of the processor: what the rest of the machine does shows in the first
// alone.
struct Cost {
    double clock = 0, processor = 0;
};

void say(const std::string& name, double ours, double goal, const char* unit) {
    fmt::print("{}: ours={:.4g} {} goal={:.4g} {}\n", name, ours, unit, goal, unit);
    std::fflush(stdout);
}

void say(const std::string& name, Cost ours, double goal) {
    fmt::print("{}: ours={:.4g} ms processor={:.4g} ms goal={:.4g} ms\n", name, ours.clock, ours.processor,
               goal);
    std::fflush(stdout);
}

template <class Action> Cost milliseconds(const Action& action) {
    timespec before{}, after{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
    const double start = monotonicSeconds();
    action();
    const double clock = (monotonicSeconds() - start) * 1e3;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
    return {clock, static_cast<double>(after.tv_sec - before.tv_sec) * 1e3 +
                       static_cast<double>(after.tv_nsec - before.tv_nsec) / 1e6};
}

// The best of three.
template <class Action> Cost best(const Action& action) {
    Cost least = milliseconds(action);
    for (int i = 0; i < 2; ++i) {
        const Cost next = milliseconds(action);
        least = {std::min(least.clock, next.clock), std::min(least.processor, next.processor)};
    }
    return least;
}

double residentMb() {
    const auto status = readFile("/proc/self/status", 1 << 16);
    const std::size_t at = status ? status->find("VmHWM:") : std::string::npos;
    return at == std::string::npos ? 0 : std::strtod(status->c_str() + at + 6, nullptr) / 1000;
}

std::unique_ptr<Store> opened(const std::string& path) {
    auto store = Store::open(path);
    if (store)
        return std::move(*store);
    std::fprintf(stderr, "%s\n", store.error().text().c_str());
    return nullptr;
}

void charts(Store& store, const std::vector<std::string>& ids, double perSeries) {
    const auto chart = [&](double from, double to) {
        for (const std::string& id : ids)
            (void)store.buckets(id, "train/loss", XAxis::Step, from, to, 800);
    };
    say(fmt::format("first chart of {} runs, cold", ids.size()), milliseconds([&] { chart(1, 0); }), 1000);
    say("the same again", best([&] { chart(1, 0); }), 16);
    say("zoom to a tenth", milliseconds([&] { chart(perSeries * 0.4, perSeries * 0.5); }), 16);
    say("pan by a hundredth", milliseconds([&] { chart(perSeries * 0.41, perSeries * 0.51); }), 16);
    say("zoom to a thousandth", milliseconds([&] { chart(perSeries * 0.5, perSeries * 0.501); }), 16);
}

void queries(Store& store, std::size_t runs) {
    RunQuery query;
    query.filter = "train/loss.min < 9 and group0.param0 >= 0.25 and state = finished and not tag = none";
    query.sort = "-val/loss";
    query.limit = 100;
    query.columns = {"name", "state", "train/loss", "val/loss", "group0.param0", "group1.param1", "started"};
    std::size_t total = 0;
    const auto ask = [&] {
        const auto page = store.query(query);
        if (!page)
            std::fprintf(stderr, "%s\n", page.error().text().c_str());
        total = page ? page->total : 0;
    };
    say(fmt::format("filter, sort and first page of {} runs, first time", runs), milliseconds(ask), 1000);
    say(fmt::format("the same again ({} fit)", total), best(ask), 50);
    query.filter = "ablation and changed(group2.param2)";
    say("bare word and changed()", best(ask), 50);
    query.filter.clear();
    query.groupBy = {"experiment"};
    query.aggregates = {Aggregate::Mean, Aggregate::Std};
    say("group all by experiment", best(ask), 200);
    say("completion of a name", best([&] { (void)store.complete("train/loss < 3 and gro", 22); }), 100);
}

}  // namespace

int main(int argc, char** argv) {
    const bool keep = argc == 3 && std::strcmp(argv[2], "keep") == 0;
    if (argc != 2 && !keep) {
        std::fputs("usage: bench_record STORE [keep]\n", stderr);
        return 2;
    }
    const std::string path = argv[1];
    if (!keep)
        for (const char* suffix : {"", "-wal", "-shm"})
            ::unlink((path + "/index.db" + suffix).c_str());
    std::unique_ptr<Store> store;
    const Cost indexing = milliseconds([&] { store = opened(path); });
    if (!store)
        return 1;
    std::vector<std::string> ids;
    const auto all = store->query({.sort = "-created"});
    for (const RunRow& row : all ? all->rows : std::vector<RunRow>{})
        ids.push_back(row.id);
    if (ids.empty()) {
        std::fputs("the store holds no runs\n", stderr);
        return 1;
    }
    const RunSummary first = *store->run(ids.front());
    const auto series = static_cast<double>(first.metrics.size());
    const auto perSeries =
        static_cast<double>(first.metrics.empty() ? 0 : first.metrics.begin()->second.count);
    const double points = static_cast<double>(ids.size()) * series * perSeries;
    fmt::print("{} runs of {} metrics of {} points, {} in all\n", ids.size(), series, perSeries, points);
    if (!keep) {
        say("make the index", indexing, 25000);
        say("million points a second", points / indexing.clock / 1e3, 4, "M/s");
    } else {
        say("open with an index that is there", indexing, 1000);
    }
    struct stat info {};
    double bytes = 0;
    for (const char* suffix : {"", "-wal"})
        if (::stat((path + "/index.db" + suffix).c_str(), &info) == 0)
            bytes += static_cast<double>(info.st_size);
    say("bytes a point", bytes / points, 5, "B");
    say("memory while indexing", residentMb(), 300, "MB");
    say("refresh with nothing new", best([&] { (void)store->refresh(); }), 50);
    say(fmt::format("list the {} metrics of one run", first.metrics.size()),
        best([&] { (void)store->run(ids.front()); }), 100);

    store.reset();
    say("open again", milliseconds([&] { store = opened(path); }), 1000);
    if (!store)
        return 1;
    queries(*store, ids.size());
    if (ids.size() > 100)
        ids.resize(100);
    if (perSeries > 100)
        charts(*store, ids, perSeries);
    const Cost bucketing = best([&] { (void)store->buckets(ids[0], "train/loss", XAxis::Step, 1, 0, 800); });
    const Cost whole = best([&] { (void)store->points(ids[0], "train/loss"); });
    say("buckets of one series, against reading its points", bucketing, whole.clock);
    say("memory at most", residentMb(), 300, "MB");
    return 0;
}

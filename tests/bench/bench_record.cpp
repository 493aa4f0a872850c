// SPDX-License-Identifier: Apache-2.0
// Reads a store that make_store wrote and prints how long everything takes:
//   bench_record STORE
// The index is made anew; the peer of each figure is the limit set for it, or a plain scan of the points.
#include "core/clock.h"
#include "core/file.h"
#include "record/store.h"

#include <algorithm>
#include <cstdio>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

using namespace lathe;
using namespace lathe::record;

namespace {

// The ratio is above 1 where ours is the better one.
void say(const std::string& name, double ours, double peer, const char* unit, bool moreIsBetter = false) {
    fmt::print("{}: ours={:.4g} {} peer={:.4g} {} ratio={:.2f}\n", name, ours, unit, peer, unit,
               moreIsBetter ? ours / peer : peer / ours);
}

template <class Action> double seconds(const Action& action) {
    const double start = monotonicSeconds();
    action();
    return monotonicSeconds() - start;
}

double residentMb() {
    const auto status = readFile("/proc/self/status", 1 << 16);
    const std::size_t at = status ? status->find("VmHWM:") : std::string::npos;
    return at == std::string::npos ? 0 : std::strtod(status->c_str() + at + 6, nullptr) / 1000;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fputs("usage: bench_record STORE\n", stderr);
        return 2;
    }
    const std::string path = argv[1];
    for (const char* suffix : {"", "-wal", "-shm"})
        ::unlink((path + "/index.db" + suffix).c_str());
    std::unique_ptr<Store> store;
    const double indexing = seconds([&] {
        if (auto opened = Store::open(path))
            store = std::move(*opened);
        else
            std::fprintf(stderr, "%s\n", opened.error().text().c_str());
    });
    if (!store)
        return 1;
    std::vector<RunSummary> runs;
    const double listing = seconds([&] { runs = store->runs().value_or(std::vector<RunSummary>{}); });
    std::uint64_t points = 0, series = 0;
    for (const RunSummary& run : runs) {
        series += run.metrics.size();
        for (const auto& [name, metric] : run.metrics)
            points += metric.count;
    }
    if (points == 0) {
        std::fputs("the store holds no points\n", stderr);
        return 1;
    }
    const double count = static_cast<double>(points);
    fmt::print("{} runs, {} series, {} points\n", runs.size(), series, points);
    say("index, million points a second (wanted: 4)", count / indexing / 1e6, 4, "M/s", true);

    struct stat info{};
    double bytes = 0;
    for (const char* suffix : {"", "-wal"})
        if (::stat((path + "/index.db" + suffix).c_str(), &info) == 0)
            bytes += static_cast<double>(info.st_size);
    say("index, bytes a point (wanted: 5)", bytes / count, 5, "B");
    say("list all runs", listing * 1e3, 50, "ms");
    say("refresh with nothing new", seconds([&] { (void)store->refresh(); }) * 1e3, 50, "ms");

    store.reset();
    auto reopened = Store::open(path);
    if (!reopened)
        return 1;
    store = std::move(*reopened);
    const std::size_t charts = std::min<std::size_t>(runs.size(), 100);
    const auto chart = [&](double from, double to) {
        for (std::size_t i = 0; i < charts; ++i)
            (void)store->buckets(runs[i].spec.id, "train/loss", XAxis::Step, from, to, 800);
    };
    const double perSeries = count / static_cast<double>(series);
    say(fmt::format("first chart of {} runs", charts), seconds([&] { chart(1, 0); }) * 1e3, 1000, "ms");
    say("the same again", seconds([&] { chart(1, 0); }) * 1e3, 16, "ms");
    say("zoom to a tenth", seconds([&] { chart(perSeries * 0.4, perSeries * 0.5); }) * 1e3, 16, "ms");
    say("pan by a hundredth", seconds([&] { chart(perSeries * 0.41, perSeries * 0.51); }) * 1e3, 16, "ms");
    say("zoom to a thousandth", seconds([&] { chart(perSeries * 0.5, perSeries * 0.501); }) * 1e3, 16, "ms");
    const std::string& id = runs.front().spec.id;
    const double bucketing = seconds([&] { (void)store->buckets(id, "train/loss", XAxis::Step, 1, 0, 800); });
    const double whole = seconds([&] { (void)store->points(id, "train/loss"); });
    say("buckets of one series against reading its points", bucketing * 1e3, whole * 1e3, "ms");
    say("memory at most", residentMb(), 300, "MB");
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
// Writes valid run folders quickly, for benchmarks:
//   make_store --runs N --params P --metrics M --points K --store DIR
// Each run gets P parameters and K points of each of M metrics, one line a step; values are rounded to
// float32 as training logs mostly are. Every tenth run failed, every fifth has a tag.
#include "core/clock.h"
#include "core/file.h"
#include "core/id.h"
#include "core/json.h"
#include "record/run.h"

#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <fcntl.h>
#include <fmt/format.h>
#include <map>
#include <string>
#include <unistd.h>
#include <vector>

using namespace lathe;

namespace {

struct Noise {
    std::uint64_t state;
    double next() {  // xorshift64*, uniform in [0, 1)
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        return static_cast<double>((state * 2685821657736338717ULL) >> 11) * 0x1p-53;
    }
};

Result<> makeRun(const std::string& store, int number, int params, int metrics, long points) {
    record::RunSpec spec;
    spec.id = newId();
    spec.name = readableName(spec.id);
    spec.experiment = fmt::format("experiment-{}", number % 7);
    spec.kind = "command";
    spec.argv = {"python3", "train.py"};
    spec.created = wallSeconds();
    spec.totalSteps = points;
    if (number % 5 == 0)
        spec.tags = {"ablation"};
    Noise noise{0x9E3779B97F4A7C15ULL + static_cast<std::uint64_t>(number)};
    for (int p = 0; p < params; ++p)
        spec.params[fmt::format("group{}.param{}", p % 5, p)] = std::floor(noise.next() * 1000) / 1000;
    const std::string dir = store + "/runs/" + spec.id;
    LATHE_TRY(makeDirs(dir));
    {
        const UniqueFd json(::open((dir + "/run.json").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
        if (!json)
            return failErrno(errno, "cannot write the run", dir);
        LATHE_TRY(writeAll(json.get(), dumpJsonPretty(spec.toJson()), dir));
    }
    const UniqueFd fd(
        ::open((dir + "/journal.jsonl").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
    if (!fd)
        return failErrno(errno, "cannot write the journal", dir);
    std::vector<std::string> names;
    for (int m = 0; m < metrics; ++m)
        names.push_back(m == 0   ? "\"train/loss\":"
                        : m == 1 ? "\"val/loss\":"
                                 : fmt::format("\"group{}/metric{}\":", m % 9, m));
    std::string text = fmt::format("{{\"t\":{:.4f},\"e\":\"state\",\"state\":\"running\"}}\n", spec.created);
    double time = spec.created;
    for (long step = 0; step < points; ++step) {
        time += 0.1 + 0.002 * noise.next();
        fmt::format_to(std::back_inserter(text), "{{\"t\":{:.4f},\"e\":\"metrics\",\"s\":{},\"v\":{{", time,
                       step);
        const double trend = 2.0 + 8.0 / (1.0 + static_cast<double>(step + number % 100) * 0.01);
        for (int m = 0; m < metrics; ++m) {
            const double value = static_cast<double>(static_cast<float>(trend + 0.1 * noise.next()));
            char digits[32];
            const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
            if (m > 0)
                text += ',';
            text.append(names[static_cast<std::size_t>(m)]).append(digits, end);
        }
        text += "}}\n";
        if (text.size() > (1U << 20)) {
            LATHE_TRY(writeAll(fd.get(), text, dir));
            text.clear();
        }
    }
    text += fmt::format("{{\"t\":{:.4f},\"e\":\"state\",\"state\":\"{}\",\"exit\":{}}}\n", time,
                        number % 10 == 0 ? "failed" : "finished", number % 10 == 0 ? 1 : 0);
    return writeAll(fd.get(), text, dir);
}

}  // namespace

int main(int argc, char** argv) {
    std::map<std::string, std::string> given{
        {"--runs", "10"}, {"--params", "10"}, {"--metrics", "1"}, {"--points", "1000"}, {"--store", ""}};
    bool good = argc % 2 == 1;
    for (int i = 1; good && i + 1 < argc; i += 2) {
        const auto option = given.find(argv[i]);
        if (option == given.end())
            good = false;
        else
            option->second = argv[i + 1];
    }
    const auto number = [&](const char* name) { return std::strtol(given[name].c_str(), nullptr, 10); };
    if (!good || given["--store"].empty() || number("--runs") < 0 || number("--points") < 0) {
        std::fputs("usage: make_store --runs N --params P --metrics M --points K --store DIR\n", stderr);
        return 2;
    }
    for (long run = 0; run < number("--runs"); ++run) {
        const auto made =
            makeRun(given["--store"], static_cast<int>(run), static_cast<int>(number("--params")),
                    static_cast<int>(number("--metrics")), number("--points"));
        if (!made) {
            std::fprintf(stderr, "%s\n", made.error().text().c_str());
            return exitCodeOf(made.error().code);
        }
    }
    return 0;
}

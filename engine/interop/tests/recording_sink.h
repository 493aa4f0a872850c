// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/sha256.h"
#include "interop/collect_journal.h"

#include <map>
#include <string>
#include <vector>

namespace lathe::interop {

// What a reader gives, as a test asks for it.
class RecordingSink : public SourceSink {
public:
    struct Point {
        std::int64_t step;
        double time, value;
    };

    void at(std::uint64_t offset) override { offsets.push_back(offset); }
    bool full() const override { return false; }
    void metrics(double time, std::int64_t step, std::span<const MetricValue> values) override {
        for (const auto& [name, value] : values)
            series[std::string(name)].push_back({step, time, value});
    }
    void event(const Json& line) override { events.push_back(line); }
    Result<std::string> media(std::string_view bytes, std::string_view extension) override {
        const std::string name = "media/" + sha256Hex(bytes) + "." + std::string(extension);
        files[name] = bytes;
        return name;
    }
    Result<> flush() override { return {}; }

    std::vector<double> values(const std::string& name) const {
        std::vector<double> found;
        if (series.contains(name)) {
            for (const Point& point : series.at(name))
                found.push_back(point.value);
        }
        return found;
    }
    std::vector<std::int64_t> steps(const std::string& name) const {
        std::vector<std::int64_t> found;
        if (series.contains(name)) {
            for (const Point& point : series.at(name))
                found.push_back(point.step);
        }
        return found;
    }
    Json eventOf(std::string_view kind) const {
        for (const Json& event : events) {
            if (getString(event, "e") == kind)
                return event;
        }
        return {};
    }

    std::map<std::string, std::vector<Point>> series;
    std::vector<Json> events;
    std::map<std::string, std::string> files;
    std::vector<std::uint64_t> offsets;
};

}  // namespace lathe::interop

// SPDX-License-Identifier: Apache-2.0
#include "cli/chart.h"
#include "cli/svg_chart.h"
#include "cli/terminal.h"
#include "cli/text_chart.h"

#include "core/text.h"

#include <cmath>
#include <doctest/doctest.h>

using namespace lathe;
using namespace lathe::cli;

namespace {

record::Bucket point(double x, double value) { return {x, x, value, value, value, value, 1, 0}; }

Chart chartOf(std::vector<record::Bucket> buckets) {
    Chart chart;
    chart.title = "loss";
    chart.series.push_back({"run", std::move(buckets), 1, 0});
    return chart;
}

}  // namespace

TEST_CASE("ticks are round and inside the range") {
    CHECK(ticksOf({0, 10, false}, 5) == std::vector<double>{0, 2, 4, 6, 8, 10});
    const auto small = ticksOf({0.117, 0.243, false}, 5);
    REQUIRE(small.size() == 2);
    CHECK(tickText(small[0], small[1] - small[0]) == "0.15");
    CHECK(ticksOf({1e-4, 10, true}, 6).size() == 6);
    CHECK(tickText(1e-4, 1e-4) == "0.0001");
    CHECK(tickText(2e7, 1e7) == "2e+07");
    CHECK(ticksOf({-3, 3, false}, 3) == std::vector<double>{-2, 0, 2});
}

TEST_CASE("ranges hold all extremes, and give a single value room") {
    const AxisRange one = yRange(chartOf({point(5, 2)}));
    CHECK(one.from < 2);
    CHECK(one.to > 2);
    const AxisRange x = xRange(chartOf({point(5, 2)}));
    CHECK(x.from < 5);
    CHECK(x.to > 5);
    const AxisRange spiked = yRange(chartOf({point(0, 1), {1, 9, 1, 1, -7, 40, 9, 0}}));
    CHECK(spiked.from <= -7);
    CHECK(spiked.to >= 40);
    CHECK(std::isfinite(yRange(chartOf({})).to));
    Chart log = chartOf({point(0, -1), point(1, 0), point(2, 1e-3), point(3, 10)});
    log.logY = true;
    CHECK(yRange(log).from > 0);
    CHECK(yRange(log).from <= 1e-3);
}

TEST_CASE("a spike inside a bucket reaches the top of the drawing") {
    std::vector<record::Bucket> buckets;
    for (int i = 0; i < 100; ++i)
        buckets.push_back({i * 10.0, i * 10.0 + 9, 1, 1, 1, i == 50 ? 100.0 : 1.0, 10, 0});
    const Chart chart = chartOf(buckets);
    const auto lines = split(drawInText(chart, 80, 12, false), '\n');
    const auto drawn = [&](const std::string& line) { return line.find("\xE2\xA0") != std::string::npos || line.find("\xE2\xA1") != std::string::npos || line.find("\xE2\xA2") != std::string::npos || line.find("\xE2\xA3") != std::string::npos; };
    CHECK((drawn(lines[1]) || drawn(lines[2])));
    CHECK(drawn(lines[11]));
    const std::string svg = drawAsSvg(chart, true);
    const AxisRange range = yRange(chart);
    CHECK(range.to > 100);
    CHECK(svg.find("<path class=\"s0\"") != std::string::npos);
}

TEST_CASE("a drawing keeps to its width, in letters where there are no colours") {
    Chart chart = chartOf({point(0, 1), point(1000000, 123456)});
    chart.series.push_back({"other", {point(0, 2), point(1000000, 3)}, 3, 2});
    for (const int columns : {20, 40, 80, 200}) {
        const auto lines = split(drawInText(chart, columns, 10, false), '\n');
        for (std::size_t i = 1; i < 13; ++i)
            CHECK(textWidth(lines[i]) <= static_cast<std::size_t>(std::max(columns, 30)));
    }
    const std::string text = drawInText(chart, 80, 10, false);
    CHECK(text.find("  a run") != std::string::npos);
    CHECK(text.find("  b other") != std::string::npos);
    CHECK(text.find("(2 not finite)") != std::string::npos);
    CHECK(text.find('\x1b') == std::string::npos);
    CHECK(drawInText(chart, 80, 10, true).find("\x1b[36m") != std::string::npos);
}

TEST_CASE("gaps of values that are not finite are not bridged") {
    const std::string svg = drawAsSvg(chartOf({point(0, 1), {1, 1, 0, 0, 0, 0, 1, 1}, point(2, 1)}), false);
    const auto at = svg.find("<path class=\"s0\" d=\"");
    REQUIRE(at != std::string::npos);
    const std::string path = svg.substr(at, svg.find("\" fill", at) - at);
    CHECK(std::count(path.begin(), path.end(), 'M') == 2);
}

TEST_CASE("names are escaped in a picture") {
    Chart chart = chartOf({point(0, 1), point(1, 2)});
    chart.title = "<script>&\"";
    chart.series[0].label = "a<b\x1b[31m";
    const std::string svg = drawAsSvg(chart, true);
    CHECK(svg.find("<script>") == std::string::npos);
    CHECK(svg.find("&lt;script&gt;&amp;&quot;") != std::string::npos);
    CHECK(svg.find('\x1b') == std::string::npos);
    CHECK(svg.find("prefers-color-scheme") != std::string::npos);
    CHECK(drawAsSvg(chart, false).find("<style>") == std::string::npos);
    CHECK(drawInText(chart, 60, 8, false).find('\x1b') == std::string::npos);
}

TEST_CASE("an empty chart and one of a hundred runs are drawn") {
    CHECK(drawAsSvg(chartOf({}), true).find("</svg>") != std::string::npos);
    CHECK_FALSE(drawInText(chartOf({}), 80, 10, false).empty());
    Chart many;
    for (int i = 0; i < 100; ++i)
        many.series.push_back({"run-" + std::to_string(i), {point(0, i), point(1, i + 1)}, 1.0 * i, 0});
    CHECK(drawAsSvg(many, true).find("run-99") != std::string::npos);
}

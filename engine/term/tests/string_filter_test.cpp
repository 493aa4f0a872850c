// SPDX-License-Identifier: Apache-2.0
#include "term/screen.h"
#include "term/string_filter.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace lathe::term;

namespace {
struct Heard {
    std::string plain;
    std::vector<std::string> strings;
};
Heard hear(const std::string& bytes, std::size_t piece) {
    Heard heard;
    StringFilter filter([&](std::string_view plain) { heard.plain += plain; },
                        [&](StringFilter::Kind, std::string_view content) { heard.strings.emplace_back(content); });
    for (std::size_t at = 0; at < bytes.size(); at += piece)
        filter.write(std::string_view(bytes).substr(at, piece));
    return heard;
}
} // namespace

TEST_CASE("strings are taken out whole, however the stream is cut") {
    const std::string bytes = "a\x1b]0;one\x07" "b\x1b[31mc\x1b]8;;two\x1b\\d\x1bPthree\x1b\\e\x1b]cancelled\x18" "f\x1b]broken\x1b[0mg";
    for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
        CAPTURE(piece);
        const Heard heard = hear(bytes, piece);
        CHECK(heard.plain == "ab\x1b[31mcdef\x1b[0mg");
        CHECK(heard.strings == std::vector<std::string>{"0;one", "8;;two", "three"});
    }
}

TEST_CASE("an endless string is dropped and costs no memory") {
    const Heard heard = hear("\x1b]0;" + std::string(10 * StringFilter::kMaxString, 'x') + "\x07ok", 4096);
    CHECK(heard.strings.empty());
    CHECK(heard.plain == "ok");
}

TEST_CASE("a long link survives being cut") {
    Screen screen({20, 2});
    const std::string target = "https://a.example/" + std::string(500, 'p');
    const std::string bytes = "\x1b]8;;" + target + "\x1b\\x\x1b]8;;\x1b\\y";
    for (const char byte : bytes)
        screen.write({&byte, 1});
    CHECK(screen.linkTarget(screen.row(0).cells[0].style.link) == target);
    CHECK(screen.row(0).cells[1].style.link == 0);
}

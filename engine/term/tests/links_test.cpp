// SPDX-License-Identifier: Apache-2.0
#include "term/links.h"

#include <doctest/doctest.h>

#include <vector>

using namespace lathe::term;

TEST_CASE("links") {
    struct Row {
        const char* name;
        std::string bytes;
        int column;
        std::string target; // empty: no link
    };
    const std::vector<Row> rows = {
        {"an address in text", "see https://a.example/x?y=1 now", 10, "https://a.example/x?y=1"},
        {"beside it is none", "see https://a.example/x now", 1, ""},
        {"the sentence's full stop is not part", "at http://a.example/x.", 8, "http://a.example/x"},
        {"nor the bracket around it", "(http://a.example/x)", 8, "http://a.example/x"},
        {"its own brackets are", "http://a.example/f(x)", 3, "http://a.example/f(x)"},
        {"marked by the program", "\x1b]8;;https://true.example/\x1b\\http://shown.example\x1b]8;;\x1b\\", 9,
         "https://true.example/"},
        {"a marked file is no link", "\x1b]8;;file:///etc/passwd\x1b\\click\x1b]8;;\x1b\\", 2, ""},
        {"nor a script", "\x1b]8;;javascript:alert(1)\x1b\\click\x1b]8;;\x1b\\", 2, ""},
        {"nor a program's own scheme", "ssh://-oProxyCommand=x", 3, ""},
        {"nor a target with control characters", "\x1b]8;;https://a.example/\tx\x1b\\click\x1b]8;;\x1b\\", 2, ""},
    };
    for (const Row& row : rows) {
        CAPTURE(row.name);
        Screen screen({60, 3});
        screen.write(row.bytes);
        const auto link = linkAt(screen, 0, row.column);
        CHECK((link ? link->target : "") == row.target);
    }
}

TEST_CASE("an address goes on over wrapped lines") {
    Screen screen({12, 4});
    screen.write("go https://a.example/long/path end");
    const auto link = linkAt(screen, 1, 2);
    REQUIRE(link);
    CHECK(link->target == "https://a.example/long/path");
    CHECK(link->span == Span{0, 3, 2, 6});
    CHECK_FALSE(linkAt(screen, 99, 0));
    CHECK_FALSE(linkAt(screen, 0, 99));
}

TEST_CASE("finding text") {
    Screen screen({10, 3}, 100);
    screen.write("Loss loss\r\nnothing\r\nabcdefghLOSSx\r\nend");
    CHECK(findText(screen, "loss").size() == 3);
    CHECK(findText(screen, "LOSS") == std::vector<Span>{{2, 8, 3, 2}});
    CHECK(findText(screen, "").empty());
    CHECK(findText(screen, "absent").empty());
    CHECK(findText(screen, "loss", 2).size() == 2);
}

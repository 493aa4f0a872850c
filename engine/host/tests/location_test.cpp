// SPDX-License-Identifier: Apache-2.0
#include "core/file.h"
#include "core/paths.h"
#include "host/location.h"
#include "host/path_rules.h"

#include <doctest/doctest.h>

using namespace lathe;
using lathe::host::Location;

TEST_CASE("a location's text gives the location back") {
    const Location hostile[] = {
        {"local", "/home/me/train.yaml"},
        {"gpu-a", "/home/me/x"},
        {"me@gpu-a:2222", "/x"},
        {"[::1]:22", "/x"},
        {"gpu-a", "/a:/b:/c"},
        {"local", "/a:/b"},
        {"local", "/with:colon/and space"},
        {"gpu-a", "/-rf"},
        {"gpu-a", "/a\nb\rc\x1b[31m"},
        {"gpu-a", "/\xE2\x80\xAEtxt.exe"},
        {"gpu-a", "/\xff\xfe no utf-8"},
        {"gpu-a", "/a/../b"},
        {"gpu-a", "/"},
        {"local", "/"},
    };
    for (const Location& location : hostile) {
        CAPTURE(location.display());
        CHECK(Location::parse(location.text()) == location);
    }
}

TEST_CASE("parse tells hosts from local names") {
    CHECK(Location::parse("gpu-a:/x") == Location{"gpu-a", "/x"});
    CHECK(Location::parse("local:/x") == Location{"local", "/x"});
    CHECK(Location::parse("/x:/y") == Location{"local", "/x:/y"});
    // A colon that no slash follows is part of a local name, as is one behind a slash.
    CHECK(Location::parse("a:b") == Location{"local", absolutePath("a:b")});
    CHECK(Location::parse("./a:/b") == Location{"local", absolutePath("./a:/b")});
    CHECK(Location::parse(":/b") == Location{"local", absolutePath(":/b")});
    CHECK(Location::parse("~/x") == Location{"local", homeDir() + "/x"});
    CHECK(Location::parse("") == Location{"local", absolutePath(".")});
    CHECK(Location::parse("-x") == Location{"local", absolutePath("-x")});
    CHECK(Location::parse("../x") == Location{"local", absolutePath("../x")});
}

TEST_CASE("what is shown of a location holds no control and no direction marks") {
    const std::string shown = Location{"gpu-a", "/a\nb\x1b[2J\xE2\x80\xAE"
                                                "fdp"}
                                  .display();
    CHECK(shown.find('\n') == std::string::npos);
    CHECK(shown.find('\x1b') == std::string::npos);
    CHECK(shown.find("\xE2\x80\xAE") == std::string::npos);
    CHECK(shown.starts_with("gpu-a:/a"));
    CHECK(Location{"local", "/größe/日本"}.display() == "/größe/日本");
}

TEST_CASE("names, parents and children") {
    const Location file{"gpu-a", "/home/me/x.py"};
    CHECK(file.name() == "x.py");
    CHECK(file.parent() == Location{"gpu-a", "/home/me"});
    CHECK(file.parent().child("x.py") == file);
    CHECK(Location{"gpu-a", "/"}.child("a") == Location{"gpu-a", "/a"});
    CHECK(Location{"gpu-a", "/a"}.parent() == Location{"gpu-a", "/"});
    CHECK(Location{"gpu-a", "/"}.parent() == Location{"gpu-a", "/"});
}

TEST_CASE("paths and entry names that no host may be given or give") {
    CHECK(host::checkPath("/a").has_value());
    CHECK(host::checkPath("a").error().code == ErrorCode::Invalid);
    CHECK(host::checkPath("").error().code == ErrorCode::Invalid);
    CHECK(host::checkPath(std::string("/a\0b", 4)).error().code == ErrorCode::Invalid);
    CHECK(host::isEntryName("a"));
    CHECK(host::isEntryName("..."));
    CHECK(host::isEntryName("-rf"));
    for (const std::string& name : {std::string(), std::string("."), std::string(".."), std::string("a/b"),
                                    std::string("/etc/passwd"), std::string("a\0b", 3)})
        CHECK_FALSE(host::isEntryName(name));
}

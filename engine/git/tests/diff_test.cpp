// SPDX-License-Identifier: Apache-2.0
#include "git/diff.h"

#include <doctest/doctest.h>

using namespace lathe::git;

namespace {

std::string shape(const Hunk& hunk) {
    std::string text;
    for (const DiffLine& line : hunk.lines) {
        text += line.kind == LineKind::Added ? '+' : line.kind == LineKind::Removed ? '-' : ' ';
        text += line.text + (line.endsFile ? "$" : "") + "|";
    }
    return text;
}

const Hunk sample =
    parsePatch(
        "diff --git a/f b/f\n--- a/f\n+++ b/f\n@@ -10,4 +10,5 @@ def main():\n a\n-b\n-c\n+B\n+C\n+D\n d\n")
        .at(0)
        .hunks.at(0);

}  // namespace

TEST_CASE("a patch is read: numbers, heading, counts") {
    CHECK(sample.heading == "def main():");
    CHECK(shape(sample) == " a|-b|-c|+B|+C|+D| d|");
    CHECK(sample.lines[0].oldNumber == 10);
    CHECK(sample.lines[1].oldNumber == 11);
    CHECK(sample.lines[1].newNumber == 0);
    CHECK(sample.lines[3].newNumber == 11);
    CHECK(sample.lines[6].oldNumber == 13);
    CHECK(sample.lines[6].newNumber == 14);
}

TEST_CASE("names, kinds and odd patches are read") {
    const auto files = parsePatch(
        "diff --git a/new b/new\nnew file mode 100755\nindex 000..111\n--- /dev/null\n+++ b/new\n@@ -0,0 +1 "
        "@@\n"
        "+x\n\\ No newline at end of file\n"
        "diff --git a/gone b/gone\ndeleted file mode 100644\n--- a/gone\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n"
        "diff --git a/old name b/new name\nsimilarity index 100%\nrename from old name\nrename to new name\n"
        "diff --git a/bin b/bin\nindex 1..2 100644\nBinary files a/bin and b/bin differ\n"
        "diff --git \"a/\\303\\274\\n\\\"\" \"b/\\303\\274\\n\\\"\"\nold mode 100644\nnew mode 100755\n"
        "diff --git a/with space b/with space\nindex 1..2 100644\n--- a/with space\t\n+++ b/with space\t\n"
        "@@ -1 +1 @@\n--- minus\n+++ plus\n");
    REQUIRE(files.size() == 6);
    CHECK(files[0].path == "new");
    CHECK(files[0].change == Change::Added);
    CHECK(files[0].newMode == 0100755);
    CHECK(shape(files[0].hunks.at(0)) == "+x$|");
    CHECK(files[1].path == "gone");
    CHECK(files[1].change == Change::Deleted);
    CHECK(files[2].path == "new name");
    CHECK(files[2].oldPath == "old name");
    CHECK(files[2].change == Change::Renamed);
    CHECK(files[3].binary);
    CHECK(files[4].path == "\xC3\xBC\n\"");
    CHECK(files[4].newMode == 0100755);
    CHECK(files[5].path == "with space");
    CHECK(shape(files[5].hunks.at(0)) == "--- minus|+++ plus|");
    CHECK(files[5].added == 1);
    CHECK(files[5].removed == 1);
}

TEST_CASE("garbage is left out and does not crash") {
    CHECK(parsePatch("").empty());
    CHECK(parsePatch("hello\n@@ -1 +1 @@\n").empty());
    CHECK(parsePatch("diff --git \n").empty());
    CHECK(parsePatch("diff --git a/f b/f\n@@ -1,99999999 +1,5 @@\n x\n").at(0).hunks.at(0).lines.size() == 1);
    CHECK(parsePatch("diff --git a/f b/f\n@@ -\n@@ -1 @@\n@@ nonsense @@\n").at(0).hunks.empty());
    CHECK(parsePatch("diff --git \"a/unterminated\n").empty());
}

TEST_CASE("what patchText writes, parsePatch reads") {
    for (const std::string& path : {std::string("f"), std::string("with space"),
                                    std::string("\"quoted\"\\\n\t\xff"), std::string("-x")}) {
        FileDiff file;
        file.path = path;
        file.change = Change::Modified;
        file.oldMode = file.newMode = 0100755;
        const auto back = parsePatch(patchText(file, sample));
        REQUIRE(back.size() == 1);
        CHECK(back[0].path == path);
        CHECK(back[0].newMode == 0100755);
        CHECK(shape(back[0].hunks.at(0)) == shape(sample));
        file.change = Change::Added;
        Hunk added{0, 0, 1, 1, "", {{LineKind::Added, 0, 1, "x", true}}};
        const auto fresh = parsePatch(patchText(file, added));
        REQUIRE(fresh.size() == 1);
        CHECK(fresh[0].change == Change::Added);
        CHECK(fresh[0].hunks.at(0) == added);
    }
}

TEST_CASE("chosen lines make a hunk that still applies") {
    // Lines: 0 " a", 1 "-b", 2 "-c", 3 "+B", 4 "+C", 5 "+D", 6 " d".
    const Hunk forward = selectLines(sample, {1, 3}, HunkTarget::Forward);
    CHECK(shape(forward) == " a|-b|+B| c| d|");
    CHECK(forward.oldLines == 4);
    CHECK(forward.newLines == 4);
    CHECK(forward.oldStart == 10);
    const Hunk backward = selectLines(sample, {1, 3}, HunkTarget::Backward);
    CHECK(shape(backward) == " a|-b|+B| C| D| d|");
    CHECK(backward.newLines == 5);
    CHECK(backward.oldLines == 5);
    CHECK(shape(selectLines(sample, {}, HunkTarget::Forward)) == " a| b| c| d|");
    CHECK(selectLines(sample, {1, 2, 3, 4, 5}, HunkTarget::Forward).lines == sample.lines);
    CHECK(shape(reversed(sample)) == " a|-B|-C|-D|+b|+c| d|");
    CHECK(reversed(reversed(sample)) == sample);
}

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QString>

#include <optional>

namespace lathe::app {

struct FuzzyMatch {
    int score = 0;         // higher is better; only comparable for one query
    QList<int> positions;  // of the matched characters in the text
};

// The query's characters in order, anywhere in the text, case ignored; spaces in the query are skipped. Runs
// of characters, starts of words and of path components, and the part after the last slash count more.
std::optional<FuzzyMatch> fuzzyMatch(const QString& query, const QString& text);

// For choices that do something at once: as above, but every stretch of matched characters must begin a word,
// and of what a space separates in the query each part on its own. Scattered characters are no match.
std::optional<FuzzyMatch> wordMatch(const QString& query, const QString& text);

}  // namespace lathe::app

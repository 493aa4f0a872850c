// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/shell/fuzzy.h"

#include <algorithm>
#include <vector>

namespace lathe::app {

namespace {

bool startsWord(const QString& text, qsizetype at) {
    if (at == 0)
        return true;
    const QChar before = text[at - 1], here = text[at];
    return !before.isLetterOrNumber() || (before.isLower() && here.isUpper());
}

}  // namespace

std::optional<FuzzyMatch> fuzzyMatch(const QString& query, const QString& text) {
    QString wanted;
    for (const QChar c : query)
        if (!c.isSpace())
            wanted += c.toCaseFolded();
    if (wanted.isEmpty())
        return FuzzyMatch{};
    const qsizetype n = wanted.size(), m = text.size();
    if (n > m || n > 128 || m > 2048)
        return {};

    // best[i][j]: the best score with wanted[i] on text[j]; from[i][j]: where wanted[i-1] was. Quadratic in
    // small numbers.
    constexpr int kNone = -1'000'000;
    const qsizetype lastSlash = text.lastIndexOf(QLatin1Char('/'));
    std::vector<int> best(static_cast<std::size_t>(n * m), kNone), from(static_cast<std::size_t>(n * m), -1);
    const auto at = [m](qsizetype i, qsizetype j) { return static_cast<std::size_t>(i * m + j); };
    for (qsizetype i = 0; i < n; ++i) {
        int bestBefore = i == 0 ? 0 : kNone;
        int bestBeforeAt = -1;
        for (qsizetype j = i; j < m; ++j) {
            if (i > 0 && j > 0 && best[at(i - 1, j - 1)] > bestBefore) {
                bestBefore = best[at(i - 1, j - 1)];
                bestBeforeAt = static_cast<int>(j - 1);
            }
            if (text[j].toCaseFolded() != wanted[i] || bestBefore == kNone)
                continue;
            int score = bestBefore + 1;
            int origin = bestBeforeAt;
            if (startsWord(text, j))
                score += 8;
            if (j > lastSlash)
                score += 2;
            if (i > 0 && best[at(i - 1, j - 1)] != kNone &&
                best[at(i - 1, j - 1)] + 7 + (startsWord(text, j) ? 8 : 0) >= score) {
                score = best[at(i - 1, j - 1)] + 7 + (startsWord(text, j) ? 8 : 0) + (j > lastSlash ? 2 : 0);
                origin = static_cast<int>(j - 1);
            }
            best[at(i, j)] = score;
            from[at(i, j)] = origin;
        }
    }
    qsizetype end = -1;
    for (qsizetype j = 0; j < m; ++j)
        if (best[at(n - 1, j)] > kNone && (end < 0 || best[at(n - 1, j)] > best[at(n - 1, end)]))
            end = j;
    if (end < 0)
        return {};
    FuzzyMatch match;
    match.score = best[at(n - 1, end)] * 16 - static_cast<int>(m);
    for (qsizetype i = n - 1, j = end; i >= 0; --i) {
        match.positions.prepend(static_cast<int>(j));
        j = from[at(i, j)];
    }
    return match;
}

std::optional<FuzzyMatch> wordMatch(const QString& query, const QString& text) {
    FuzzyMatch all;
    for (const QString& part : query.split(QLatin1Char(' '), Qt::SkipEmptyParts)) {
        const auto match = fuzzyMatch(part, text);
        if (!match)
            return {};
        for (qsizetype i = 0; i < match->positions.size(); ++i) {
            const int at = match->positions[i];
            if ((i == 0 || match->positions[i - 1] + 1 != at) && !startsWord(text, at))
                return {};
        }
        all.score += match->score;
        all.positions += match->positions;
    }
    std::ranges::sort(all.positions);
    return all;
}

}  // namespace lathe::app

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"

#include <QSize>
#include <QString>
#include <QStringList>

#include <optional>

namespace lathe::app {

// The command line of lathe-workbench.
struct Options {
    QString workspace, store, theme;
    bool help = false, version = false;

    QString grab;  // a picture of the true window goes there, then the program ends
    QSize size{1600, 1000};
    double scale = 1;  // device pixels a logical pixel, for --grab
    QStringList open, runs;
    QString pane;
    QString command;              // an id of the palette, run last
    QString runRecipe;            // a recipe to start and follow
    QStringList set;              // its overrides, "key=value"
    std::optional<double> after;  // seconds; unset: until nothing is under way

    QString plot, out;  // --plot IN.svg --out F.png|F.pdf: a drawing made into a picture

    bool startTime = false;  // print the milliseconds to the first painted content, then end

    bool needsNoDisplay() const { return !grab.isEmpty() || !plot.isEmpty() || help || version; }
    static Result<Options> parse(const QStringList& arguments);
    static QString helpText();
};

}  // namespace lathe::app

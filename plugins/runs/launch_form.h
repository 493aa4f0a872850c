// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "launch_command.h"

#include "launch/launcher.h"

#include <QJsonObject>
#include <QList>
#include <QMap>
#include <QString>
#include <QStringList>

#include <optional>

namespace lathe::runs {

// What the Run… dialog holds, apart from how it looks.
struct LaunchForm {
    enum class Mode { Command, Recipe };
    enum class Field { Command, Recipe, Folder, Variables, Name, Experiment, Tags };
    struct Problem {
        Field field;
        QString text;
    };

    Mode mode = Mode::Command;
    QString command;  // as a shell would read it
    QString recipe;   // absolute, or relative to the folder
    QString folder;   // on the host
    QString host = QStringLiteral("local");
    QString experiment, name;
    QStringList tags;
    QString variables;                 // "NAME=value …", as a shell would read it
    int ranks = 1;                     // of a command
    QMap<QString, QString> overrides;  // of a recipe: dotted name → value

    // What keeps it from starting, in the order of the fields; empty: nothing.
    QList<Problem> problems() const;
    // One form for each combination of several values: {a, b} in a command, "a, b" of a recipe's parameter. A
    // name may hold {parameter}; else the values are put behind it.
    QList<LaunchForm> variants() const;
    launch::RunRequest request() const;  // of a form with one value each
    // The same as a line for a terminal.
    QString asCommand() const;
    // What Start will do, in one sentence; rich text.
    QString sentence(const std::optional<launch::RecipePlan>& plan) const;

    QJsonObject toJson() const;
    static LaunchForm fromJson(const QJsonObject& json);
};

// A command line for a file, if it is one that can be run: "python3 train.py"; else empty.
QString commandForFile(const QString& path, const QString& folder);

}  // namespace lathe::runs

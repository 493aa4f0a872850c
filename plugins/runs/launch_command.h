// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/json.h"

#include <QList>
#include <QMap>
#include <QString>
#include <QStringList>

#include <string>
#include <string_view>

namespace lathe::runs {

// What the Run… dialog reads out of a command line and the files that it names. Pure: no I/O.

// "--lr 0.1" or "--lr=0.1" of the command, by name without dashes. Several values stand in braces, {0.1,
// 0.2}, and come without them. Flags without a value are left out.
QMap<QString, QString> commandFlags(const QString& command);
// The command with that flag set, in place if it is there, else at the end; a value with commas in braces.
QString withFlag(const QString& command, const QString& name, const QString& value);
QString withoutFlag(const QString& command, const QString& name);

// One of several values: a brace group outside quotes, {a, b}, with at least one comma.
struct CommandChoice {
    qsizetype from = 0, to = 0;  // of the text, braces and all
    QString flag;                // what it is a value of; may be empty
    QStringList values;
};
QList<CommandChoice> commandChoices(const QString& command);
// "1337, 42, 7" of a recipe's value → three; a list in brackets or quotes is one value.
QStringList severalValues(const QString& text);

// The first word that is a script (.py), and the words that are configuration files (.yaml, .yml, .json).
QString scriptOf(const QString& command);
QStringList configsOf(const QString& command);
// Configuration files that the script's own text names.
QStringList configsNamedIn(std::string_view python);
// {flag: default} of each add_argument("--flag", …) of a Python text; "" where it has no plain default.
// Switches (store_true and the like) are left out.
Json argparseFlags(std::string_view python);
// {dotted.key: value} of a YAML or JSON text of maps and plain values; what is more than that is left out.
Json flatConfig(std::string_view text, bool json);

// Whether a YAML text reads like a recipe: sections, model or train among them, and no plain setting beside
// them.
bool looksLikeRecipe(const std::string& yaml);

}  // namespace lathe::runs

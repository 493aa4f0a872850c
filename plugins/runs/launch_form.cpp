// SPDX-License-Identifier: GPL-3.0-or-later
#include "launch_form.h"

#include "app/workspace.h"
#include "core/paths.h"
#include "core/text.h"

#include <QCoreApplication>
#include <QJsonArray>

namespace lathe::runs {
namespace {

using app::toQString;
using app::toStd;

QString tr(const char* text) {
    return QCoreApplication::translate("lathe::runs::LaunchForm", text);
}

QString strong(const QString& text) {
    return QStringLiteral("<b style='font-weight:600'>%1</b>").arg(text.toHtmlEscaped());
}

}  // namespace

QList<LaunchForm::Problem> LaunchForm::problems() const {
    QList<Problem> out;
    if (mode == Mode::Command) {
        const auto words = shellSplit(toStd(command));
        if (command.trimmed().isEmpty())
            out.append({Field::Command, tr("Write the command to run, for example: python3 train.py")});
        else if (!words)
            out.append({Field::Command, tr("A quote is not closed")});
    } else if (recipe.trimmed().isEmpty()) {
        out.append({Field::Recipe, tr("Choose a recipe, a YAML file that says what to train")});
    }
    if (!folder.isEmpty() && !folder.startsWith(QLatin1Char('/')) && !folder.startsWith(QLatin1Char('~')))
        out.append({Field::Folder, tr("Write the whole path, from / or ~")});
    if (name.contains(QLatin1Char('/')) || name.contains(QLatin1Char('\n')))
        out.append({Field::Name, tr("A name holds no slash")});
    return out;
}

launch::RunRequest LaunchForm::request() const {
    launch::RunRequest request;
    request.host = toStd(host);
    request.cwd = toStd(folder);
    if (mode == Mode::Command) {
        request.argv = shellSplit(toStd(command)).value_or(std::vector<std::string>());
        // Pipes, variables and wildcards are the shell's; it is asked only where they are there.
        static const QString special = QStringLiteral("|&;<>$*?`");
        for (const QChar c : command)
            if (special.contains(c)) {
                request.argv = {"sh", "-c", toStd(command)};
                break;
            }
        request.ranks = ranks;
    } else {
        request.recipe = toStd(recipe.trimmed());
        for (auto it = overrides.begin(); it != overrides.end(); ++it)
            request.set.push_back(toStd(it.key()) + "=" + toStd(it.value()));
    }
    request.experiment = toStd(experiment.trimmed());
    request.name = toStd(name.trimmed());
    for (const auto& tag : tags)
        if (const auto clean = tag.trimmed(); !clean.isEmpty())
            request.tags.push_back(toStd(clean));
    return request;
}

QString LaunchForm::asCommand() const {
    const auto request = this->request();
    std::vector<std::string> words{"lathe", "run"};
    const auto option = [&](const char* name, const std::string& value) {
        if (!value.empty())
            words.insert(words.end(), {name, value});
    };
    if (request.host != "local")
        option("--host", request.host);
    option("--cwd", request.cwd);
    option("--experiment", request.experiment);
    option("--name", request.name);
    for (const auto& tag : request.tags)
        option("--tag", tag);
    if (mode == Mode::Recipe) {
        for (const auto& set : request.set)
            option("--set", set);
        words.push_back(request.recipe);
    } else {
        if (request.ranks > 1)
            option("--ranks", std::to_string(request.ranks));
        words.push_back("--");
        words.insert(words.end(), request.argv.begin(), request.argv.end());
    }
    return toQString(shellCommand(words));
}

QString LaunchForm::sentence(const std::optional<launch::RecipePlan>& plan) const {
    const QString what =
        name.trimmed().isEmpty() ? tr("One run with a name of its own") : strong(name.trimmed());
    const QString where = host == QLatin1String("local") ? strong(tr("this computer")) : strong(host);
    QString how;
    if (mode == Mode::Recipe && plan) {
        if (plan->ranks > 1)
            how += QStringLiteral(", ") + tr("%1 ranks").arg(plan->ranks);
        if (plan->steps > 0)
            how += QStringLiteral(", ") + tr("%1 steps").arg(toQString(groupedText(plan->steps)));
    } else if (mode == Mode::Command && ranks > 1) {
        how = QStringLiteral(", ") + tr("%1 processes").arg(ranks);
    }
    const auto wrong = problems();
    if (!wrong.isEmpty())
        return tr("Cannot start yet: %1").arg(wrong.first().text.toHtmlEscaped());
    return tr("%1 on %2%3, starting now. It goes on when this window is closed.").arg(what, where, how);
}

QJsonObject LaunchForm::toJson() const {
    QJsonObject set;
    for (auto it = overrides.begin(); it != overrides.end(); ++it)
        set.insert(it.key(), it.value());
    return {
        {QStringLiteral("mode"), mode == Mode::Recipe ? QStringLiteral("recipe") : QStringLiteral("command")},
        {QStringLiteral("command"), command},
        {QStringLiteral("recipe"), recipe},
        {QStringLiteral("folder"), folder},
        {QStringLiteral("host"), host},
        {QStringLiteral("experiment"), experiment},
        {QStringLiteral("tags"), QJsonArray::fromStringList(tags)},
        {QStringLiteral("ranks"), ranks},
        {QStringLiteral("set"), set}};
}

LaunchForm LaunchForm::fromJson(const QJsonObject& json) {
    LaunchForm form;
    form.mode =
        json[QStringLiteral("mode")].toString() == QLatin1String("recipe") ? Mode::Recipe : Mode::Command;
    form.command = json[QStringLiteral("command")].toString();
    form.recipe = json[QStringLiteral("recipe")].toString();
    form.folder = json[QStringLiteral("folder")].toString();
    form.host = json[QStringLiteral("host")].toString(QStringLiteral("local"));
    form.experiment = json[QStringLiteral("experiment")].toString();
    for (const auto& tag : json[QStringLiteral("tags")].toArray())
        form.tags << tag.toString();
    form.ranks = std::max(1, json[QStringLiteral("ranks")].toInt(1));
    const auto set = json[QStringLiteral("set")].toObject();
    for (auto it = set.begin(); it != set.end(); ++it)
        form.overrides.insert(it.key(), it.value().toString());
    return form;
}

QString commandForFile(const QString& path, const QString& folder) {
    QString shown = path;
    if (!folder.isEmpty() && path.startsWith(folder + QLatin1Char('/')))
        shown = path.mid(folder.size() + 1);
    const auto word = toQString(shellQuote(toStd(shown)));
    const auto ending = extension(toStd(path));
    if (ending == ".py")
        return QStringLiteral("python3 ") + word;
    if (ending == ".sh")
        return QStringLiteral("bash ") + word;
    return {};
}

bool looksLikeRecipe(const std::string& yaml) {
    const std::string text = "\n" + yaml;
    return text.find("\nmodel:") != std::string::npos || text.find("\ntrain:") != std::string::npos;
}

}  // namespace lathe::runs

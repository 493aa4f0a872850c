// SPDX-License-Identifier: GPL-3.0-or-later
#include "launch_form.h"

#include "app/workspace.h"
#include "core/paths.h"
#include "core/text.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QRegularExpression>

namespace lathe::runs {
namespace {

using app::toQString;
using app::toStd;

constexpr int kMostRuns = 64;

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
    for (const auto& word : shellSplit(toStd(variables)).value_or(std::vector<std::string>{"="})) {
        static const QRegularExpression setting(QStringLiteral("^[A-Za-z_][A-Za-z0-9_]*="));
        if (!setting.match(toQString(word)).hasMatch()) {
            out.append({Field::Variables, tr("Write NAME=value, several with spaces between them")});
            break;
        }
    }
    double runs = 1;
    if (mode == Mode::Command)
        for (const auto& choice : commandChoices(command))
            runs *= static_cast<double>(choice.values.size());
    else
        for (const auto& value : overrides)
            runs *= static_cast<double>(severalValues(value).size());
    if (runs > kMostRuns)
        out.append({mode == Mode::Command ? Field::Command : Field::Recipe,
                    tr("That would be %1 runs; at most %2 are started at once").arg(runs).arg(kMostRuns)});
    if (name.contains(QLatin1Char('/')) || name.contains(QLatin1Char('\n')))
        out.append({Field::Name, tr("A name holds no slash")});
    return out;
}

QList<LaunchForm> LaunchForm::variants() const {
    struct One {
        LaunchForm form;
        QList<std::pair<QString, QString>> chosen;  // parameter, value
    };
    LaunchForm plain = *this;
    QList<One> all{{plain, {}}};
    const auto each = [&](const QString& key, const QStringList& values, const auto& set) {
        QList<One> next;
        for (const auto& one : all)
            for (const auto& value : values) {
                auto more = one;
                set(more.form, value);
                more.chosen.append({key, value});
                next.append(more);
                if (next.size() > kMostRuns)
                    break;
            }
        all = next;
    };
    if (mode == Mode::Command) {
        // From the last to the first, so that places in the text stay true.
        const auto choices = commandChoices(command);
        for (auto it = choices.rbegin(); it != choices.rend(); ++it)
            each(it->flag, it->values, [&](LaunchForm& form, const QString& value) {
                form.command = form.command.left(it->from) + value + form.command.mid(it->to);
            });
    } else {
        for (auto it = overrides.begin(); it != overrides.end(); ++it)
            if (const auto values = severalValues(it.value()); values.size() > 1)
                each(it.key(), values,
                     [&](LaunchForm& form, const QString& value) { form.overrides[it.key()] = value; });
    }
    QList<LaunchForm> out;
    for (auto& one : all) {
        QString& own = one.form.name;
        QStringList behind;
        for (const auto& [key, value] : one.chosen) {
            const QString hole = QLatin1Char('{') + key + QLatin1Char('}');
            QString shown = value;
            shown.replace(QLatin1Char('/'), QLatin1Char('_'));
            if (!key.isEmpty() && own.contains(hole))
                own.replace(hole, shown);
            else
                behind.prepend(shown);
        }
        if (!own.trimmed().isEmpty() && !behind.isEmpty() && all.size() > 1)
            own = own.trimmed() + QLatin1Char('-') + behind.join(QLatin1Char('-'));
        out.append(one.form);
    }
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
    for (const auto& word : shellSplit(toStd(variables)).value_or(std::vector<std::string>()))
        if (const auto equal = word.find('='); equal != std::string::npos && equal > 0)
            request.env[word.substr(0, equal)] = word.substr(equal + 1);
    request.experiment = toStd(experiment.trimmed());
    request.name = toStd(name.trimmed());
    for (const auto& tag : tags)
        if (const auto clean = tag.trimmed(); !clean.isEmpty())
            request.tags.push_back(toStd(clean));
    return request;
}

QString LaunchForm::asCommand() const {
    if (const auto each = variants(); each.size() > 1) {
        QStringList lines;
        for (const auto& form : each)
            lines << form.asCommand();
        return lines.join(QLatin1Char('\n'));
    }
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
    for (const auto& [key, value] : request.env)
        option("--env", key + "=" + value);
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
    const auto wrong = problems();
    if (!wrong.isEmpty())
        return tr("Cannot start yet: %1").arg(wrong.first().text.toHtmlEscaped());
    const auto runs = variants().size();
    const QString what = runs > 1                   ? strong(tr("%1 runs").arg(runs))
                         : name.trimmed().isEmpty() ? tr("One run with a name of its own")
                                                    : strong(name.trimmed());
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
    return (runs > 1 ? tr("%1 on %2%3, all starting now. They go on when this window is closed.")
                     : tr("%1 on %2%3, starting now. It goes on when this window is closed."))
        .arg(what, where, how);
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
        {QStringLiteral("variables"), variables},
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
    form.variables = json[QStringLiteral("variables")].toString();
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

}  // namespace lathe::runs

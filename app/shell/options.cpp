// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/shell/options.h"

#include "app/shell/shell_workbench.h"
#include "core/text.h"

#include <map>

namespace lathe::app {

namespace {

std::unexpected<Error> wrong(const QString& what, const QString& on) {
    return fail(ErrorCode::Invalid, toStd(what), toStd(on), "`lathe-workbench --help` lists the options");
}

}  // namespace

Result<Options> Options::parse(const QStringList& arguments) {
    Options options;
    enum class Takes { Nothing, One, Many };
    const std::map<QString, Takes> known{
        {QStringLiteral("--help"), Takes::Nothing},      {QStringLiteral("-h"), Takes::Nothing},
        {QStringLiteral("--version"), Takes::Nothing},   {QStringLiteral("--workspace"), Takes::One},
        {QStringLiteral("--store"), Takes::One},         {QStringLiteral("--theme"), Takes::One},
        {QStringLiteral("--grab"), Takes::One},          {QStringLiteral("--size"), Takes::One},
        {QStringLiteral("--scale"), Takes::One},         {QStringLiteral("--open"), Takes::Many},
        {QStringLiteral("--pane"), Takes::One},          {QStringLiteral("--command"), Takes::One},
        {QStringLiteral("--run"), Takes::Many},          {QStringLiteral("--after"), Takes::One},
        {QStringLiteral("--plot"), Takes::One},          {QStringLiteral("--out"), Takes::One},
        {QStringLiteral("--run-recipe"), Takes::One},    {QStringLiteral("--set"), Takes::One},
        {QStringLiteral("--start-time"), Takes::Nothing}};
    for (qsizetype i = 1; i < arguments.size(); ++i) {
        const QString argument = arguments[i];
        const QString name =
            argument.startsWith(QLatin1String("--")) ? argument.section(QLatin1Char('='), 0, 0) : argument;
        const auto option = known.find(name);
        if (option == known.end()) {
            if (!argument.startsWith(QLatin1Char('-')) && options.workspace.isEmpty()) {
                options.workspace = argument;
                continue;
            }
            std::vector<std::string> names;
            for (const auto& [known, takes] : known)
                names.push_back(toStd(known));
            const auto near = nearestName(toStd(name), names);
            return wrong(
                near ? QStringLiteral("there is no such option; did you mean %1?").arg(toQString(*near))
                     : QStringLiteral("there is no such option"),
                argument);
        }
        QStringList values;
        if (option->second != Takes::Nothing) {
            if (argument.contains(QLatin1Char('='))) {
                values << argument.section(QLatin1Char('='), 1);
            } else {
                const qsizetype most = option->second == Takes::One ? 1 : arguments.size();
                while (values.size() < most && i + 1 < arguments.size() &&
                       !arguments[i + 1].startsWith(QLatin1String("--")))
                    values << arguments[++i];
            }
            if (values.isEmpty() || values.first().isEmpty())
                return wrong(QStringLiteral("a value is missing"), name);
        }
        const QString value = values.value(0);
        if (name == QLatin1String("--help") || name == QLatin1String("-h")) {
            options.help = true;
        } else if (name == QLatin1String("--version")) {
            options.version = true;
        } else if (name == QLatin1String("--start-time")) {
            options.startTime = true;
        } else if (name == QLatin1String("--workspace")) {
            options.workspace = value;
        } else if (name == QLatin1String("--store")) {
            options.store = value;
        } else if (name == QLatin1String("--theme")) {
            if (!Theme::available().contains(value))
                return wrong(QStringLiteral("there is no such theme; there are dark and light"), value);
            options.theme = value;
        } else if (name == QLatin1String("--grab")) {
            options.grab = value;
        } else if (name == QLatin1String("--size")) {
            const QStringList parts = value.split(QLatin1Char('x'));
            options.size = QSize(parts.value(0).toInt(), parts.value(1).toInt());
            if (parts.size() != 2 || options.size.width() < 320 || options.size.height() < 240 ||
                options.size.width() > 16000 || options.size.height() > 16000)
                return wrong(QStringLiteral("the size must be WIDTHxHEIGHT, from 320x240 to 16000x16000"),
                             value);
        } else if (name == QLatin1String("--scale")) {
            bool isNumber = false;
            options.scale = value.toDouble(&isNumber);
            if (!isNumber || options.scale < 1 || options.scale > 4)
                return wrong(QStringLiteral("the scale must be a number from 1 to 4"), value);
        } else if (name == QLatin1String("--open")) {
            options.open += values;
        } else if (name == QLatin1String("--pane")) {
            options.pane = value;
        } else if (name == QLatin1String("--run")) {
            options.runs += values;
        } else if (name == QLatin1String("--command")) {
            options.command = value;
        } else if (name == QLatin1String("--run-recipe")) {
            options.runRecipe = value;
        } else if (name == QLatin1String("--set")) {
            options.set << value;
        } else if (name == QLatin1String("--after")) {
            bool isNumber = false;
            const double seconds = value.toDouble(&isNumber);
            if (!isNumber || seconds < 0 || seconds > 3600)
                return wrong(QStringLiteral("the seconds must be a number from 0 to 3600"), value);
            options.after = seconds;
        } else if (name == QLatin1String("--plot")) {
            options.plot = value;
        } else if (name == QLatin1String("--out")) {
            options.out = value;
        }
    }
    if (!options.plot.isEmpty() && options.out.isEmpty())
        return wrong(QStringLiteral("--plot also needs --out F.png or --out F.pdf"),
                     QStringLiteral("--plot"));
    return options;
}

QString Options::helpText() {
    return QStringLiteral(R"(Usage: lathe-workbench [FOLDER] [options]

The workbench: edit where the GPUs are, launch training, watch it live, compare every run.

  --workspace DIR       the folder to open (also host:/path); default: the last one
  --store DIR           the folder of runs; default: LATHE_STORE or ~/.local/share/lathe/store
  --theme dark|light    for this start; the setting is left as it is
  --open PATH...        files to open
  --pane NAME           a pane to show: runs, files, terminal, git, hosts, output, settings, ...
  --command ID          a command of the palette to run, by its id (Settings, Keys lists them)
  --run RUN...          runs to select and follow: id, unique prefix or name
  --run-recipe RECIPE   a recipe to start in the workspace, and to follow
  --set KEY=VALUE       replaces a value of that recipe; may be given again

  --grab OUT.png        render the window to a file and end; needs no display
  --size WxH            of the window for --grab; default 1600x1000
  --scale N             device pixels a logical pixel for --grab; default 1
  --after SECONDS       render after this time; default: when nothing is under way any more
  --plot IN.svg --out F.png|F.pdf
                        turn a drawing of `lathe plot` into a picture and end
  --start-time          print the milliseconds to the first painted content and end
  -h, --help            this text
  --version             the version

Exit codes: 0 done, 2 wrong use, others as `lathe --help` lists them.
)");
}

}  // namespace lathe::app

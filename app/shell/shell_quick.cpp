// SPDX-License-Identifier: GPL-3.0-or-later
// What the palette and quick open list.
#include "app/command_ids.h"
#include "app/shell/file_index.h"
#include "app/shell/fuzzy.h"
#include "app/shell/main_window.h"
#include "app/shell/quick_input.h"
#include "app/shell/shell_workbench.h"
#include "core/text.h"

#include <algorithm>

namespace lathe::app {

namespace {

constexpr qsizetype kMostRows = 200;

struct Scored {
    int score;
    QuickRow row;
};

QList<QuickRow> best(std::vector<Scored> scored) {
    std::ranges::stable_sort(scored, [](const Scored& a, const Scored& b) { return a.score > b.score; });
    QList<QuickRow> rows;
    for (Scored& entry : scored) {
        if (rows.size() == kMostRows)
            break;
        rows << std::move(entry.row);
    }
    return rows;
}

QString fileIcon(const QString& name) {
    const QString suffix = name.section(QLatin1Char('.'), -1).toLower();
    if (suffix == QLatin1String("py"))
        return QStringLiteral("python");
    if (suffix == QLatin1String("ipynb"))
        return QStringLiteral("notebook");
    if (suffix == QLatin1String("yaml") || suffix == QLatin1String("yml"))
        return QStringLiteral("recipe");
    if (QStringList{QStringLiteral("png"), QStringLiteral("jpg"), QStringLiteral("svg")}.contains(suffix))
        return QStringLiteral("image");
    return QStringLiteral("file");
}

}  // namespace

QuickInput& ShellWorkbench::quickInput() {
    if (!m_quick)
        m_quick = new QuickInput(m_window, [this](const QString& text) { return quickRows(text); });
    return *m_quick;
}

QList<QuickRow> ShellWorkbench::quickRows(const QString& text) {
    if (text.startsWith(QLatin1Char('>')))
        return commandRows(text.mid(1));
    if (text.startsWith(QLatin1Char(':'))) {
        bool isNumber = false;
        const int line = text.mid(1).trimmed().toInt(&isNumber);
        const QString command = QStringLiteral("editor.goToLine");
        QuickRow row;
        row.title = isNumber && line > 0 ? tr("Go to line %1").arg(line) : tr("Type a line number");
        row.icon = QStringLiteral("down");
        row.reason = isNumber && line > 0 ? m_commands->disabledReason(command) : tr("a number from 1");
        row.run = [this, command, line](bool) {
            m_commands->execute(command, {{QStringLiteral("line"), line}});
        };
        return {row};
    }
    if (!text.isEmpty() && m_quickSources.contains(text[0])) {
        const QString query = text.mid(1);
        std::vector<Scored> scored;
        for (const QuickItem& item : m_quickSources[text[0]].items(query)) {
            const auto match = fuzzyMatch(query, item.title);
            if (match)
                scored.push_back(
                    {match->score, {item.title, item.detail, {}, item.icon, {}, match->positions, item.run}});
        }
        return best(std::move(scored));
    }
    // Runs are known without a plugin; one may list them better.
    if (text.startsWith(QLatin1Char('#')))
        return runRows(text.mid(1));
    return fileRows(text);
}

QList<QuickRow> ShellWorkbench::commandRows(const QString& query) {
    std::vector<Scored> scored;
    for (const QString& id : m_commands->ids()) {
        const CommandSpec* spec = m_commands->find(id);
        const QString title = spec->category.isEmpty()
                                  ? spec->title
                                  : QStringLiteral("%1: %2").arg(spec->category, spec->title);
        const auto match = wordMatch(query, title);
        if (!match || id == QLatin1String(ids::kPalette))
            continue;
        QuickRow row;
        row.title = title;  // no icons here: few commands have one, and titles shall line up
        row.matches = match->positions;
        row.right = m_commands->shortcut(id).toString(QKeySequence::NativeText);
        row.reason = m_commands->disabledReason(id);
        row.run = [this, id](bool) { m_commands->execute(id); };
        // Recents first while nothing is typed, and as a tie-breaker afterwards.
        const auto recent = m_commands->recent().indexOf(id);
        int score = match->score;
        if (recent >= 0)
            score +=
                query.trimmed().isEmpty() ? 1000 - static_cast<int>(recent) : 30 - static_cast<int>(recent);
        if (!row.reason.isEmpty())
            score -= 5;
        scored.push_back({score, std::move(row)});
    }
    // Without a query the rest goes by name.
    std::ranges::sort(scored, [](const Scored& a, const Scored& b) {
        return a.row.title.localeAwareCompare(b.row.title) < 0;
    });
    return best(std::move(scored));
}

QList<QuickRow> ShellWorkbench::fileRows(const QString& query) {
    if (!m_workspace->isOpen()) {
        QuickRow row;
        row.title = tr("Open folder…");
        row.detail = tr("Quick open lists the files of the workspace");
        row.icon = QStringLiteral("folder-open");
        row.run = [this](bool) { m_commands->execute(QLatin1String(ids::kOpenFolder)); };
        return {row};
    }
    m_files->refresh();
    // "name:12" goes to line 12.
    QString wanted = query;
    int line = 0;
    if (const auto colon = query.lastIndexOf(QLatin1Char(':')); colon > 0) {
        bool isNumber = false;
        line = query.mid(colon + 1).toInt(&isNumber);
        if (isNumber || query.endsWith(QLatin1Char(':')))
            wanted = query.left(colon);
    }
    std::vector<Scored> scored;
    for (const QString& file : m_files->files()) {
        const auto match = fuzzyMatch(wanted, file);
        if (!match)
            continue;
        const auto slash = file.lastIndexOf(QLatin1Char('/'));
        QuickRow row;
        row.title = toQString(escapedForDisplay(toStd(file.mid(slash + 1))));
        row.detail = toQString(escapedForDisplay(toStd(file.left(std::max<qsizetype>(slash, 0)))));
        row.icon = fileIcon(row.title);
        for (const int at : match->positions)
            if (at > slash)
                row.matches << at - static_cast<int>(slash) - 1;
        const host::Location location = m_workspace->folder()->child(toStd(file));
        row.run = [this, location, line](bool otherGroup) {
            OpenOptions options;
            options.line = line;
            options.otherGroup = otherGroup;
            openFile(location, options);
        };
        scored.push_back({match->score, std::move(row)});
    }
    QList<QuickRow> rows = best(std::move(scored));
    if (rows.isEmpty() && m_files->loading())
        rows << QuickRow{tr("Reading the names of the files…"),
                         {},
                         {},
                         QStringLiteral("clock"),
                         QStringLiteral(" "),
                         {},
                         {}};
    else if (rows.isEmpty() && !m_files->error().isEmpty())
        rows << QuickRow{
            tr("The files cannot be listed"), {}, {}, QStringLiteral("error"), m_files->error(), {}, {}};
    return rows;
}

QList<QuickRow> ShellWorkbench::runRows(const QString& query) {
    std::vector<Scored> scored;
    for (const auto& run : m_engine->runs()) {
        const QString name = toQString(run->spec.name);
        const auto match = fuzzyMatch(query, name);
        if (!match)
            continue;
        QuickRow row;
        row.title = name;
        row.detail = toQString(run->spec.experiment);
        row.right = theme().stateWord(run->state);
        row.icon = QStringLiteral("runs");
        row.matches = match->positions;
        row.run = [this, id = toQString(run->spec.id)](bool) {
            m_selection->setRuns({id});
            m_commands->execute(QLatin1String(ids::kRunOpen), {{QStringLiteral("run"), id}});
        };
        scored.push_back({match->score, std::move(row)});
    }
    return best(std::move(scored));
}

}  // namespace lathe::app

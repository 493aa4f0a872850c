// SPDX-License-Identifier: GPL-3.0-or-later
#include "log_model.h"

#include "app/workspace.h"
#include "core/clock.h"
#include "core/text.h"

namespace lathe::gitpane {
namespace {

QString shown(const std::string& bytes) { return app::toQString(escapedForDisplay(bytes)); }

QString ageText(double seconds) {
    const auto whole = static_cast<long long>(std::max(0.0, seconds));
    if (whole < 60)
        return LogModel::tr("now");
    if (whole < 3600)
        return LogModel::tr("%1 m").arg(whole / 60);
    if (whole < 86400)
        return LogModel::tr("%1 h").arg(whole / 3600);
    if (whole < 86400 * 60)
        return LogModel::tr("%1 d").arg(whole / 86400);
    return LogModel::tr("%1 mo").arg(whole / (86400 * 30));
}

} // namespace

void LogModel::setCommits(std::vector<git::Commit> commits, bool more) {
    beginResetModel();
    m_commits = std::move(commits);
    m_more = more;
    layOut();
    endResetModel();
}

void LogModel::append(std::vector<git::Commit> commits, bool more) {
    m_more = more;
    if (commits.empty())
        return;
    const int first = static_cast<int>(m_commits.size());
    beginInsertRows({}, first, first + static_cast<int>(commits.size()) - 1);
    m_commits.insert(m_commits.end(), std::make_move_iterator(commits.begin()), std::make_move_iterator(commits.end()));
    layOut();
    endInsertRows();
}

void LogModel::layOut() {
    m_lanes = layLanes(m_commits);
    m_graphWidth = 1;
    for (const LaneRow& row : m_lanes)
        m_graphWidth = std::max(m_graphWidth, row.width);
}

int LogModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_commits.size());
}

QVariant LogModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Message: return tr("Commit");
    case Author: return tr("Author");
    case Id: return tr("Id");
    case Age: return tr("Age");
    default: return {};
    }
}

QVariant LogModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    const git::Commit& commit = m_commits[static_cast<std::size_t>(index.row())];
    if (role == Qt::ToolTipRole)
        return QStringLiteral("%1\n%2 <%3>\n%4\n\n%5")
            .arg(app::toQString(commit.id), shown(commit.author), shown(commit.email),
                 app::toQString(localTimeText(commit.time)), shown(commit.message.substr(0, 2000)).replace(
                     QLatin1String("\\x0a"), QLatin1String("\n")));
    if (role == Qt::AccessibleTextRole && index.column() == Message)
        return tr("%1, by %2, %3").arg(shown(commit.summary), shown(commit.author), ageText(wallSeconds() - commit.time));
    if (role == RefsRole) {
        QStringList refs;
        for (const std::string& ref : commit.refs)
            refs << shown(ref);
        return refs;
    }
    if (role == Qt::TextAlignmentRole && (index.column() == Age || index.column() == Id))
        return static_cast<int>(Qt::AlignRight | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (index.column()) {
    case Message: return shown(commit.summary);
    case Author: return shown(commit.author);
    case Id: return app::toQString(commit.id.substr(0, 7));
    case Age: return ageText(wallSeconds() - commit.time);
    default: return {};
    }
}

} // namespace lathe::gitpane

// SPDX-License-Identifier: GPL-3.0-or-later
#include "changes_model.h"

#include "app/workspace.h"
#include "core/paths.h"
#include "core/text.h"
#include "git_session.h"

namespace lathe::gitpane {

void ChangesModel::setStatus(const git::Status& status) {
    std::vector<Group> groups{{Section::Conflicts, {}}, {Section::Staged, {}}, {Section::Changes, {}}};
    for (const git::FileStatus& file : status.files) {
        if (file.conflicted)
            groups[0].files.push_back({file.path, {}, git::Change::Modified, false});
        if (file.staged != git::Change::None)
            groups[1].files.push_back({file.path, file.oldPath, file.staged, false});
        if (file.untracked)
            groups[2].files.push_back({file.path, {}, git::Change::Added, true});
        else if (file.unstaged != git::Change::None)
            groups[2].files.push_back({file.path, {}, file.unstaged, false});
    }
    std::erase_if(groups, [](const Group& group) { return group.files.empty(); });
    if (groups == m_groups)
        return; // keeps selection and scrolling
    beginResetModel();
    m_groups = std::move(groups);
    endResetModel();
}

int ChangesModel::count(Section section) const {
    for (const Group& group : m_groups) {
        if (group.section == section)
            return static_cast<int>(group.files.size());
    }
    return 0;
}

std::vector<std::string> ChangesModel::paths(Section section) const {
    std::vector<std::string> paths;
    for (const Group& group : m_groups) {
        if (group.section != section)
            continue;
        for (const File& file : group.files)
            paths.push_back(file.path);
    }
    return paths;
}

Section ChangesModel::section(const QModelIndex& index) const {
    const auto group = isSection(index) ? static_cast<std::size_t>(index.row()) : index.internalId() - 1;
    return m_groups[group].section;
}

std::string ChangesModel::path(const QModelIndex& index) const {
    if (!index.isValid() || isSection(index))
        return {};
    return m_groups[index.internalId() - 1].files[static_cast<std::size_t>(index.row())].path;
}

QModelIndex ChangesModel::find(Section section, const std::string& path) const {
    for (std::size_t g = 0; g < m_groups.size(); ++g) {
        for (std::size_t f = 0; m_groups[g].section == section && f < m_groups[g].files.size(); ++f) {
            if (m_groups[g].files[f].path == path)
                return createIndex(static_cast<int>(f), 0, g + 1);
        }
    }
    return {};
}

QModelIndex ChangesModel::index(int row, int column, const QModelIndex& parent) const {
    if (!hasIndex(row, column, parent))
        return {};
    return createIndex(row, column, parent.isValid() ? static_cast<quintptr>(parent.row()) + 1 : 0);
}

QModelIndex ChangesModel::parent(const QModelIndex& index) const {
    if (!index.isValid() || isSection(index))
        return {};
    return createIndex(static_cast<int>(index.internalId()) - 1, 0, quintptr{0});
}

int ChangesModel::rowCount(const QModelIndex& parent) const {
    if (!parent.isValid())
        return static_cast<int>(m_groups.size());
    return isSection(parent) ? static_cast<int>(m_groups[static_cast<std::size_t>(parent.row())].files.size()) : 0;
}

QVariant ChangesModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    if (isSection(index)) {
        const Group& group = m_groups[static_cast<std::size_t>(index.row())];
        const QString title = group.section == Section::Conflicts ? tr("Conflicts")
                              : group.section == Section::Staged  ? tr("Staged")
                                                                  : tr("Changes");
        switch (role) {
        case Qt::DisplayRole: return title;
        case Qt::AccessibleTextRole: return tr("%1, %n files", nullptr, static_cast<int>(group.files.size())).arg(title);
        case CountRole: return static_cast<int>(group.files.size());
        case SectionRole: return static_cast<int>(group.section);
        default: return {};
        }
    }
    const Group& group = m_groups[index.internalId() - 1];
    const File& file = group.files[static_cast<std::size_t>(index.row())];
    const auto shown = [](const std::string& bytes) { return app::toQString(escapedForDisplay(bytes)); };
    switch (role) {
    case Qt::DisplayRole:
        return shown(fileName(file.path));
    case FolderRole: {
        const std::string folder = parentPath(file.path);
        return folder == "." ? QString() : shown(folder);
    }
    case Qt::ToolTipRole:
        return file.oldPath.empty() ? shown(file.path) : tr("%1, was %2").arg(shown(file.path), shown(file.oldPath));
    case Qt::AccessibleTextRole:
        return tr("%1, %2").arg(shown(file.path), file.untracked ? tr("untracked") : changeWord(file.change));
    case PathRole: return shown(file.path);
    case LetterRole:
        return group.section == Section::Conflicts ? QStringLiteral("!")
               : file.untracked                    ? QStringLiteral("U")
                                                   : changeLetter(file.change);
    case TokenRole:
        return group.section == Section::Conflicts ? QStringLiteral("error")
               : file.untracked                    ? QStringLiteral("success")
                                                   : changeToken(file.change);
    case SectionRole: return static_cast<int>(group.section);
    default: return {};
    }
}

} // namespace lathe::gitpane

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "git/repository.h"

#include <QAbstractItemModel>

#include <vector>

namespace lathe::gitpane {

enum class Section { Conflicts, Staged, Changes };

// A status as a tree: sections that hold files. A file with staged and unstaged changes stands in both.
class ChangesModel : public QAbstractItemModel {
    Q_OBJECT
public:
    enum Role { SectionRole = Qt::UserRole, PathRole, LetterRole, TokenRole, CountRole, FolderRole };

    using QAbstractItemModel::QAbstractItemModel;

    void setStatus(const git::Status& status);
    int count(Section section) const;
    std::vector<std::string> paths(Section section) const;

    bool isSection(const QModelIndex& index) const { return index.isValid() && index.internalId() == 0; }
    Section section(const QModelIndex& index) const;
    std::string path(const QModelIndex& index) const; // bytes; empty for a section
    QModelIndex find(Section section, const std::string& path) const;

    QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    QModelIndex parent(const QModelIndex& index) const override;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex&) const override { return 1; }
    QVariant data(const QModelIndex& index, int role) const override;

private:
    struct File {
        std::string path, oldPath;
        git::Change change = git::Change::None;
        bool untracked = false;
        bool operator==(const File&) const = default;
    };
    struct Group {
        Section section;
        std::vector<File> files;
        bool operator==(const Group&) const = default;
    };
    std::vector<Group> m_groups; // only those that hold something
};

} // namespace lathe::gitpane

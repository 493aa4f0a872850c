// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/engine_bridge.h"
#include "host/location.h"

#include <QAbstractItemModel>
#include <QHash>
#include <QSet>

#include <memory>
#include <vector>

namespace lathe::editor {

// The files of one folder of one host, listed as they are opened, off the GUI thread, and listed again when they
// change. GUI thread only.
class FileModel : public QAbstractItemModel {
    Q_OBJECT
public:
    enum Role { LocationRole = Qt::UserRole, IsFolderRole, LetterRole, TokenRole, ErrorRole };

    FileModel(app::EngineBridge& bridge, QObject* parent = nullptr);
    ~FileModel() override;

    void setRoot(std::optional<host::Location> folder);
    const std::optional<host::Location>& root() const { return m_root; }
    bool listing() const { return m_listing > 0; }
    const std::optional<Error>& rootError() const { return m_rootError; }
    void refresh(); // everything that was listed

    host::Location location(const QModelIndex& index) const;
    bool isFolder(const QModelIndex& index) const;
    // Invalid until every folder on the way is listed; asks for them.
    QModelIndex indexOf(const host::Location& location);

    // Each reports by failed() or by the listing that follows.
    void createFile(const host::Location& folder, const std::string& name);
    void createFolder(const host::Location& folder, const std::string& name);
    void rename(const host::Location& from, const std::string& name);
    void remove(const host::Location& location);

    // Letters of git by path below the root ("M", "A", "U", "D", "!").
    void refreshGit();

    QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    QModelIndex parent(const QModelIndex& index) const override;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& = {}) const override { return 1; }
    bool hasChildren(const QModelIndex& parent = {}) const override;
    bool canFetchMore(const QModelIndex& parent) const override;
    void fetchMore(const QModelIndex& parent) override;
    QVariant data(const QModelIndex& index, int role) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role) override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

Q_SIGNALS:
    void listed(const lathe::host::Location& folder);
    void listingChanged();
    void failed(const lathe::Error& error);
    void created(const lathe::host::Location& file);
    void renamed(const lathe::host::Location& from, const lathe::host::Location& to);

private:
    struct Node;
    Node* nodeOf(const QModelIndex& index) const;
    QModelIndex indexOf(Node* node) const;
    Node* find(const std::string& path) const;
    void list(const std::string& path);
    void takeListing(const std::string& path, Result<std::vector<host::DirEntry>> entries);
    void watch(const std::string& path);
    template <class Fn> void change(Fn fn, const std::string& folder, std::function<void()> done = {});

    app::EngineBridge& m_bridge;
    std::optional<host::Location> m_root;
    std::unique_ptr<Node> m_top;
    std::optional<Error> m_rootError;
    QHash<QString, QChar> m_git;  // below the root
    QSet<QString> m_gitFolders;   // that hold a change
    int m_listing = 0, m_generation = 0, m_watches = 0;
    bool m_gitBusy = false;
};

} // namespace lathe::editor

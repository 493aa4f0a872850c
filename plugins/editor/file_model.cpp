// SPDX-License-Identifier: GPL-3.0-or-later
#include "file_model.h"

#include "app/theme.h"
#include "app/workspace.h"
#include "core/paths.h"
#include "core/text.h"
#include "git_facts.h"
#include "languages.h"

#include <QCoreApplication>
#include <QPointer>

#include <algorithm>

namespace lathe::editor {

namespace {

constexpr int kMaxWatches = 64; // inotify is a shared and scarce thing

QString key(const std::string& path) { return QString::fromLatin1(path.data(), static_cast<qsizetype>(path.size())); }

// Folders first, then by name as people sort, and by bytes where that is a tie.
bool before(const host::DirEntry& a, const host::DirEntry& b) {
    const auto folder = [](const host::DirEntry& e) {
        return e.info.kind == host::FileKind::Folder || e.info.linkToFolder;
    };
    if (folder(a) != folder(b))
        return folder(a);
    const int order = app::toQString(a.name).compare(app::toQString(b.name), Qt::CaseInsensitive);
    return order != 0 ? order < 0 : a.name < b.name;
}

} // namespace

struct FileModel::Node {
    Node* parent = nullptr;
    host::DirEntry entry;
    std::string path;
    std::vector<std::unique_ptr<Node>> children;
    bool listed = false, listing = false;
    std::optional<Error> error;
    std::shared_ptr<void> watch;

    bool isFolder() const { return entry.info.kind == host::FileKind::Folder || entry.info.linkToFolder; }
    int row() const {
        const auto& siblings = parent->children;
        return static_cast<int>(std::find_if(siblings.begin(), siblings.end(),
                                             [this](const auto& node) { return node.get() == this; }) -
                                siblings.begin());
    }
};

FileModel::FileModel(app::EngineBridge& bridge, QObject* parent) : QAbstractItemModel(parent), m_bridge(bridge) {}
FileModel::~FileModel() = default;

void FileModel::setRoot(std::optional<host::Location> folder) {
    beginResetModel();
    ++m_generation;
    m_root = std::move(folder);
    m_rootError.reset();
    m_git.clear();
    m_gitFolders.clear();
    m_watches = 0;
    m_top.reset();
    if (m_root) {
        m_top = std::make_unique<Node>();
        m_top->path = m_root->path;
        m_top->entry.info.kind = host::FileKind::Folder;
    }
    endResetModel();
    if (m_root) {
        list(m_root->path);
        refreshGit();
    }
}

FileModel::Node* FileModel::nodeOf(const QModelIndex& index) const {
    return index.isValid() ? static_cast<Node*>(index.internalPointer()) : m_top.get();
}

QModelIndex FileModel::indexOf(Node* node) const {
    return node == nullptr || node == m_top.get() ? QModelIndex() : createIndex(node->row(), 0, node);
}

FileModel::Node* FileModel::find(const std::string& path) const {
    if (!m_top)
        return nullptr;
    if (path == m_top->path)
        return m_top.get();
    const std::string prefix = m_top->path == "/" ? "/" : m_top->path + "/";
    if (!path.starts_with(prefix))
        return nullptr;
    Node* node = m_top.get();
    for (const std::string& part : split(path.substr(prefix.size()), '/')) {
        const auto child = std::ranges::find_if(node->children,
                                                [&](const auto& c) { return c->entry.name == part; });
        if (child == node->children.end())
            return nullptr;
        node = child->get();
    }
    return node;
}

QModelIndex FileModel::indexOf(const host::Location& location) {
    if (!m_root || location.host != m_root->host)
        return {};
    if (Node* node = find(location.path))
        return indexOf(node);
    // List the deepest folder on the way that is known and was not listed.
    std::string path = location.path;
    while (path.size() > m_root->path.size()) {
        path = parentPath(path);
        if (Node* node = find(path)) {
            if (!node->listed)
                list(path);
            break;
        }
    }
    return {};
}

// --- listing ---------------------------------------------------------------------------------------------

void FileModel::list(const std::string& path) {
    Node* node = find(path);
    if (!node || node->listing)
        return;
    node->listing = true;
    ++m_listing;
    Q_EMIT listingChanged();
    auto* bridge = &m_bridge;
    const std::string host = m_root->host;
    m_bridge
        .async([bridge, host, path](Engine& engine, std::stop_token stop) -> Result<std::vector<host::DirEntry>> {
            LATHE_TRY_ASSIGN(auto machine, bridge->connectedHost(engine, host, stop));
            LATHE_TRY_ASSIGN(auto entries, machine->list(path, stop));
            std::erase_if(entries, [](const host::DirEntry& entry) { return entry.name == ".git"; });
            std::ranges::sort(entries, before);
            return entries;
        })
        .then(this, [this, path, generation = m_generation](Result<std::vector<host::DirEntry>> entries) {
            --m_listing;
            if (generation == m_generation)
                takeListing(path, std::move(entries));
            Q_EMIT listingChanged();
        });
}

void FileModel::takeListing(const std::string& path, Result<std::vector<host::DirEntry>> entries) {
    Node* node = find(path);
    if (!node)
        return;
    node->listing = false;
    const QModelIndex parent = indexOf(node);
    if (!entries) {
        node->error = entries.error();
        node->listed = true;
        if (node == m_top.get())
            m_rootError = entries.error();
        else
            Q_EMIT failed(entries.error());
        Q_EMIT dataChanged(parent, parent);
        Q_EMIT listed({m_root->host, path});
        return;
    }
    if (node == m_top.get())
        m_rootError.reset();
    node->error.reset();
    const bool first = !node->listed;
    node->listed = true;
    auto& children = node->children;
    // Both sides are sorted alike: walk them together, so that what stays keeps its place and its children.
    std::size_t row = 0;
    for (host::DirEntry& entry : *entries) {
        while (row < children.size() && before(children[row]->entry, entry)) {
            beginRemoveRows(parent, static_cast<int>(row), static_cast<int>(row));
            children.erase(children.begin() + static_cast<std::ptrdiff_t>(row));
            endRemoveRows();
        }
        if (row < children.size() && children[row]->entry.name == entry.name &&
            children[row]->isFolder() == (entry.info.kind == host::FileKind::Folder || entry.info.linkToFolder)) {
            children[row]->entry = std::move(entry);
        } else {
            auto child = std::make_unique<Node>();
            child->parent = node;
            child->path = joinPath(node->path, entry.name);
            child->entry = std::move(entry);
            beginInsertRows(parent, static_cast<int>(row), static_cast<int>(row));
            children.insert(children.begin() + static_cast<std::ptrdiff_t>(row), std::move(child));
            endInsertRows();
        }
        ++row;
    }
    if (row < children.size()) {
        beginRemoveRows(parent, static_cast<int>(row), static_cast<int>(children.size()) - 1);
        children.erase(children.begin() + static_cast<std::ptrdiff_t>(row), children.end());
        endRemoveRows();
    }
    if (first)
        watch(path);
    Q_EMIT listed({m_root->host, path});
}

void FileModel::watch(const std::string& path) {
    if (m_watches >= kMaxWatches)
        return;
    ++m_watches;
    auto* bridge = &m_bridge;
    const QPointer<FileModel> self(this);
    m_bridge
        .async([bridge, host = m_root->host, path, self](Engine& engine,
                                                         std::stop_token stop) -> Result<std::shared_ptr<void>> {
            LATHE_TRY_ASSIGN(auto machine, bridge->connectedHost(engine, host, stop));
            return machine->watch(path, [self, path] {
                QMetaObject::invokeMethod(
                    QCoreApplication::instance(),
                    [self, path] {
                        if (self && self->find(path)) {
                            self->list(path);
                            self->refreshGit();
                        }
                    },
                    Qt::QueuedConnection);
            });
        })
        .then(this, [this, path, generation = m_generation](Result<std::shared_ptr<void>> watch) {
            Node* node = generation == m_generation ? find(path) : nullptr;
            if (watch && node)
                node->watch = std::move(*watch);
        });
}

void FileModel::refresh() {
    if (!m_root)
        return;
    std::vector<std::string> paths;
    const std::function<void(const Node&)> collect = [&](const Node& node) {
        if (node.listed)
            paths.push_back(node.path);
        for (const auto& child : node.children)
            collect(*child);
    };
    collect(*m_top);
    for (const std::string& path : paths)
        list(path);
    refreshGit();
}

// --- changes ---------------------------------------------------------------------------------------------

template <class Fn> void FileModel::change(Fn fn, const std::string& folder, std::function<void()> done) {
    auto* bridge = &m_bridge;
    m_bridge
        .async([bridge, host = m_root->host, fn](Engine& engine, std::stop_token stop) -> Result<> {
            LATHE_TRY_ASSIGN(auto machine, bridge->connectedHost(engine, host, stop));
            return fn(*machine);
        })
        .then(this, [this, folder, done](Result<> result) {
            if (!result)
                Q_EMIT failed(result.error());
            else if (done)
                done();
            list(folder);
            refreshGit();
        });
}

void FileModel::createFile(const host::Location& folder, const std::string& name) {
    const host::Location file = folder.child(name);
    change(
        [file](host::Host& host) -> Result<> {
            if (host.stat(file.path))
                return fail(ErrorCode::Exists, "there is a file of that name already", file.display(),
                            "choose another name");
            LATHE_TRY(host.makeDirs(parentPath(file.path)));
            LATHE_TRY(host.write(file.path, {}));
            return {};
        },
        folder.path, [this, file] { Q_EMIT created(file); });
}

void FileModel::createFolder(const host::Location& folder, const std::string& name) {
    const std::string path = folder.child(name).path;
    change([path](host::Host& host) { return host.makeDirs(path); }, folder.path);
}

void FileModel::rename(const host::Location& from, const std::string& name) {
    const host::Location to = from.parent().child(name);
    if (to == from)
        return;
    change(
        [from, to](host::Host& host) -> Result<> {
            if (host.stat(to.path))
                return fail(ErrorCode::Exists, "there is a file of that name already", to.display(),
                            "choose another name");
            return host.rename(from.path, to.path);
        },
        from.parent().path, [this, from, to] { Q_EMIT renamed(from, to); });
}

void FileModel::remove(const host::Location& location) {
    change([path = location.path](host::Host& host) { return host.remove(path, true); }, location.parent().path);
}

// --- git -------------------------------------------------------------------------------------------------

void FileModel::refreshGit() {
    if (!m_root || m_gitBusy)
        return;
    m_gitBusy = true;
    auto* bridge = &m_bridge;
    using Letters = QHash<QString, QChar>;
    m_bridge
        .async([bridge, root = *m_root](Engine& engine, std::stop_token stop) -> Result<Letters> {
            LATHE_TRY_ASSIGN(auto machine, bridge->connectedHost(engine, root.host, stop));
            LATHE_TRY_ASSIGN(const auto found, statusLetters(machine, root.path));
            Letters letters;
            for (const auto& [path, letter] : found)
                letters.insert(key(path), QLatin1Char(letter));
            return letters;
        })
        .then(this, [this, generation = m_generation](Result<Letters> letters) {
            m_gitBusy = false;
            if (generation != m_generation) {
                refreshGit();
                return;
            }
            const Letters found = letters.value_or(Letters());
            if (found == m_git)
                return;
            m_git = found;
            m_gitFolders.clear();
            for (auto it = m_git.begin(); it != m_git.end(); ++it)
                for (QString path = it.key(); path.size() > 1;) {
                    path = path.left(path.lastIndexOf(QLatin1Char('/')));
                    m_gitFolders.insert(path);
                }
            if (rowCount() > 0)
                Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, 0));
        });
}

// --- the model -------------------------------------------------------------------------------------------

QModelIndex FileModel::index(int row, int column, const QModelIndex& parent) const {
    const Node* node = nodeOf(parent);
    if (!node || column != 0 || row < 0 || row >= static_cast<int>(node->children.size()))
        return {};
    return createIndex(row, 0, node->children[static_cast<std::size_t>(row)].get());
}

QModelIndex FileModel::parent(const QModelIndex& index) const {
    return index.isValid() ? indexOf(nodeOf(index)->parent) : QModelIndex();
}

int FileModel::rowCount(const QModelIndex& parent) const {
    const Node* node = nodeOf(parent);
    return node ? static_cast<int>(node->children.size()) : 0;
}

bool FileModel::hasChildren(const QModelIndex& parent) const {
    const Node* node = nodeOf(parent);
    return node && node->isFolder() && (!node->listed || !node->children.empty());
}

bool FileModel::canFetchMore(const QModelIndex& parent) const {
    const Node* node = nodeOf(parent);
    return node && node->isFolder() && !node->listed && !node->listing;
}

void FileModel::fetchMore(const QModelIndex& parent) { list(nodeOf(parent)->path); }

host::Location FileModel::location(const QModelIndex& index) const { return {m_root->host, nodeOf(index)->path}; }
bool FileModel::isFolder(const QModelIndex& index) const { return nodeOf(index)->isFolder(); }

QVariant FileModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    const Node* node = nodeOf(index);
    const auto letter = m_git.constFind(key(node->path));
    switch (role) {
    case Qt::DisplayRole: return app::toQString(escapedForDisplay(node->entry.name));
    case Qt::EditRole: return app::toQString(node->entry.name);
    case Qt::ToolTipRole:
        return node->error ? app::toQString(escapedForDisplay(node->error->text()))
                           : app::toQString(escapedForDisplay(node->path));
    case Qt::AccessibleTextRole: {
        const QString name = app::toQString(escapedForDisplay(node->entry.name));
        return letter != m_git.constEnd() ? tr("%1, git %2").arg(name, QString(*letter)) : name;
    }
    case Qt::DecorationRole:
        return node->isFolder() ? QStringLiteral("folder") : languageIcon(node->entry.name);
    case IsFolderRole: return node->isFolder();
    case LetterRole:
        if (letter != m_git.constEnd())
            return QString(*letter);
        return node->isFolder() && m_gitFolders.contains(key(node->path)) ? QStringLiteral("•") : QString();
    case TokenRole:
        if (node->error)
            return QStringLiteral("error");
        if (letter != m_git.constEnd())
            return *letter == QLatin1Char('A') || *letter == QLatin1Char('U') ? QStringLiteral("success")
                   : *letter == QLatin1Char('!') || *letter == QLatin1Char('D') ? QStringLiteral("error")
                                                                               : QStringLiteral("warn");
        if (node->isFolder() && m_gitFolders.contains(key(node->path)))
            return QStringLiteral("warn");
        return QStringLiteral("text.1");
    case ErrorRole: return node->error ? app::toQString(node->error->what) : QString();
    default: return {};
    }
}

bool FileModel::setData(const QModelIndex& index, const QVariant& value, int role) {
    const std::string name = app::toStd(value.toString());
    if (role != Qt::EditRole || name.empty() || name.find('/') != std::string::npos || name == "." || name == "..")
        return false;
    rename(location(index), name);
    return true;
}

Qt::ItemFlags FileModel::flags(const QModelIndex& index) const {
    if (!index.isValid())
        return Qt::NoItemFlags;
    return Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsEditable;
}

} // namespace lathe::editor

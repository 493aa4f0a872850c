// SPDX-License-Identifier: GPL-3.0-or-later
#include "files_pane.h"

#include "app/command_ids.h"
#include "app/sheet.h"
#include "app/theme.h"
#include "app/widgets.h"
#include "app/workbench.h"
#include "core/text.h"
#include "file_delegate.h"
#include "file_model.h"

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QJsonArray>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace lathe::editor {

namespace {
QString shown(const std::string& bytes) { return app::toQString(escapedForDisplay(bytes)); }

// The delegate draws the arrows, so that they take the theme's icons.
class FileTree : public QTreeView {
protected:
    void drawBranches(QPainter*, const QRect&, const QModelIndex&) const override {}
};

} // namespace

FilesPane::FilesPane(app::Workbench& workbench, QWidget* parent)
    : Pane(QStringLiteral("files"), parent), m_workbench(workbench), m_model(new FileModel(workbench.engine(), this)),
      m_view(new FileTree), m_stack(new QStackedWidget), m_root(new QWidget),
      m_name(app::makeLabel({}, "section")), m_tag(app::makeTag({}, QStringLiteral("success"))),
      m_empty(new app::EmptyState(tr("No folder is open."))), m_error(new app::ErrorState) {
    setTitle(tr("Files"));
    setIconName(QStringLiteral("files"));
    m_view->setModel(m_model);
    m_view->setItemDelegate(new FileDelegate(m_view));
    m_view->setHeaderHidden(true);
    m_view->setUniformRowHeights(true);
    m_view->setIndentation(16);
    m_view->setFrameShape(QFrame::NoFrame);
    m_view->setProperty("surface", "panel");
    m_view->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_view->setExpandsOnDoubleClick(false);
    m_view->setContextMenuPolicy(Qt::CustomContextMenu);
    m_view->setAccessibleName(tr("Files"));
    m_view->setRootIsDecorated(true);
    m_view->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_view->installEventFilter(this);

    auto* head = new QHBoxLayout(m_root);
    head->setContentsMargins(14, 0, 8, 0);
    head->setSpacing(8);
    head->addWidget(m_name, 1);
    head->addWidget(m_tag);
    m_root->setFixedHeight(28);
    auto* tree = new QWidget;
    auto* column = new QVBoxLayout(tree);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_root);
    column->addWidget(m_view, 1);
    m_empty->addButton(tr("Open folder…"), [this] { m_workbench.commands().execute(app::ids::kOpenFolder); });
    m_error->setRetry([this] { takeWorkspace(); });
    m_stack->addWidget(tree);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(m_error);
    auto* whole = new QVBoxLayout(this);
    whole->setContentsMargins(0, 0, 0, 0);
    whole->addWidget(m_stack);

    connect(m_view, &QTreeView::clicked, this, [this](const QModelIndex& index) {
        if (m_model->isFolder(index))
            m_view->setExpanded(index, !m_view->isExpanded(index));
        else
            open(index, true);
    });
    connect(m_view, &QTreeView::doubleClicked, this, [this](const QModelIndex& index) {
        if (!m_model->isFolder(index))
            open(index, false);
    });
    connect(m_view, &QWidget::customContextMenuRequested, this, &FilesPane::showMenu);
    connect(m_model, &FileModel::failed, this,
            [this](const Error& error) { m_workbench.notifications().error(error); });
    connect(m_model, &FileModel::created, this, [this](const host::Location& file) {
        reveal(file);
        m_workbench.openFile(file);
    });
    connect(m_model, &FileModel::listed, this, [this] {
        refreshPage();
        step();
    });
    connect(m_model, &FileModel::listingChanged, this, [this] {
        if (m_model->listing() == m_working)
            return;
        m_working = m_model->listing();
        m_working ? beginWork() : endWork();
    });
    connect(&m_workbench.workspace(), &app::Workspace::changed, this, &FilesPane::takeWorkspace);
    connect(&m_workbench.selection(), &app::Selection::fileChanged, this, [this] {
        const auto& file = m_workbench.selection().file();
        if (file && isVisible() && !m_view->hasFocus())
            reveal(*file);
    });
    takeWorkspace();
}

void FilesPane::takeWorkspace() {
    m_model->setRoot(m_workbench.workspace().folder());
    m_name->setText(m_workbench.workspace().name());
    m_tag->setText(m_workbench.workspace().hostId());
    m_tag->setVisible(m_workbench.workspace().isOpen() && !m_workbench.workspace().folder()->isLocal());
    refreshPage();
}

void FilesPane::refreshPage() {
    if (!m_workbench.workspace().isOpen()) {
        m_stack->setCurrentWidget(m_empty);
    } else if (const auto& error = m_model->rootError()) {
        m_error->setError(app::toQString(error->what), shown(error->on), app::toQString(error->hint));
        m_stack->setCurrentWidget(m_error);
    } else {
        m_stack->setCurrentIndex(0);
    }
}

void FilesPane::open(const QModelIndex& index, bool preview, bool otherGroup) {
    m_workbench.openFile(m_model->location(index), {.preview = preview, .otherGroup = otherGroup});
}

void FilesPane::reveal(const host::Location& location) {
    m_revealing = location;
    step();
}

// Goes on with what waits for listings: folders of the session to expand, a file to reveal.
void FilesPane::step() {
    for (const QString& path : QStringList(m_toExpand)) {
        if (!m_model->root())
            break;
        const QModelIndex index = m_model->indexOf(
            host::Location{m_model->root()->host, QByteArray::fromBase64(path.toLatin1()).toStdString()});
        if (index.isValid()) {
            m_toExpand.removeAll(path);
            m_view->expand(index);
        }
    }
    if (!m_revealing)
        return;
    const QModelIndex index = m_model->indexOf(*m_revealing);
    if (!index.isValid())
        return;
    m_revealing.reset();
    for (QModelIndex up = index.parent(); up.isValid(); up = up.parent())
        m_view->expand(up);
    m_view->setCurrentIndex(index);
    m_view->scrollTo(index);
}

host::Location FilesPane::targetFolder() const {
    const QModelIndex index = m_view->currentIndex();
    if (!index.isValid())
        return *m_model->root();
    return m_model->isFolder(index) ? m_model->location(index) : m_model->location(index).parent();
}

void FilesPane::askName(const QString& title, const QString& button, std::function<void(const std::string&)> then) {
    auto* sheet = new app::Sheet(this, title);
    sheet->setPreferredSize({440, 200});
    auto* edit = new QLineEdit;
    edit->setPlaceholderText(tr("Name"));
    edit->setAccessibleName(tr("Name"));
    auto* why = app::makeLabel({}, "error");
    sheet->body()->addWidget(edit);
    sheet->body()->addWidget(why);
    sheet->body()->addStretch();
    auto* cancel = new QPushButton(tr("Cancel"));
    auto* accept = new QPushButton(button);
    accept->setProperty("role", "primary");
    sheet->footer()->addStretch();
    sheet->footer()->addWidget(cancel);
    sheet->footer()->addWidget(accept);
    connect(cancel, &QPushButton::clicked, sheet, &app::Sheet::dismiss);
    const auto take = [sheet, edit, why, then] {
        const std::string name = app::toStd(edit->text());
        if (name.empty() || name == "." || name == ".." || name.starts_with('/')) {
            why->setText(tr("Not a name for a file"));
            return;
        }
        then(name);
        sheet->dismiss();
    };
    connect(accept, &QPushButton::clicked, sheet, take);
    connect(edit, &QLineEdit::returnPressed, sheet, take);
    sheet->open();
    edit->setFocus();
}

void FilesPane::newFile() {
    if (!m_model->root())
        return;
    const host::Location folder = targetFolder();
    askName(tr("New file in %1").arg(shown(folder.name())), tr("Create"),
            [this, folder](const std::string& name) { m_model->createFile(folder, name); });
}

void FilesPane::newFolder() {
    if (!m_model->root())
        return;
    const host::Location folder = targetFolder();
    askName(tr("New folder in %1").arg(shown(folder.name())), tr("Create"),
            [this, folder](const std::string& name) { m_model->createFolder(folder, name); });
}

void FilesPane::renameSelected() {
    if (m_view->currentIndex().isValid())
        m_view->edit(m_view->currentIndex());
}

void FilesPane::deleteSelected() {
    const QModelIndex index = m_view->currentIndex();
    if (!index.isValid())
        return;
    const host::Location location = m_model->location(index);
    const QString name = shown(location.name());
    app::Sheet::ask(this, tr("Delete %1?").arg(name),
                    m_model->isFolder(index)
                        ? tr("The folder and everything in it is deleted on %1. This cannot be undone.")
                              .arg(shown(location.host))
                        : tr("The file is deleted on %1. This cannot be undone.").arg(shown(location.host)),
                    {tr("Cancel"), tr("Delete")},
                    [this, location](int answer) {
                        if (answer == 1)
                            m_model->remove(location);
                    });
}

void FilesPane::copyPath(bool relative) {
    const QModelIndex index = m_view->currentIndex();
    if (!index.isValid())
        return;
    std::string path = m_model->location(index).path;
    if (relative && path.starts_with(m_model->root()->path + "/"))
        path = path.substr(m_model->root()->path.size() + 1);
    QApplication::clipboard()->setText(app::toQString(path));
}

void FilesPane::showMenu(const QPoint& at) {
    const QModelIndex index = m_view->indexAt(at);
    if (index.isValid())
        m_view->setCurrentIndex(index);
    else
        m_view->setCurrentIndex({});
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    if (index.isValid() && !m_model->isFolder(index)) {
        menu->addAction(tr("Open"), this, [this, index = QPersistentModelIndex(index)] { open(index, false); });
        menu->addAction(app::theme().icon("split-right"), tr("Open beside"), this,
                        [this, index = QPersistentModelIndex(index)] { open(index, false, true); });
        menu->addSeparator();
    }
    menu->addAction(app::theme().icon("plus"), tr("New file…"), this, &FilesPane::newFile);
    menu->addAction(app::theme().icon("folder"), tr("New folder…"), this, &FilesPane::newFolder);
    if (index.isValid()) {
        menu->addSeparator();
        menu->addAction(app::theme().icon("copy"), tr("Copy path"), this, [this] { copyPath(false); });
        menu->addAction(tr("Copy relative path"), this, [this] { copyPath(true); });
        menu->addAction(app::theme().icon("terminal"), tr("Open in terminal"), this, [this] {
            const host::Location folder = targetFolder();
            m_workbench.commands().execute(app::ids::kTerminalNew, {{"host", app::toQString(folder.host)},
                                                                    {"cwd", app::toQString(folder.path)}});
        });
        menu->addSeparator();
        menu->addAction(app::theme().icon("pencil"), tr("Rename"), this, &FilesPane::renameSelected);
        menu->addAction(app::theme().icon("trash"), tr("Delete…"), this, &FilesPane::deleteSelected);
    }
    menu->popup(m_view->viewport()->mapToGlobal(at));
}

bool FilesPane::eventFilter(QObject* object, QEvent* event) {
    if (object == m_view && event->type() == QEvent::KeyPress) {
        const auto* key = static_cast<QKeyEvent*>(event);
        const QModelIndex index = m_view->currentIndex();
        switch (key->key()) {
        case Qt::Key_Return:
        case Qt::Key_Enter:
            if (index.isValid() && !m_model->isFolder(index)) {
                open(index, false, key->modifiers().testFlag(Qt::ControlModifier));
                return true;
            }
            if (index.isValid())
                m_view->setExpanded(index, !m_view->isExpanded(index));
            return index.isValid();
        case Qt::Key_F2: renameSelected(); return true;
        case Qt::Key_Delete: deleteSelected(); return true;
        default: break;
        }
    }
    return Pane::eventFilter(object, event);
}

QWidget* FilesPane::createHeaderTools() {
    auto* tools = new QWidget;
    auto* row = new QHBoxLayout(tools);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    const auto add = [&](const char* icon, const QString& toolTip, auto run) {
        auto* button = new app::IconButton(QLatin1String(icon), toolTip, tools);
        connect(button, &QAbstractButton::clicked, this, run);
        row->addWidget(button);
    };
    add("plus", tr("New file…"), [this] { newFile(); });
    add("folder", tr("New folder…"), [this] { newFolder(); });
    add("refresh", tr("Refresh"), [this] { m_model->refresh(); });
    return tools;
}

QJsonObject FilesPane::saveState() const {
    QJsonArray expanded;
    const std::function<void(const QModelIndex&)> collect = [&](const QModelIndex& parent) {
        for (int row = 0; row < m_model->rowCount(parent); ++row) {
            const QModelIndex index = m_model->index(row, 0, parent);
            if (!m_view->isExpanded(index))
                continue;
            expanded.append(
                QString::fromLatin1(QByteArray::fromStdString(m_model->location(index).path).toBase64()));
            collect(index);
        }
    };
    collect({});
    return {{"expanded", expanded}};
}

void FilesPane::restoreState(const QJsonObject& state) {
    m_toExpand.clear();
    for (const QJsonValue& path : state.value("expanded").toArray())
        m_toExpand << path.toString();
    step();
}

void FilesPane::activate() {
    if (m_stack->currentIndex() == 0)
        m_view->setFocus();
}

} // namespace lathe::editor

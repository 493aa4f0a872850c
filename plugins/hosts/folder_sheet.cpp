// SPDX-License-Identifier: GPL-3.0-or-later
#include "folder_sheet.h"

#include "app/theme.h"
#include "app/widgets.h"
#include "app/workbench.h"
#include "core/paths.h"
#include "core/text.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

namespace lathe::hosts {

FolderSheet::FolderSheet(app::Workbench& workbench, const QString& host, QWidget* over)
    : Sheet(over, tr("Open a folder of %1").arg(host == QLatin1String("local") ? tr("this computer") : host)),
      m_workbench(workbench), m_host(host), m_path(new QLineEdit), m_list(new QListWidget),
      m_message(app::makeLabel({}, "hint")), m_open(new QPushButton(tr("Open"))) {
    setPreferredSize({640, 520});
    auto* whole = new QWidget;
    auto* column = new QVBoxLayout(whole);
    column->setContentsMargins(20, 16, 20, 12);
    column->setSpacing(8);
    auto* row = new QHBoxLayout;
    auto* up = new app::IconButton(QStringLiteral("up"), tr("Parent folder (Alt+Up)"));
    up->setShortcut(QKeySequence(QStringLiteral("Alt+Up")));
    m_path->setProperty("mono", true);
    m_path->setAccessibleName(tr("Folder"));
    row->addWidget(up);
    row->addWidget(m_path, 1);
    column->addLayout(row);
    m_list->setAccessibleName(tr("Folders"));
    m_list->setUniformItemSizes(true);
    column->addWidget(m_list, 1);
    m_message->setWordWrap(true);
    column->addWidget(m_message);
    setBodyWidget(whole);
    auto* cancel = new QPushButton(tr("Cancel"));
    m_open->setProperty("role", "primary");
    footer()->addStretch();
    footer()->addWidget(cancel);
    footer()->addWidget(m_open);
    connect(cancel, &QPushButton::clicked, this, &Sheet::dismiss);
    connect(m_open, &QPushButton::clicked, this, &FolderSheet::openIt);
    connect(up, &QAbstractButton::clicked, this, [this] { go(parentPath(m_folder)); });
    connect(m_path, &QLineEdit::returnPressed, this, [this] { go(cleanPath(app::toStd(m_path->text()))); });
    connect(m_list, &QListWidget::itemActivated, this, [this](QListWidgetItem* item) {
        go(item->data(Qt::UserRole).toByteArray().toStdString());
    });
    go({});
}

// An empty folder means the home folder.
void FolderSheet::go(const std::string& folder) {
    m_listing = true;
    m_open->setEnabled(false);
    m_message->setText(tr("Reading…"));
    struct Listing {
        std::string folder;
        std::vector<host::DirEntry> entries;
    };
    auto* bridge = &m_workbench.engine();
    bridge
        ->async([bridge, folder, name = app::toStd(m_host)](Engine& engine,
                                                           std::stop_token stop) -> Result<Listing> {
            LATHE_TRY_ASSIGN(auto machine, bridge->connectedHost(engine, name, stop));
            Listing listing{folder, {}};
            if (folder.empty()) {
                LATHE_TRY_ASSIGN(listing.folder, machine->home());
            }
            LATHE_TRY_ASSIGN(listing.entries, machine->list(listing.folder, stop));
            std::erase_if(listing.entries, [](const host::DirEntry& entry) {
                return entry.info.kind != host::FileKind::Folder && !entry.info.linkToFolder;
            });
            return listing;
        })
        .then(this, [this, request = ++m_request](Result<Listing> listing) {
            if (request != m_request)
                return;
            if (listing) {
                m_folder = listing->folder;
                take(std::move(listing->entries));
            } else {
                take(std::unexpected(listing.error()));
            }
        });
}

void FolderSheet::take(Result<std::vector<host::DirEntry>> entries) {
    m_listing = false;
    if (!entries) { // the last good listing stays
        m_message->setText(app::toQString(escapedForDisplay(entries.error().text())));
        m_message->setProperty("role", "error");
        m_message->setStyle(m_message->style());
        m_open->setEnabled(!m_folder.empty());
        return;
    }
    m_path->setText(app::toQString(m_folder));
    m_list->clear();
    std::ranges::stable_partition(*entries, [](const host::DirEntry& entry) { return !entry.name.starts_with('.'); });
    for (const host::DirEntry& entry : *entries) {
        auto* item = new QListWidgetItem(app::theme().icon("folder"), app::toQString(escapedForDisplay(entry.name)));
        const std::string path = joinPath(m_folder, entry.name);
        item->setData(Qt::UserRole, QByteArray(path.data(), static_cast<qsizetype>(path.size())));
        m_list->addItem(item);
    }
    m_message->setProperty("role", "hint");
    m_message->setStyle(m_message->style());
    m_message->setText(entries->empty() ? tr("No folders in here. Open takes this folder.")
                                        : tr("Enter goes in, Open takes the folder named above."));
    m_open->setEnabled(true);
    if (m_list->count() > 0 && !m_path->hasFocus()) {
        m_list->setCurrentRow(0);
        m_list->setFocus();
    }
}

void FolderSheet::openIt() {
    const host::Location folder{app::toStd(m_host), m_folder};
    dismiss();
    m_workbench.openFolder(folder);
}

} // namespace lathe::hosts

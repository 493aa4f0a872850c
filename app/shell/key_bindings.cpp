// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/shell/key_bindings.h"

#include "app/shell/shell_workbench.h"
#include "app/widgets.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeySequenceEdit>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTreeWidget>

namespace lathe::app {

KeyBindings::KeyBindings(ShellWorkbench& workbench)
    : m_workbench(workbench), m_filter(new QLineEdit), m_list(new QTreeWidget), m_keys(new QKeySequenceEdit),
      m_set(new QPushButton(tr("Set"))), m_reset(new QPushButton(tr("Reset"))),
      m_none(new QPushButton(tr("No key"))), m_note(makeLabel({}, "warn")) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    m_filter->setPlaceholderText(tr("Filter commands or keys"));
    m_filter->setAccessibleName(tr("Filter commands or keys"));
    column->addWidget(m_filter);
    m_list->setRootIsDecorated(false);
    m_list->setProperty("roomy", true);
    m_list->setUniformRowHeights(true);
    m_list->setHeaderLabels({tr("Command"), tr("Key"), tr("From"), tr("Id")});
    m_list->setAccessibleName(tr("Commands and keys"));
    m_list->header()->resizeSection(0, 320);
    m_list->header()->resizeSection(1, 150);
    m_list->header()->resizeSection(2, 90);
    m_list->setMinimumHeight(280);
    column->addWidget(m_list, 1);
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    m_keys->setAccessibleName(tr("New key"));
    m_keys->setFixedWidth(220);
    row->addWidget(m_keys);
    m_set->setProperty("role", "primary");
    row->addWidget(m_set);
    row->addWidget(m_none);
    row->addWidget(m_reset);
    row->addWidget(m_note, 1);
    column->addLayout(row);
    connect(m_filter, &QLineEdit::textChanged, this, &KeyBindings::fill);
    connect(m_list, &QTreeWidget::currentItemChanged, this, &KeyBindings::choose);
    connect(m_keys, &QKeySequenceEdit::keySequenceChanged, this, [this](const QKeySequence& keys) {
        QString holder;
        for (const QString& id : m_workbench.commands().ids())
            if (!keys.isEmpty() && id != chosen() && m_workbench.commands().shortcut(id) == keys)
                holder = m_workbench.commands().find(id)->title;
        m_note->setText(holder.isEmpty() ? QString() : tr("Also the key of “%1”").arg(holder));
    });
    connect(m_set, &QPushButton::clicked, this, [this] {
        m_workbench.settings().setKeyBinding(chosen(),
                                             m_keys->keySequence().toString(QKeySequence::PortableText));
    });
    connect(m_none, &QPushButton::clicked, this,
            [this] { m_workbench.settings().setKeyBinding(chosen(), {}); });
    connect(m_reset, &QPushButton::clicked, this,
            [this] { m_workbench.settings().removeKeyBinding(chosen()); });
    connect(&m_workbench.commands(), &Commands::changed, this, &KeyBindings::fill);
    fill();
}

QString KeyBindings::chosen() const {
    return m_list->currentItem() ? m_list->currentItem()->text(3) : QString();
}

void KeyBindings::fill() {
    const QString before = chosen(), wanted = m_filter->text().trimmed();
    const QSignalBlocker block(m_list);
    m_list->clear();
    const auto bindings = m_workbench.settings().keyBindings();
    for (const QString& id : m_workbench.commands().ids()) {
        const CommandSpec* spec = m_workbench.commands().find(id);
        const QString keys = m_workbench.commands().shortcut(id).toString(QKeySequence::NativeText);
        const QString title = spec->category.isEmpty()
                                  ? spec->title
                                  : QStringLiteral("%1: %2").arg(spec->category, spec->title);
        if (!wanted.isEmpty() && !title.contains(wanted, Qt::CaseInsensitive) &&
            !keys.contains(wanted, Qt::CaseInsensitive))
            continue;
        auto* item =
            new QTreeWidgetItem({title, keys, bindings.contains(id) ? tr("you") : tr("default"), id});
        m_list->addTopLevelItem(item);
        if (id == before)
            m_list->setCurrentItem(item);
    }
    m_list->sortItems(0, Qt::AscendingOrder);
    choose();
}

void KeyBindings::choose() {
    const QString id = chosen();
    for (QWidget* widget :
         {static_cast<QWidget*>(m_keys), static_cast<QWidget*>(m_set), static_cast<QWidget*>(m_none)})
        widget->setEnabled(!id.isEmpty());
    m_reset->setEnabled(m_workbench.settings().keyBindings().contains(id));
    m_keys->setKeySequence(m_workbench.commands().shortcut(id));
}

}  // namespace lathe::app

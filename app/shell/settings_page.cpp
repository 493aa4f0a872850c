// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/shell/settings_page.h"

#include "app/command_ids.h"
#include "app/shell/fuzzy.h"
#include "app/shell/key_bindings.h"
#include "app/shell/shell_workbench.h"
#include "app/theme.h"
#include "app/widgets.h"

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPainter>
#include <QPushButton>
#include <QScrollArea>
#include <QSignalBlocker>

namespace lathe::app {

namespace {

const char* const kPages[] = {QT_TRANSLATE_NOOP("lathe::app::SettingsPage", "Appearance"),
                              QT_TRANSLATE_NOOP("lathe::app::SettingsPage", "Editor"),
                              QT_TRANSLATE_NOOP("lathe::app::SettingsPage", "Terminal"),
                              QT_TRANSLATE_NOOP("lathe::app::SettingsPage", "Runs"),
                              QT_TRANSLATE_NOOP("lathe::app::SettingsPage", "Charts"),
                              QT_TRANSLATE_NOOP("lathe::app::SettingsPage", "Hosts"),
                              QT_TRANSLATE_NOOP("lathe::app::SettingsPage", "Git"),
                              QT_TRANSLATE_NOOP("lathe::app::SettingsPage", "Keys"),
                              QT_TRANSLATE_NOOP("lathe::app::SettingsPage", "Privacy"),
                              QT_TRANSLATE_NOOP("lathe::app::SettingsPage", "Plugins")};

// A row with the accent bar of a changed value at its left.
class SettingRow final : public QWidget {
public:
    void setChanged(bool changed) {
        if (m_changed == changed)
            return;
        m_changed = changed;
        update();
    }

protected:
    void paintEvent(QPaintEvent*) override {
        if (m_changed)
            QPainter(this).fillRect(0, 4, 2, height() - 8, theme().color(QStringLiteral("accent")));
    }

private:
    bool m_changed = false;
};

void clearLayout(QLayout* layout) {
    while (QLayoutItem* item = layout->takeAt(0)) {
        if (QWidget* widget = item->widget()) {
            widget->hide();
            widget->deleteLater();
        }
        delete item;
    }
}

}  // namespace

SettingsPage::SettingsPage(ShellWorkbench& workbench)
    : Pane(QStringLiteral("workbench.settings")), m_workbench(workbench), m_search(new QLineEdit),
      m_scope(new Segmented(tr("Scope"))), m_pages(new QListWidget), m_rows(nullptr),
      m_file(makeLabel({}, "hint")) {
    setTitle(tr("Settings"));
    setIconName(QStringLiteral("settings"));
    setProperty("surface", "content");
    setAttribute(Qt::WA_StyledBackground);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto* top = new QHBoxLayout;
    top->setContentsMargins(12, 8, 12, 8);
    top->setSpacing(8);
    m_search->setPlaceholderText(tr("Search settings"));
    m_search->setAccessibleName(tr("Search settings"));
    m_search->setMaximumWidth(420);
    m_search
        ->addAction(theme().icon(QStringLiteral("search"), QStringLiteral("text.3")),
                    QLineEdit::LeadingPosition)
        ->setText(tr("Search settings"));
    top->addWidget(m_search, 1);
    m_scope->addSegment(tr("User"));
    m_scope->addSegment(tr("Workspace"));
    top->addWidget(m_scope);
    top->addStretch();
    auto* file = new QPushButton(tr("Open as file"));
    file->setProperty("role", "quiet");
    connect(file, &QPushButton::clicked, this,
            [this] { m_workbench.commands().execute(QStringLiteral("workbench.settingsFile")); });
    top->addWidget(file);
    column->addLayout(top);
    column->addWidget(makeRule(Qt::Horizontal));

    auto* across = new QHBoxLayout;
    across->setSpacing(0);
    m_pages->setFixedWidth(180);
    m_pages->setProperty("surface", "panel");
    m_pages->setProperty("roomy", true);
    m_pages->setAccessibleName(tr("Pages of settings"));
    across->addWidget(m_pages);
    across->addWidget(makeRule(Qt::Vertical));
    auto* scroll = new QScrollArea;
    scroll->setWidgetResizable(true);
    scroll->setFocusPolicy(Qt::NoFocus);
    auto* body = new QWidget;
    body->setProperty("surface", "content");
    body->setAttribute(Qt::WA_StyledBackground);
    m_rows = new QVBoxLayout(body);
    m_rows->setContentsMargins(20, 16, 20, 20);
    m_rows->setSpacing(4);
    scroll->setWidget(body);
    across->addWidget(scroll, 1);
    column->addLayout(across, 1);

    for (const char* page : kPages) {
        auto* item = new QListWidgetItem(tr(page));
        item->setData(Qt::UserRole, QString::fromLatin1(page));
        m_pages->addItem(item);
    }
    m_pages->setCurrentRow(0);
    connect(m_pages, &QListWidget::currentRowChanged, this, &SettingsPage::fill);
    connect(m_search, &QLineEdit::textChanged, this, &SettingsPage::fill);
    connect(m_scope, &Segmented::currentChanged, this, &SettingsPage::fill);
    fill();
}

void SettingsPage::setSearch(const QString& text) {
    m_search->setText(text);
}

void SettingsPage::showPage(const QString& id) {
    for (int i = 0; i < m_pages->count(); ++i)
        if (m_pages->item(i)->data(Qt::UserRole).toString() == id)
            m_pages->setCurrentRow(i);
}

void SettingsPage::activate() {
    m_search->setFocus(Qt::OtherFocusReason);
}

QJsonObject SettingsPage::saveState() const {
    return {{QStringLiteral("page"),
             m_pages->currentItem() ? m_pages->currentItem()->data(Qt::UserRole).toString() : QString()}};
}

void SettingsPage::restoreState(const QJsonObject& state) {
    showPage(state.value(QStringLiteral("page")).toString());
}

SettingScope SettingsPage::scope() const {
    return m_scope->current() == 1 ? SettingScope::Workspace : SettingScope::User;
}

void SettingsPage::fill() {
    clearLayout(m_rows);
    const QString query = m_search->text().trimmed();
    const QString page =
        m_pages->currentItem() ? m_pages->currentItem()->data(Qt::UserRole).toString() : QString();
    auto* title = makeLabel(query.isEmpty() ? m_pages->currentItem()->text() : tr("Found"), "page");
    m_rows->addWidget(title);
    m_rows->addSpacing(8);
    if (scope() == SettingScope::Workspace && !m_workbench.workspace().isOpen()) {
        m_rows->addWidget(
            makeLabel(tr("No workspace is open: open a folder to set what holds only there."), "dim"));
        m_rows->addStretch();
        return;
    }
    int shown = 0;
    for (const SettingSpec* spec : m_workbench.settings().all()) {
        const bool wanted = query.isEmpty()
                                ? spec->page == page
                                : (spec->label + QLatin1Char(' ') + spec->help + QLatin1Char(' ') + spec->key)
                                      .contains(query, Qt::CaseInsensitive);
        if (!wanted)
            continue;
        m_rows->addWidget(makeRow(*spec));
        ++shown;
    }
    if (query.isEmpty() && page == QLatin1String("Keys")) {
        m_rows->addWidget(new KeyBindings(m_workbench), 1);
        return;
    }
    if (query.isEmpty() && page == QLatin1String("Plugins"))
        m_rows->addWidget(makePlugins());
    else if (shown == 0)
        m_rows->addWidget(makeLabel(query.isEmpty() ? tr("Nothing to set here yet.")
                                                    : tr("No setting matches “%1”.").arg(query),
                                    "dim"));
    if (query.isEmpty() && page == QLatin1String("Privacy"))
        m_rows->addWidget(
            makeLabel(tr("Lathe sends nothing anywhere: no account, no telemetry, no update check."), "dim"));
    m_rows->addStretch();
}

QWidget* SettingsPage::makeRow(const SettingSpec& spec) {
    Settings& settings = m_workbench.settings();
    auto* row = new SettingRow;
    auto* line = new QHBoxLayout(row);
    line->setContentsMargins(12, 6, 0, 6);
    line->setSpacing(12);
    auto* text = new QVBoxLayout;
    text->setSpacing(2);
    auto* label = makeLabel(spec.label, "strong");
    text->addWidget(label);
    auto* help = makeLabel(spec.help, "hint");
    help->setWordWrap(true);
    help->setVisible(!spec.help.isEmpty());
    text->addWidget(help);
    auto* error = makeLabel({}, "error");
    error->setWordWrap(true);
    error->hide();
    text->addWidget(error);
    auto* words = new QWidget;
    words->setLayout(text);
    text->setContentsMargins(0, 0, 0, 0);
    words->setFixedWidth(360);
    line->addWidget(words);

    const QString key = spec.key;
    const SettingScope where = scope();
    auto* reset = new QPushButton(tr("Reset"));
    reset->setProperty("role", "quiet");
    reset->setAccessibleName(tr("Reset %1").arg(spec.label));
    // Refused values stay in the field with their reason; the old one stays in force.
    const auto apply = [this, key, where, error](const QVariant& value, QWidget* field) {
        const Result<> set = m_workbench.settings().set(key, value, where);
        error->setText(set ? QString() : tr("Not taken: %1").arg(toQString(set.error().what)));
        error->setVisible(!set);
        field->setProperty("invalid", !set);
        field->style()->unpolish(field);
        field->style()->polish(field);
    };
    std::function<void()> show;
    if (spec.type == SettingType::Bool) {
        auto* box = new QCheckBox;
        box->setAccessibleName(spec.label);
        line->addWidget(box);
        connect(box, &QCheckBox::toggled, this, [apply, box](bool on) { apply(on, box); });
        show = [&settings, key, box] {
            const QSignalBlocker block(box);
            box->setChecked(settings.boolean(key));
        };
    } else if (spec.type == SettingType::Choice) {
        auto* combo = new QComboBox;
        combo->setAccessibleName(spec.label);
        combo->setMinimumWidth(180);
        for (const SettingChoice& choice : spec.choices)
            combo->addItem(choice.label, choice.value);
        line->addWidget(combo);
        connect(combo, &QComboBox::activated, this, [apply, combo] { apply(combo->currentData(), combo); });
        show = [&settings, key, combo] {
            const QSignalBlocker block(combo);
            combo->setCurrentIndex(combo->findData(settings.text(key)));
        };
    } else {
        auto* edit = new QLineEdit;
        edit->setAccessibleName(spec.label);
        const bool number = spec.type != SettingType::Text;
        edit->setFixedWidth(number ? 90 : 240);
        line->addWidget(edit);
        if (!spec.unit.isEmpty())
            line->addWidget(makeLabel(spec.unit, "hint"));
        connect(edit, &QLineEdit::editingFinished, this, [apply, edit, number] {
            if (!edit->isModified())
                return;
            const QString typed = edit->text().trimmed();
            bool isNumber = false;
            const double value = typed.toDouble(&isNumber);
            apply(number && isNumber ? QVariant(value) : QVariant(typed), edit);
        });
        show = [&settings, key, edit] {
            if (!edit->hasFocus() || !edit->isModified())
                edit->setText(settings.value(key).toString());
        };
    }
    line->addStretch();
    line->addWidget(reset);
    const auto refresh = [&settings, key, where, row, reset, show] {
        show();
        const bool changed = settings.isSet(key, where);
        row->setChanged(changed);
        reset->setVisible(changed);
    };
    connect(reset, &QPushButton::clicked, this, [&settings, key, where, error] {
        error->hide();
        settings.reset(key, where);
    });
    connect(&settings, &Settings::changed, row, [key, refresh](const QString& changed) {
        if (changed == key)
            refresh();
    });
    refresh();
    return row;
}

QWidget* SettingsPage::makePlugins() {
    auto* list = new QWidget;
    auto* column = new QVBoxLayout(list);
    column->setContentsMargins(12, 12, 0, 0);
    column->setSpacing(8);
    for (const PluginHost::Known& known : m_workbench.plugins().known()) {
        auto* row = new QHBoxLayout;
        row->setSpacing(8);
        row->addWidget(makeLabel(known.title, "strong"));
        row->addWidget(known.disabled            ? makeTag(tr("not loaded, on request"))
                       : known.problem.isEmpty() ? makeTag(tr("loaded"), QStringLiteral("success"))
                                                 : makeTag(tr("failed"), QStringLiteral("error")));
        row->addWidget(makeLabel(known.problem.isEmpty() ? known.file : known.problem,
                                 known.problem.isEmpty() ? "hint" : "error"));
        row->addStretch();
        column->addLayout(row);
    }
    if (m_workbench.plugins().known().isEmpty())
        column->addWidget(makeLabel(tr("No plugin was found."), "dim"));
    return list;
}

}  // namespace lathe::app

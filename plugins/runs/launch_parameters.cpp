// SPDX-License-Identifier: GPL-3.0-or-later
#include "launch_parameters.h"

#include "launch_command.h"

#include "app/theme.h"
#include "app/widgets.h"
#include "app/workspace.h"

#include <QCheckBox>
#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QScrollArea>
#include <QVBoxLayout>

#include <algorithm>

namespace lathe::runs {
namespace {

QString textOf(const Json& value) {
    return app::toQString(value.is_string() ? value.get<std::string>() : dumpJson(value));
}

}  // namespace

LaunchParameters::LaunchParameters(QWidget* parent)
    : QWidget(parent), m_count(app::makeLabel({}, "hint")), m_changedOnly(new QCheckBox(tr("Changed only"))),
      m_filter(new QLineEdit), m_list(new QVBoxLayout) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    auto* head = new QHBoxLayout;
    head->addWidget(app::makeLabel(tr("Parameters"), "section"));
    head->addWidget(m_count);
    head->addStretch();
    head->addWidget(m_changedOnly);
    layout->addLayout(head);
    m_filter->setPlaceholderText(tr("Filter parameters"));
    m_filter->setAccessibleName(tr("Filter parameters"));
    m_filter->addAction(app::theme().icon(QStringLiteral("search")), QLineEdit::LeadingPosition);
    layout->addWidget(m_filter);
    auto* scroll = new QScrollArea;
    auto* frame = new QFrame;
    frame->setProperty("role", "card");
    auto* frameLayout = new QVBoxLayout(frame);
    frameLayout->setContentsMargins(1, 1, 1, 1);
    auto* body = new QWidget;
    body->setProperty("role", "scroll-body");
    m_list->setContentsMargins(0, 0, 0, 0);
    m_list->setSpacing(0);
    auto* bodyLayout = new QVBoxLayout(body);
    bodyLayout->setContentsMargins(0, 0, 0, 0);
    bodyLayout->addLayout(m_list);
    bodyLayout->addStretch();
    scroll->setWidget(body);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->viewport()->setAutoFillBackground(false);
    scroll->setMinimumHeight(150);
    frameLayout->addWidget(scroll);
    layout->addWidget(frame, 1);
    connect(m_filter, &QLineEdit::textChanged, this, &LaunchParameters::applyFilter);
    connect(m_changedOnly, &QCheckBox::toggled, this, &LaunchParameters::applyFilter);
}

LaunchParameters::Row* LaunchParameters::find(const QString& name) {
    const auto it = std::ranges::find(m_rows, name, &Row::name);
    return it == m_rows.end() ? nullptr : &*it;
}

void LaunchParameters::addRow(const QString& name, const QString& fileValue) {
    Row row{
        name, fileValue, new QWidget, new QCheckBox, new QLineEdit(fileValue), app::makeLabel({}, "hint")};
    auto* layout = new QHBoxLayout(row.widget);
    layout->setContentsMargins(10, 2, 10, 2);
    layout->setSpacing(10);
    auto* label = app::makeLabel(name, "mono");
    label->setMinimumWidth(60);
    label->setMaximumWidth(168);
    label->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    label->setToolTip(name);
    row.value->setProperty("mono", true);
    row.value->setAccessibleName(name);
    row.value->setMinimumWidth(90);
    row.tick->setAccessibleName(tr("Override %1").arg(name));
    row.tick->setToolTip(tr("Override what the file says"));
    row.hint->setTextFormat(Qt::PlainText);
    row.hint->setMinimumWidth(0);
    row.hint->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    layout->addWidget(row.tick);
    layout->addWidget(label, 4);
    layout->addWidget(row.value, 5);
    layout->addWidget(row.hint, 3);
    m_list->addWidget(row.widget);
    m_rows.append(row);
    connect(row.value, &QLineEdit::textEdited, this, [this, name] {
        if (auto* r = find(name)) {
            r->tick->setChecked(r->value->text() != r->fileValue);
            refreshRow(*r);
            Q_EMIT changed();
        }
    });
    connect(row.tick, &QCheckBox::clicked, this, [this, name](bool on) {
        if (auto* r = find(name)) {
            if (!on)
                r->value->setText(r->fileValue);
            else
                r->value->setFocus();
            refreshRow(*r);
            Q_EMIT changed();
        }
    });
    refreshRow(m_rows.last());
}

void LaunchParameters::refreshRow(Row& row) {
    const bool on = row.tick->isChecked();
    row.hint->setProperty("role", "hint");
    row.hint->setStyleSheet({});
    const auto several = on ? severalValues(row.value->text()).size() : 1;
    row.hint->setText(several > 1               ? tr("%n values", nullptr, static_cast<int>(several))
                      : !on                     ? tr("as in file")
                      : row.fileValue.isEmpty() ? tr("given")
                                                : tr("was %1").arg(row.fileValue));
    row.hint->setToolTip(row.hint->text());
    row.value->setProperty("invalid", false);
}

void LaunchParameters::setFileValues(const Json& file, const QString& found) {
    for (const auto& [key, value] : file.items()) {
        const auto name = app::toQString(key);
        const auto text = textOf(value);
        if (auto* row = find(name)) {
            row->fileValue = text;
            if (!row->tick->isChecked())
                row->value->setText(text);
            refreshRow(*row);
        } else {
            addRow(name, text);
        }
    }
    for (qsizetype i = m_rows.size() - 1; i >= 0; --i)
        if (!file.contains(app::toStd(m_rows[i].name)) && !m_rows[i].tick->isChecked()) {
            m_rows[i].widget->deleteLater();
            m_rows.removeAt(i);
        }
    setOverrides(std::exchange(m_wanted, {}));
    m_count->setText(found.isEmpty() ? tr("%n in the recipe", nullptr, static_cast<int>(m_rows.size()))
                                     : found);
    applyFilter();
}

void LaunchParameters::setOverrides(const QMap<QString, QString>& overrides) {
    for (auto it = overrides.begin(); it != overrides.end(); ++it) {
        auto* row = find(it.key());
        if (!row) {
            m_wanted.insert(it.key(), it.value());
            continue;
        }
        row->value->setText(it.value());
        row->tick->setChecked(true);
        refreshRow(*row);
    }
}

bool LaunchParameters::knows(const QString& name) const {
    return std::ranges::find(m_rows, name, &Row::name) != m_rows.end();
}

void LaunchParameters::setExactly(const QMap<QString, QString>& overrides) {
    m_wanted.clear();
    for (qsizetype i = m_rows.size() - 1; i >= 0; --i) {
        auto& row = m_rows[i];
        if (overrides.contains(row.name) || !row.tick->isChecked())
            continue;
        row.tick->setChecked(false);
        row.value->setText(row.fileValue);
        refreshRow(row);
        if (row.fileValue.isEmpty() && !row.value->hasFocus()) {
            row.widget->deleteLater();
            m_rows.removeAt(i);
        }
    }
    for (auto it = overrides.begin(); it != overrides.end(); ++it) {
        if (!find(it.key()))
            addRow(it.key(), {});
        auto* row = find(it.key());
        if (row->value->text().trimmed() != it.value())
            row->value->setText(it.value());
        row->tick->setChecked(true);
        refreshRow(*row);
    }
    applyFilter();
}

QMap<QString, QString> LaunchParameters::overrides() const {
    auto out = m_wanted;
    for (const auto& row : m_rows)
        if (row.tick->isChecked())
            out.insert(row.name, row.value->text().trimmed());
    return out;
}

bool LaunchParameters::showError(const QString& name, const QString& text) {
    for (auto& row : m_rows)
        if (row.tick->isChecked() &&
            (row.name == name || text.contains(row.name) || name.contains(row.name))) {
            row.hint->setProperty("role", "error");
            row.hint->setStyleSheet(
                QStringLiteral("color:%1").arg(app::theme().color(QStringLiteral("error")).name()));
            row.hint->setText(text);
            row.hint->setToolTip(text);
            row.value->setProperty("invalid", true);
            return true;
        }
    return false;
}

void LaunchParameters::clearErrors() {
    for (auto& row : m_rows)
        refreshRow(row);
}

void LaunchParameters::applyFilter() {
    const auto wanted = m_filter->text().trimmed();
    for (auto& row : m_rows)
        row.widget->setVisible((wanted.isEmpty() || row.name.contains(wanted, Qt::CaseInsensitive)) &&
                               (!m_changedOnly->isChecked() || row.tick->isChecked()));
}

}  // namespace lathe::runs

// SPDX-License-Identifier: GPL-3.0-or-later
#include "parameters_page.h"

#include "app/theme.h"
#include "app/widgets.h"
#include "app/workspace.h"
#include "core/json.h"
#include "core/text.h"

#include <QApplication>
#include <QCheckBox>
#include <QHeaderView>
#include <QLabel>
#include <QPainter>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>
#include <set>

namespace lathe::runs {

using app::toQString;

namespace {

QString valueOf(const Json& value) {
    if (value.is_string())
        return toQString(value.get<std::string>());
    if (value.is_number_integer())
        return toQString(groupedText(value.get<std::int64_t>()));
    if (value.is_number_float())
        return toQString(numberText(value.get<double>()));
    return toQString(dumpJson(value));
}

}  // namespace

ParametersModel::ParametersModel(app::RunPalette& palette, QObject* parent)
    : QAbstractTableModel(parent), m_palette(palette) {}

void ParametersModel::setRuns(const std::vector<RunPtr>& runs, const QString& baseline) {
    beginResetModel();
    m_runs = runs;
    m_all.clear();
    m_baseline = runs.size() > 1 ? static_cast<int>(runs.size()) - 1 : -1;
    for (std::size_t i = 0; i < runs.size(); ++i)
        if (runs.size() > 1 && toQString(runs[i]->spec.id) == baseline)
            m_baseline = static_cast<int>(i);
    std::vector<std::string> names;  // in the order of the first run that has them
    std::set<std::string> seen;
    for (const auto& run : runs)
        for (const auto& [name, value] : run->params.items())
            if (seen.insert(name).second)
                names.push_back(name);
    m_differences = 0;
    for (const auto& name : names) {
        Row row{toQString(name), {}, false};
        std::set<std::string> texts;
        for (const auto& run : runs) {
            const auto it = run->params.find(name);
            row.values << (it == run->params.end() ? QString() : valueOf(*it));
            texts.insert(it == run->params.end() ? std::string("\x01") : dumpJson(*it));
        }
        row.differs = texts.size() > 1;
        m_differences += row.differs;
        m_all.push_back(std::move(row));
    }
    choose();
    endResetModel();
}

void ParametersModel::setOnlyDifferences(bool on) {
    beginResetModel();
    m_only = on;
    choose();
    endResetModel();
}

void ParametersModel::choose() {
    m_shown.clear();
    const bool only = m_only && m_runs.size() > 1;  // one run differs from nothing
    for (std::size_t i = 0; i < m_all.size(); ++i)
        if (!only || m_all[i].differs)
            m_shown.push_back(static_cast<int>(i));
}

bool ParametersModel::equalsBaseline(int row, int column) const {
    if (m_baseline < 0 || column < 1 || column - 1 == m_baseline)
        return false;
    const auto& values = rowAt(row).values;
    return values[column - 1] == values[m_baseline] &&
           values[column - 1].isNull() == values[m_baseline].isNull();
}

int ParametersModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_shown.size());
}

int ParametersModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_runs.size()) + 1;
}

QVariant ParametersModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    auto& theme = app::theme();
    const auto& row = rowAt(index.row());
    const bool isName = index.column() == 0;
    switch (role) {
    case Qt::DisplayRole:
        if (isName)
            return row.name;
        return row.values[index.column() - 1].isNull() ? QStringLiteral("–") : row.values[index.column() - 1];
    case Qt::ToolTipRole: return isName ? row.name : row.values[index.column() - 1];
    case Qt::FontRole: return theme.monoFont(12);
    case Qt::ForegroundRole:
        if (isName)
            return theme.color(QStringLiteral("text.2"));
        return theme.color(equalsBaseline(index.row(), index.column()) ? QStringLiteral("text.3")
                                                                       : QStringLiteral("text.1"));
    case Qt::AccessibleTextRole:
        if (isName)
            return row.name;
        return tr("%1 of %2: %3%4")
            .arg(row.name, toQString(m_runs[static_cast<std::size_t>(index.column() - 1)]->spec.name),
                 data(index, Qt::DisplayRole).toString(),
                 equalsBaseline(index.row(), index.column()) ? tr(", as the baseline") : QString());
    default: return {};
    }
}

QVariant ParametersModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section > std::ssize(m_runs))
        return {};
    if (section == 0)
        return role == Qt::AccessibleTextRole ? QVariant(tr("Parameter")) : QVariant();
    const auto& run = *m_runs[static_cast<std::size_t>(section - 1)];
    switch (role) {
    case Qt::DisplayRole:
        return section - 1 == m_baseline ? tr("%1 (base)").arg(toQString(run.spec.name))
                                         : toQString(run.spec.name);
    case Qt::TextAlignmentRole: return QVariant::fromValue(Qt::AlignLeft | Qt::AlignVCenter);
    case Qt::DecorationRole: {
        const qreal ratio = qApp->devicePixelRatio();
        QPixmap dot(QSize(10, 10) * ratio);
        dot.setDevicePixelRatio(ratio);
        dot.fill(Qt::transparent);
        QPainter painter(&dot);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(m_palette.color(toQString(run.spec.id)));
        painter.drawEllipse(QRectF(1, 1, 8, 8));
        return dot;
    }
    default: return {};
    }
}

ParametersPage::ParametersPage(app::RunPalette& palette, QWidget* parent)
    : QWidget(parent), m_model(new ParametersModel(palette, this)), m_view(new QTableView),
      m_only(new QCheckBox(tr("Only differences"))), m_empty(app::makeLabel({}, "dim")) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    m_view->setModel(m_model);
    m_view->setFrameShape(QFrame::NoFrame);
    m_view->setShowGrid(false);
    m_view->verticalHeader()->hide();
    m_view->verticalHeader()->setDefaultSectionSize(24);
    m_view->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_view->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_view->setTextElideMode(Qt::ElideMiddle);
    m_view->setAccessibleName(tr("Parameters"));
    m_view->setTabKeyNavigation(false);
    auto* header = m_view->horizontalHeader();
    header->setFixedHeight(30);
    header->setHighlightSections(false);
    header->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_only->setChecked(true);
    m_only->setParent(header);
    m_only->move(10, 5);
    m_empty->setContentsMargins(12, 12, 12, 12);
    m_empty->setWordWrap(true);
    m_empty->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    layout->addWidget(m_view, 1);
    layout->addWidget(m_empty, 1);
    connect(m_only, &QCheckBox::toggled, this, [this](bool on) {
        m_model->setOnlyDifferences(on);
        refresh();
    });
    connect(&palette, &app::RunPalette::changed, m_view->horizontalHeader()->viewport(),
            qOverload<>(&QWidget::update));
    refresh();
}

void ParametersPage::setRuns(const std::vector<RunPtr>& runs, const QString& baseline) {
    m_only->setVisible(runs.size() > 1);
    m_model->setRuns(runs, baseline);
    refresh();
    Q_EMIT countChanged(runs.size() > 1 ? m_model->differences() : m_model->total());
}

void ParametersPage::refresh() {
    const bool nothing = m_model->rowCount() == 0;
    const bool alike = nothing && m_model->total() > 0;
    m_view->setVisible(!nothing || alike);
    m_empty->setVisible(nothing);
    m_empty->setText(
        alike ? tr("These runs have the same %n parameters.", nullptr, m_model->total())
        : m_model->columnCount() > 1
            ? tr("No parameters were recorded. A recipe's are recorded by themselves; a script says "
                 "lathe.params({…}).")
            : tr("Select runs to see their parameters."));
    layoutColumns();
}

void ParametersPage::layoutColumns() {
    if (m_model->columnCount() < 1)
        return;
    const int runs = std::max(1, m_model->columnCount() - 1);
    const int names = std::clamp(width() / 5, 150, 240);
    m_view->setColumnWidth(0, names);
    const int each = std::max(120, (m_view->viewport()->width() - names) / runs);
    for (int column = 1; column < m_model->columnCount(); ++column)
        m_view->setColumnWidth(column, std::min(each, 320));
}

void ParametersPage::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    layoutColumns();
}

}  // namespace lathe::runs

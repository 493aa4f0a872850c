// SPDX-License-Identifier: GPL-3.0-or-later
#include "columns_popup.h"

#include "runs_model.h"

#include "app/theme.h"
#include "app/widgets.h"

#include <QGuiApplication>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QScreen>
#include <QVBoxLayout>

#include <algorithm>

namespace lathe::runs {
namespace {

constexpr QSize kSize{320, 460};
constexpr int kColumnRole = Qt::UserRole;

}  // namespace

ColumnsPopup::ColumnsPopup(RunsModel& model, QWidget* parent)
    : QFrame(parent, Qt::Popup), m_model(model), m_search(new QLineEdit), m_list(new QListWidget) {
    setFrameShape(QFrame::StyledPanel);
    setProperty("surface", "panel");
    setAttribute(Qt::WA_StyledBackground);
    setAccessibleName(tr("Columns"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(8, 8, 8, 8);
    layout->setSpacing(6);
    m_search->setPlaceholderText(tr("Search columns"));
    m_search->setAccessibleName(tr("Search columns"));
    m_search->addAction(app::theme().icon(QStringLiteral("search")), QLineEdit::LeadingPosition);
    m_search->installEventFilter(this);
    m_list->setAccessibleName(tr("Columns"));
    m_list->setDragDropMode(QAbstractItemView::InternalMove);
    m_list->setDefaultDropAction(Qt::MoveAction);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setUniformItemSizes(true);
    m_list->setFrameShape(QFrame::NoFrame);
    auto* foot = new QHBoxLayout;
    auto* reset = new QPushButton(tr("Reset columns"));
    reset->setProperty("role", "quiet");
    foot->addWidget(app::makeLabel(tr("Drag to order"), "hint"), 1);
    foot->addWidget(reset);
    layout->addWidget(m_search);
    layout->addWidget(m_list, 1);
    layout->addLayout(foot);
    fill();
    connect(m_search, &QLineEdit::textChanged, this, &ColumnsPopup::applySearch);
    connect(m_list, &QListWidget::itemChanged, this, [this] { apply(); });
    connect(
        m_list->model(), &QAbstractItemModel::rowsMoved, this, [this] { apply(); }, Qt::QueuedConnection);
    connect(m_list, &QListWidget::itemActivated, this, [](QListWidgetItem* item) {
        if (item->flags() & Qt::ItemIsUserCheckable)
            item->setCheckState(item->checkState() == Qt::Checked ? Qt::Unchecked : Qt::Checked);
    });
    connect(reset, &QPushButton::clicked, this, [this] {
        m_model.setChosenColumns({});
        fill();
        Q_EMIT changed();
    });
}

void ColumnsPopup::fill() {
    using Kind = RunColumn::Kind;
    m_filling = true;
    m_list->clear();
    QList<RunColumn> listed;
    const auto add = [&](const RunColumn& column, bool on) {
        if (listed.contains(column))
            return;
        listed << column;
        const QString name = column.kind == Kind::AtCrosshair ? tr("Value at the crosshair") : column.title();
        auto* item = new QListWidgetItem(name, m_list);
        item->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsUserCheckable |
                       Qt::ItemIsDragEnabled);
        item->setCheckState(on ? Qt::Checked : Qt::Unchecked);
        item->setData(kColumnRole, column.id());
        item->setToolTip(name);
    };
    const auto title = [&](const QString& text) {
        auto* item = new QListWidgetItem(text, m_list);
        item->setFlags(Qt::NoItemFlags);
        QFont font = item->font();
        font.setWeight(QFont::DemiBold);
        item->setFont(font);
    };
    for (const auto& column : m_model.chosenColumns())
        add(column, true);
    title(tr("About the run"));
    for (const auto kind :
         {Kind::State, Kind::Started, Kind::Duration, Kind::Steps, Kind::Host, Kind::Command,
          Kind::Experiment, Kind::Commit, Kind::Tags, Kind::Note, Kind::AtCrosshair})
        add({kind, {}}, false);
    if (const auto metrics = m_model.metricNames(); !metrics.isEmpty()) {
        title(tr("Metrics"));
        for (const auto& name : metrics)
            for (const auto stat :
                 {RunColumn::Stat::Best, RunColumn::Stat::Last, RunColumn::Stat::Min, RunColumn::Stat::Max})
                add({Kind::Metric, name, stat}, false);
    }
    if (const auto parameters = m_model.parameterNames(); !parameters.isEmpty()) {
        title(tr("Parameters"));
        for (const auto& name : parameters)
            add({Kind::Parameter, name}, false);
    }
    m_filling = false;
    applySearch();
}

void ColumnsPopup::apply() {
    if (m_filling)
        return;
    QList<RunColumn> columns;
    for (int row = 0; row < m_list->count(); ++row)
        if (const auto* item = m_list->item(row); item->checkState() == Qt::Checked)
            if (const auto column = RunColumn::fromId(item->data(kColumnRole).toString()))
                columns << *column;
    m_model.setChosenColumns(columns);
    Q_EMIT changed();
}

void ColumnsPopup::applySearch() {
    const auto words = m_search->text().split(QLatin1Char(' '), Qt::SkipEmptyParts);
    for (int row = 0; row < m_list->count(); ++row) {
        auto* item = m_list->item(row);
        const bool heading = !(item->flags() & Qt::ItemIsEnabled);
        item->setHidden(heading ? !words.isEmpty() : !std::ranges::all_of(words, [&](const QString& word) {
            return item->text().contains(word, Qt::CaseInsensitive);
        }));
    }
    m_list->setDragEnabled(words.isEmpty());
}

bool ColumnsPopup::eventFilter(QObject* object, QEvent* event) {
    if (object == m_search && event->type() == QEvent::KeyPress) {
        const auto key = static_cast<QKeyEvent*>(event)->key();
        if (key == Qt::Key_Down || key == Qt::Key_Return || key == Qt::Key_Enter) {
            for (int row = 0; row < m_list->count(); ++row)
                if (auto* item = m_list->item(row);
                    !item->isHidden() && (item->flags() & Qt::ItemIsEnabled)) {
                    m_list->setCurrentItem(item);
                    break;
                }
            m_list->setFocus();
            return true;
        }
    }
    return QFrame::eventFilter(object, event);
}

void ColumnsPopup::openBelow(const QWidget& button) {
    const QRect screen = button.screen() ? button.screen()->availableGeometry() : QRect(QPoint(), kSize);
    const QPoint below = button.mapToGlobal(QPoint(0, button.height() + 2));
    resize(kSize.width(), std::clamp(screen.bottom() - below.y() - 8, 200, kSize.height()));
    move(std::clamp(below.x(), screen.left(), std::max(screen.left(), screen.right() - width())), below.y());
    show();
    m_search->setFocus();
}

}  // namespace lathe::runs

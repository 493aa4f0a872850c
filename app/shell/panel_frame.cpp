// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/shell/panel_frame.h"

#include "app/shell/pane_drag.h"
#include "app/theme.h"
#include "app/widgets.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QStackedWidget>
#include <QToolButton>

#include <algorithm>

namespace lathe::app {

namespace {

// A tab of the bottom panel: text, a small count, an accent line below when chosen.
class PanelTab final : public QToolButton {
public:
    explicit PanelTab(const QString& title, QWidget* parent = nullptr) : QToolButton(parent) {
        setText(title);
        setAccessibleName(title);
        setCheckable(true);
        setAutoExclusive(true);
        setFocusPolicy(Qt::TabFocus);
    }
    void setCount(int count) {
        m_count = count;
        updateGeometry();
        update();
    }
    QSize sizeHint() const override {
        int width = QFontMetrics(theme().uiFont(12.5, QFont::Medium)).horizontalAdvance(text()) + 24;
        if (m_count > 0)
            width += countWidth() + 6;
        return {width, 34};
    }

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const QFont font = theme().uiFont(12.5, isChecked() ? QFont::Medium : QFont::Normal);
        painter.setFont(font);
        painter.setPen(
            theme().color(isChecked() || underMouse() ? QStringLiteral("text.1") : QStringLiteral("text.2")));
        painter.drawText(QRect(12, 0, width(), height()), Qt::AlignVCenter | Qt::AlignLeft, text());
        if (m_count > 0) {
            const QRectF box(width() - 12 - countWidth(), (height() - 16) / 2.0, countWidth(), 16);
            painter.setBrush(theme().color(QStringLiteral("bg.pressed")));
            painter.setPen(Qt::NoPen);
            painter.drawRoundedRect(box, 3, 3);
            painter.setFont(theme().uiFont(11));
            painter.setPen(theme().color(QStringLiteral("text.2")));
            painter.drawText(box, Qt::AlignCenter, QString::number(m_count));
        }
        if (isChecked())
            painter.fillRect(12, height() - 2, width() - 24, 2, theme().color(QStringLiteral("accent")));
        if (hasFocus()) {
            painter.setBrush(Qt::NoBrush);
            painter.setPen(QPen(theme().color(QStringLiteral("accent")), 2));
            painter.drawRoundedRect(QRectF(rect()).adjusted(3, 4, -3, -5), 4, 4);
        }
    }

private:
    int countWidth() const {
        return QFontMetrics(theme().uiFont(11)).horizontalAdvance(QString::number(m_count)) + 9;
    }
    int m_count = 0;
};

}  // namespace

PanelFrame::PanelFrame(Header header, const QString& accessibleName, QWidget* parent)
    : QWidget(parent), m_kind(header), m_stack(new QStackedWidget) {
    setProperty("surface", "panel");
    setAttribute(Qt::WA_StyledBackground);
    setAccessibleName(accessibleName);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto* bar = new QWidget;
    bar->setFixedHeight(header == Header::Tabs ? 34 : 32);
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(header == Header::Tabs ? 0 : 12, 0, 6, 0);
    row->setSpacing(2);
    m_tabRow = new QHBoxLayout;
    m_tabRow->setSpacing(0);
    row->addLayout(m_tabRow);
    if (header == Header::Title) {
        m_title = makeLabel({}, "section");
        m_detail = makeLabel({}, "hint");
        row->addWidget(m_title);
        row->addSpacing(6);
        row->addWidget(m_detail);
    }
    row->addStretch();
    m_stale = makeLabel({}, "warn");
    row->addWidget(m_stale);
    m_toolRow = new QHBoxLayout;
    m_toolRow->setSpacing(2);
    row->addLayout(m_toolRow);
    if (header == Header::Tabs) {
        auto* close =
            new IconButton(QStringLiteral("close"), tr("Hide panel (%1)").arg(QStringLiteral("Ctrl+J")));
        connect(close, &IconButton::clicked, this, &PanelFrame::closeClicked);
        row->addWidget(close);
    }
    if (header == Header::Title)
        makeDragHandle(
            bar, [this](const QPoint& at) { Q_EMIT headerDragged(m_currentId, at); },
            [this](const QPoint& at) { Q_EMIT headerDropped(m_currentId, at); });
    column->addWidget(bar);
    if (header == Header::Tabs)
        column->addWidget(makeRule(Qt::Horizontal));
    m_loading = new QWidget;
    m_loading->setFixedHeight(2);
    m_loading->setAutoFillBackground(true);
    m_loading->hide();
    column->addWidget(m_loading);
    column->addWidget(m_stack, 1);
    connect(&theme(), &Theme::changed, this, &PanelFrame::refresh);
    refresh();
}

void PanelFrame::addEntry(const QString& id, const QString& title, int order) {
    if (m_kind != Header::Tabs ||
        std::ranges::any_of(m_entries, [&id](const Entry& entry) { return entry.id == id; }))
        return;
    auto* tab = new PanelTab(title);
    connect(tab, &QToolButton::clicked, this, [this, id] { Q_EMIT entryClicked(id); });
    makeDragHandle(
        tab, [this, id](const QPoint& at) { Q_EMIT headerDragged(id, at); },
        [this, id](const QPoint& at) { Q_EMIT headerDropped(id, at); });
    const auto place =
        std::ranges::find_if(m_entries, [order](const Entry& entry) { return entry.order > order; });
    const auto index = static_cast<int>(place - m_entries.begin());
    m_entries.insert(index, {id, order, tab});
    m_tabRow->insertWidget(index, tab);
}

void PanelFrame::add(Pane* pane) {
    m_panes << pane;
    m_stack->addWidget(pane);
    connect(pane, &Pane::headerChanged, this, &PanelFrame::refresh);
    connect(pane, &Pane::workChanged, this, &PanelFrame::refresh);
    if (QWidget* tools = pane->createHeaderTools()) {
        m_tools.insert(pane, tools);
        m_toolRow->addWidget(tools);
    }
    refresh();
}

void PanelFrame::take(Pane* pane) {
    if (!m_panes.removeOne(pane))
        return;
    disconnect(pane, nullptr, this, nullptr);
    delete m_tools.take(pane);
    m_stack->removeWidget(pane);
    pane->setParent(nullptr);
    removeEntry(pane->id());
    if (m_currentId == pane->id())
        m_currentId = m_panes.isEmpty() ? QString() : m_panes.last()->id();
    if (Pane* next = current())
        m_stack->setCurrentWidget(next);
    refresh();
}

void PanelFrame::removeEntry(const QString& id) {
    const auto found = std::ranges::find(m_entries, id, &Entry::id);
    if (found == m_entries.end())
        return;
    found->tab->hide();
    found->tab->deleteLater();  // it may be the one that is being dragged
    m_entries.erase(found);
}

void PanelFrame::setCurrent(Pane* pane) {
    m_currentId = pane->id();
    m_stack->setCurrentWidget(pane);
    refresh();
}

void PanelFrame::setCurrentId(const QString& id) {
    m_currentId = id;
    refresh();
}

Pane* PanelFrame::current() const {
    for (Pane* pane : m_panes)
        if (pane->id() == m_currentId)
            return pane;
    return nullptr;
}

void PanelFrame::refresh() {
    Pane* pane = current();
    for (auto it = m_tools.cbegin(); it != m_tools.cend(); ++it)
        it.value()->setVisible(it.key() == pane);
    if (m_title) {
        m_title->setText(pane ? pane->title() : QString());
        m_detail->setText(pane ? pane->detail() : QString());
        m_detail->setVisible(pane && !pane->detail().isEmpty());
    }
    m_stale->setText(pane ? pane->stale() : QString());
    m_stale->setVisible(pane && !pane->stale().isEmpty());
    for (const Entry& entry : m_entries) {
        entry.tab->setChecked(entry.id == m_currentId);
        for (const Pane* other : m_panes)
            if (other->id() == entry.id)
                static_cast<PanelTab*>(entry.tab)->setCount(other->count());
    }
    QPalette accent = m_loading->palette();
    accent.setColor(QPalette::Window, theme().color(QStringLiteral("accent")));
    m_loading->setPalette(accent);
    m_loading->setVisible(pane && !pane->idle());
}

}  // namespace lathe::app

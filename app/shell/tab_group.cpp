// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/shell/tab_group.h"

#include "app/theme.h"
#include "app/widgets.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QMenu>
#include <QMouseEvent>
#include <QPainter>
#include <QStackedWidget>

namespace lathe::app {

namespace {
constexpr int kHeight = 34, kPad = 12, kIcon = 16, kClose = 18, kMaxTitle = 260;
constexpr int kPull = 12;  // how far from the row a tab comes out of it

// The line under the tabs goes on to the right of the last one.
class TabHeader final : public QWidget {
protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        painter.fillRect(rect(), theme().color(QStringLiteral("bg.panel")));
        painter.fillRect(0, height() - 1, width(), 1, theme().color(QStringLiteral("border")));
    }
};

}  // namespace

TabStrip::TabStrip(QWidget* parent) : QTabBar(parent) {
    setDrawBase(false);
    setMovable(true);
    setExpanding(false);
    setElideMode(Qt::ElideNone);
    setUsesScrollButtons(true);
    setMouseTracking(true);
    setFocusPolicy(Qt::TabFocus);
    setAccessibleName(tr("Tabs"));
}

void TabStrip::setGroupActive(bool active) {
    m_active = active;
    update();
}

void TabStrip::setWorkspaceHost(const QString& host) {
    m_host = host;
    update();
}

const Pane* TabStrip::paneAt(int index) const {
    return m_panes && index >= 0 && index < m_panes->size() ? m_panes->at(index) : nullptr;
}

QFont TabStrip::fontOf(const Pane* pane) const {
    QFont font = theme().uiFont(12.5);
    font.setItalic(pane->preview());
    return font;
}

bool TabStrip::showsTag(const Pane* pane) const {
    return !pane->hostTag().isEmpty() && pane->hostTag() != m_host;
}

QSize TabStrip::tabSizeHint(int index) const {
    const Pane* pane = paneAt(index);
    if (!pane)
        return {80, kHeight};
    const QFontMetrics metrics(fontOf(pane));
    int width = kPad + std::min(kMaxTitle, metrics.horizontalAdvance(pane->title())) + 6 + kClose + 6;
    if (!pane->iconName().isEmpty())
        width += kIcon + 7;
    if (showsTag(pane))
        width += QFontMetrics(theme().uiFont(11)).horizontalAdvance(pane->hostTag()) + 16;
    return {width, kHeight};
}

QRect TabStrip::closeRect(int index) const {
    const QRect tab = tabRect(index);
    return {tab.right() - kClose - 5, tab.top() + (kHeight - kClose) / 2, kClose, kClose};
}

void TabStrip::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const QColor border = theme().color(QStringLiteral("border"));
    painter.fillRect(rect(), theme().color(QStringLiteral("bg.panel")));
    painter.fillRect(0, height() - 1, width(), 1, border);
    for (int i = 0; i < count(); ++i) {
        const Pane* pane = paneAt(i);
        const QRect tab = tabRect(i);
        if (!pane || !tab.intersects(rect()))
            continue;
        const bool current = i == currentIndex(), hover = i == m_hover;
        if (current) {
            painter.fillRect(tab, theme().color(QStringLiteral("bg.content")));
            painter.fillRect(
                tab.left(), tab.top(), tab.width(), 2,
                theme().color(m_active ? QStringLiteral("accent") : QStringLiteral("border.strong")));
        } else if (hover) {
            painter.fillRect(tab.adjusted(0, 0, 0, -1), theme().color(QStringLiteral("bg.hover")));
        }
        painter.fillRect(tab.right(), tab.top(), 1, tab.height(), border);

        const QString token = current ? QStringLiteral("text.1") : QStringLiteral("text.2");
        int x = tab.left() + kPad;
        const int middle = tab.top() + kHeight / 2;
        if (!pane->iconName().isEmpty()) {
            painter.drawPixmap(x, middle - kIcon / 2,
                               theme().pixmap(pane->iconName(),
                                              current ? QStringLiteral("text.1") : QStringLiteral("text.3"),
                                              kIcon, devicePixelRatioF()));
            x += kIcon + 7;
        }
        const QFont font = fontOf(pane);
        const QFontMetrics metrics(font);
        const QString title = metrics.elidedText(pane->title(), Qt::ElideMiddle, kMaxTitle);
        painter.setFont(font);
        painter.setPen(theme().color(token));
        painter.drawText(QRect(x, tab.top(), kMaxTitle + 8, kHeight), Qt::AlignVCenter | Qt::AlignLeft,
                         title);
        x += metrics.horizontalAdvance(title) + 6;
        if (showsTag(pane)) {
            const QFont small = theme().uiFont(11);
            const int width = QFontMetrics(small).horizontalAdvance(pane->hostTag()) + 10;
            painter.setPen(Qt::NoPen);
            painter.setBrush(theme().color(QStringLiteral("success.soft")));
            painter.setRenderHint(QPainter::Antialiasing);
            painter.drawRoundedRect(QRectF(x, middle - 8.5, width, 17), 3, 3);
            painter.setFont(small);
            painter.setPen(theme().color(QStringLiteral("success")));
            painter.drawText(QRect(x, middle - 9, width, 18), Qt::AlignCenter, pane->hostTag());
        }
        const QRect close = closeRect(i);
        const bool overClose = hover && m_overClose;
        if (pane->dirty() && !overClose) {
            painter.setRenderHint(QPainter::Antialiasing);
            painter.setPen(Qt::NoPen);
            painter.setBrush(theme().color(token));
            painter.drawEllipse(QRectF(close).center(), 3.5, 3.5);
        } else if (current || hover) {
            if (overClose) {
                painter.setRenderHint(QPainter::Antialiasing);
                painter.setPen(Qt::NoPen);
                painter.setBrush(theme().color(QStringLiteral("bg.pressed")));
                painter.drawRoundedRect(close, 4, 4);
            }
            painter.drawPixmap(close.left() + 2, close.top() + 2,
                               theme().pixmap(QStringLiteral("close"),
                                              overClose ? QStringLiteral("text.1") : QStringLiteral("text.3"),
                                              14, devicePixelRatioF()));
        }
        if (current && hasFocus()) {
            painter.setPen(QPen(theme().color(QStringLiteral("accent")), 2));
            painter.setBrush(Qt::NoBrush);
            painter.drawRect(tab.adjusted(2, 3, -3, -3));
        }
    }
}

void TabStrip::mouseMoveEvent(QMouseEvent* event) {
    m_hover = tabAt(event->pos());
    m_overClose = m_hover >= 0 && closeRect(m_hover).contains(event->pos());
    setToolTip(m_hover >= 0 && paneAt(m_hover) ? paneAt(m_hover)->tabToolTip() : QString());
    update();
    const QPoint at = event->globalPosition().toPoint();
    if (m_pulled < 0 && (event->buttons() & Qt::LeftButton) && m_pressedClose < 0 && currentIndex() >= 0 &&
        !rect().adjusted(-kPull, -kPull, kPull, kPull).contains(event->pos())) {
        m_pulled = currentIndex();
        // The row's own dragging, which moves tabs within it, ends here.
        QMouseEvent release(QEvent::MouseButtonRelease, tabRect(m_pulled).center(), event->globalPosition(),
                            Qt::LeftButton, Qt::NoButton, Qt::NoModifier);
        QTabBar::mouseReleaseEvent(&release);
    }
    if (m_pulled >= 0)
        Q_EMIT pulled(m_pulled, at);
    else
        QTabBar::mouseMoveEvent(event);
}

void TabStrip::mousePressEvent(QMouseEvent* event) {
    const int index = tabAt(event->pos());
    m_pressedClose =
        index >= 0 && (event->button() == Qt::MiddleButton || closeRect(index).contains(event->pos())) ? index
                                                                                                       : -1;
    if (m_pressedClose < 0)
        QTabBar::mousePressEvent(event);
}

void TabStrip::mouseReleaseEvent(QMouseEvent* event) {
    if (const int taken = std::exchange(m_pulled, -1); taken >= 0) {
        Q_EMIT letGo(taken, event->globalPosition().toPoint());
        return;
    }
    const int pressed = std::exchange(m_pressedClose, -1);
    const int index = tabAt(event->pos());
    if (pressed >= 0 && index == pressed &&
        (event->button() == Qt::MiddleButton || closeRect(index).contains(event->pos()))) {
        Q_EMIT tabCloseRequested(index);
        return;
    }
    QTabBar::mouseReleaseEvent(event);
}

void TabStrip::mouseDoubleClickEvent(QMouseEvent* event) {
    // A double click keeps a preview.
    if (const int index = tabAt(event->pos()); index >= 0 && m_panes)
        m_panes->at(index)->setPreview(false);
    QTabBar::mouseDoubleClickEvent(event);
}

void TabStrip::leaveEvent(QEvent* event) {
    m_hover = -1;
    m_overClose = false;
    update();
    QTabBar::leaveEvent(event);
}

TabGroup::TabGroup(QWidget* parent)
    : QWidget(parent), m_strip(new TabStrip), m_list(new IconButton(QStringLiteral("list"), tr("Open tabs"))),
      m_stack(new QStackedWidget) {
    m_strip->setPanes(&m_panes);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    m_header = new TabHeader;
    m_header->setFixedHeight(kHeight);
    auto* row = new QHBoxLayout(m_header);
    row->setContentsMargins(0, 0, 6, 0);
    row->setSpacing(2);
    row->addWidget(m_strip);
    row->addStretch();
    m_toolRow = new QHBoxLayout;
    m_toolRow->setSpacing(2);
    row->addLayout(m_toolRow);
    auto* menu = new QMenu(m_list);
    m_list->setMenu(menu);
    m_list->setPopupMode(QToolButton::InstantPopup);
    connect(menu, &QMenu::aboutToShow, this, &TabGroup::fillList);
    row->addWidget(m_list);
    auto* split = new IconButton(QStringLiteral("split-right"), tr("Split right"));
    connect(split, &IconButton::clicked, this, &TabGroup::splitRequested);
    row->addWidget(split);
    column->addWidget(m_header);
    m_loading = new QWidget;
    m_loading->setFixedHeight(2);
    m_loading->setAutoFillBackground(true);
    m_loading->hide();
    column->addWidget(m_loading);
    column->addWidget(m_stack, 1);

    connect(m_strip, &QTabBar::currentChanged, this, [this](int index) {
        if (index >= 0 && index < m_panes.size())
            m_stack->setCurrentWidget(m_panes[index]);
        showTools();
        Q_EMIT currentChanged(current());
    });
    connect(m_strip, &QTabBar::tabMoved, this, [this](int from, int to) { m_panes.move(from, to); });
    connect(m_strip, &QTabBar::tabCloseRequested, this,
            [this](int index) { Q_EMIT closeRequested(m_panes.value(index)); });
    connect(m_strip, &QTabBar::tabBarClicked, this, &TabGroup::pressed);
    connect(m_strip, &TabStrip::pulled, this,
            [this](int index, const QPoint& at) { Q_EMIT tabPulled(m_panes.value(index), at); });
    connect(m_strip, &TabStrip::letGo, this,
            [this](int index, const QPoint& at) { Q_EMIT tabLetGo(m_panes.value(index), at); });
    showTools();
}

void TabGroup::fillList() {
    QMenu* menu = m_list->menu();
    menu->clear();
    for (Pane* pane : m_panes)
        menu->addAction(theme().icon(pane->iconName()), pane->title(), this,
                        [this, pane] { setCurrent(pane); });
}

void TabGroup::insert(Pane* pane, int index) {
    if (index < 0 || index > m_panes.size())
        index = static_cast<int>(m_panes.size());
    m_stack->addWidget(pane);
    const bool blocked = m_strip->blockSignals(true);
    m_panes.insert(index, pane);
    m_strip->insertTab(index, QString());
    m_strip->blockSignals(blocked);
    connect(pane, &Pane::headerChanged, this, [this, pane] { refreshTab(pane); });
    connect(pane, &Pane::workChanged, this, &TabGroup::showTools);
    connect(pane, &Pane::requestClose, this, [this, pane] { Q_EMIT closeRequested(pane); });
    pane->installEventFilter(this);
    if (QWidget* tools = pane->createHeaderTools()) {
        m_tools.insert(pane, tools);
        m_toolRow->addWidget(tools);
        tools->hide();
    }
    refreshTab(pane);
    setCurrent(pane);
}

void TabGroup::take(Pane* pane) {
    const auto index = static_cast<int>(m_panes.indexOf(pane));
    if (index < 0)
        return;
    disconnect(pane, nullptr, this, nullptr);
    pane->removeEventFilter(this);
    if (QWidget* tools = m_tools.take(pane))
        delete tools;
    m_panes.removeAt(index);
    m_stack->removeWidget(pane);
    pane->setParent(nullptr);
    m_strip->removeTab(index);  // emits currentChanged for the neighbour
    if (Pane* now = current())
        m_stack->setCurrentWidget(now);
    showTools();
}

Pane* TabGroup::current() const {
    return m_panes.value(m_strip->currentIndex());
}

void TabGroup::setCurrent(Pane* pane) {
    const auto index = static_cast<int>(m_panes.indexOf(pane));
    if (index < 0)
        return;
    if (m_strip->currentIndex() == index) {
        m_stack->setCurrentWidget(pane);
        showTools();
        Q_EMIT currentChanged(pane);
    } else {
        m_strip->setCurrentIndex(index);
    }
}

void TabGroup::setGroupActive(bool active) {
    m_strip->setGroupActive(active);
}

void TabGroup::setWorkspaceHost(const QString& host) {
    m_strip->setWorkspaceHost(host);
    for (Pane* pane : m_panes)
        refreshTab(pane);
}

void TabGroup::setEmptyWidget(QWidget* widget) {
    m_empty = widget;
    m_stack->addWidget(widget);
    showTools();
}

void TabGroup::refreshTab(Pane* pane) {
    const auto index = static_cast<int>(m_panes.indexOf(pane));
    if (index < 0)
        return;
    // The text is for assistive technology and makes the bar lay itself out again; the strip paints by
    // itself.
    const QString spoken = pane->dirty() ? tr("%1, unsaved").arg(pane->title()) : pane->title();
    m_strip->setTabText(index, QString());
    m_strip->setTabText(index, spoken);
    m_strip->setTabToolTip(index, pane->tabToolTip());
    m_strip->update();
}

void TabGroup::showTools() {
    Pane* pane = current();
    for (auto it = m_tools.cbegin(); it != m_tools.cend(); ++it)
        it.value()->setVisible(it.key() == pane);
    m_header->setVisible(!m_panes.isEmpty());
    m_list->setVisible(m_panes.size() > 4);
    if (m_empty && m_panes.isEmpty())
        m_stack->setCurrentWidget(m_empty);
    QPalette accent = m_loading->palette();
    accent.setColor(QPalette::Window, theme().color(QStringLiteral("accent")));
    m_loading->setPalette(accent);
    m_loading->setVisible(pane && !pane->idle());
}

bool TabGroup::eventFilter(QObject* object, QEvent* event) {
    if (event->type() == QEvent::MouseButtonPress)
        Q_EMIT pressed();
    return QWidget::eventFilter(object, event);
}

}  // namespace lathe::app

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/shell/activity_bar.h"

#include "app/theme.h"

#include <QKeyEvent>
#include <QPainter>
#include <QVBoxLayout>

#include <algorithm>

namespace lathe::app {

namespace {
constexpr int kWidth = 44, kEntry = 42, kIcon = 20;
}

ActivityButton::ActivityButton(const QString& icon, const QString& title, QWidget* parent)
    : QToolButton(parent), m_icon(icon), m_title(title) {
    setFixedSize(kWidth - 1, kEntry);
    setToolTip(title);
    setAccessibleName(title);
    setFocusPolicy(Qt::TabFocus);
    setAttribute(Qt::WA_Hover);
}

void ActivityButton::setBadge(int count) {
    if (m_badge == count)
        return;
    m_badge = count;
    setAccessibleName(count > 0 ? tr("%1, %2").arg(m_title).arg(count) : m_title);
    update();
}

void ActivityButton::setCurrent(bool current) {
    if (m_current == current)
        return;
    m_current = current;
    update();
}

void ActivityButton::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const bool bright = m_current || underMouse();
    const QPixmap icon = theme().pixmap(m_icon, bright ? QStringLiteral("text.1") : QStringLiteral("text.2"),
                                        kIcon, devicePixelRatioF());
    painter.drawPixmap((width() - kIcon) / 2, (height() - kIcon) / 2, icon);
    if (m_current)
        painter.fillRect(0, 0, 2, height(), theme().color(QStringLiteral("accent")));
    if (m_badge > 0) {
        const QString text = m_badge > 99 ? QStringLiteral("99+") : QString::number(m_badge);
        const QFont font = theme().uiFont(10, QFont::DemiBold);
        const int badgeWidth = std::max(15, QFontMetrics(font).horizontalAdvance(text) + 7);
        const QRectF badge(width() - badgeWidth - 3, height() / 2.0 - 17, badgeWidth, 15);
        painter.setPen(QPen(theme().color(QStringLiteral("bg.chrome")), 1.5));
        painter.setBrush(theme().color(QStringLiteral("accent.fill")));
        painter.drawRoundedRect(badge, 7.5, 7.5);
        painter.setFont(font);
        painter.setPen(theme().color(QStringLiteral("text.onAccent")));
        painter.drawText(badge, Qt::AlignCenter, text);
    }
    if (hasFocus()) {
        painter.setPen(QPen(theme().color(QStringLiteral("accent")), 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(QRectF(rect()).adjusted(4, 3, -4, -3), 5, 5);
    }
}

ActivityBar::ActivityBar(QWidget* parent)
    : QWidget(parent), m_bell(new ActivityButton(QStringLiteral("bell"), tr("Notifications"))),
      m_settings(new ActivityButton(QStringLiteral("settings"), tr("Settings"))) {
    setFixedWidth(kWidth);
    setAccessibleName(tr("Activity bar"));
    m_column = new QVBoxLayout(this);
    m_column->setContentsMargins(0, 4, 1, 4);
    m_column->setSpacing(0);
    m_column->addStretch();
    m_column->addWidget(m_bell);
    m_column->addWidget(m_settings);
    connect(m_bell, &QToolButton::clicked, this, &ActivityBar::bellClicked);
    connect(m_settings, &QToolButton::clicked, this, &ActivityBar::settingsClicked);
}

void ActivityBar::addEntry(const QString& id, const QString& icon, const QString& title, int order) {
    auto* button = new ActivityButton(icon, title, this);
    connect(button, &QToolButton::clicked, this, [this, id] { Q_EMIT triggered(id); });
    const auto place =
        std::ranges::find_if(m_entries, [order](const Entry& entry) { return entry.order > order; });
    const auto index = static_cast<int>(place - m_entries.begin());
    m_entries.insert(index, {id, order, button});
    m_column->insertWidget(index, button);
    if (index > 0)
        QWidget::setTabOrder(m_entries[index - 1].button, button);
}

void ActivityBar::setBadge(const QString& id, int count) {
    if (ActivityButton* button = entry(id))
        button->setBadge(count);
}

void ActivityBar::setCurrent(const QString& id) {
    for (const Entry& entry : m_entries)
        entry.button->setCurrent(entry.id == id);
}

ActivityButton* ActivityBar::entry(const QString& id) const {
    for (const Entry& entry : m_entries)
        if (entry.id == id)
            return entry.button;
    return nullptr;
}

void ActivityBar::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), theme().color(QStringLiteral("bg.chrome")));
    painter.fillRect(width() - 1, 0, 1, height(), theme().color(QStringLiteral("border")));
}

void ActivityBar::keyPressEvent(QKeyEvent* event) {
    if (event->key() != Qt::Key_Up && event->key() != Qt::Key_Down)
        return QWidget::keyPressEvent(event);
    QList<ActivityButton*> all;
    for (const Entry& entry : m_entries)
        all << entry.button;
    all << m_bell << m_settings;
    qsizetype at = all.indexOf(static_cast<ActivityButton*>(focusWidget()));
    at = std::clamp<qsizetype>(at + (event->key() == Qt::Key_Down ? 1 : -1), 0, all.size() - 1);
    all[at]->setFocus(Qt::TabFocusReason);
}

}  // namespace lathe::app

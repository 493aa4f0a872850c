// SPDX-License-Identifier: GPL-3.0-or-later
#include "device_card.h"

#include "app/theme.h"
#include "app/widgets.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPainterPath>
#include <QVBoxLayout>

#include <cmath>

namespace lathe::hosts {

// Use over the last ten minutes; what was not seen stays empty at the left.
class DeviceCard::Curve : public QWidget {
public:
    using QWidget::QWidget;
    void show(const std::deque<double>& values, const QColor& color) {
        m_values = values;
        m_color = color;
        update();
    }

protected:
    void paintEvent(QPaintEvent*) override {
        constexpr int kPoints = 300;
        if (m_values.empty())
            return;
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const double step = static_cast<double>(width()) / (kPoints - 1);
        const double left = width() - step * static_cast<double>(m_values.size() - 1);
        QPainterPath line;
        for (std::size_t i = 0; i < m_values.size(); ++i) {
            const QPointF point(left + step * static_cast<double>(i), 1 + (height() - 3) * (1 - m_values[i]));
            i == 0 ? line.moveTo(point) : line.lineTo(point);
        }
        QPainterPath area = line;
        area.lineTo(width(), height());
        area.lineTo(left, height());
        QColor fill = m_color;
        fill.setAlphaF(0.16F);
        painter.fillPath(area, fill);
        painter.setPen(QPen(m_color, 1.4));
        painter.drawPath(line);
    }

private:
    std::deque<double> m_values;
    QColor m_color;
};

DeviceCard::DeviceCard(QWidget* parent)
    : QFrame(parent), m_name(app::makeLabel({}, "section")), m_right(app::makeLabel({}, "hint")),
      m_useText(new QLabel), m_memoryText(new QLabel), m_owner(app::makeLabel({}, "hint")), m_use(new app::Meter),
      m_memory(new app::Meter), m_curve(new Curve) {
    setProperty("role", "card");
    setMinimumWidth(230);
    m_curve->setFixedHeight(36);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(10, 8, 10, 8);
    column->setSpacing(6);
    auto* head = new QHBoxLayout;
    head->addWidget(m_name, 1);
    head->addWidget(m_right);
    column->addLayout(head);
    column->addWidget(m_curve);
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(10);
    grid->setVerticalSpacing(4);
    grid->addWidget(app::makeLabel(tr("Use"), "dim"), 0, 0);
    grid->addWidget(m_use, 0, 1);
    grid->addWidget(m_useText, 0, 2);
    grid->addWidget(app::makeLabel(tr("Memory"), "dim"), 1, 0);
    grid->addWidget(m_memory, 1, 1);
    grid->addWidget(m_memoryText, 1, 2);
    grid->setColumnStretch(1, 1);
    for (QLabel* label : {m_useText, m_memoryText}) {
        label->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
        label->setMinimumWidth(84);
    }
    column->addLayout(grid);
    column->addWidget(m_owner);
}

void DeviceCard::show(const Content& content) {
    m_name->setText(content.name);
    m_right->setText(content.right);
    const auto token = content.foreign ? QStringLiteral("warn") : QStringLiteral("accent");
    m_use->setToken(token);
    m_memory->setToken(token);
    m_use->setValue(content.use);
    m_memory->setValue(content.memoryShare);
    m_useText->setText(tr("%1%").arg(static_cast<int>(std::lround(content.use * 100))));
    m_memoryText->setText(content.memory);
    m_owner->setText(content.owner);
    m_owner->setVisible(!content.owner.isEmpty());
    m_owner->setProperty("role", content.foreign ? "warn" : "hint");
    m_owner->setStyle(m_owner->style());
    m_curve->show(content.history, app::theme().color(token));
    setAccessibleName(tr("%1, %2 percent busy, memory %3").arg(content.name, m_useText->text(), content.memory));
}

} // namespace lathe::hosts

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/widgets.h"

#include "app/theme.h"

#include <QApplication>
#include <QButtonGroup>
#include <QClipboard>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPainterPath>
#include <QPushButton>
#include <QStyle>

#include <algorithm>
#include <cmath>

namespace lathe::app {

IconButton::IconButton(const QString& icon, const QString& toolTip, QWidget* parent) : QToolButton(parent) {
    setToolTip(toolTip);
    setAccessibleName(toolTip);
    setFixedSize(28, 28);
    setIconSize({16, 16});
    setFocusPolicy(Qt::TabFocus);
    setIconName(icon);
}

void IconButton::setIconName(const QString& icon, const QString& token) {
    m_icon = icon;
    m_token = token;
    setIcon(theme().icon(icon, token));
}

Segmented::Segmented(const QString& accessibleName, QWidget* parent)
    : QWidget(parent), m_group(new QButtonGroup(this)) {
    setAccessibleName(accessibleName);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    connect(m_group, &QButtonGroup::idToggled, this, [this](int id, bool on) {
        if (on)
            Q_EMIT currentChanged(id);
    });
}

void Segmented::addSegment(const QString& text, const QString& icon) {
    auto* button = new QToolButton(this);
    button->setText(text);
    button->setAccessibleName(text);
    button->setCheckable(true);
    button->setProperty("role", "segment");
    button->setFocusPolicy(Qt::TabFocus);
    if (!icon.isEmpty()) {
        button->setIcon(theme().icon(icon));
        button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    }
    const int index = static_cast<int>(m_group->buttons().size());
    button->setProperty("place", index == 0 ? "only" : "last");
    if (index > 0)
        m_group->button(index - 1)->setProperty("place", index == 1 ? "first" : "middle");
    m_group->addButton(button, index);
    layout()->addWidget(button);
    if (index == 0)
        button->setChecked(true);
}

int Segmented::current() const {
    return m_group->checkedId();
}

void Segmented::setCurrent(int index) {
    if (QAbstractButton* button = m_group->button(index))
        button->setChecked(true);
}

EmptyState::EmptyState(const QString& sentence, QWidget* parent)
    : QWidget(parent), m_sentence(makeLabel(sentence, "dim")), m_row(new QHBoxLayout) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(12, 12, 12, 12);
    column->setSpacing(12);
    m_sentence->setWordWrap(true);
    column->addWidget(m_sentence);
    m_row->setSpacing(8);
    m_row->addStretch();
    column->addLayout(m_row);
    column->addStretch();
}

QPushButton* EmptyState::addButton(const QString& text, std::function<void()> run, bool primary) {
    auto* button = new QPushButton(text, this);
    if (primary)
        button->setProperty("role", "primary");
    connect(button, &QPushButton::clicked, this, [run = std::move(run)] { run(); });
    m_row->insertWidget(m_row->count() - 1, button);
    return button;
}

void EmptyState::addLink(const QString& text, std::function<void()> run) {
    auto* button = new QPushButton(text, this);
    button->setProperty("role", "link");
    button->setCursor(Qt::PointingHandCursor);
    connect(button, &QPushButton::clicked, this, [run = std::move(run)] { run(); });
    m_row->insertWidget(m_row->count() - 1, button);
}

void EmptyState::setSentence(const QString& sentence) {
    m_sentence->setText(sentence);
}

ErrorState::ErrorState(QWidget* parent)
    : QWidget(parent), m_what(makeLabel({}, "error")), m_on(makeLabel({}, "mono")),
      m_hint(makeLabel({}, "dim")), m_retry(new QPushButton(tr("Retry"))) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(12, 12, 12, 12);
    column->setSpacing(8);
    for (QLabel* label : {m_what, m_on, m_hint}) {
        label->setWordWrap(true);
        label->setTextFormat(Qt::PlainText);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
        column->addWidget(label);
    }
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    auto* copy = new QPushButton(tr("Copy details"));
    copy->setProperty("role", "quiet");
    row->addWidget(m_retry);
    row->addWidget(copy);
    row->addStretch();
    column->addSpacing(4);
    column->addLayout(row);
    column->addStretch();
    m_retry->hide();
    connect(m_retry, &QPushButton::clicked, this, [this] {
        if (m_run)
            m_run();
    });
    connect(copy, &QPushButton::clicked, this, [this] {
        QApplication::clipboard()->setText(
            QStringList{m_what->text(), m_on->text(), m_hint->text()}.join(QLatin1Char('\n')).trimmed());
    });
}

void ErrorState::setError(const QString& what, const QString& on, const QString& hint) {
    m_what->setText(what);
    m_on->setText(on);
    m_on->setVisible(!on.isEmpty());
    m_hint->setText(hint);
    m_hint->setVisible(!hint.isEmpty());
}

void ErrorState::setRetry(std::function<void()> retry) {
    m_run = std::move(retry);
    m_retry->setVisible(static_cast<bool>(m_run));
}

Meter::Meter(QWidget* parent, int height) : QWidget(parent), m_height(height) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void Meter::setValue(double fraction) {
    fraction = std::isfinite(fraction) ? std::clamp(fraction, 0.0, 1.0) : 0.0;
    if (fraction == m_value)
        return;
    m_value = fraction;
    setAccessibleDescription(QStringLiteral("%1 %").arg(std::lround(fraction * 100)));
    update();
}

void Meter::setColor(const QColor& color) {
    m_color = color;
    update();
}

void Meter::setToken(const QString& token) {
    m_token = token;
    m_color = QColor();  // not {}: that is Qt::color0, which is white
    update();
}

QSize Meter::sizeHint() const {
    return {80, m_height};
}

void Meter::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    const QRectF bar(0, (height() - m_height) / 2.0, width(), m_height);
    const qreal radius = std::min(2.0, m_height / 2.0);
    painter.setBrush(theme().color(QStringLiteral("bg.hover")));
    painter.drawRoundedRect(bar, radius, radius);
    if (m_value <= 0)
        return;
    painter.setBrush(m_color.isValid() ? m_color : theme().color(m_token));
    painter.drawRoundedRect(QRectF(bar.topLeft(), QSizeF(std::max(2.0, bar.width() * m_value), m_height)),
                            radius, radius);
}

Sparkline::Sparkline(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

void Sparkline::setValues(const QList<double>& values, const QColor& color) {
    m_values = values;
    m_color = color;
    update();
}

void Sparkline::paintEvent(QPaintEvent*) {
    double low = HUGE_VAL, high = -HUGE_VAL;
    for (const double value : m_values)
        if (std::isfinite(value)) {
            low = std::min(low, value);
            high = std::max(high, value);
        }
    if (!(low <= high) || m_values.size() < 2)
        return;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(m_color, 1.2, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    const double span = high > low ? high - low : 1;
    const double bottom = height() - 1.5, usable = height() - 3.0;
    const auto yOf = [&](double value) { return bottom - (value - low) / span * usable; };
    // One column of pixels may hold many values: draw from its lowest to its highest, so that no extreme is
    // lost.
    QPolygonF line;
    const qsizetype columns = std::min<qsizetype>(m_values.size(), width());
    for (qsizetype column = 0; column < columns; ++column) {
        const qsizetype from = column * m_values.size() / columns;
        const qsizetype to = std::max(from + 1, (column + 1) * m_values.size() / columns);
        const double x = columns > 1 ? 0.5 + static_cast<double>(column) * (width() - 1.0) /
                                                 static_cast<double>(columns - 1)
                                     : 0.5;
        double least = HUGE_VAL, most = -HUGE_VAL;
        for (qsizetype i = from; i < to; ++i)
            if (std::isfinite(m_values[i])) {
                least = std::min(least, m_values[i]);
                most = std::max(most, m_values[i]);
            }
        if (least > most)
            continue;
        line << QPointF(x, yOf(least));
        if (most > least)
            line << QPointF(x, yOf(most));
    }
    painter.drawPolyline(line);
}

RunDot::RunDot(QWidget* parent, int size) : QWidget(parent), m_size(size) {
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

void RunDot::setColor(const QColor& color) {
    m_color = color;
    update();
}

void RunDot::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(m_color);
    painter.drawEllipse(QRectF(rect()).center(), m_size / 2.0, m_size / 2.0);
}

QLabel* makeTag(const QString& text, const QString& token, QWidget* parent) {
    QLabel* label = makeLabel(text, "tag", parent);
    if (!token.isEmpty())
        label->setProperty("tone", token);
    label->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    return label;
}

QLabel* makeLabel(const QString& text, const char* role, QWidget* parent) {
    auto* label = new QLabel(text, parent);
    label->setProperty("role", role);
    return label;
}

QWidget* makeRule(Qt::Orientation orientation, QWidget* parent) {
    auto* rule = new QWidget(parent);
    rule->setProperty("role", "rule");
    rule->setAttribute(Qt::WA_StyledBackground);
    if (orientation == Qt::Horizontal)
        rule->setFixedHeight(1);
    else
        rule->setFixedWidth(1);
    return rule;
}

}  // namespace lathe::app

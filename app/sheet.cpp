// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/sheet.h"

#include "app/theme.h"
#include "app/widgets.h"

#include <QApplication>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QScrollArea>

#include <algorithm>
#include <memory>

namespace lathe::app {

namespace {
constexpr int kMargin = 40;  // least distance from the window's edges, both sides together

// The card paints itself: one colour, one border, radius 8.
class Card final : public QWidget {
public:
    using QWidget::QWidget;

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(theme().strongBorder(), 1));
        painter.setBrush(theme().color(QStringLiteral("bg.panel")));
        painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8);
    }
};
}  // namespace

Sheet::Sheet(QWidget* over, const QString& title)
    : QWidget(over->window()), m_focusBefore(QApplication::focusWidget()) {
    setAttribute(Qt::WA_DeleteOnClose);
    setFocusPolicy(Qt::StrongFocus);
    m_card = new Card(this);
    m_cardLayout = new QVBoxLayout(m_card);
    m_cardLayout->setContentsMargins(1, 1, 1, 1);
    m_cardLayout->setSpacing(0);

    auto* headerArea = new QWidget(m_card);
    headerArea->setFixedHeight(48);
    auto* headerRow = new QHBoxLayout(headerArea);
    headerRow->setContentsMargins(20, 0, 10, 0);
    headerRow->setSpacing(12);
    m_title = makeLabel(title, "title", headerArea);
    m_header = new QHBoxLayout;
    m_header->setSpacing(8);
    auto* close = new IconButton(QStringLiteral("close"), tr("Close"), headerArea);
    connect(close, &IconButton::clicked, this, &Sheet::dismiss);
    headerRow->addWidget(m_title);
    headerRow->addLayout(m_header, 1);
    headerRow->addWidget(close);
    m_cardLayout->addWidget(headerArea);
    m_cardLayout->addWidget(makeRule(Qt::Horizontal, m_card));

    m_footerArea = new QWidget(m_card);
    auto* footerColumn = new QVBoxLayout(m_footerArea);
    footerColumn->setContentsMargins(0, 0, 0, 0);
    footerColumn->setSpacing(0);
    footerColumn->addWidget(makeRule(Qt::Horizontal, m_footerArea));
    m_footer = new QHBoxLayout;
    m_footer->setContentsMargins(20, 0, 20, 0);
    m_footer->setSpacing(8);
    footerColumn->addLayout(m_footer);
    m_footerArea->setFixedHeight(57);
    m_cardLayout->addWidget(m_footerArea);

    setTitle(title);
    window()->installEventFilter(this);
    hide();
}

Sheet::~Sheet() = default;

void Sheet::setTitle(const QString& title) {
    m_title->setText(title);
    m_title->setVisible(!title.isEmpty());
    setAccessibleName(title);
}

void Sheet::setPreferredSize(const QSize& size) {
    m_size = size;
    m_sized = true;
    if (isVisible())
        place();
}

QVBoxLayout* Sheet::body() {
    if (!m_body) {
        m_scroll = new QScrollArea(m_card);
        m_scroll->setWidgetResizable(true);
        m_scroll->viewport()->setAutoFillBackground(false);
        auto* inner = new QWidget;
        inner->setProperty("role", "scroll-body");
        inner->setAutoFillBackground(false);
        m_body = new QVBoxLayout(inner);
        m_body->setContentsMargins(20, 20, 20, 20);
        m_body->setSpacing(8);
        m_scroll->setWidget(inner);
        m_cardLayout->insertWidget(2, m_scroll, 1);
    }
    return m_body;
}

void Sheet::setBodyWidget(QWidget* widget) {
    delete m_scroll;
    delete m_bodyWidget;
    m_scroll = nullptr;
    m_body = nullptr;
    m_bodyWidget = widget;
    m_cardLayout->insertWidget(2, widget, 1);
}

QHBoxLayout* Sheet::header() {
    return m_header;
}

QHBoxLayout* Sheet::footer() {
    return m_footer;
}

void Sheet::place() {
    setGeometry(window()->rect());
    QSize wanted = m_size;
    if (!m_sized && m_scroll)
        wanted = {560, m_scroll->widget()->sizeHint().height() + 48 + (m_footer->isEmpty() ? 0 : 57) + 4};
    const QSize size = wanted.boundedTo(this->size() - QSize(kMargin, kMargin));
    m_card->setGeometry(QRect(
        QPoint((width() - size.width()) / 2, std::max(kMargin / 2, (height() - size.height()) / 2 - 10)),
        size));
}

void Sheet::open() {
    m_footerArea->setVisible(!m_footer->isEmpty());
    place();
    show();
    raise();
    // The first field, not the close button, which stands before it in the header.
    QWidget* first = nullptr;
    for (QWidget* candidate : m_card->findChildren<QWidget*>())
        if ((candidate->focusPolicy() & Qt::TabFocus) && candidate->isEnabled() &&
            candidate->isVisibleTo(this) && candidate->accessibleName() != tr("Close") &&
            !qobject_cast<QScrollArea*>(candidate) && (!first || qobject_cast<QToolButton*>(first)))
            first = candidate;
    if (first)
        first->setFocus(Qt::TabFocusReason);
    else
        setFocus();
}

void Sheet::dismiss() {
    if (m_closing || !mayDismiss())
        return;
    m_closing = true;
    hide();
    if (m_focusBefore)
        m_focusBefore->setFocus(Qt::OtherFocusReason);
    Q_EMIT dismissed();
    deleteLater();
}

bool Sheet::eventFilter(QObject* object, QEvent* event) {
    if (event->type() == QEvent::Resize && object == window() && isVisible())
        place();
    return QWidget::eventFilter(object, event);
}

void Sheet::paintEvent(QPaintEvent*) {
    QPainter(this).fillRect(rect(), theme().color(QStringLiteral("scrim")));
}

void Sheet::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape) {
        dismiss();
        return;
    }
    // Keys stop here: what is under the scrim is not to be reached.
    event->accept();
}

bool Sheet::focusNextPrevChild(bool next) {
    // Qt would leave for the window below; walk on until the focus is inside again.
    QWidget* start = QApplication::focusWidget();
    QWidget* widget = start ? start : this;
    for (int i = 0; i < 4096; ++i) {
        widget = next ? widget->nextInFocusChain() : widget->previousInFocusChain();
        if (!widget || widget == start)
            return false;
        if (m_card->isAncestorOf(widget) && (widget->focusPolicy() & Qt::TabFocus) && widget->isEnabled() &&
            widget->isVisible()) {
            widget->setFocus(next ? Qt::TabFocusReason : Qt::BacktabFocusReason);
            return true;
        }
    }
    return false;
}

Sheet* Sheet::ask(QWidget* over, const QString& title, const QString& text, const QStringList& buttons,
                  std::function<void(int)> answer, int primary) {
    auto* sheet = new Sheet(over, title);
    auto* label = makeLabel(text, "dim");
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    sheet->body()->addWidget(label);
    sheet->body()->addStretch();
    sheet->footer()->addStretch();
    const auto chosen = std::make_shared<int>(0);
    for (int i = 0; i < buttons.size(); ++i) {
        auto* button = new QPushButton(buttons[i]);
        if (i == primary)
            button->setProperty("role", "primary");
        connect(button, &QPushButton::clicked, sheet, [sheet, chosen, i] {
            *chosen = i;
            sheet->dismiss();
        });
        sheet->footer()->addWidget(button);
    }
    connect(sheet, &Sheet::dismissed, sheet, [chosen, answer = std::move(answer)] {
        if (answer)
            answer(*chosen);
    });
    // The card's border and the body's margins stand at both sides of the text, and it must not scroll.
    constexpr int kText = 560 - 2 * (1 + 20) - 4;
    label->setFixedWidth(kText);
    label->ensurePolished();
    sheet->setPreferredSize({560, 48 + 57 + 56 + label->heightForWidth(kText)});
    sheet->open();
    return sheet;
}

}  // namespace lathe::app

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/shell/toasts.h"

#include "app/theme.h"
#include "app/widgets.h"

#include <QAccessible>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QScrollArea>
#include <QTimer>

namespace lathe::app {

namespace {

constexpr int kWidth = 360, kMost = 3, kGap = 8, kSecondsMs = 6000, kStatusBar = 24;

struct Look {
    const char* icon;
    const char* token;
};

Look lookOf(NoteLevel level) {
    switch (level) {
    case NoteLevel::Success: return {"check", "success"};
    case NoteLevel::Warn: return {"warning", "warn"};
    case NoteLevel::Error: return {"error", "error"};
    case NoteLevel::Info: break;
    }
    return {"info", "accent"};
}

class ToastCard final : public QWidget {
public:
    ToastCard(const Notification& note, QWidget* parent, const std::function<void()>& close)
        : QWidget(parent), m_level(note.level) {
        setFixedWidth(kWidth);
        setAccessibleName(note.title);
        setAccessibleDescription(note.text);
        auto* row = new QHBoxLayout(this);
        row->setContentsMargins(14, 10, 8, 10);
        row->setSpacing(10);
        auto* icon = new QLabel;
        icon->setPixmap(theme().pixmap(QLatin1String(lookOf(m_level).icon),
                                       QLatin1String(lookOf(m_level).token), 16, devicePixelRatioF()));
        icon->setAlignment(Qt::AlignTop);
        icon->setContentsMargins(0, 2, 0, 0);
        row->addWidget(icon);
        auto* column = new QVBoxLayout;
        column->setSpacing(4);
        auto* title = makeLabel(note.title, "strong");
        title->setTextFormat(Qt::PlainText);
        title->setWordWrap(true);
        column->addWidget(title);
        if (!note.text.isEmpty()) {
            auto* text = makeLabel(note.text, "hint");
            text->setTextFormat(Qt::PlainText);
            text->setWordWrap(true);
            column->addWidget(text);
        }
        if (!note.action.isEmpty()) {
            auto* action = new QPushButton(note.action);
            action->setProperty("role", "link");
            action->setCursor(Qt::PointingHandCursor);
            connect(action, &QPushButton::clicked, this, [run = note.run, close] {
                close();
                if (run)
                    run();
            });
            column->addWidget(action, 0, Qt::AlignLeft);
        }
        row->addLayout(column, 1);
        auto* dismiss = new IconButton(QStringLiteral("close"), Toasts::tr("Dismiss"));
        dismiss->setFixedSize(24, 24);
        connect(dismiss, &IconButton::clicked, this, close);
        row->addWidget(dismiss, 0, Qt::AlignTop);
    }

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(theme().strongBorder(), 1));
        painter.setBrush(theme().color(QStringLiteral("bg.popup")));
        painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5);
        painter.fillRect(QRectF(1, 6, 2, height() - 12), theme().color(QLatin1String(lookOf(m_level).token)));
    }

private:
    NoteLevel m_level;
};

}  // namespace

Toasts::Toasts(Notifications& notifications, QWidget* window) : QObject(window), m_window(window) {
    connect(&notifications, &Notifications::added, this, &Toasts::show);
    window->installEventFilter(this);
}

void Toasts::show(const Notification& note) {
    while (m_cards.size() >= kMost)
        drop(m_cards.first());
    auto holder = std::make_shared<QPointer<QWidget>>();
    auto* card = new ToastCard(note, m_window, [this, holder] {
        if (*holder)
            drop(*holder);
    });
    *holder = card;
    m_cards << card;
    card->show();
    card->raise();
    place();
    QAccessibleEvent spoken(card, QAccessible::Alert);
    QAccessible::updateAccessibility(&spoken);
    if (note.level == NoteLevel::Error)
        return;
    auto* timer = new QTimer(card);
    timer->setSingleShot(true);
    connect(timer, &QTimer::timeout, card, [this, card, timer] {
        if (card->underMouse())
            timer->start(kSecondsMs);
        else
            drop(card);
    });
    timer->start(kSecondsMs);
}

void Toasts::drop(QWidget* card) {
    m_cards.removeAll(card);
    card->hide();
    card->deleteLater();
    place();
}

void Toasts::place() {
    int bottom = m_window->height() - kStatusBar - 12;
    for (auto it = m_cards.rbegin(); it != m_cards.rend(); ++it) {
        QWidget* card = *it;
        const int height = card->layout()->hasHeightForWidth() ? card->layout()->totalHeightForWidth(kWidth)
                                                               : card->sizeHint().height();
        card->setGeometry(m_window->width() - kWidth - 12, bottom - height, kWidth, height);
        bottom -= height + kGap;
    }
}

bool Toasts::eventFilter(QObject* object, QEvent* event) {
    if (event->type() == QEvent::Resize)
        place();
    return QObject::eventFilter(object, event);
}

BellList::BellList(Notifications& notifications, QWidget* anchor) : QWidget(anchor->window(), Qt::Popup) {
    setAttribute(Qt::WA_DeleteOnClose);
    setAccessibleName(tr("Notifications"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(1, 1, 1, 1);
    column->setSpacing(0);
    auto* head = new QHBoxLayout;
    head->setContentsMargins(12, 8, 8, 8);
    head->addWidget(makeLabel(tr("Notifications"), "section"));
    head->addStretch();
    auto* clear = new QPushButton(tr("Clear"));
    clear->setProperty("role", "quiet");
    clear->setEnabled(!notifications.list().isEmpty());
    connect(clear, &QPushButton::clicked, this, [this, &notifications] {
        notifications.clear();
        close();
    });
    head->addWidget(clear);
    column->addLayout(head);
    column->addWidget(makeRule(Qt::Horizontal));
    auto* scroll = new QScrollArea;
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* inner = new QWidget;
    inner->setProperty("role", "scroll-body");
    auto* list = new QVBoxLayout(inner);
    list->setContentsMargins(12, 8, 12, 8);
    list->setSpacing(12);
    if (notifications.list().isEmpty())
        list->addWidget(makeLabel(tr("What Lathe tells you is kept here."), "dim"));
    for (const Notification& note : notifications.list()) {
        auto* row = new QHBoxLayout;
        row->setSpacing(10);
        auto* icon = new QLabel;
        icon->setPixmap(theme().pixmap(QLatin1String(lookOf(note.level).icon),
                                       QLatin1String(lookOf(note.level).token), 16, devicePixelRatioF()));
        row->addWidget(icon, 0, Qt::AlignTop);
        auto* text = new QVBoxLayout;
        text->setSpacing(2);
        auto* title = makeLabel(note.title, "strong");
        title->setTextFormat(Qt::PlainText);
        title->setWordWrap(true);
        text->addWidget(title);
        if (!note.text.isEmpty()) {
            auto* detail = makeLabel(note.text, "hint");
            detail->setTextFormat(Qt::PlainText);
            detail->setWordWrap(true);
            text->addWidget(detail);
        }
        if (!note.action.isEmpty()) {
            auto* action = new QPushButton(note.action);
            action->setProperty("role", "link");
            connect(action, &QPushButton::clicked, this, [this, run = note.run] {
                close();
                if (run)
                    run();
            });
            text->addWidget(action, 0, Qt::AlignLeft);
        }
        row->addLayout(text, 1);
        row->addWidget(makeLabel(note.time.time().toString(QStringLiteral("HH:mm")), "hint"), 0,
                       Qt::AlignTop);
        list->addLayout(row);
    }
    list->addStretch();
    scroll->setWidget(inner);
    column->addWidget(scroll, 1);
    resize(kWidth + 40, 420);
    const QPoint corner = anchor->mapToGlobal(QPoint(anchor->width() + 6, anchor->height()));
    move(corner.x(), corner.y() - height());
    notifications.markRead();
}

void BellList::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), theme().color(QStringLiteral("bg.popup")));
    painter.setPen(theme().strongBorder());
    painter.drawRect(rect().adjusted(0, 0, -1, -1));
}

}  // namespace lathe::app

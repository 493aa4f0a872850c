// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/status_bar.h"

#include "app/theme.h"
#include "app/widgets.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QTimer>
#include <QToolButton>

#include <algorithm>

namespace lathe::app {

namespace {

constexpr int kHeight = 24, kFlashMs = 4000, kGap = 4;

// One item's face: icon, text, detail in text.3. Painted by itself, since a tool button has one colour of
// text.
class TextFace final : public QAbstractButton {
public:
    explicit TextFace(QWidget* parent) : QAbstractButton(parent) {
        setFocusPolicy(Qt::TabFocus);
        setCursor(Qt::ArrowCursor);
        setAttribute(Qt::WA_Hover);
    }
    void set(const StatusText& text) {
        m_text = text;
        setToolTip(text.toolTip);
        setAccessibleName(text.detail.isEmpty() ? text.text : text.text + QLatin1Char(' ') + text.detail);
        setAccessibleDescription(text.toolTip);
        updateGeometry();
        update();
    }
    bool empty() const { return m_text.text.isEmpty() && m_text.icon.isEmpty(); }
    QSize sizeHint() const override {
        int width = 12;
        if (!m_text.icon.isEmpty())
            width += 14 + (m_text.text.isEmpty() ? 0 : 5);
        width += QFontMetrics(textFont()).horizontalAdvance(m_text.text);
        if (!m_text.detail.isEmpty())
            width += 5 + QFontMetrics(theme().uiFont(12)).horizontalAdvance(m_text.detail);
        return {width, kHeight};
    }

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        if (underMouse() && isEnabled() && isClickable())
            painter.fillRect(rect(), theme().color(QStringLiteral("bg.hover")));
        int x = 6;
        if (!m_text.icon.isEmpty()) {
            painter.drawPixmap(x, (height() - 14) / 2,
                               theme().pixmap(m_text.icon, m_text.iconToken, 14, devicePixelRatioF()));
            x += 19;
        }
        painter.setFont(textFont());
        painter.setPen(theme().color(m_text.strong ? QStringLiteral("text.1") : m_text.token));
        painter.drawText(QRect(x, 0, width() - x, height()), Qt::AlignVCenter | Qt::AlignLeft, m_text.text);
        if (!m_text.detail.isEmpty()) {
            x += QFontMetrics(textFont()).horizontalAdvance(m_text.text) + 5;
            painter.setFont(theme().uiFont(12));
            painter.setPen(theme().color(QStringLiteral("text.3")));
            painter.drawText(QRect(x, 0, width() - x, height()), Qt::AlignVCenter | Qt::AlignLeft,
                             m_text.detail);
        }
        if (hasFocus()) {
            painter.setPen(QPen(theme().color(QStringLiteral("accent")), 2));
            painter.drawRect(rect().adjusted(1, 1, -1, -1));
        }
    }
    bool isClickable() const { return receivers(SIGNAL(clicked(bool))) > 0; }

private:
    QFont textFont() const { return theme().uiFont(12, m_text.strong ? QFont::Medium : QFont::Normal); }
    StatusText m_text;
};

}  // namespace

struct StatusBar::Item {
    StatusItemSpec spec;
    QWidget* face = nullptr;
    TextFace* text = nullptr;
    bool wanted = true;
};

StatusBar::StatusBar(QWidget* parent) : QWidget(parent) {
    setFixedHeight(kHeight);
    setAccessibleName(tr("Status bar"));
    auto* flash = makeLabel({}, "dim", this);
    flash->setFont(theme().uiFont(12));
    flash->hide();
    m_flash = flash;
}

StatusBar::~StatusBar() {
    qDeleteAll(m_items);
}

void StatusBar::add(StatusItemSpec spec) {
    remove(spec.id);
    auto* item = new Item;
    item->spec = std::move(spec);
    if (item->spec.widget) {
        item->face = item->spec.widget;
        item->face->setParent(this);
    } else {
        item->text = new TextFace(this);
        item->face = item->text;
        if (item->spec.clicked)
            connect(item->text, &QAbstractButton::clicked, this,
                    [clicked = item->spec.clicked] { clicked(); });
    }
    const auto place = std::ranges::find_if(
        m_items, [item](const Item* other) { return other->spec.order > item->spec.order; });
    m_items.insert(place, item);
    relayout();
}

void StatusBar::remove(const QString& id) {
    for (qsizetype i = 0; i < m_items.size(); ++i)
        if (m_items[i]->spec.id == id) {
            m_items[i]->face->deleteLater();
            m_items[i]->face->hide();
            delete m_items.takeAt(i);
            relayout();
            return;
        }
}

void StatusBar::setText(const QString& id, const StatusText& text) {
    for (Item* item : m_items)
        if (item->spec.id == id && item->text) {
            item->text->set(text);
            relayout();
        }
}

void StatusBar::setItemVisible(const QString& id, bool visible) {
    for (Item* item : m_items)
        if (item->spec.id == id && item->wanted != visible) {
            item->wanted = visible;
            relayout();
        }
}

void StatusBar::flash(const QString& text) {
    auto* label = static_cast<QLabel*>(m_flash);
    label->setText(text);
    label->setVisible(!text.isEmpty());
    relayout();
    QTimer::singleShot(kFlashMs, label, [this, label, text] {
        if (label->text() == text) {
            label->hide();
            relayout();
        }
    });
}

QStringList StatusBar::visibleItems() const {
    QStringList ids;
    for (const Item* item : m_items)
        if (item->face->isVisibleTo(this))
            ids << item->spec.id;
    return ids;
}

void StatusBar::relayout() {
    QList<Item*> shown;
    for (Item* item : m_items)
        if (item->wanted && !(item->text && item->text->empty()))
            shown << item;
    const auto widthOf = [](const Item* item) {
        return item->face->sizeHint().width() + (item->text ? 0 : 8);
    };
    int total = 16;
    for (const Item* item : shown)
        total += widthOf(item) + kGap;
    // Narrow: the least wanted go first; host and branch (kKeep) stay even if they are cut.
    while (total > width()) {
        const auto least =
            std::ranges::min_element(shown, {}, [](const Item* item) { return item->spec.priority; });
        if (least == shown.end() || (*least)->spec.priority >= kKeep)
            break;
        total -= widthOf(*least) + kGap;
        shown.erase(least);
    }
    int left = 6, right = width() - 6;
    for (auto it = shown.rbegin(); it != shown.rend(); ++it)
        if ((*it)->spec.side == StatusSide::Right) {
            const int itemWidth = widthOf(*it);
            right -= itemWidth;
            (*it)->face->setGeometry(right, 0, itemWidth, kHeight);
            right -= kGap;
        }
    for (Item* item : shown)
        if (item->spec.side == StatusSide::Left) {
            const int itemWidth = widthOf(item);
            item->face->setGeometry(left, 0, itemWidth, kHeight);
            left += itemWidth + kGap;
        }
    for (Item* item : m_items)
        item->face->setVisible(shown.contains(item));
    m_flash->setGeometry(left + 8, 0, std::max(0, right - left - 16), kHeight);
}

void StatusBar::resizeEvent(QResizeEvent*) {
    relayout();
}

void StatusBar::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), theme().color(QStringLiteral("bg.chrome")));
    painter.fillRect(0, 0, width(), 1, theme().color(QStringLiteral("border")));
}

bool StatusBar::event(QEvent* event) {
    if (event->type() == QEvent::LayoutRequest || event->type() == QEvent::FontChange)
        relayout();
    return QWidget::event(event);
}

}  // namespace lathe::app

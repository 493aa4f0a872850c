// SPDX-License-Identifier: GPL-3.0-or-later
#include "chart_card.h"

#include "runs_model.h"

#include "app/theme.h"
#include "app/widgets.h"
#include "app/workspace.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QMouseEvent>
#include <QToolButton>
#include <QVBoxLayout>

#include <cmath>

namespace lathe::runs {

ChartCard::ChartCard(SeriesCache& cache, ChartContext& context, const QString& metric, Style style,
                     QWidget* parent)
    : QFrame(parent), m_style(style), m_canvas(new ChartCanvas(cache, context, metric)) {
    if (style == Style::Grid)
        setProperty("role", "card");
    setMinimumSize(240, style == Style::Grid ? 180 : 150);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(1, 1, 1, 1);
    layout->setSpacing(0);
    auto* header = new QHBoxLayout;
    header->setContentsMargins(10, 4, 6, 0);
    header->setSpacing(6);
    m_title = app::makeLabel(metric, "mono");
    m_title->setTextFormat(Qt::PlainText);
    m_marks = app::makeLabel({}, "hint");
    m_bad = app::makeTag({}, QStringLiteral("error"));
    m_bad->hide();
    m_outside = new QToolButton;
    m_outside->setProperty("role", "tag");
    m_outside->setCursor(Qt::PointingHandCursor);
    m_outside->setToolTip(tr("Lines that leave the 1–99 % range. Click to fit everything."));
    m_outside->hide();
    m_legend = app::makeLabel({}, "dim");
    m_legend->setTextFormat(Qt::RichText);
    m_expand = new app::IconButton(QStringLiteral("expand"), tr("Expand chart"));
    m_menu = new app::IconButton(QStringLiteral("more"), tr("Chart menu"));
    for (auto* button : {m_expand, m_menu}) {
        button->setFixedSize(24, 24);
        button->setVisible(false);
    }
    header->addWidget(m_title);
    header->addWidget(m_marks);
    // Beside the title, where nothing moves when they come and go.
    if (style == Style::Grid) {
        header->addWidget(m_expand);
        header->addWidget(m_menu);
    }
    header->addStretch();
    header->addWidget(m_legend);
    header->addWidget(m_outside);
    header->addSpacing(2);
    header->addWidget(m_bad);
    if (style == Style::Live) {
        m_expand->setParent(this);
        m_menu->setParent(this);
    }
    auto* strip = new QWidget;
    strip->setFixedHeight(30);
    strip->setLayout(header);
    layout->addWidget(strip);
    layout->addWidget(m_canvas, 1);

    connect(m_canvas, &ChartCanvas::statusChanged, this, &ChartCard::refreshHeader);
    connect(m_outside, &QToolButton::clicked, this, [this] { m_canvas->setFitAll(!m_canvas->fitAll()); });
    connect(m_expand, &QToolButton::clicked, this, &ChartCard::expandRequested);
    connect(m_menu, &QToolButton::clicked, this, &ChartCard::showMenu);
    refreshHeader();
}

void ChartCard::setExpanded(bool expanded) {
    m_expand->setToolTip(expanded ? tr("Back to all charts") : tr("Expand chart"));
    m_expand->setAccessibleName(m_expand->toolTip());
}

void ChartCard::enterEvent(QEnterEvent*) {
    m_expand->setVisible(m_style == Style::Grid);
    m_menu->setVisible(m_style == Style::Grid);
}

void ChartCard::leaveEvent(QEvent*) {
    m_expand->hide();
    m_menu->hide();
}

void ChartCard::mouseDoubleClickEvent(QMouseEvent*) {
    Q_EMIT expandRequested();
}

void ChartCard::refreshHeader() {
    QStringList marks;
    if (m_canvas->logY())
        marks << tr("log");
    if (m_canvas->logX())
        marks << tr("log x");
    m_marks->setText(marks.join(QStringLiteral(", ")));
    const int outside = m_canvas->outside();
    m_outside->setVisible(outside > 0 || m_canvas->fitAll());
    // In the live plots the room is the values'.
    m_outside->setText(m_canvas->fitAll()       ? tr("all fitted")
                       : m_style == Style::Live ? tr("%n out", nullptr, outside)
                                                : tr("%n outside range", nullptr, outside));
    m_outside->setFixedWidth(QFontMetrics(app::theme().uiFont(11)).horizontalAdvance(m_outside->text()) + 12);
    m_bad->setVisible(m_canvas->badPoints() > 0);
    m_bad->setText(
        tr("%n NaN", nullptr, static_cast<int>(std::min<std::uint64_t>(m_canvas->badPoints(), 1'000'000))));
    m_bad->setToolTip(
        tr("Values that are no finite number (NaN or infinite); a cross marks the first of a run"));
    if (m_style == Style::Live) {
        QStringList parts;
        const auto& lines = m_canvas->lines();
        const int room =
            std::max(48, width() / (2 + static_cast<int>(std::min<qsizetype>(lines.size(), 3))) - 40);
        for (qsizetype i = 0; i < lines.size() && i < 3; ++i)
            if (const double value = m_canvas->lastValue(i); std::isfinite(value) && !lines[i].faint)
                parts << QStringLiteral(
                             "<span style='color:%1'>●</span> %2 <b style='color:%3;font-weight:500'>%4</b>")
                             .arg(lines[i].color.name(),
                                  m_legend->fontMetrics()
                                      .elidedText(lines[i].name, Qt::ElideMiddle, room)
                                      .toHtmlEscaped(),
                                  app::theme().color(QStringLiteral("text.1")).name(), valueText(value));
        m_legend->setText(parts.join(QStringLiteral("&nbsp;&nbsp; ")));
    }
}

void ChartCard::showMenu() {
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const auto check = [&](const QString& text, bool on, auto slot) {
        auto* action = menu->addAction(text);
        action->setCheckable(true);
        action->setChecked(on);
        connect(action, &QAction::toggled, this, slot);
    };
    check(tr("Logarithmic y") + QStringLiteral("\tY"), m_canvas->logY(),
          [this](bool on) { m_canvas->setLogY(on); });
    check(tr("Logarithmic x") + QStringLiteral("\tX"), m_canvas->logX(),
          [this](bool on) { m_canvas->setLogX(on); });
    check(tr("Fit all values"), m_canvas->fitAll(), [this](bool on) { m_canvas->setFitAll(on); });
    menu->addSeparator();
    menu->addAction(tr("Copy data"), this,
                    [this] { QApplication::clipboard()->setText(m_canvas->dataAsText()); });
    menu->addAction(tr("Copy picture"), this,
                    [this] { QApplication::clipboard()->setPixmap(m_canvas->grab()); });
    menu->addAction(tr("Save picture…"), this, [this] {
        // Not the static call: it would go on inside this card after the card is gone.
        auto* dialog =
            new QFileDialog(this, tr("Save picture"), QString(), tr("Pictures (*.svg *.pdf *.png)"));
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->setAcceptMode(QFileDialog::AcceptSave);
        dialog->selectFile(metric().section(QLatin1Char('/'), -1) + QStringLiteral(".svg"));
        connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& path) {
            if (const QString problem = m_canvas->save(path, {800, 500}); !problem.isEmpty())
                m_marks->setText(tr("not saved: %1").arg(problem));
        });
        dialog->open();
    });
    menu->popup(m_menu->mapToGlobal(QPoint(0, m_menu->height())));
}

}  // namespace lathe::runs

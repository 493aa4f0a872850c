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
    : QFrame(parent), m_style(style), m_context(context), m_canvas(new ChartCanvas(cache, context, metric)) {
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
    m_title->setMinimumWidth(24);
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
    if (style == Style::Grid)
        header->addWidget(m_expand);
    header->addWidget(m_menu);
    header->addStretch();
    header->addWidget(m_legend);
    header->addWidget(m_outside);
    header->addSpacing(2);
    header->addWidget(m_bad);
    if (style == Style::Live)
        m_expand->setParent(this);
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
    m_menu->show();
    refreshHeader();
}

void ChartCard::leaveEvent(QEvent*) {
    m_expand->hide();
    m_menu->hide();
    refreshHeader();
}

void ChartCard::resizeEvent(QResizeEvent* event) {
    QFrame::resizeEvent(event);
    refreshHeader();
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
    // The header is one row, and what stands in it never lies over something else: first the short words,
    // then the names beside the values, then the end of the title give way.
    constexpr int kEdges = 18, kGap = 6;
    const int outside = m_canvas->outside();
    const auto bad = static_cast<int>(std::min<std::uint64_t>(m_canvas->badPoints(), 1'000'000));
    const QFontMetrics tagMetrics(app::theme().uiFont(11));
    const auto tagWidth = [&](const QString& text) {
        return text.isEmpty() ? 0 : tagMetrics.horizontalAdvance(text) + 12 + kGap;
    };
    const QString badText = bad > 0 ? tr("%n NaN", nullptr, bad) : QString();
    QString outsideText = m_canvas->fitAll() && outside == 0 && m_context.clip() ? tr("all fitted")
                          : outside > 0 ? tr("%n outside range", nullptr, outside)
                                        : QString();
    const int buttons = (m_expand->isHidden() ? 0 : 24 + kGap) + (m_menu->isHidden() ? 0 : 24 + kGap);
    const int title = m_title->fontMetrics().horizontalAdvance(metric()) + 2;
    const auto room = [&] { return width() - kEdges - buttons - tagWidth(badText) - tagWidth(outsideText); };
    if (outside > 0 && room() < std::min(title, 90))
        outsideText = QStringLiteral("↕ %1").arg(outside);
    const int marksWide =
        marks.isEmpty() ? 0
                        : m_marks->fontMetrics().horizontalAdvance(marks.join(QStringLiteral(", "))) + kGap;
    const bool marksFit = room() >= title + marksWide;
    m_marks->setText(marksFit ? marks.join(QStringLiteral(", ")) : QString());
    m_marks->setVisible(marksFit && !marks.isEmpty());
    m_outside->setVisible(!outsideText.isEmpty());
    m_outside->setText(outsideText);
    m_outside->setToolTip(
        outside > 0 ? tr("%n lines leave the 1–99 % range. Click to fit everything.", nullptr, outside)
                    : tr("Click to fit the 1–99 % range again."));
    m_outside->setAccessibleName(m_outside->toolTip());
    m_outside->setFixedWidth(std::max(1, tagWidth(outsideText) - kGap));
    m_bad->setVisible(!badText.isEmpty());
    m_bad->setText(badText);
    m_bad->setToolTip(
        tr("Values that are no finite number (NaN or infinite); a cross marks the first of a run"));

    int left = room() - (marksFit ? marksWide : 0);
    if (m_style == Style::Live) {
        // The value beside a run is the last it logged, however the line is drawn.
        struct Part {
            QString name, value;
            QColor color;
        };
        QList<Part> parts;
        const auto& lines = m_canvas->lines();
        const auto& metrics = m_legend->fontMetrics();
        int values = 0;
        for (qsizetype i = 0; i < lines.size() && parts.size() < 3; ++i) {
            if (lines[i].faint || !m_canvas->hasPoints())
                continue;
            const double value = m_canvas->lastValue(i);
            parts.append(
                {lines[i].name, std::isfinite(value) ? valueText(value) : tr("NaN"), lines[i].color});
            values += metrics.horizontalAdvance(parts.last().value) + 30;
        }
        const int names =
            parts.isEmpty() ? 0 : (left - std::min(title, 120) - values) / static_cast<int>(parts.size());
        QStringList texts;
        int wide = 0;
        for (const auto& part : parts) {
            const QString name =
                names < 36 ? QString() : metrics.elidedText(part.name, Qt::ElideMiddle, names);
            texts << QStringLiteral(
                         "<span style='color:%1'>●</span> %2 <b style='color:%3;font-weight:500'>%4</b>")
                         .arg(part.color.name(), name.toHtmlEscaped(),
                              app::theme().color(QStringLiteral("text.1")).name(), part.value);
            wide += metrics.horizontalAdvance(name + part.value) + 30;
        }
        m_legend->setText(texts.join(QStringLiteral("&nbsp;&nbsp; ")));
        m_legend->setToolTip(tr("Last value logged"));
        left -= wide;
    }
    m_title->setText(m_title->fontMetrics().elidedText(metric(), Qt::ElideMiddle, std::max(24, left)));
    m_title->setToolTip(metric());
}

void ChartCard::addSmoothingTo(QMenu& menu) {
    auto* sub = menu.addMenu(tr("Smoothing of this chart"));
    const auto own = m_context.ownSmoothing(metric());
    const auto add = [&](const QString& text, std::optional<double> weight) {
        auto* action = sub->addAction(text);
        action->setCheckable(true);
        action->setChecked(own == weight);
        connect(action, &QAction::triggered, this,
                [this, weight] { m_context.setOwnSmoothing(metric(), weight); });
    };
    add(isSchedule(metric()) ? tr("As usual: none, a schedule") : tr("As for all charts, if dense"),
        std::nullopt);
    add(tr("None"), 0.0);
    for (const double weight : {0.3, 0.6, 0.8, 0.9, 0.95, 0.99})
        add(QString::number(weight, 'f', 2), weight);
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
    if (m_context.clip())
        check(tr("Fit all values"), m_canvas->fitAll(), [this](bool on) { m_canvas->setFitAll(on); });
    addSmoothingTo(*menu);
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

// SPDX-License-Identifier: GPL-3.0-or-later
#include "launch_where.h"

#include "app/theme.h"
#include "app/widgets.h"
#include "app/workbench.h"
#include "core/text.h"

#include <QButtonGroup>
#include <QGridLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>
#include <numeric>

namespace lathe::runs {

using app::toQString;
using app::toStd;

namespace {

constexpr int kCardsInRow = 4;

}  // namespace

HostCards::HostCards(app::Workbench& workbench, QWidget* parent)
    : QWidget(parent), m_workbench(workbench), m_group(new QButtonGroup(this)), m_grid(new QGridLayout),
      m_progress(app::makeLabel({}, "hint")), m_error(new app::ErrorState) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(6);
    layout->addWidget(app::makeLabel(tr("Where"), "section"));
    m_grid->setSpacing(6);
    layout->addLayout(m_grid);
    layout->addWidget(m_progress);
    layout->addWidget(m_error);
    m_progress->hide();
    m_error->hide();
    m_error->setRetry([this] { connectHost(); });
    addCard(QStringLiteral("local"));
    m_cards.first()->setChecked(true);
    connect(&workbench.engine(), &app::EngineBridge::hostChanged, this, [this](const QString& id) {
        refreshCard(id);
        if (id == m_host)
            Q_EMIT connectedChanged();
    });
    load();
}

void HostCards::load() {
    m_workbench.engine()
        .async([](Engine& engine, std::stop_token) -> Result<std::vector<std::string>> {
            // A name that was tried once and led nowhere is no host.
            std::vector<std::string> ids;
            const auto configured = engine.hosts().configured();
            for (const auto& host : engine.hosts().known())
                if (host->state() != host::HostState::Offline ||
                    std::ranges::find(configured, host->id()) != configured.end())
                    ids.push_back(host->id());
            ids.insert(ids.end(), configured.begin(), configured.end());
            return ids;
        })
        .then(this, [this](Result<std::vector<std::string>> ids) {
            if (!ids)  // this computer is always there; the rest is said by the hosts pane
                return;
            for (const auto& id : *ids)
                if (const auto name = toQString(id); !m_ids.contains(name) && m_ids.size() < 12)
                    addCard(name);
        });
}

void HostCards::addCard(const QString& id) {
    auto* card = new QPushButton;
    card->setCheckable(true);
    card->setProperty("role", "host-card");
    card->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    const auto at = m_ids.size();
    m_ids << id;
    m_cards << card;
    m_group->addButton(card);
    m_grid->addWidget(card, static_cast<int>(at / kCardsInRow), static_cast<int>(at % kCardsInRow));
    for (int column = 0; column < kCardsInRow; ++column)
        m_grid->setColumnStretch(column, 1);
    connect(card, &QPushButton::clicked, this, [this, id] { choose(id); });
    refreshCard(id);
}

void HostCards::refreshCard(const QString& id) {
    const auto at = m_ids.indexOf(id);
    if (at < 0)
        return;
    const auto state = m_workbench.engine().hostState(id);
    QString word;
    if (id == QLatin1String("local")) {
        word = tr("CPU and devices here");
    } else {
        switch (state) {
        case host::HostState::Connected: word = tr("connected"); break;
        case host::HostState::Connecting: word = tr("connecting…"); break;
        case host::HostState::Lost: word = tr("lost"); break;
        case host::HostState::Offline: word = tr("not connected"); break;
        }
    }
    const QString name = id == QLatin1String("local") ? tr("This computer") : id;
    m_cards[at]->setText(name + QLatin1Char('\n') + word);
    m_cards[at]->setAccessibleName(name + QStringLiteral(", ") + word);
    m_cards[at]->setToolTip(m_workbench.engine().hostStateText(id));
}

bool HostCards::connected() const {
    return m_host == QLatin1String("local") ||
           m_workbench.engine().hostState(m_host) == host::HostState::Connected;
}

void HostCards::setHost(const QString& id) {
    if (id.isEmpty())
        return;
    if (!m_ids.contains(id))
        addCard(id);
    m_cards[m_ids.indexOf(id)]->setChecked(true);
    choose(id);
}

void HostCards::choose(const QString& id) {
    const bool other = id != m_host;
    m_host = id;
    m_error->hide();
    m_progress->hide();
    if (other)
        Q_EMIT hostChanged(id);
    if (!connected())
        connectHost();
}

void HostCards::connectHost() {
    if (m_connecting)
        return;
    m_connecting = true;
    m_error->hide();
    m_progress->setText(tr("Connecting to %1…").arg(m_host));
    m_progress->show();
    auto& bridge = m_workbench.engine();
    bridge
        .async([&bridge, id = toStd(m_host)](Engine& engine, std::stop_token stop) -> Result<std::string> {
            LATHE_TRY_ASSIGN(auto host, bridge.connectedHost(engine, id, stop));
            return host->stateText();
        })
        .then(this, [this, id = m_host](Result<std::string> state) {
            m_connecting = false;
            refreshCard(id);
            if (id != m_host) {
                if (!connected())
                    connectHost();
                return;
            }
            m_progress->setVisible(state.has_value());
            m_error->setVisible(!state);
            if (state)
                m_progress->setText(tr("%1: %2").arg(id, toQString(*state)));
            else
                m_error->setError(toQString(state.error().what), toQString(state.error().on),
                                  toQString(state.error().hint));
            Q_EMIT connectedChanged();
        });
}

MemoryBar::MemoryBar(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setFixedHeight(66);
}

void MemoryBar::setPlan(const Json& plan) {
    m_parts.clear();
    const std::pair<const char*, QString> names[] = {{"parameters", tr("Parameters")},
                                                     {"gradients", tr("Gradients")},
                                                     {"optimizer", tr("Optimiser")},
                                                     {"activations", tr("Activations")},
                                                     {"communication", tr("Communication")}};
    QStringList said;
    for (const auto& [key, name] : names)
        if (const double bytes = getNumber(plan, key); bytes > 0) {
            m_parts.append({name, bytes});
            said << name + QLatin1Char(' ') + toQString(bytesText(static_cast<std::uint64_t>(bytes)));
        }
    m_total = std::accumulate(m_parts.begin(), m_parts.end(), 0.0,
                              [](double sum, const Part& part) { return sum + part.bytes; });
    setAccessibleName(tr("Memory per rank: %1").arg(said.join(QStringLiteral(", "))));
    update();
}

void MemoryBar::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    auto& theme = app::theme();
    painter.setFont(theme.uiFont(12));
    painter.setPen(theme.color(QStringLiteral("text.2")));
    painter.drawText(QRect(0, 0, width(), 18), Qt::AlignLeft | Qt::AlignVCenter,
                     tr("Memory per rank, planned"));
    painter.setPen(theme.color(QStringLiteral("text.1")));
    painter.drawText(QRect(0, 0, width(), 18), Qt::AlignRight | Qt::AlignVCenter,
                     toQString(bytesText(static_cast<std::uint64_t>(m_total))));
    const QRectF bar(0, 23, width(), 14);
    painter.fillRect(bar, theme.color(QStringLiteral("bg.hover")));
    double x = 0;
    int legend = 0;
    const QFontMetrics metrics(theme.uiFont(11));
    for (qsizetype i = 0; i < m_parts.size(); ++i) {
        const double wide = m_total > 0 ? m_parts[i].bytes / m_total * bar.width() : 0;
        const QColor color = theme.runColor(static_cast<int>(i));
        painter.fillRect(QRectF(x, bar.top(), std::max(1.0, wide - 1), bar.height()), color);
        x += wide;
        painter.fillRect(QRect(legend, 50, 8, 8), color);
        painter.setFont(theme.uiFont(11));
        painter.setPen(theme.color(QStringLiteral("text.2")));
        const QString text = m_parts[i].name + QLatin1Char(' ') +
                             toQString(bytesText(static_cast<std::uint64_t>(m_parts[i].bytes)));
        painter.drawText(QRect(legend + 13, 44, width(), 20), Qt::AlignLeft | Qt::AlignVCenter, text);
        legend += 13 + metrics.horizontalAdvance(text) + 14;
    }
}

}  // namespace lathe::runs

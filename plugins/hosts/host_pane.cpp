// SPDX-License-Identifier: GPL-3.0-or-later
#include "host_pane.h"

#include "app/command_ids.h"
#include "app/theme.h"
#include "app/widgets.h"
#include "app/workbench.h"
#include "core/clock.h"
#include "core/text.h"
#include "device_card.h"
#include "host_service.h"
#include "host_words.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

namespace lathe::hosts {

namespace {

constexpr int kCardWidth = 250, kGap = 10;

QString shown(const std::string& text, std::size_t most = 200) {
    return app::toQString(escapedForDisplay(text, most));
}

void clear(QLayout* layout) {
    while (QLayoutItem* item = layout->takeAt(0)) {
        if (item->widget())
            item->widget()->deleteLater();
        delete item;
    }
}

// A heading and a card below it for rows; returns the card.
QWidget* section(QVBoxLayout* into, const QString& title, QWidget* note = nullptr) {
    auto* head = new QHBoxLayout;
    head->setContentsMargins(0, 12, 0, 0);
    head->addWidget(app::makeLabel(title, "section"));
    if (note)
        head->addWidget(note);
    head->addStretch();
    into->addLayout(head);
    auto* card = new QFrame;
    card->setProperty("role", "card");
    auto* rows = new QGridLayout(card);
    rows->setContentsMargins(12, 8, 12, 8);
    rows->setHorizontalSpacing(14);
    rows->setVerticalSpacing(6);
    into->addWidget(card);
    return card;
}

}  // namespace

HostPane::HostPane(app::Workbench& workbench, HostService& service, const QString& host, QWidget* parent)
    : Pane(QLatin1String(kKind), parent), m_workbench(workbench), m_service(service), m_host(host),
      m_banner(new QFrame), m_bannerText(new QLabel), m_name(app::makeLabel(host, "page")), m_dot(new QLabel),
      m_state(new QLabel), m_since(app::makeLabel({}, "hint")), m_facts(app::makeLabel({}, "dim")),
      m_devicesNote(app::makeLabel({}, "hint")), m_cardArea(new QWidget),
      m_cardGrid(new QGridLayout(m_cardArea)) {
    setTitle(host == QLatin1String("local") ? tr("This computer") : host);
    setIconName(QStringLiteral("hosts"));
    setProperty("surface", "content");

    m_banner->setProperty("role", "banner-warn");
    auto* bannerRow = new QHBoxLayout(m_banner);
    bannerRow->setContentsMargins(16, 2, 8, 2);
    bannerRow->addWidget(m_bannerText, 1);
    auto* tryNow = new QPushButton(tr("Try now"));
    auto* offline = new QPushButton(tr("Work offline"));
    bannerRow->addWidget(tryNow);
    bannerRow->addWidget(offline);
    connect(tryNow, &QPushButton::clicked, this, [this] { m_service.tryNow(m_host); });
    connect(offline, &QPushButton::clicked, this, [this] { m_service.workOffline(m_host); });
    m_banner->hide();

    auto* page = new QWidget;
    page->setProperty("surface", "content");
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(16, 16, 16, 16);
    column->setSpacing(8);
    auto* head = new QHBoxLayout;
    head->setSpacing(8);
    head->addWidget(m_name);
    m_dot->setTextFormat(Qt::RichText);
    head->addWidget(m_dot);
    head->addWidget(m_state);
    head->addWidget(m_since);
    head->addStretch();
    const auto button = [&](const QString& text, const char* icon, auto run) {
        auto* made = new QPushButton(app::theme().icon(QLatin1String(icon)), text);
        connect(made, &QPushButton::clicked, this, run);
        connect(&app::theme(), &app::Theme::changed, made,
                [made, icon] { made->setIcon(app::theme().icon(QLatin1String(icon))); });
        head->addWidget(made);
        return made;
    };
    const auto command = [this](const QString& id) {
        return [this, id] { m_workbench.commands().execute(id, {{"host", m_host}}); };
    };
    m_connect = button(tr("Connect…"), "link", command(QLatin1String(app::ids::kHostConnect)));
    m_folder = button(tr("Open folder…"), "folder-open", command(QStringLiteral("host.openFolder")));
    m_terminal = button(tr("Terminal"), "terminal", command(QLatin1String(app::ids::kTerminalNew)));
    m_run = button(tr("Run here…"), "play", command(QLatin1String(app::ids::kRunLaunch)));
    column->addLayout(head);
    m_facts->setWordWrap(true);
    m_facts->setTextInteractionFlags(Qt::TextSelectableByMouse);
    column->addWidget(m_facts);

    auto* devices = new QHBoxLayout;
    devices->setContentsMargins(0, 12, 0, 0);
    devices->addWidget(app::makeLabel(tr("Devices"), "section"));
    devices->addWidget(m_devicesNote);
    devices->addStretch();
    column->addLayout(devices);
    m_cardGrid->setContentsMargins(0, 0, 0, 0);
    m_cardGrid->setSpacing(kGap);
    column->addWidget(m_cardArea);

    m_processSection = new QWidget;
    auto* processColumn = new QVBoxLayout(m_processSection);
    processColumn->setContentsMargins(0, 0, 0, 0);
    m_processRows = section(processColumn, tr("Processes"), app::makeLabel(tr("on devices"), "hint"));
    column->addWidget(m_processSection);

    auto* lower = new QHBoxLayout;
    lower->setSpacing(kGap);
    auto* left = new QVBoxLayout;
    auto* right = new QVBoxLayout;
    m_diskRows = section(left, tr("Disk"));
    left->addStretch();
    m_runRows = section(right, tr("Runs here"));
    right->addStretch();
    lower->addLayout(left, 1);
    lower->addLayout(right, 1);
    column->addLayout(lower);
    column->addStretch();

    auto* scroll = new QScrollArea;
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setWidget(page);
    auto* whole = new QVBoxLayout(this);
    whole->setContentsMargins(0, 0, 0, 0);
    whole->setSpacing(0);
    whole->addWidget(m_banner);
    whole->addWidget(scroll, 1);

    connect(&service, &HostService::changed, this, [this](const QString& id) {
        if (id == m_host)
            refresh();
    });
    connect(&workbench.engine(), &app::EngineBridge::runsChanged, this, &HostPane::refreshRuns);
    connect(&app::theme(), &app::Theme::changed, this, &HostPane::refresh);
    service.look(m_host, this);
    refresh();
    refreshRuns();
}

QString HostPane::stateText() const {
    return m_state->text();
}
QString HostPane::factsText() const {
    return m_facts->text();
}
QString HostPane::bannerText() const {
    return m_banner->isHidden() ? QString() : m_bannerText->text();
}

void HostPane::refresh() {
    const HostView& view = m_service.view(m_host);
    const bool connected = view.state == host::HostState::Connected;
    const QColor color = app::theme().color(stateToken(view));
    m_dot->setText(QStringLiteral("<span style='color:%1'>●</span>").arg(color.name()));
    m_dot->setAccessibleName(tr("State"));
    switch (view.state) {
    case host::HostState::Connected: m_state->setText(tr("connected")); break;
    case host::HostState::Connecting: m_state->setText(tr("connecting")); break;
    case host::HostState::Lost: m_state->setText(tr("connection lost")); break;
    case host::HostState::Offline: m_state->setText(tr("not connected")); break;
    }
    m_state->setStyleSheet(QStringLiteral("color: %1").arg(color.name()));
    QStringList since;
    if (connected && !view.isLocal())
        since << stateWords(view);
    if (view.facts && view.facts->uptime > 0)
        since << tr("up %1").arg(durationWords(view.facts->uptime));
    m_since->setText(since.join(QStringLiteral(", ")));
    setStale(!connected && view.facts
                 ? tr("as of %1").arg(app::toQString(localTimeText(view.factsTime)).section(' ', 1))
                 : QString());
    for (QPushButton* button : {m_folder, m_terminal, m_run})
        button->setVisible(connected);
    m_connect->setVisible(!connected && view.state != host::HostState::Lost);
    refreshBanner();
    if (!view.facts) {
        m_facts->setText(!view.factsError.isEmpty() ? view.factsError
                         : connected                ? tr("Reading what this host has…")
                                                    : view.stateText);
        m_processSection->hide();
        return;
    }
    m_facts->setText(factsLine(*view.facts));
    refreshDevices(*view.facts);
    refreshProcesses(*view.facts);
    refreshDisks(*view.facts);
}

void HostPane::refreshBanner() {
    const HostView& view = m_service.view(m_host);
    if (view.state != host::HostState::Lost || view.lostSince == 0 || view.workOffline) {
        m_banner->hide();
        return;
    }
    int runs = 0;
    for (const auto& run : m_workbench.engine().runs())
        runs += app::toQString(run->spec.host) == m_host && !record::isOver(run->state);
    const double now = wallSeconds();
    QString text = tr("%1: connection lost %2 ago.").arg(m_host, durationWords(now - view.lostSince));
    if (runs > 0)
        text += QLatin1Char(' ') + (runs == 1 ? tr("Its run goes on.") : tr("Its %1 runs go on.").arg(runs));
    if (view.connecting)
        text += QLatin1Char(' ') + tr("Trying…");
    else if (view.nextTry > 0)
        text +=
            QLatin1Char(' ') + tr("Next try in %1.").arg(durationWords(std::max(1.0, view.nextTry - now)));
    else
        text += QLatin1Char(' ') + view.stateText;
    m_bannerText->setText(text);
    m_banner->show();
}

void HostPane::refreshDevices(const HostFacts& facts) {
    const HostView& view = m_service.view(m_host);
    QList<DeviceCard::Content> contents;
    if (facts.gpus.empty()) {
        DeviceCard::Content cpu;
        cpu.name = tr("CPU");
        cpu.right = coresText(facts.cores);
        cpu.use = facts.cpuUse();
        cpu.memoryShare = facts.memoryTotal > 0 ? 1 - facts.memoryFree / facts.memoryTotal : 0;
        cpu.memory = memoryText(facts);
        contents << cpu;
    }
    int busy = 0;
    for (const GpuFacts& gpu : facts.gpus) {
        DeviceCard::Content content;
        content.name = tr("GPU %1").arg(gpu.index);
        QStringList right;
        if (gpu.temperature)
            right << tr("%1 °C").arg(static_cast<int>(*gpu.temperature));
        if (gpu.power)
            right << tr("%1 W").arg(static_cast<int>(*gpu.power));
        content.right = right.join(QStringLiteral("  "));
        content.use = gpu.use;
        content.memoryShare = gpu.memoryTotal > 0 ? gpu.memoryUsed / gpu.memoryTotal : 0;
        content.memory = tr("%1 / %2 GB").arg(gigabytes(gpu.memoryUsed), gigabytes(gpu.memoryTotal));
        for (const GpuProcess& process : facts.processes) {
            if (std::ranges::find(process.gpus, gpu.index) == process.gpus.end())
                continue;
            content.foreign = content.foreign || process.user != facts.user;
            content.owner = tr("%1: %2").arg(shown(process.user, 40),
                                             shown(process.command.substr(0, process.command.find(' ')), 60));
        }
        busy += gpu.use > 0.05;
        contents << content;
    }
    m_devicesNote->setText(facts.gpus.empty() ? tr("No GPU. Last 10 minutes, every 2 s")
                                              : tr("%1 busy. Last 10 minutes, every 2 s").arg(busy));
    const bool changed = m_cards.size() != contents.size();
    while (m_cards.size() > contents.size())
        delete m_cards.takeLast();
    while (m_cards.size() < contents.size())
        m_cards << new DeviceCard(m_cardArea);
    for (qsizetype i = 0; i < contents.size(); ++i) {
        if (static_cast<std::size_t>(i) < view.use.size())
            contents[i].history = view.use[static_cast<std::size_t>(i)];
        m_cards[i]->show(contents[i]);
    }
    if (changed)
        placeCards();
}

void HostPane::placeCards() {
    const int columns = std::max(1, (width() - 32 + kGap) / (kCardWidth + kGap));
    for (qsizetype i = 0; i < m_cards.size(); ++i)
        m_cardGrid->addWidget(m_cards[i], static_cast<int>(i) / columns, static_cast<int>(i) % columns);
    // A single card keeps a card's width.
    for (int column = 0; column < 12; ++column)
        m_cardGrid->setColumnStretch(column, column < columns ? 1 : 0);
}

void HostPane::resizeEvent(QResizeEvent* event) {
    Pane::resizeEvent(event);
    placeCards();
}

void HostPane::refreshProcesses(const HostFacts& facts) {
    m_processSection->setVisible(!facts.processes.empty());
    auto* grid = static_cast<QGridLayout*>(m_processRows->layout());
    clear(grid);
    const QStringList heads = {tr("PID"),        tr("User"),    tr("GPU"),
                               tr("GPU memory"), tr("Command"), tr("Since")};
    for (int i = 0; i < heads.size(); ++i)
        grid->addWidget(app::makeLabel(heads[i], "dim"), 0, i);
    int row = 1;
    for (const GpuProcess& process : facts.processes) {
        QStringList gpus;
        for (const int gpu : process.gpus)
            gpus << QString::number(gpu);
        grid->addWidget(app::makeLabel(QString::number(process.pid), "mono"), row, 0);
        grid->addWidget(process.user == facts.user ? new QLabel(tr("you"))
                                                   : app::makeLabel(shown(process.user, 40), "warn"),
                        row, 1);
        grid->addWidget(new QLabel(gpus.join(QStringLiteral(", "))), row, 2);
        grid->addWidget(new QLabel(tr("%1 GB").arg(gigabytes(process.memory))), row, 3);
        auto* command = app::makeLabel(shown(process.command, 160), "mono");
        command->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
        command->setToolTip(shown(process.command, 2000));
        grid->addWidget(command, row, 4);
        grid->addWidget(app::makeLabel(durationWords(process.seconds), "hint"), row, 5);
        ++row;
    }
    grid->setColumnStretch(4, 1);
}

void HostPane::refreshDisks(const HostFacts& facts) {
    auto* grid = static_cast<QGridLayout*>(m_diskRows->layout());
    clear(grid);
    int row = 0;
    for (const DiskFacts& disk : facts.disks) {
        if (row >= 12)
            break;
        const double used = disk.total > 0 ? 1 - disk.free / disk.total : 0;
        const bool tight = used > 0.9;
        grid->addWidget(app::makeLabel(shown(disk.mount, 60), "mono"), row, 0);
        grid->addWidget(app::makeLabel(shown(disk.kind, 20), "hint"), row, 1);
        auto* meter = new app::Meter;
        meter->setToken(tight ? QStringLiteral("warn") : QStringLiteral("text.3"));
        meter->setValue(used);
        grid->addWidget(meter, row, 2);
        auto* free = tight ? app::makeLabel({}, "warn") : new QLabel;
        free->setText(tr("%1 free").arg(app::toQString(bytesText(static_cast<std::uint64_t>(disk.free)))));
        free->setAlignment(Qt::AlignRight);
        grid->addWidget(free, row, 3);
        ++row;
    }
    if (row == 0)
        grid->addWidget(app::makeLabel(tr("The host did not say."), "hint"), 0, 0);
    grid->setColumnStretch(2, 1);
}

void HostPane::refreshRuns() {
    auto* grid = static_cast<QGridLayout*>(m_runRows->layout());
    clear(grid);
    int row = 0;
    for (const auto& run : m_workbench.engine().runs()) {
        if (app::toQString(run->spec.host) != m_host)
            continue;
        auto* state = new QLabel;
        state->setPixmap(app::theme().statePixmap(run->state, 16, devicePixelRatioF()));
        state->setToolTip(app::theme().stateWord(run->state));
        grid->addWidget(state, row, 0);
        auto* name = new QPushButton(shown(run->spec.name, 60));
        name->setProperty("role", "quiet");
        name->setCursor(Qt::PointingHandCursor);
        connect(name, &QPushButton::clicked, this, [this, id = app::toQString(run->spec.id)] {
            m_workbench.commands().execute(app::ids::kRunOpen, {{"run", id}});
        });
        grid->addWidget(name, row, 1, Qt::AlignLeft);
        QString progress = app::theme().stateWord(run->state);
        if (!record::isOver(run->state) && run->spec.totalSteps > 0)
            progress = tr("step %1 of %2")
                           .arg(app::toQString(groupedText(run->step)),
                                app::toQString(groupedText(run->spec.totalSteps)));
        auto* label = app::makeLabel(progress, "hint");
        label->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
        grid->addWidget(label, row, 2);
        if (++row >= 8)
            break;
    }
    if (row == 0)
        grid->addWidget(app::makeLabel(tr("No run was made here yet."), "hint"), 0, 0);
    grid->setColumnStretch(1, 1);
}

QJsonObject HostPane::saveState() const {
    return {{"host", m_host}};
}

void HostPane::activate() {
    m_service.look(m_host, this);
    setFocus();
}

}  // namespace lathe::hosts

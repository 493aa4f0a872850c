// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/shell/output_pane.h"

#include "app/theme.h"
#include "app/widgets.h"
#include "app/workspace.h"
#include "core/text.h"

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QHBoxLayout>
#include <QPlainTextEdit>
#include <QTextCursor>

namespace lathe::app {

namespace {
QString levelWord(LogLevel level) {
    switch (level) {
    case LogLevel::Debug: return QStringLiteral("debug");
    case LogLevel::Info: return QStringLiteral("info ");
    case LogLevel::Warn: return QStringLiteral("warn ");
    case LogLevel::Error: return QStringLiteral("error");
    }
    return {};
}
}  // namespace

OutputPane::OutputPane(OutputLog& log)
    : Pane(QStringLiteral("workbench.output")), m_log(log), m_text(new QPlainTextEdit) {
    setTitle(tr("Output"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(8, 4, 0, 0);
    m_text->setReadOnly(true);
    m_text->setMaximumBlockCount(10000);
    m_text->setProperty("role", "bare");
    m_text->setProperty("mono", true);
    m_text->setProperty("surface", "panel");
    m_text->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_text->setAccessibleName(tr("Output of Lathe"));
    m_text->setPlaceholderText(tr("What the parts of Lathe say is listed here."));
    column->addWidget(m_text);
    connect(&m_log, &OutputLog::added, this, &OutputPane::append);
    connect(&theme(), &Theme::changed, this, &OutputPane::refill);
    refill();
}

QWidget* OutputPane::createHeaderTools() {
    auto* tools = new QWidget;
    auto* row = new QHBoxLayout(tools);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(4);
    m_channel = new QComboBox;
    m_channel->setAccessibleName(tr("Channel"));
    m_channel->addItem(tr("All channels"), QString());
    for (const QString& name : m_log.channels())
        m_channel->addItem(name, name);
    m_level = new QComboBox;
    m_level->setAccessibleName(tr("Least level"));
    m_level->addItems({tr("Debug"), tr("Info"), tr("Warnings"), tr("Errors")});
    m_level->setCurrentIndex(m_wantedLevel);
    if (const int at = m_channel->findData(m_wantedChannel); at >= 0)
        m_channel->setCurrentIndex(at);
    auto* copy = new IconButton(QStringLiteral("copy"), tr("Copy output"));
    connect(copy, &IconButton::clicked, this, [this] { QApplication::clipboard()->setText(shownText()); });
    connect(m_channel, &QComboBox::currentIndexChanged, this, [this] {
        m_wantedChannel = m_channel->currentData().toString();
        refill();
    });
    connect(m_level, &QComboBox::currentIndexChanged, this, [this](int index) {
        m_wantedLevel = index;
        refill();
    });
    row->addWidget(m_channel);
    row->addWidget(m_level);
    row->addWidget(copy);
    return tools;
}

QJsonObject OutputPane::saveState() const {
    return {{QStringLiteral("channel"), m_wantedChannel}, {QStringLiteral("level"), m_wantedLevel}};
}

void OutputPane::restoreState(const QJsonObject& state) {
    m_wantedChannel = state.value(QStringLiteral("channel")).toString();
    m_wantedLevel = qBound(0, state.value(QStringLiteral("level")).toInt(1), 3);
    refill();
}

QString OutputPane::shownText() const {
    return m_text->toPlainText();
}

bool OutputPane::passes(const OutputLine& line) const {
    return static_cast<int>(line.level) >= m_wantedLevel &&
           (m_wantedChannel.isEmpty() || line.channel == m_wantedChannel);
}

void OutputPane::append(const OutputLine& line) {
    if (m_channel && m_channel->findData(line.channel) < 0)
        m_channel->addItem(line.channel, line.channel);
    if (!passes(line))
        return;
    QTextCharFormat dim, body;
    dim.setForeground(theme().color(QStringLiteral("text.3")));
    body.setForeground(theme().color(line.level == LogLevel::Error  ? QStringLiteral("error")
                                     : line.level == LogLevel::Warn ? QStringLiteral("warn")
                                                                    : QStringLiteral("text.1")));
    QTextCursor cursor(m_text->document());
    cursor.movePosition(QTextCursor::End);
    if (!m_text->document()->isEmpty())
        cursor.insertBlock();
    cursor.insertText(line.time.time().toString(QStringLiteral("HH:mm:ss ")) + levelWord(line.level) +
                          QLatin1Char(' ') + line.channel.leftJustified(8) + QLatin1Char(' '),
                      dim);
    cursor.insertText(toQString(escapedForDisplay(toStd(line.text))), body);
}

void OutputPane::refill() {
    m_text->clear();
    for (const OutputLine& line : m_log.lines())
        append(line);
}

}  // namespace lathe::app

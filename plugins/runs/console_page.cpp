// SPDX-License-Identifier: GPL-3.0-or-later
#include "console_page.h"

#include "app/engine_bridge.h"
#include "app/theme.h"
#include "app/widgets.h"
#include "app/workspace.h"
#include "core/file.h"
#include "core/text.h"

#include <QCheckBox>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QShortcut>
#include <QStyle>
#include <QTextBlock>
#include <QVBoxLayout>

#include <filesystem>

namespace lathe::runs {
namespace {

constexpr std::uint64_t kTail = 512 * 1024;  // of a file seen for the first time
constexpr std::size_t kChunk = 4u << 20;
constexpr int kMostLines = 50'000;

QString ansiToken(int color) {
    static const char* const tokens[] = {"black",       "red",           "green",       "yellow",
                                         "blue",        "magenta",       "cyan",        "white",
                                         "brightBlack", "brightRed",     "brightGreen", "brightYellow",
                                         "brightBlue",  "brightMagenta", "brightCyan",  "brightWhite"};
    return QStringLiteral("terminal.") + QString::fromLatin1(tokens[color % 16]);
}

}  // namespace

ConsolePage::ConsolePage(app::EngineBridge& engine, QWidget* parent)
    : QWidget(parent), m_engine(engine), m_text(new QPlainTextEdit), m_search(new QLineEdit),
      m_follow(new QCheckBox(tr("Follow"))), m_heading(app::makeLabel({}, "hint")),
      m_error(new app::ErrorState) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    auto* bar = new QWidget;
    bar->setFixedHeight(34);
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(10, 0, 10, 0);
    row->setSpacing(8);
    m_search->setPlaceholderText(tr("Find"));
    m_search->setAccessibleName(tr("Find in the console"));
    m_search->setMaximumWidth(220);
    m_follow->setChecked(true);
    m_follow->setToolTip(tr("Stay at the end while the run prints"));
    row->addWidget(m_search);
    row->addWidget(m_follow);
    row->addStretch();
    row->addWidget(m_heading);
    layout->addWidget(bar);
    m_text->setReadOnly(true);
    m_text->setProperty("role", "bare");
    m_text->setProperty("mono", true);
    m_text->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_text->setMaximumBlockCount(kMostLines);
    m_text->setAccessibleName(tr("Console of the run"));
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_text->setUndoRedoEnabled(false);
    layout->addWidget(m_text, 1);
    layout->addWidget(m_error, 1);
    m_error->hide();
    m_error->setRetry([this] { read(); });

    connect(m_search, &QLineEdit::returnPressed, this, [this] { find(false); });
    connect(m_search, &QLineEdit::textEdited, this, [this] {
        auto cursor = m_text->textCursor();
        cursor.setPosition(cursor.selectionStart());
        m_text->setTextCursor(cursor);
        find(false);
    });
    auto* focusFind =
        new QShortcut(QKeySequence::Find, this, nullptr, nullptr, Qt::WidgetWithChildrenShortcut);
    connect(focusFind, &QShortcut::activated, m_search, [this] { m_search->setFocus(); });
    auto* back = new QShortcut(QKeySequence(Qt::SHIFT | Qt::Key_Return), m_search, nullptr, nullptr,
                               Qt::WidgetShortcut);
    connect(back, &QShortcut::activated, this, [this] { find(true); });
    connect(m_follow, &QCheckBox::toggled, this, [this](bool on) {
        if (on)
            m_text->verticalScrollBar()->setValue(m_text->verticalScrollBar()->maximum());
    });
    connect(&app::theme(), &app::Theme::changed, this, [this] {
        if (const auto run = m_run; !run.isEmpty()) {  // colours sit in the text
            m_run.clear();
            setRun(run);
        }
    });
}

QString ConsolePage::text() const {
    return m_text->toPlainText();
}
QString ConsolePage::heading() const {
    return m_heading->text();
}

void ConsolePage::setRun(const QString& id) {
    if (id == m_run)
        return;
    m_run = id;
    m_offset = m_skipped = 0;
    m_started = false;
    m_parser.reset();
    m_text->clear();
    m_heading->clear();
    m_error->hide();
    m_text->show();
    m_text->setPlaceholderText(id.isEmpty() ? tr("Select a run to see what it printed.") : QString());
    refresh();
}

void ConsolePage::refresh() {
    if (isVisible())
        read();
    else
        m_again = true;
}

void ConsolePage::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    if (m_again)
        read();
}

void ConsolePage::read() {
    if (m_run.isEmpty())
        return;
    if (m_reading) {
        m_again = true;
        return;
    }
    m_reading = true;
    m_again = false;
    m_engine
        .async([run = app::toStd(m_run), offset = m_offset,
                first = !m_started](Engine& engine, std::stop_token) -> Result<Chunk> {
            const std::string path = engine.store().runDir(run) + "/output.log";
            std::error_code error;
            const auto size = std::filesystem::file_size(path, error);
            if (error == std::errc::no_such_file_or_directory)
                return Chunk{};
            if (error)
                return failErrno(error.value(), "cannot read the console", path,
                                 "check the permissions of the store");
            Chunk chunk;
            chunk.size = size;
            chunk.from = first && size > kTail ? size - kTail : offset;
            if (chunk.from < size) {
                LATHE_TRY_ASSIGN(chunk.bytes, readFileFrom(path, chunk.from, kChunk));
            }
            return chunk;
        })
        .then(this, [this, run = m_run](Result<Chunk> chunk) {
            m_reading = false;
            if (run != m_run) {
                read();
                return;
            }
            m_error->setVisible(!chunk);
            m_text->setVisible(chunk.has_value());
            if (!chunk) {
                m_error->setError(app::toQString(chunk.error().what), app::toQString(chunk.error().on),
                                  app::toQString(chunk.error().hint));
                return;
            }
            take(std::move(*chunk));
        });
}

void ConsolePage::take(Chunk chunk) {
    if (!m_started) {
        m_started = true;
        m_skipped = chunk.from;
        if (chunk.from > 0)  // the first line is cut somewhere
            if (const auto line = chunk.bytes.find('\n'); line != std::string::npos) {
                m_skipped += line + 1;
                m_offset = chunk.from + line + 1;
                chunk.from = m_offset;
                chunk.bytes.erase(0, line + 1);
            }
    }
    m_offset = chunk.from + chunk.bytes.size();
    auto* scroll = m_text->verticalScrollBar();
    const int before = scroll->value();
    const auto output = m_parser.feed(chunk.bytes);
    if (!output.lines.isEmpty()) {
        QTextCursor cursor(m_text->document());
        cursor.beginEditBlock();
        cursor.movePosition(QTextCursor::End);
        const bool fresh = m_text->document()->isEmpty();
        if (output.replaceLast) {
            cursor.movePosition(QTextCursor::StartOfBlock, QTextCursor::KeepAnchor);
            cursor.removeSelectedText();
        }
        bool first = fresh || output.replaceLast;
        for (const auto& line : output.lines) {
            if (!first)
                cursor.insertBlock();
            first = false;
            for (const auto& span : line) {
                QTextCharFormat format;
                if (span.color >= 0)
                    format.setForeground(app::theme().color(ansiToken(span.color)));
                if (span.bold)
                    format.setFontWeight(QFont::DemiBold);
                cursor.insertText(span.text, format);
            }
        }
        cursor.endEditBlock();
    }
    scroll->setValue(m_follow->isChecked() ? scroll->maximum() : before);
    if (m_text->document()->isEmpty())
        m_text->setPlaceholderText(tr("It has printed nothing yet."));
    m_heading->setText(m_skipped > 0 ? tr("the last %1 of %2")
                                           .arg(app::toQString(bytesText(chunk.size - m_skipped)),
                                                app::toQString(bytesText(chunk.size)))
                                     : app::toQString(bytesText(chunk.size)));
    if (m_offset < chunk.size || m_again)
        read();
}

void ConsolePage::find(bool backward) {
    const QString wanted = m_search->text();
    m_search->setProperty("invalid", false);
    if (!wanted.isEmpty()) {
        m_follow->setChecked(false);
        const auto flags = backward ? QTextDocument::FindBackward : QTextDocument::FindFlags();
        if (!m_text->find(wanted, flags)) {
            auto cursor = m_text->textCursor();
            cursor.movePosition(backward ? QTextCursor::End : QTextCursor::Start);
            m_text->setTextCursor(cursor);
            m_search->setProperty("invalid", !m_text->find(wanted, flags));
        }
    }
    m_search->style()->unpolish(m_search);
    m_search->style()->polish(m_search);
}

}  // namespace lathe::runs

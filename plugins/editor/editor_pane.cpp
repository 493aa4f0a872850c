// SPDX-License-Identifier: GPL-3.0-or-later
#include "editor_pane.h"

#include "app/sheet.h"
#include "app/theme.h"
#include "app/widgets.h"
#include "app/workbench.h"
#include "code_editor.h"
#include "compare_pane.h"
#include "core/paths.h"
#include "core/text.h"
#include "find_bar.h"

#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace lathe::editor {

namespace {

QString shown(const std::string& bytes) {
    return app::toQString(escapedForDisplay(bytes));
}

}  // namespace

EditorPane::EditorPane(app::Workbench& workbench, const host::Location& location, QWidget* parent)
    : Pane(QLatin1String(kKind), parent), m_workbench(workbench), m_editor(new CodeEditor),
      m_document(new Document(workbench.engine(), location, m_editor, this)),
      m_findBar(new FindBar(m_editor)), m_breadcrumb(app::makeLabel({}, "dim")), m_notice(new QFrame),
      m_noticeText(new QLabel), m_stack(new QStackedWidget), m_error(new app::ErrorState) {
    setProperty("surface", "content");
    m_breadcrumb->setFixedHeight(28);
    m_breadcrumb->setContentsMargins(14, 0, 12, 0);
    m_breadcrumb->setTextFormat(Qt::RichText);
    m_notice->setProperty("role", "banner-warn");
    m_noticeText->setWordWrap(true);
    m_noticeRow = new QHBoxLayout(m_notice);
    m_noticeRow->setContentsMargins(14, 5, 8, 5);
    m_noticeRow->setSpacing(8);
    m_noticeRow->addWidget(m_noticeText, 1);
    m_notice->hide();
    auto* text = new QWidget;
    auto* column = new QVBoxLayout(text);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_breadcrumb);
    column->addWidget(m_notice);
    column->addWidget(m_findBar);
    column->addWidget(m_editor, 1);
    m_stack->addWidget(text);
    m_stack->addWidget(m_error);
    auto* whole = new QVBoxLayout(this);
    whole->setContentsMargins(0, 0, 0, 0);
    whole->addWidget(m_stack);
    setFocusProxy(m_editor);
    m_error->setRetry([this] { m_document->load(); });

    setIconName(languageIcon(location.name()));
    setHostTag(app::toQString(location.host));
    refreshTitle();
    connect(m_document, &Document::loadedChanged, this, [this] {
        if (const auto& error = m_document->loadError()) {
            m_error->setError(app::toQString(error->what), shown(error->on), app::toQString(error->hint));
            m_stack->setCurrentWidget(m_error);
            return;
        }
        m_stack->setCurrentIndex(0);
        if (m_readOnlyView)
            m_editor->setReadOnly(true);
        applySettings();
        if (m_line > 0)
            m_editor->goTo(m_line, m_column);
        if (m_firstVisible >= 0)
            m_editor->setFirstVisible(m_firstVisible);
        refreshTitle();
        refreshNotice();
        refreshBreadcrumb();
        Q_EMIT statusChanged();
    });
    connect(m_document, &Document::modifiedChanged, this, [this](bool modified) {
        setDirty(modified);
        if (modified)
            setPreview(false);
    });
    connect(m_document, &Document::noticeChanged, this, [this] {
        if (m_document->notice() != Document::Notice::None)
            m_closeWhenSaved = false;
        refreshNotice();
    });
    connect(m_document, &Document::locationChanged, this, [this] {
        refreshTitle();
        refreshBreadcrumb();
        Q_EMIT statusChanged();
    });
    connect(m_document, &Document::busyChanged, this, [this] {
        if (m_document->busy() == m_working)
            return;
        m_working = m_document->busy();
        m_working ? beginWork() : endWork();
    });
    connect(m_document, &Document::saved, this, [this] {
        m_workbench.statusBar().flash(tr("Saved %1").arg(shown(m_document->location().name())));
        Q_EMIT statusChanged();
        if (std::exchange(m_closeWhenSaved, false) && !m_document->modified())
            Q_EMIT requestClose();
    });
    connect(m_editor, &CodeEditor::positionChanged, this, [this] {
        refreshBreadcrumb();
        Q_EMIT statusChanged();
    });
    connect(m_editor, &QsciScintilla::textChanged, m_findBar, &FindBar::refresh);
    connect(&m_workbench.settings(), &app::Settings::changed, this, [this](const QString& key) {
        if (key.startsWith(QLatin1String("editor.")))
            applySettings();
    });
    connect(&app::theme(), &app::Theme::changed, this, &EditorPane::refreshBreadcrumb);
}

EditorPane::~EditorPane() = default;

void EditorPane::applySettings() {
    const app::Settings& settings = m_workbench.settings();
    m_editor->applySettings(settings.integer(QStringLiteral("editor.tabWidth")),
                            settings.boolean(QStringLiteral("editor.insertSpaces")),
                            settings.boolean(QStringLiteral("editor.wordWrap")),
                            settings.boolean(QStringLiteral("editor.showWhitespace")));
    m_document->setHotExit(settings.boolean(QStringLiteral("editor.hotExit")));
}

void EditorPane::open(const app::OpenOptions& options) {
    setPreview(options.preview && !m_document->modified());
    if (!options.title.isEmpty() || options.readOnly)
        setReadOnlyView(options.title);
    m_line = options.line;
    m_column = options.column;
    m_firstVisible = -1;
    if (m_document->loaded() && m_line > 0)
        m_editor->goTo(m_line, m_column);
}

void EditorPane::setReadOnlyView(const QString& title) {
    m_ownTitle = title;
    m_readOnlyView = true;
    m_editor->setReadOnly(true);
    refreshTitle();
}

void EditorPane::refreshTitle() {
    const host::Location& location = m_document->location();
    const QString name = m_document->isNew() ? tr("Untitled") : shown(location.name());
    setTitle(m_ownTitle.isEmpty() ? name : tr("%1 (%2)").arg(name, m_ownTitle));
    setTabToolTip(m_document->isNew() ? tr("Not saved yet") : shown(location.text()));
    setDirty(m_document->modified());
}

void EditorPane::refreshBreadcrumb() {
    if (m_document->isNew()) {
        m_breadcrumb->setText(tr("Untitled"));
        return;
    }
    const host::Location& location = m_document->location();
    QStringList parts;
    std::string path = location.path;
    const auto& folder = m_workbench.workspace().folder();
    if (folder && folder->host == location.host && path.starts_with(folder->path + "/")) {
        parts << m_workbench.workspace().name();
        path = path.substr(folder->path.size() + 1);
    }
    for (const std::string& part : split(path, '/'))
        if (!part.empty())
            parts << shown(part);
    parts << m_editor->enclosingNames();
    for (QString& part : parts)
        part = part.toHtmlEscaped();
    const QString separator = QStringLiteral("<span style='color:%1'>&nbsp;&nbsp;›&nbsp;&nbsp;</span>")
                                  .arg(app::theme().color("text.3").name());
    const QString text = parts.join(separator);
    if (m_breadcrumb->text() != text)
        m_breadcrumb->setText(text);
}

QPushButton* EditorPane::noticeButton(const QString& text, void (EditorPane::*run)()) {
    auto* button = new QPushButton(text);
    connect(button, &QPushButton::clicked, this, run);
    m_noticeRow->addWidget(button);
    m_noticeButtons << button;
    return button;
}

void EditorPane::refreshNotice() {
    qDeleteAll(m_noticeButtons);
    m_noticeButtons.clear();
    QString text = m_document->noticeText();
    const auto notice = m_document->notice();
    switch (notice) {
    case Document::Notice::Recovered: noticeButton(tr("Discard it"), &EditorPane::discardRecovered); break;
    case Document::Notice::ChangedOnDisk:
        noticeButton(tr("Reload"), &EditorPane::revert);
        noticeButton(tr("Overwrite"), &EditorPane::overwrite);
        noticeButton(tr("Compare"), &EditorPane::compare);
        break;
    case Document::Notice::OpenElsewhere: break;
    case Document::Notice::SaveFailed:
        if (m_document->refusedSaveAs()) {
            if (m_document->refusedExists())
                noticeButton(tr("Replace it"), &EditorPane::replaceRefused);
            noticeButton(tr("Choose another name"), &EditorPane::saveAs);
            break;
        }
        [[fallthrough]];
    case Document::Notice::Gone:
    case Document::Notice::HostAway: noticeButton(tr("Try again"), &EditorPane::save); break;
    case Document::Notice::None:
        if (!m_document->loaded())
            break;
        if (m_document->facts().binary)
            text = tr("A binary file of %1, shown as hexadecimal digits; it cannot be edited here.")
                       .arg(app::toQString(bytesText(m_document->size())));
        else if (m_document->size() > kLargeFile)
            text = tr("A file of %1: opened for reading only.")
                       .arg(app::toQString(bytesText(m_document->size())));
        else if (m_document->readOnly())
            text = tr("The file may only be read.");
        else if (!m_document->facts().validUtf8)
            text = tr("Some bytes are not UTF-8. They are shown as codes and saved as they are.");
        break;
    }
    m_noticeText->setText(text);
    const bool error = notice == Document::Notice::SaveFailed;
    m_notice->setProperty("role", error ? "banner-error" : "banner-warn");
    m_notice->setStyle(m_notice->style());
    m_notice->setVisible(!text.isEmpty());
}

void EditorPane::save() {
    if (m_document->isNew())
        saveAs();
    else
        m_document->save();
}

void EditorPane::overwrite() {
    m_document->save(true);
}
void EditorPane::replaceRefused() {
    m_document->replaceRefused();
}
void EditorPane::revert() {
    m_document->reload();
}
void EditorPane::discardRecovered() {
    m_document->discardRecovery();
}

void EditorPane::saveAs() {
    auto* sheet = new app::Sheet(this, tr("Save as"));
    sheet->setPreferredSize({560, 220});
    host::Location start = m_document->refusedSaveAs().value_or(m_document->location());
    if (start.path.empty()) {
        const auto& folder = m_workbench.workspace().folder();
        start = folder ? folder->child("untitled.py") : host::Location::parse("~/untitled.py");
    }
    sheet->body()->addWidget(app::makeLabel(tr("Path on %1").arg(shown(start.host)), "dim"));
    auto* edit = new QLineEdit(shown(start.path));
    edit->setProperty("mono", true);
    sheet->body()->addWidget(edit);
    auto* why = app::makeLabel({}, "error");
    sheet->body()->addWidget(why);
    auto* cancel = new QPushButton(tr("Cancel"));
    auto* save = new QPushButton(tr("Save"));
    save->setProperty("role", "primary");
    sheet->footer()->addStretch();
    sheet->footer()->addWidget(cancel);
    sheet->footer()->addWidget(save);
    connect(cancel, &QPushButton::clicked, sheet, [this, sheet] {
        m_closeWhenSaved = false;
        sheet->dismiss();
    });
    // Names are bytes, and the field can only show them escaped: a folder or name that was left as it stood
    // is taken as it is.
    const auto accept = [this, sheet, edit, why, start] {
        const auto slash = start.path.rfind('/') + 1;
        const std::string folder = start.path.substr(0, slash), name = start.path.substr(slash);
        std::string path = app::toStd(edit->text());
        if (const auto typed = path.rfind('/') + 1; path.substr(0, typed) == escapedForDisplay(folder)) {
            const std::string rest = path.substr(typed);
            path = folder + (rest == escapedForDisplay(name) ? name : rest);
        }
        if (!path.starts_with('/') || path.ends_with('/')) {
            why->setText(path.ends_with('/') ? tr("Give the file a name")
                                             : tr("Give the whole path, from /"));
            return;
        }
        m_document->saveAs({start.host, cleanPath(path)});
        sheet->dismiss();
    };
    connect(save, &QPushButton::clicked, sheet, accept);
    connect(edit, &QLineEdit::returnPressed, sheet, accept);
    sheet->open();
    edit->setFocus();
    const QString text = edit->text();
    const int slash = static_cast<int>(text.lastIndexOf(QLatin1Char('/'))) + 1;
    edit->setSelection(slash, static_cast<int>(text.size()) - slash);
}

void EditorPane::compare() {
    m_document->readDisk(this, [this](Result<std::string> disk) {
        if (!disk) {
            m_workbench.notifications().error(disk.error());
            return;
        }
        m_workbench.openTab(new ComparePane(tr("%1: on disk and here").arg(title()), *disk, m_editor->bytes(),
                                            m_editor->language()));
    });
}

void EditorPane::find(bool replace) {
    m_findBar->open(replace);
}

void EditorPane::goToLine() {
    auto* sheet = new app::Sheet(this, tr("Go to line"));
    sheet->setPreferredSize({360, 150});
    auto* edit = new QLineEdit;
    edit->setPlaceholderText(tr("Line, or line:column; 1 to %1").arg(m_editor->lines()));
    sheet->body()->addWidget(edit);
    connect(edit, &QLineEdit::returnPressed, sheet, [this, sheet, edit] {
        const QStringList parts = edit->text().split(QLatin1Char(':'));
        if (parts.value(0).toInt() > 0)
            m_editor->goTo(parts.value(0).toInt(), std::max(1, parts.value(1).toInt()));
        sheet->dismiss();
        m_editor->setFocus();
    });
    sheet->open();
    edit->setFocus();
}

QJsonObject EditorPane::saveState() const {
    if (!m_ownTitle.isEmpty())
        return {};
    if (m_document->isNew())
        return m_document->modified()
                   ? QJsonObject{{"recovery", QString::fromStdString(m_document->recoveryKey())}}
                   : QJsonObject();
    const std::string text = m_document->location().text();
    const auto position = m_document->loaded()
                              ? m_editor->position()
                              : CodeEditor::Position{std::max(1, m_line), std::max(1, m_column)};
    return {{"location", QString::fromLatin1(QByteArray::fromStdString(text).toBase64())},
            {"line", position.line},
            {"column", position.column},
            {"top", m_editor->firstVisible()}};
}

void EditorPane::restoreState(const QJsonObject& state) {
    m_line = state.value("line").toInt();
    m_column = state.value("column").toInt();
    m_firstVisible = state.value("top").toInt(-1);
}

bool EditorPane::canClose(app::Closing what) {
    if (!m_document->modified() || m_discarded)
        return true;
    if (what == app::Closing::Window && m_document->keepForNextTime())
        return true;
    app::Sheet::ask(
        this, tr("Save changes to %1?").arg(title()), tr("The changes are lost if they are not saved."),
        {tr("Cancel"), tr("Discard"), tr("Save")},
        [this](int answer) {
            if (answer == 1) {
                m_discarded = true;
                m_document->setHotExit(false);
                m_editor->setModified(false);  // takes the recovery file with it
                Q_EMIT requestClose();
            } else if (answer == 2) {
                m_closeWhenSaved = true;
                save();
            }
        },
        2);
    return false;
}

void EditorPane::activate() {
    m_editor->setFocus();
    m_workbench.selection().setFile(m_document->isNew() ? std::nullopt
                                                        : std::optional(m_document->location()));
}

}  // namespace lathe::editor

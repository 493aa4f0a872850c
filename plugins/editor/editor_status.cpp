// SPDX-License-Identifier: GPL-3.0-or-later
#include "editor_status.h"

#include "app/workbench.h"
#include "code_editor.h"
#include "editor_pane.h"

namespace lathe::editor {

EditorStatus::EditorStatus(app::Workbench& workbench) : QObject(&workbench), m_workbench(workbench) {
    int order = 800;
    for (const char* id : {"editor.position", "editor.encoding", "editor.lineEnds", "editor.language"}) {
        app::StatusItemSpec spec;
        spec.id = QLatin1String(id);
        spec.side = app::StatusSide::Right;
        spec.order = order++;
        spec.priority = app::kDropEditor;
        if (spec.id == QLatin1String("editor.position"))
            spec.clicked = [this] { m_workbench.commands().execute(QStringLiteral("editor.goToLine")); };
        workbench.statusBar().add(spec);
    }
    connect(&workbench, &app::Workbench::activeTabChanged, this, &EditorStatus::follow);
}

void EditorStatus::follow(app::Pane* pane) {
    if (m_pane)
        disconnect(m_pane, &EditorPane::statusChanged, this, nullptr);
    m_pane = qobject_cast<EditorPane*>(pane);
    if (m_pane)
        connect(m_pane, &EditorPane::statusChanged, this, &EditorStatus::refresh);
    refresh();
}

void EditorStatus::refresh() {
    app::StatusBar& bar = m_workbench.statusBar();
    QString position, encoding, ends, language;
    if (m_pane && m_pane->document().loaded()) {
        const Document& document = m_pane->document();
        const auto at = m_pane->editor().position();
        position = tr("Ln %1, Col %2").arg(at.line).arg(at.column);
        if (const int selected = m_pane->editor().selectedCharacters())
            position += tr(" (%1 selected)").arg(selected);
        if (document.facts().binary) {
            encoding = tr("Binary");
        } else {
            encoding = document.facts().validUtf8 ? QStringLiteral("UTF-8") : tr("UTF-8, damaged");
            if (document.facts().byteOrderMark)
                encoding = tr("UTF-8 with BOM");
            switch (document.facts().lineEnds) {
            case LineEnds::Unix: break; // the usual
            case LineEnds::Windows: ends = QStringLiteral("CRLF"); break;
            case LineEnds::Mac: ends = QStringLiteral("CR"); break;
            case LineEnds::Mixed: ends = tr("Mixed line ends"); break;
            }
        }
        language = languageName(m_pane->editor().language());
    }
    bar.setText(QStringLiteral("editor.position"), {.text = position, .toolTip = tr("Go to line (Ctrl+G)")});
    bar.setText(QStringLiteral("editor.encoding"), {.text = encoding, .toolTip = tr("Encoding of the file")});
    bar.setText(QStringLiteral("editor.lineEnds"), {.text = ends, .toolTip = tr("How the file's lines end")});
    bar.setText(QStringLiteral("editor.language"), {.text = language, .toolTip = tr("Language")});
}

} // namespace lathe::editor

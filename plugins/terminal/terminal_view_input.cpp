// SPDX-License-Identifier: GPL-3.0-or-later
// What a TerminalView does with keys, mouse and input methods.
#include "terminal_view.h"

#include "app/theme.h"
#include "app/workspace.h"

#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QInputMethodEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QScrollBar>

namespace lathe::terminal {

namespace {

term::Modifiers modifiersOf(Qt::KeyboardModifiers modifiers) {
    return {modifiers.testFlag(Qt::ShiftModifier), modifiers.testFlag(Qt::AltModifier),
            modifiers.testFlag(Qt::ControlModifier)};
}

std::optional<term::Key> keyOf(int key) {
    switch (key) {
    case Qt::Key_Return:
    case Qt::Key_Enter: return term::Key::Enter;
    case Qt::Key_Tab:
    case Qt::Key_Backtab: return term::Key::Tab;
    case Qt::Key_Backspace: return term::Key::Backspace;
    case Qt::Key_Escape: return term::Key::Escape;
    case Qt::Key_Up: return term::Key::Up;
    case Qt::Key_Down: return term::Key::Down;
    case Qt::Key_Left: return term::Key::Left;
    case Qt::Key_Right: return term::Key::Right;
    case Qt::Key_Insert: return term::Key::Insert;
    case Qt::Key_Delete: return term::Key::Delete;
    case Qt::Key_Home: return term::Key::Home;
    case Qt::Key_End: return term::Key::End;
    case Qt::Key_PageUp: return term::Key::PageUp;
    case Qt::Key_PageDown: return term::Key::PageDown;
    default: break;
    }
    if (key >= Qt::Key_F1 && key <= Qt::Key_F12)
        return static_cast<term::Key>(static_cast<int>(term::Key::F1) + key - Qt::Key_F1);
    return {};
}

} // namespace

bool TerminalView::programTakesMouse(Qt::KeyboardModifiers modifiers) {
    return !modifiers.testFlag(Qt::ShiftModifier) && m_session->lock()->mouseMode() != term::MouseMode::None;
}

// Keys that the shell of Lathe keeps although a terminal has the focus: those with Ctrl+Shift, the region and
// tab keys, and function keys unless a full-screen program runs.
bool TerminalView::belongsToProgram(const QKeyEvent* event) {
    const auto modifiers = event->modifiers();
    const bool control = modifiers.testFlag(Qt::ControlModifier), shift = modifiers.testFlag(Qt::ShiftModifier);
    const int key = event->key();
    if (control && shift)
        return key == Qt::Key_C || key == Qt::Key_V || key == Qt::Key_F || key == Qt::Key_A;
    if (control && (key == Qt::Key_QuoteLeft || key == Qt::Key_J || key == Qt::Key_Tab ||
                    (key >= Qt::Key_0 && key <= Qt::Key_9)))
        return false;
    if (control && modifiers.testFlag(Qt::AltModifier))
        return false;
    if (key >= Qt::Key_F1 && key <= Qt::Key_F12)
        return m_session->lock()->alternate();
    return true;
}

bool TerminalView::event(QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride) {
        if (belongsToProgram(static_cast<QKeyEvent*>(event)))
            event->accept();
        return true;
    }
    if (event->type() == QEvent::Show) // the screen, and so its pixels, may be another one
        QMetaObject::invokeMethod(this, &TerminalView::refreshFonts, Qt::QueuedConnection);
    return QWidget::event(event);
}

void TerminalView::keyPressEvent(QKeyEvent* event) {
    if (!belongsToProgram(event)) {
        event->ignore();
        return;
    }
    const auto modifiers = event->modifiers();
    const bool control = modifiers.testFlag(Qt::ControlModifier), shift = modifiers.testFlag(Qt::ShiftModifier);
    if (control && shift) {
        switch (event->key()) {
        case Qt::Key_C: copySelection(); return;
        case Qt::Key_V: paste(); return;
        case Qt::Key_F: find(); return;
        case Qt::Key_A: selectAll(); return;
        default: break;
        }
    }
    if (shift && event->key() == Qt::Key_Insert)
        return paste();
    if (shift && !control && (event->key() == Qt::Key_PageUp || event->key() == Qt::Key_PageDown)) {
        m_scroll->triggerAction(event->key() == Qt::Key_PageUp ? QScrollBar::SliderPageStepSub
                                                                : QScrollBar::SliderPageStepAdd);
        return;
    }
    if (event->key() == Qt::Key_Control) {
        updateHover(mapFromGlobal(QCursor::pos()), modifiers);
        return;
    }
    const auto key = keyOf(event->key());
    const QString text = event->text();
    if (!key && text.isEmpty() && !control)
        return;
    m_scroll->setValue(m_scroll->maximum());
    m_session->type(
        [&](term::Screen& screen) {
            if (key) {
                screen.key(*key, modifiersOf(modifiers));
            } else if (control && event->key() >= Qt::Key_Space && event->key() <= Qt::Key_AsciiTilde) {
                screen.character(static_cast<char32_t>(event->key()), modifiersOf(modifiers));
            } else if (modifiers.testFlag(Qt::AltModifier) && text.size() == 1) {
                screen.character(text.at(0).unicode(), {.alt = true});
            } else {
                screen.typeText(app::toStd(text));
            }
        },
        key == term::Key::Enter);
}

void TerminalView::keyReleaseEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Control)
        updateHover(mapFromGlobal(QCursor::pos()), {});
    QWidget::keyReleaseEvent(event);
}

void TerminalView::inputMethodEvent(QInputMethodEvent* event) {
    if (!event->commitString().isEmpty())
        m_session->type([&](term::Screen& screen) { screen.typeText(app::toStd(event->commitString())); });
    event->accept();
}

QVariant TerminalView::inputMethodQuery(Qt::InputMethodQuery query) const {
    if (query != Qt::ImCursorRectangle)
        return QWidget::inputMethodQuery(query);
    const term::Cursor cursor = m_session->lock()->cursor();
    return QRectF(kMargin + cursor.column * m_cellWidth, rowRect(cursor.row).top(), m_cellWidth,
                  m_cellHeight)
        .toRect();
}

void TerminalView::mousePressEvent(QMouseEvent* event) {
    const QPoint at = event->position().toPoint();
    if (event->button() == Qt::LeftButton && event->modifiers().testFlag(Qt::ControlModifier)) {
        updateHover(at, event->modifiers());
        if (m_hover) {
            Q_EMIT linkActivated(app::toQString(m_hover->target));
            return;
        }
    }
    if (programTakesMouse(event->modifiers())) {
        m_pressedButton = event->button() == Qt::LeftButton ? 1 : event->button() == Qt::MiddleButton ? 2 : 3;
        const QPoint cell = cellAt(at);
        m_session->type([&](term::Screen& screen) {
            screen.mouse(cell.y(), cell.x(), m_pressedButton, true, modifiersOf(event->modifiers()));
        });
        return;
    }
    if (event->button() == Qt::MiddleButton) {
        const QString text = QApplication::clipboard()->text(QClipboard::Selection);
        m_session->type([&](term::Screen& screen) { screen.paste(app::toStd(text)); });
    } else if (event->button() == Qt::LeftButton) {
        const Place place = placeAt(at);
        m_selecting = true;
        // A third press soon after a double click takes the line.
        m_clicks = m_clicks == 2 && place.line == m_anchor.line && m_selection ? 3 : 1;
        if (m_clicks == 1 && event->modifiers().testFlag(Qt::ShiftModifier) && m_selection) {
            extendSelection(place);
            return;
        }
        m_anchor = place;
        m_selection.reset();
        if (m_clicks == 3)
            extendSelection(place);
        update();
    }
}

void TerminalView::mouseDoubleClickEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton || programTakesMouse(event->modifiers()))
        return mousePressEvent(event);
    Place place = placeAt(event->position().toPoint());
    place.column = cellAt(event->position().toPoint()).x();
    m_anchor = place;
    m_clicks = 2;
    m_selecting = true;
    m_selection = wordAt(place);
    update();
}

void TerminalView::mouseMoveEvent(QMouseEvent* event) {
    const QPoint at = event->position().toPoint();
    if (m_pressedButton != 0 || (!m_selecting && programTakesMouse(event->modifiers()))) {
        const QPoint cell = cellAt(at);
        m_session->type([&](term::Screen& screen) {
            screen.mouseMoved(cell.y(), cell.x(), modifiersOf(event->modifiers()));
        });
        return;
    }
    if (m_selecting) {
        if (at.y() < 0)
            m_scroll->triggerAction(QScrollBar::SliderSingleStepSub);
        else if (at.y() > height())
            m_scroll->triggerAction(QScrollBar::SliderSingleStepAdd);
        extendSelection(placeAt(at));
        return;
    }
    updateHover(at, event->modifiers());
}

void TerminalView::mouseReleaseEvent(QMouseEvent* event) {
    if (m_pressedButton != 0) {
        const QPoint cell = cellAt(event->position().toPoint());
        const int button = std::exchange(m_pressedButton, 0);
        m_session->type([&](term::Screen& screen) {
            screen.mouse(cell.y(), cell.x(), button, false, modifiersOf(event->modifiers()));
        });
        return;
    }
    if (std::exchange(m_selecting, false) && m_selection && QApplication::clipboard()->supportsSelection())
        QApplication::clipboard()->setText(selectedText(), QClipboard::Selection);
}

void TerminalView::wheelEvent(QWheelEvent* event) {
    m_wheelRest += event->angleDelta().y();
    const int steps = m_wheelRest / 40;
    m_wheelRest -= steps * 40;
    if (steps == 0)
        return;
    const bool full = m_session->lock()->alternate();
    if (programTakesMouse(event->modifiers())) {
        const QPoint cell = cellAt(event->position().toPoint());
        m_session->type([&](term::Screen& screen) {
            screen.mouse(cell.y(), cell.x(), steps > 0 ? 4 : 5, true, modifiersOf(event->modifiers()));
        });
    } else if (full) {
        m_session->type([&](term::Screen& screen) {
            for (int i = 0; i < std::abs(steps); ++i)
                screen.key(steps > 0 ? term::Key::Up : term::Key::Down);
        });
    } else {
        m_scroll->setValue(m_scroll->value() - steps);
    }
    event->accept();
}

void TerminalView::contextMenuEvent(QContextMenuEvent* event) {
    if (programTakesMouse(event->modifiers()))
        return;
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addAction(app::theme().icon("copy"), tr("Copy"), this, &TerminalView::copySelection)
        ->setEnabled(hasSelection());
    menu->addAction(tr("Paste"), this, &TerminalView::paste);
    menu->addSeparator();
    menu->addAction(app::theme().icon("search"), tr("Find…"), this, &TerminalView::find);
    menu->addAction(tr("Select all"), this, &TerminalView::selectAll);
    menu->addAction(tr("Clear"), this, &TerminalView::clear);
    menu->popup(event->globalPos());
}

void TerminalView::focusInEvent(QFocusEvent* event) {
    m_focused = true;
    update();
    QWidget::focusInEvent(event);
}

void TerminalView::focusOutEvent(QFocusEvent* event) {
    m_focused = false;
    update();
    QWidget::focusOutEvent(event);
}

void TerminalView::leaveEvent(QEvent*) { updateHover({-1, -1}, {}); }

} // namespace lathe::terminal

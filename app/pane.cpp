// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pane.h"

#include <utility>

namespace lathe::app {

Pane::Pane(QString id, QWidget* parent) : QWidget(parent), m_id(std::move(id)) {}
Pane::~Pane() = default;

namespace {
template <class T> bool assign(T& member, const T& value) {
    if (member == value)
        return false;
    member = value;
    return true;
}
}  // namespace

void Pane::setTitle(const QString& title) {
    if (assign(m_title, title)) {
        setAccessibleName(title);
        Q_EMIT headerChanged();
    }
}

void Pane::setIconName(const QString& name) {
    if (assign(m_iconName, name))
        Q_EMIT headerChanged();
}

void Pane::setDirty(bool dirty) {
    if (assign(m_dirty, dirty))
        Q_EMIT headerChanged();
}

void Pane::setPreview(bool preview) {
    if (assign(m_preview, preview))
        Q_EMIT headerChanged();
}

void Pane::setHostTag(const QString& host) {
    if (assign(m_hostTag, host))
        Q_EMIT headerChanged();
}

void Pane::setDetail(const QString& text) {
    if (assign(m_detail, text))
        Q_EMIT headerChanged();
}

void Pane::setStale(const QString& text) {
    if (assign(m_stale, text))
        Q_EMIT headerChanged();
}

void Pane::setTabToolTip(const QString& text) {
    if (assign(m_tabToolTip, text))
        Q_EMIT headerChanged();
}

void Pane::setCount(int count) {
    if (assign(m_count, count))
        Q_EMIT headerChanged();
}

void Pane::beginWork() {
    if (m_work++ == 0)
        Q_EMIT workChanged(false);
}

void Pane::endWork() {
    if (m_work > 0 && --m_work == 0)
        Q_EMIT workChanged(true);
}

void Pane::activate() {
    if (QWidget* inside = focusWidget()) {
        inside->setFocus(Qt::OtherFocusReason);
        return;
    }
    // The first of its own that takes the keyboard; focusNextChild() would go on from wherever the focus is
    // now.
    for (QWidget* next = nextInFocusChain(); next && next != this; next = next->nextInFocusChain())
        if (isAncestorOf(next) && (next->focusPolicy() & Qt::TabFocus) && next->isEnabled() &&
            next->isVisibleTo(this)) {
            next->setFocus(Qt::OtherFocusReason);
            return;
        }
    setFocus(Qt::OtherFocusReason);
}

}  // namespace lathe::app

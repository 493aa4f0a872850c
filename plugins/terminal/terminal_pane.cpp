// SPDX-License-Identifier: GPL-3.0-or-later
#include "terminal_pane.h"

#include "app/theme.h"
#include "app/widgets.h"
#include "app/workbench.h"
#include "terminal_view.h"

#include <QDesktopServices>
#include <QHBoxLayout>
#include <QListWidget>
#include <QMenu>
#include <QStackedWidget>
#include <QUrl>

namespace lathe::terminal {

TerminalPane::TerminalPane(app::Workbench& workbench, QWidget* parent)
    : Pane(QStringLiteral("terminal"), parent), m_workbench(workbench), m_stack(new QStackedWidget(this)),
      m_list(new QListWidget(this)) {
    setTitle(tr("Terminal"));
    setIconName(QStringLiteral("terminal"));
    m_list->setFixedWidth(168);
    m_list->setAccessibleName(tr("Shells"));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->hide();
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    row->addWidget(m_stack, 1);
    row->addWidget(m_list);
    connect(m_list, &QListWidget::currentRowChanged, this, &TerminalPane::showShell);
    m_list->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(m_list, &QListWidget::customContextMenuRequested, this, [this](const QPoint& at) {
        const int index = m_list->indexAt(at).row();
        if (index < 0)
            return;
        auto* menu = new QMenu(this);
        menu->setAttribute(Qt::WA_DeleteOnClose);
        menu->addAction(app::theme().icon("trash"), tr("Close shell"), this,
                        [this, view = static_cast<TerminalView*>(m_stack->widget(index))] { closeShell(view); });
        menu->popup(m_list->mapToGlobal(at));
    });
}

TerminalPane::~TerminalPane() = default;

TerminalView* TerminalPane::newShell() {
    SessionSpec spec;
    spec.host = m_workbench.workspace().hostId();
    if (const auto& folder = m_workbench.workspace().folder())
        spec.folder = folder->path;
    return newShell(spec);
}

TerminalView* TerminalPane::newShell(const SessionSpec& spec) {
    auto* view = new TerminalView(new TerminalSession(m_workbench.engine(), spec));
    connect(&view->session(), &TerminalSession::titleChanged, this, &TerminalPane::refreshTitles);
    connect(&view->session(), &TerminalSession::stateChanged, this, &TerminalPane::refreshTitles);
    connect(view, &TerminalView::linkActivated, this, &TerminalPane::openLink);
    connect(view, &TerminalView::message, this,
            [this](const QString& text) { m_workbench.statusBar().flash(text); });
    m_stack->addWidget(view);
    m_list->addItem(QString());
    showShell(m_stack->count() - 1);
    refreshTitles();
    // After the layout has given the view its size, so that the shell starts with the right one.
    QMetaObject::invokeMethod(view, [view] { view->session().start(); }, Qt::QueuedConnection);
    return view;
}

TerminalView* TerminalPane::current() const { return static_cast<TerminalView*>(m_stack->currentWidget()); }
int TerminalPane::shellCount() const { return m_stack->count(); }

void TerminalPane::showShell(int index) {
    if (index < 0 || index >= m_stack->count())
        return;
    m_stack->setCurrentIndex(index);
    m_list->setCurrentRow(index);
    refreshTitles();
}

void TerminalPane::closeShell(TerminalView* view) {
    const int index = m_stack->indexOf(view);
    if (index < 0)
        return;
    view->session().hangUp();
    delete m_list->takeItem(index);
    m_stack->removeWidget(view);
    view->deleteLater();
    if (m_stack->count() == 0)
        m_workbench.hidePane(id());
    else
        showShell(std::min(index, m_stack->count() - 1));
    refreshTitles();
}

QString TerminalPane::shellTitle(int index) const {
    const TerminalSession& session = static_cast<TerminalView*>(m_stack->widget(index))->session();
    const QString name = session.title();
    const bool over = session.state() == TerminalSession::State::Ended ||
                      session.state() == TerminalSession::State::Failed ||
                      session.state() == TerminalSession::State::Lost;
    const QString text = tr("%1: %2", "host: shell").arg(session.spec().host, name);
    return over ? tr("%1 (ended)").arg(text) : text;
}

void TerminalPane::refreshTitles() {
    for (int i = 0; i < m_stack->count(); ++i) {
        m_list->item(i)->setText(shellTitle(i));
        m_list->item(i)->setIcon(app::theme().icon("terminal"));
        m_list->item(i)->setToolTip(shellTitle(i));
    }
    m_list->setVisible(m_stack->count() > 1);
    if (m_chooser) {
        m_chooser->setText(m_stack->count() > 0
                               ? QFontMetrics(m_chooser->font())
                                     .elidedText(shellTitle(m_stack->currentIndex()), Qt::ElideMiddle, 220)
                               : QString());
        m_chooser->setVisible(m_stack->count() > 0);
    }
}

QWidget* TerminalPane::createHeaderTools() {
    auto* tools = new QWidget;
    auto* row = new QHBoxLayout(tools);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(2);
    m_chooser = new QToolButton(tools);
    m_chooser->setProperty("role", "quiet");
    m_chooser->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_chooser->setIcon(app::theme().icon("terminal"));
    m_chooser->setPopupMode(QToolButton::InstantPopup);
    m_chooser->setAccessibleName(tr("Choose a shell"));
    auto* menu = new QMenu(m_chooser);
    m_chooser->setMenu(menu);
    connect(menu, &QMenu::aboutToShow, this, [this, menu] {
        menu->clear();
        for (int i = 0; i < m_stack->count(); ++i)
            menu->addAction(shellTitle(i), this, [this, i] { showShell(i); });
        menu->addSeparator();
        menu->addAction(tr("New shell"), this, [this] { newShell(); });
    });
    connect(&app::theme(), &app::Theme::changed, m_chooser,
            [button = m_chooser] { button->setIcon(app::theme().icon("terminal")); });
    auto* add = new app::IconButton("plus", tr("New shell"), tools);
    connect(add, &QAbstractButton::clicked, this, [this] {
        newShell();
        activate();
    });
    auto* remove = new app::IconButton("trash", tr("Close this shell"), tools);
    connect(remove, &QAbstractButton::clicked, this, [this] {
        if (current())
            closeShell(current());
    });
    row->addWidget(m_chooser);
    row->addWidget(add);
    row->addWidget(remove);
    refreshTitles();
    return tools;
}

void TerminalPane::activate() {
    if (current())
        current()->setFocus();
    else
        setFocus();
}

void TerminalPane::showEvent(QShowEvent* event) {
    Pane::showEvent(event);
    if (m_stack->count() == 0)
        newShell();
}

void TerminalPane::openLink(const QString& target) {
    const QUrl url(target, QUrl::StrictMode);
    if (!url.isValid() || (url.scheme() != QLatin1String("http") && url.scheme() != QLatin1String("https"))) {
        m_workbench.statusBar().flash(tr("Not a web address: %1").arg(target));
        return;
    }
    m_workbench.statusBar().flash(tr("Opening %1").arg(target));
    QDesktopServices::openUrl(url);
}

} // namespace lathe::terminal

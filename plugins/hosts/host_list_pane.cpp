// SPDX-License-Identifier: GPL-3.0-or-later
#include "host_list_pane.h"

#include "app/command_ids.h"
#include "app/theme.h"
#include "app/widgets.h"
#include "app/workbench.h"
#include "core/text.h"
#include "host_service.h"
#include "host_words.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QListView>
#include <QMenu>
#include <QPainter>
#include <QVBoxLayout>

namespace lathe::hosts {

HostListModel::HostListModel(HostService& service, QObject* parent) : QAbstractListModel(parent), m_service(service) {
    connect(&service, &HostService::listChanged, this, [this] {
        beginResetModel();
        endResetModel();
    });
    connect(&service, &HostService::changed, this, [this](const QString& id) {
        const int row = static_cast<int>(m_service.hosts().indexOf(id));
        if (row >= 0)
            Q_EMIT dataChanged(index(row), index(row));
    });
}

int HostListModel::rowCount(const QModelIndex& parent) const {
    if (parent.isValid())
        return 0;
    const int configured = static_cast<int>(m_service.configured().size());
    return static_cast<int>(m_service.hosts().size()) + (configured > 0 ? configured + 1 : 0);
}

QVariant HostListModel::data(const QModelIndex& index, int role) const {
    const int used = static_cast<int>(m_service.hosts().size());
    const int row = index.row();
    const Kind kind = row < used ? InUse : row == used ? Heading : Configured;
    const QString id = kind == InUse       ? m_service.hosts().value(row)
                       : kind == Configured ? m_service.configured().value(row - used - 1)
                                            : QString();
    switch (role) {
    case IdRole: return id;
    case KindRole: return kind;
    case Qt::DisplayRole: return kind == Heading ? tr("From the SSH configuration") : id;
    case Qt::AccessibleTextRole:
    case Qt::ToolTipRole:
        return kind == InUse ? hostSentence(m_service.view(id)) : kind == Configured ? tr("%1: not connected").arg(id) : QString();
    default: return {};
    }
}

Qt::ItemFlags HostListModel::flags(const QModelIndex& index) const {
    return data(index, KindRole).toInt() == Heading ? Qt::NoItemFlags : Qt::ItemIsEnabled | Qt::ItemIsSelectable;
}

QSize HostListDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex& index) const {
    const double scale = std::max(1.0, app::theme().textScale());
    const auto kind = static_cast<HostListModel::Kind>(index.data(HostListModel::KindRole).toInt());
    const int height = kind == HostListModel::InUse ? 78 : kind == HostListModel::Heading ? 44 : 28;
    return {160, static_cast<int>(height * scale)};
}

void HostListDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const app::Theme& theme = app::theme();
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const QRect row = option.rect;
    if (option.state.testFlag(QStyle::State_Selected)) {
        painter->fillRect(row, theme.color("row.selected"));
        if (option.state.testFlag(QStyle::State_Active))
            painter->fillRect(QRect(row.left(), row.top(), 2, row.height()), theme.color("accent"));
    } else if (option.state.testFlag(QStyle::State_MouseOver) && (index.flags() & Qt::ItemIsEnabled)) {
        painter->fillRect(row, theme.color("bg.hover"));
    }
    const QString id = index.data(HostListModel::IdRole).toString();
    switch (static_cast<HostListModel::Kind>(index.data(HostListModel::KindRole).toInt())) {
    case HostListModel::InUse:
        paintHost(painter, row, id);
        painter->fillRect(QRect(row.left(), row.bottom(), row.width(), 1), theme.color("border"));
        break;
    case HostListModel::Heading:
        painter->setFont(theme.uiFont(12.5, QFont::DemiBold));
        painter->setPen(theme.color("text.2"));
        painter->drawText(row.adjusted(12, 8, -12, 0), Qt::AlignVCenter | Qt::AlignLeft, index.data().toString());
        break;
    case HostListModel::Configured: {
        painter->drawPixmap(row.left() + 12, row.center().y() - 7,
                            theme.pixmap("hosts", "text.3", 16, painter->device()->devicePixelRatioF()));
        painter->setFont(theme.uiFont(13));
        const QString connect = tr("Connect");
        const int width = QFontMetrics(painter->font()).horizontalAdvance(connect);
        painter->setPen(theme.color("accent"));
        painter->drawText(row.adjusted(0, 0, -12, 0), Qt::AlignVCenter | Qt::AlignRight, connect);
        painter->setPen(theme.color("text.2"));
        painter->drawText(row.adjusted(36, 0, -width - 20, 0), Qt::AlignVCenter | Qt::AlignLeft,
                          QFontMetrics(painter->font()).elidedText(id, Qt::ElideRight, row.width() - width - 60));
        break;
    }
    }
    painter->restore();
}

void HostListDelegate::paintHost(QPainter* painter, const QRect& row, const QString& id) const {
    const app::Theme& theme = app::theme();
    const HostView& view = m_service.view(id);
    const bool connected = view.state == host::HostState::Connected;
    const int left = row.left() + 30, right = row.right() - 12;
    // A dot filled when connected, hollow when not: the word beside it says it too.
    const QColor color = theme.color(stateToken(view));
    painter->setPen(QPen(color, 1.4));
    painter->setBrush(connected ? QBrush(color) : QBrush(Qt::NoBrush));
    painter->drawEllipse(QPointF(row.left() + 17, row.top() + 20), 3.5, 3.5);
    painter->setFont(theme.uiFont(13, QFont::Medium));
    painter->setPen(theme.color("text.1"));
    const QString when = stateWords(view);
    const int whenWidth = QFontMetrics(theme.uiFont(12)).horizontalAdvance(when);
    painter->drawText(QRect(left, row.top() + 10, right - left - whenWidth - 8, 20), Qt::AlignVCenter | Qt::AlignLeft,
                      QFontMetrics(painter->font()).elidedText(id, Qt::ElideRight, right - left - whenWidth - 8));
    painter->setFont(theme.uiFont(12));
    painter->setPen(theme.color(connected ? "text.3" : stateToken(view)));
    painter->drawText(QRect(left, row.top() + 10, right - left, 20), Qt::AlignVCenter | Qt::AlignRight, when);
    painter->setPen(theme.color(connected ? "text.2" : "text.3"));
    QString devices, memory;
    if (view.facts) {
        devices = devicesText(*view.facts);
        memory = memoryText(*view.facts);
    } else {
        devices = connected ? tr("Reading…") : view.stateText;
    }
    const int bars = view.facts ? static_cast<int>(std::min<std::size_t>(16, view.use.size())) : 0;
    const int text = right - left - bars * 7 - 8;
    painter->drawText(QRect(left, row.top() + 31, text, 18), Qt::AlignVCenter | Qt::AlignLeft,
                      QFontMetrics(painter->font()).elidedText(devices, Qt::ElideRight, text));
    painter->setPen(theme.color("text.3"));
    painter->drawText(QRect(left, row.top() + 51, right - left, 18), Qt::AlignVCenter | Qt::AlignLeft, memory);
    for (int i = 0; i < bars; ++i) {
        const auto& history = view.use[static_cast<std::size_t>(i)];
        const double use = history.empty() ? 0 : history.back();
        const QRectF whole(right - (bars - i) * 7 + 2, row.top() + 33, 5, 14);
        painter->fillRect(whole, theme.color("bg.hover"));
        const double height = std::max(1.0, whole.height() * use);
        painter->fillRect(QRectF(whole.left(), whole.bottom() - height, whole.width(), height),
                          theme.color(connected ? "success" : "text.3"));
    }
}

HostListPane::HostListPane(app::Workbench& workbench, HostService& service, QWidget* parent)
    : Pane(QStringLiteral("hosts"), parent), m_workbench(workbench), m_service(service),
      m_model(new HostListModel(service, this)), m_view(new QListView) {
    setTitle(tr("Hosts"));
    setIconName(QStringLiteral("hosts"));
    m_view->setModel(m_model);
    m_view->setItemDelegate(new HostListDelegate(service, m_view));
    m_view->setFrameShape(QFrame::NoFrame);
    m_view->setProperty("surface", "panel");
    m_view->setMouseTracking(true);
    m_view->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_view->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_view->setResizeMode(QListView::Adjust);
    m_view->setContextMenuPolicy(Qt::CustomContextMenu);
    m_view->setAccessibleName(tr("Hosts"));
    m_view->installEventFilter(this);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_view);
    connect(m_view, &QListView::clicked, this, &HostListPane::open);
    connect(m_view, &QWidget::customContextMenuRequested, this, &HostListPane::showMenu);
    connect(&app::theme(), &app::Theme::changed, m_view, [this] { m_view->viewport()->update(); });
    service.reloadConfigured();
    const auto lookAll = [this] {
        for (const QString& id : m_service.hosts())
            m_service.look(id, this);
    };
    connect(&service, &HostService::listChanged, this, lookAll);
    lookAll();
}

void HostListPane::open(const QModelIndex& index) {
    const QString id = index.data(HostListModel::IdRole).toString();
    if (id.isEmpty())
        return;
    const bool used = index.data(HostListModel::KindRole).toInt() == HostListModel::InUse;
    if (used && m_service.view(id).state != host::HostState::Offline)
        m_workbench.commands().execute(app::ids::kHostOpen, {{"host", id}});
    else
        m_workbench.commands().execute(app::ids::kHostConnect, {{"host", id}});
}

void HostListPane::showMenu(const QPoint& at) {
    const QModelIndex index = m_view->indexAt(at);
    const QString id = index.data(HostListModel::IdRole).toString();
    if (id.isEmpty())
        return;
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const bool connected = m_service.known(id) && m_service.view(id).state == host::HostState::Connected;
    const auto command = [&](const QString& text, const char* icon, const char* run) {
        menu->addAction(app::theme().icon(QLatin1String(icon)), text, this, [this, run, id] {
            m_workbench.commands().execute(QLatin1String(run), {{"host", id}});
        });
    };
    if (connected) {
        command(tr("Show"), "info", app::ids::kHostOpen);
        command(tr("Open folder…"), "folder-open", "host.openFolder");
        command(tr("Terminal"), "terminal", app::ids::kTerminalNew);
        command(tr("Run here…"), "play", app::ids::kRunLaunch);
        if (id != QLatin1String("local")) {
            menu->addSeparator();
            menu->addAction(tr("Disconnect"), this, [this, id] { m_service.disconnectHost(id); });
        }
    } else {
        command(tr("Connect…"), "link", app::ids::kHostConnect);
    }
    menu->popup(m_view->viewport()->mapToGlobal(at));
}

bool HostListPane::eventFilter(QObject* object, QEvent* event) {
    if (object == m_view && event->type() == QEvent::KeyPress) {
        const auto* key = static_cast<QKeyEvent*>(event);
        const QModelIndex index = m_view->currentIndex();
        const QString id = index.data(HostListModel::IdRole).toString();
        if (!id.isEmpty()) {
            const bool control = key->modifiers().testFlag(Qt::ControlModifier);
            if (key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter) {
                open(index);
                return true;
            }
            if (key->key() == Qt::Key_T && control)
                return m_workbench.commands().execute(app::ids::kTerminalNew, {{"host", id}});
            if (key->key() == Qt::Key_R && !control)
                return m_workbench.commands().execute(app::ids::kRunLaunch, {{"host", id}});
            if (key->key() == Qt::Key_Delete && id != QLatin1String("local") && m_service.known(id)) {
                m_service.disconnectHost(id);
                return true;
            }
        }
    }
    return Pane::eventFilter(object, event);
}

QWidget* HostListPane::createHeaderTools() {
    auto* tools = new QWidget;
    auto* row = new QHBoxLayout(tools);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    auto* add = new app::IconButton(QStringLiteral("plus"), tr("Connect to host…"), tools);
    auto* refresh = new app::IconButton(QStringLiteral("refresh"), tr("Refresh"), tools);
    connect(add, &QAbstractButton::clicked, this,
            [this] { m_workbench.commands().execute(app::ids::kHostConnect); });
    connect(refresh, &QAbstractButton::clicked, this, [this] {
        m_service.reloadConfigured();
        for (const QString& id : m_service.hosts())
            m_service.refresh(id);
    });
    row->addWidget(add);
    row->addWidget(refresh);
    return tools;
}

void HostListPane::activate() { m_view->setFocus(); }

} // namespace lathe::hosts

// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph_pane.h"

#include "app/command_ids.h"
#include "app/theme.h"
#include "app/widgets.h"
#include "graph_delegate.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLineEdit>
#include <QScrollBar>
#include <QSortFilterProxyModel>
#include <QStackedWidget>
#include <QTableView>
#include <QVBoxLayout>

namespace lathe::gitpane {
namespace {

enum Page { PageTable, PageEmpty, PageFailed };
constexpr std::size_t kPage = 300; // commits read at a time

class Filter final : public QSortFilterProxyModel {
public:
    using QSortFilterProxyModel::QSortFilterProxyModel;

protected:
    bool filterAcceptsRow(int row, const QModelIndex& parent) const override {
        const QString wanted = filterRegularExpression().pattern();
        if (wanted.isEmpty())
            return true;
        for (const int column : {LogModel::Message, LogModel::Author, LogModel::Id}) {
            if (sourceModel()->index(row, column, parent).data().toString().contains(
                    filterRegularExpression()))
                return true;
        }
        return false;
    }
};

QString refsKey(const git::Status& status) {
    return app::toQString(status.head + ' ' + status.branch + ' ' + std::to_string(status.ahead) + ' ' +
                          std::to_string(status.behind));
}

} // namespace

GraphPane::GraphPane(GitSession& session) : Pane(QStringLiteral("git.graph")), m_session(session) {
    setTitle(tr("Graph"));
    setIconName(QStringLiteral("commit"));
    m_filtered = new Filter(this);
    m_filtered->setSourceModel(&m_model);
    m_table = new QTableView;
    m_table->setModel(m_filtered);
    m_table->setItemDelegateForColumn(LogModel::Message, new GraphDelegate(m_table));
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setShowGrid(false);
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setAccessibleName(tr("Commits"));
    m_table->setTabKeyNavigation(false);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(26);
    m_table->verticalHeader()->setMinimumSectionSize(26);
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_table->horizontalHeader()->setSectionResizeMode(LogModel::Message, QHeaderView::Stretch);
    m_table->setColumnWidth(LogModel::Author, 150);
    m_table->setColumnWidth(LogModel::Id, 80);
    m_table->setColumnWidth(LogModel::Age, 60);
    connect(m_table, &QTableView::activated, this, &GraphPane::openCurrent);
    connect(m_table->verticalScrollBar(), &QScrollBar::valueChanged, this, [this](int value) {
        if (value >= m_table->verticalScrollBar()->maximum() - 20)
            loadMore();
    });

    m_empty = new app::EmptyState(tr("Commits of the workspace's repository appear here."));
    m_failed = new app::ErrorState;
    m_failed->setRetry([this] { reload(); });
    m_stack = new QStackedWidget;
    m_stack->addWidget(m_table);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(m_failed);
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->addWidget(m_stack);
    connect(&m_session, &GitSession::contentChanged, this, [this] {
        if (refsKey(m_session.status()) != m_shownFor)
            reload();
    });
    connect(&m_session, &GitSession::changed, this, [this] {
        if (m_session.state() == GitSession::State::NoFolder || m_session.state() == GitSession::State::NoRepository)
            m_stack->setCurrentIndex(PageEmpty);
    });
    reload();
}

QWidget* GraphPane::createHeaderTools() {
    auto* search = new QLineEdit;
    search->setPlaceholderText(tr("Message, author, id"));
    search->setAccessibleName(tr("Filter commits"));
    search->setClearButtonEnabled(true);
    search->setFixedWidth(220);
    connect(search, &QLineEdit::textChanged, this, [this](const QString& text) {
        auto* delegate = static_cast<GraphDelegate*>(m_table->itemDelegateForColumn(LogModel::Message));
        delegate->setLanesShown(text.isEmpty());
        m_filtered->setFilterRegularExpression(QRegularExpression(QRegularExpression::escape(text),
                                                                  QRegularExpression::CaseInsensitiveOption));
    });
    return search;
}

void GraphPane::activate() { m_table->setFocus(); }

void GraphPane::reload() {
    if (m_session.state() == GitSession::State::NoFolder || m_session.state() == GitSession::State::NoRepository) {
        m_stack->setCurrentIndex(PageEmpty);
        return;
    }
    if (m_reading) {
        m_again = true;
        return;
    }
    m_reading = true;
    beginWork();
    const std::size_t wanted = std::max(kPage, m_model.size());
    const QString key = refsKey(m_session.status());
    m_session.read(
        this,
        [wanted](git::Repository& repository) {
            git::LogQuery query;
            query.allBranches = true;
            query.limit = wanted;
            return repository.log(query);
        },
        [this, key](Result<git::LogPage> page) {
            m_reading = false;
            endWork();
            if (page) {
                m_shownFor = key;
                m_model.setCommits(std::move(page->commits), page->more);
                m_empty->setSentence(tr("No commits yet."));
                m_stack->setCurrentIndex(m_model.size() > 0 ? PageTable : PageEmpty);
            } else if (m_session.state() == GitSession::State::Loading) {
                return;
            } else {
                m_failed->setError(app::toQString(page.error().what), app::toQString(page.error().on),
                                   app::toQString(page.error().hint));
                m_stack->setCurrentIndex(PageFailed);
            }
            if (std::exchange(m_again, false))
                reload();
        });
}

void GraphPane::loadMore() {
    if (m_reading || !m_model.more())
        return;
    m_reading = true;
    beginWork();
    m_session.read(
        this,
        [skip = m_model.size()](git::Repository& repository) {
            git::LogQuery query;
            query.allBranches = true;
            query.skip = skip;
            query.limit = kPage;
            return repository.log(query);
        },
        [this](Result<git::LogPage> page) {
            m_reading = false;
            endWork();
            if (page)
                m_model.append(std::move(page->commits), page->more);
            else
                m_session.workbench().notifications().error(page.error());
        });
}

void GraphPane::openCurrent() {
    const QModelIndex at = m_filtered->mapToSource(m_table->currentIndex());
    if (!at.isValid())
        return;
    const git::Commit& commit = m_model.commit(at.row());
    m_session.workbench().commands().execute(QLatin1String(app::ids::kGitDiff),
                                             {{QStringLiteral("commit"), app::toQString(commit.id)},
                                              {QStringLiteral("title"), at.siblingAtColumn(0).data()}});
}

} // namespace lathe::gitpane

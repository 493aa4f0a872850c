// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pane.h"
#include "app/settings.h"

#include <QHash>

class QLabel;
class QLineEdit;
class QListWidget;
class QTreeWidget;
class QVBoxLayout;

namespace lathe::app {

class Segmented;
class ShellWorkbench;

// All declared settings: search at the top, pages at the left, user or workspace scope. Each row is made from
// its SettingSpec; a changed value has an accent bar and Reset. Changes apply at once.
class SettingsPage final : public Pane {
    Q_OBJECT
public:
    explicit SettingsPage(ShellWorkbench& workbench);
    void setSearch(const QString& text);
    void showPage(const QString& id);
    void activate() override;
    QJsonObject saveState() const override;
    void restoreState(const QJsonObject& state) override;

private:
    void fill();
    QWidget* makeRow(const SettingSpec& spec);
    QWidget* makeKeys();
    QWidget* makePlugins();
    SettingScope scope() const;

    ShellWorkbench& m_workbench;
    QLineEdit* m_search;
    Segmented* m_scope;
    QListWidget* m_pages;
    QVBoxLayout* m_rows;
    QLabel* m_file;
};

}  // namespace lathe::app

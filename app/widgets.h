// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractButton>
#include <QColor>
#include <QList>
#include <QToolButton>
#include <QWidget>

#include <functional>

class QButtonGroup;
class QHBoxLayout;
class QLabel;
class QPushButton;

namespace lathe::app {

// The small parts that panes share, so that they look and read alike. GUI thread only.

// A 28x28 button with an icon; the tooltip is its accessible name. Follows the theme.
class IconButton : public QToolButton {
    Q_OBJECT
public:
    IconButton(const QString& icon, const QString& toolTip, QWidget* parent = nullptr);
    void setIconName(const QString& icon, const QString& token = QStringLiteral("text.2"));

private:
    void refresh();
    QString m_icon, m_token;
};

// Charts | Parameters: one of several, arrow keys move.
class Segmented : public QWidget {
    Q_OBJECT
public:
    explicit Segmented(const QString& accessibleName, QWidget* parent = nullptr);
    void addSegment(const QString& text, const QString& icon = {});
    int current() const;
    void setCurrent(int index);

Q_SIGNALS:
    void currentChanged(int index);

private:
    QButtonGroup* m_group;
};

// One sentence and at most one button, top left of an empty pane.
class EmptyState : public QWidget {
    Q_OBJECT
public:
    explicit EmptyState(const QString& sentence, QWidget* parent = nullptr);
    QPushButton* addButton(const QString& text, std::function<void()> run, bool primary = true);
    void addLink(const QString& text, std::function<void()> run);
    void setSentence(const QString& sentence);

private:
    QLabel* m_sentence;
    QHBoxLayout* m_row;
};

// A failure where the content would be: what, on what, what to do; Retry and Copy details.
class ErrorState : public QWidget {
    Q_OBJECT
public:
    explicit ErrorState(QWidget* parent = nullptr);
    void setError(const QString& what, const QString& on, const QString& hint);
    void setRetry(std::function<void()> retry);

private:
    QLabel *m_what, *m_on, *m_hint;
    QPushButton* m_retry;
    std::function<void()> m_run;
};

// A flat bar: 0…1, in a colour or a token's.
class Meter : public QWidget {
    Q_OBJECT
public:
    explicit Meter(QWidget* parent = nullptr, int height = 6);
    void setValue(double fraction);
    void setColor(const QColor& color);
    void setToken(const QString& token);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    double m_value = 0;
    QColor m_color;
    QString m_token = QStringLiteral("accent");
    int m_height;
};

// A short line of a metric: 52x14 by default; every pixel column draws its minimum and maximum.
class Sparkline : public QWidget {
    Q_OBJECT
public:
    explicit Sparkline(QWidget* parent = nullptr);
    void setValues(const QList<double>& values, const QColor& color);
    QSize sizeHint() const override { return {52, 14}; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QList<double> m_values;
    QColor m_color;
};

// The coloured dot of a run.
class RunDot : public QWidget {
    Q_OBJECT
public:
    explicit RunDot(QWidget* parent = nullptr, int size = 8);
    void setColor(const QColor& color);
    QSize sizeHint() const override { return {m_size, m_size}; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QColor m_color;
    int m_size;
};

// A small label in a box: a host's tag, a run's tag. `token` names fill ("success" takes success.soft).
QLabel* makeTag(const QString& text, const QString& token = {}, QWidget* parent = nullptr);
// A label with one of the roles of theme.h.
QLabel* makeLabel(const QString& text, const char* role, QWidget* parent = nullptr);
// A one-pixel line between parts.
QWidget* makeRule(Qt::Orientation orientation, QWidget* parent = nullptr);

}  // namespace lathe::app

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "record/run.h"

#include <QColor>
#include <QFont>
#include <QHash>
#include <QIcon>
#include <QList>
#include <QObject>
#include <QPixmap>
#include <QString>

class QApplication;

namespace lathe::app {

// The look: colours by token name ("bg.panel", "text.2", "diff.add"; the list is resources/themes/dark.json),
// icons that take a token's colour, the two fonts. No other file holds a literal colour. One per process:
// theme(). GUI thread only.
//
// Ordinary widgets need no styling: the application style sheet dresses them. These dynamic properties choose
// a variant (set them before the widget is shown):
//   QPushButton  role = "primary" | "quiet" | "danger"     QToolButton  role = "icon" (28x28) | "quiet"
//   QLabel       role = "title" (15/600) | "page" (16/600) | "section" (12.5/600) | "dim" (text.2) | "hint"
//   (text.3)
//                | "error" | "warn" | "success" | "mono"   QFrame  role = "card" | "banner-warn" |
//                "banner-error" | "rule"
//   QLineEdit, QPlainTextEdit, QAbstractItemView  mono = true
//   any widget   surface = "chrome" | "panel" | "content" | "raised" (its background)
class Theme : public QObject {
    Q_OBJECT
public:
    ~Theme() override;

    const QString& name() const { return m_name; }  // "dark", "light"
    bool isDark() const { return m_dark; }
    // Applies palette, fonts and style sheet. NotFound or Corrupt leaves the theme as it is.
    bool load(const QString& name, QString* error = nullptr);
    static QStringList available();

    // An unknown token is logged once and gives a shrill pink, so that it is seen.
    QColor color(const QString& token) const;
    QStringList tokens() const;
    bool has(const QString& token) const;

    // The run palette: slot 0… ; after 12 colours it repeats (RunPalette deals the slots and dashes).
    QColor runColor(int slot) const;
    int runColorCount() const { return static_cast<int>(m_runColors.size()); }
    const QList<QColor>& ramp() const { return m_ramp; }
    QColor rampColor(double worstToBest) const;  // 0…1, between stops

    // resources/icons/NAME.svg in the token's colour, sharp at any device pixel ratio, following a change of
    // theme when asked for again (connect to changed()). Disabled mode comes in text.disabled.
    QIcon icon(const QString& name, const QString& token = QStringLiteral("text.2"), int size = 16) const;
    QPixmap pixmap(const QString& name, const QString& token, int size, qreal devicePixelRatio) const;
    bool hasIcon(const QString& name) const;

    // One shape, word and colour per run state, everywhere.
    QIcon stateIcon(record::RunState state) const;
    QPixmap statePixmap(record::RunState state, int size, qreal devicePixelRatio) const;
    QString stateWord(record::RunState state) const;  // translated
    QString stateToken(record::RunState state) const;

    // Sizes are logical pixels at 100 % text size (UX.md, section 2: 11, 12, 12.5, 13, 15, 16); text size of
    // the settings is applied here.
    QFont uiFont(double pixels = 13, int weight = QFont::Normal) const;
    QFont monoFont(double pixels = 13) const;
    void setTextScale(double factor);           // 0.8 … 2
    void setMonoFamily(const QString& family);  // empty: best of the system
    double textScale() const { return m_textScale; }

    bool strongBorders() const { return m_strongBorders; }
    void setStrongBorders(bool on);
    QColor strongBorder() const;  // border.strong, or border.high

Q_SIGNALS:
    void changed();  // colours or fonts: drop cached icons and colours, repaint

private:
    friend Theme& theme();
    Theme();
    void apply();
    QString styleSheet() const;

    QString m_name, m_monoFamily;
    bool m_dark = true, m_strongBorders = false;
    double m_textScale = 1;
    QHash<QString, QColor> m_colors;
    QList<QColor> m_runColors, m_ramp;
    mutable QHash<QString, QByteArray> m_svg;
    mutable QHash<QString, QPixmap> m_pixmaps;
};

Theme& theme();

}  // namespace lathe::app

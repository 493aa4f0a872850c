// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPointer>
#include <QWidget>

class QHBoxLayout;
class QLabel;
class QScrollArea;
class QVBoxLayout;

namespace lathe::app {

// A dialog inside the window: header 48, scrolling body, footer 56, over a 55 % scrim. Esc closes, Tab stays
// inside, focus returns where it was. Opens at once; never blocks (answers come through callbacks). Deletes
// itself when closed. GUI thread only.
class Sheet : public QWidget {
    Q_OBJECT
public:
    // `over`: any widget of the window; the sheet covers its whole window.
    explicit Sheet(QWidget* over, const QString& title);
    ~Sheet() override;

    void setPreferredSize(const QSize& size);  // of the card; shrinks to the window less 40
    QVBoxLayout* body();                       // padding 20
    // A widget that scrolls by itself or lays itself out in full (two columns); replaces body().
    void setBodyWidget(QWidget* widget);
    QHBoxLayout* header();  // between title and close button
    QHBoxLayout* footer();  // empty: no footer
    void setTitle(const QString& title);

    void open();
    bool isClosing() const { return m_closing; }

    // A question with up to three buttons; the first is the one that Esc and Cancel mean. `answer` gets the
    // index.
    static Sheet* ask(QWidget* over, const QString& title, const QString& text, const QStringList& buttons,
                      std::function<void(int)> answer, int primary = -1);

public Q_SLOTS:
    void dismiss();

Q_SIGNALS:
    void dismissed();

protected:
    virtual bool mayDismiss() { return true; }
    bool eventFilter(QObject* object, QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool focusNextPrevChild(bool next) override;

private:
    void place();
    QWidget* m_card = nullptr;
    QLabel* m_title = nullptr;
    QHBoxLayout* m_header = nullptr;
    QWidget* m_footerArea = nullptr;
    QHBoxLayout* m_footer = nullptr;
    QScrollArea* m_scroll = nullptr;
    QWidget* m_bodyWidget = nullptr;
    QVBoxLayout* m_body = nullptr;
    QVBoxLayout* m_cardLayout = nullptr;
    QSize m_size{560, 400};
    QPointer<QWidget> m_focusBefore;
    bool m_closing = false, m_sized = false;
};

}  // namespace lathe::app

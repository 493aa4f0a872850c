// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>

#include <deque>

class QLabel;

namespace lathe::app {
class Meter;
}

namespace lathe::hosts {

// One device: ten minutes of use, use and memory now, who has it. GUI thread only.
class DeviceCard : public QFrame {
    Q_OBJECT
public:
    explicit DeviceCard(QWidget* parent = nullptr);

    struct Content {
        QString name, right, memory, owner;
        double use = 0, memoryShare = 0;
        bool foreign = false;
        std::deque<double> history;
    };
    void show(const Content& content);

private:
    class Curve;
    QLabel *m_name, *m_right, *m_useText, *m_memoryText, *m_owner;
    app::Meter *m_use, *m_memory;
    Curve* m_curve;
};

} // namespace lathe::hosts

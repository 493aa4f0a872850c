// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "host/host.h"

#include <QObject>
#include <QPointer>

#include <memory>
#include <stop_token>

namespace lathe::hosts {

// Who answers the questions of a connection under way. GUI thread only.
class PromptFace : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;
    virtual void askUnknownKey(const host::HostKeyQuestion& question,
                               std::function<void(host::HostKeyAnswer)> answer) = 0;
    virtual void askSecret(const QString& prompt, bool echo,
                           std::function<void(std::optional<std::string>)> answer) = 0;
    virtual void showStep(const QString& step) = 0;
};

// Prompts for Host::connect that ask `face` on the GUI thread and wait for it on theirs. If the face goes, or `stop` is
// triggered, every question under way and to come is answered with Cancel.
host::Prompts promptsFor(PromptFace* face, std::stop_token stop = {});

} // namespace lathe::hosts

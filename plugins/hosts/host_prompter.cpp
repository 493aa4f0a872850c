// SPDX-License-Identifier: GPL-3.0-or-later
#include "host_prompter.h"

#include "app/workspace.h"
#include "core/text.h"

#include <QCoreApplication>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>

namespace lathe::hosts {

namespace {

// The face, as threads of hosts may see it: whether it is still there.
struct Line {
    std::mutex mutex;
    std::condition_variable changed;
    PromptFace* face = nullptr; // GUI thread only
    bool cut = false;
};

// Runs `ask(face, answer)` on the GUI thread and waits.
template <class T, class Ask>
T question(const std::shared_ptr<Line>& line, const std::stop_token& stop, T cancelled, Ask ask) {
    auto slot = std::make_shared<std::optional<T>>();
    QMetaObject::invokeMethod(
        QCoreApplication::instance(),
        [line, slot, ask] {
            if (!line->face)
                return;
            ask(*line->face, [line, slot](T value) {
                const std::lock_guard guard(line->mutex);
                slot->emplace(std::move(value));
                line->changed.notify_all();
            });
        },
        Qt::QueuedConnection);
    std::unique_lock lock(line->mutex);
    // Looks at the token by itself now and then: the program may be closing.
    while (!slot->has_value() && !line->cut && !stop.stop_requested())
        line->changed.wait_for(lock, std::chrono::milliseconds(100));
    return slot->has_value() ? std::move(**slot) : std::move(cancelled);
}

} // namespace

host::Prompts promptsFor(PromptFace* face, std::stop_token stop) {
    auto line = std::make_shared<Line>();
    line->face = face;
    const auto cut = [line] {
        const std::lock_guard guard(line->mutex);
        line->face = nullptr;
        line->cut = true;
        line->changed.notify_all();
    };
    QObject::connect(face, &QObject::destroyed, cut);
    // The program waits for its workers when it ends; none of them may then wait for the user.
    QObject::connect(QCoreApplication::instance(), &QCoreApplication::aboutToQuit, face, cut);
    host::Prompts prompts;
    prompts.unknownKey = [line, stop](const host::HostKeyQuestion& asked) {
        return question<host::HostKeyAnswer>(line, stop, host::HostKeyAnswer::Cancel,
                                             [asked](PromptFace& face, auto answer) { face.askUnknownKey(asked, answer); });
    };
    prompts.secret = [line, stop](const std::string& prompt, bool echo) {
        return question<std::optional<std::string>>(
            line, stop, std::nullopt, [prompt, echo](PromptFace& face, auto answer) {
                face.askSecret(app::toQString(escapedForDisplay(prompt, 300)), echo, answer);
            });
    };
    prompts.progress = [line](std::string_view step) {
        QMetaObject::invokeMethod(
            QCoreApplication::instance(),
            [line, step = app::toQString(std::string(step))] {
                if (line->face)
                    line->face->showStep(step);
            },
            Qt::QueuedConnection);
    };
    return prompts;
}

} // namespace lathe::hosts

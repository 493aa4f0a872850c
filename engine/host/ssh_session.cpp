// SPDX-License-Identifier: Apache-2.0
#include "host/ssh_session.h"

#include "core/log.h"
#include "core/paths.h"
#include "core/text.h"
#include "host/ssh_known_hosts.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace lathe::host {
namespace {

constexpr int maxPrompts = 32;       // of keyboard-interactive, over all rounds
constexpr long answerSeconds = 120;  // a second factor is confirmed on a phone while the server waits

struct KeyFree {
    void operator()(ssh_key key) const { ::ssh_key_free(key); }
};
using Key = std::unique_ptr<ssh_key_struct, KeyFree>;

std::string sessionError(ssh_session session) {
    return escapedForDisplay(::ssh_get_error(session), 400);
}

Result<ServerKey> serverKey(ssh_session session, const std::string& id) {
    ssh_key raw = nullptr;
    if (::ssh_get_server_publickey(session, &raw) != SSH_OK)
        return fail(ErrorCode::Corrupt, "the server sent no host key", id);
    const Key key(raw);
    ServerKey out;
    // libssh names the curve apart from the type ("ecdsa-sha2-nistp256" both in known_hosts).
    out.type = ::ssh_key_type_to_char(::ssh_key_type(key.get()));
    char* base64 = nullptr;
    if (::ssh_pki_export_pubkey_base64(key.get(), &base64) != SSH_OK)
        return fail(ErrorCode::Corrupt, "the server's host key is unreadable", id);
    out.base64 = base64;
    ::ssh_string_free_char(base64);
    unsigned char* hash = nullptr;
    std::size_t size = 0;
    if (::ssh_get_publickey_hash(key.get(), SSH_PUBLICKEY_HASH_SHA256, &hash, &size) == SSH_OK) {
        char* text = ::ssh_get_fingerprint_hash(SSH_PUBLICKEY_HASH_SHA256, hash, size);
        out.sha256 = text ? text : "";
        ::ssh_string_free_char(text);
        ::ssh_clean_pubkey_hash(&hash);
    }
    return out;
}

// The key as it goes over the wire (RFC 4253, 6.6); empty if it has no such form.
std::string wireForm(ssh_key key) {
    char* text = nullptr;
    if (!key || ::ssh_pki_export_pubkey_base64(key, &text) != SSH_OK)
        return {};
    std::string bytes;
    std::uint32_t bits = 0;
    int count = 0;
    for (const char* c = text; *c && *c != '='; ++c) {
        constexpr std::string_view alphabet =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        bits = bits << 6 | static_cast<std::uint32_t>(alphabet.find(*c) & 63);
        count += 6;
        if (count >= 8)
            bytes += static_cast<char>(bits >> (count -= 8) & 0xFF);
    }
    ::ssh_string_free_char(text);
    return bytes;
}

std::string_view afterString(std::string_view wire) {
    if (wire.size() < 4)
        return {};
    std::uint32_t size = 0;
    for (int i = 0; i < 4; ++i)
        size = size << 8 | static_cast<unsigned char>(wire[i]);
    return wire.size() - 4 >= size ? wire.substr(4 + std::size_t{size}) : std::string_view();
}

// A certificate is: its type, a nonce, then all of the key but the type (OpenSSH, PROTOCOL.certkeys). This
// libssh cannot compare the two.
bool certifies(ssh_key certificate, ssh_key key) {
    const std::string whole = wireForm(certificate), bare = wireForm(key);
    const std::string_view own = afterString(bare);
    return !own.empty() && afterString(afterString(whole)).starts_with(own);
}

// One sign-in, from the first question to the last.
class SignIn {
public:
    SignIn(ssh_session session, const SshTarget& target, const Prompts& prompts, const std::stop_token& stop)
        : m_session(session), m_target(target), m_prompts(prompts), m_stop(stop) {}

    Result<> run() {
        int state = ::ssh_userauth_none(m_session, nullptr);
        // A server may ask for several methods one after another ("publickey, then keyboard-interactive"):
        // each partial success makes a new list.
        for (int round = 0; round < 4 && state != SSH_AUTH_SUCCESS; ++round) {
            if (state == SSH_AUTH_ERROR)
                return broken();
            const int methods = ::ssh_userauth_list(m_session, nullptr);
            LATHE_TRY_ASSIGN(state, tryMethods(methods));
            if (state != SSH_AUTH_PARTIAL && state != SSH_AUTH_SUCCESS)
                return refused(methods);
        }
        if (state != SSH_AUTH_SUCCESS)
            return refused(0);
        return {};
    }

private:
    std::unexpected<Error> broken() const {
        if (m_stop.stop_requested())
            return fail(ErrorCode::Cancelled, "stopped", m_target.id);
        return fail(
            ErrorCode::Unavailable, "the connection broke while signing in: " + sessionError(m_session),
            m_target.id,
            "too many keys in the agent can make a server hang up: set IdentityFile and IdentitiesOnly");
    }

    std::unexpected<Error> refused(int methods) const {
        std::vector<std::string> offered;
        if (methods & SSH_AUTH_METHOD_PUBLICKEY)
            offered.emplace_back("publickey");
        if (methods & SSH_AUTH_METHOD_PASSWORD)
            offered.emplace_back("password");
        if (methods & SSH_AUTH_METHOD_INTERACTIVE)
            offered.emplace_back("keyboard-interactive");
        return fail(
            ErrorCode::Denied,
            fmt::format("{} was refused as {}; tried {}; the server takes {}", m_target.id, m_target.user,
                        m_tried.empty() ? "nothing" : fmt::format("{}", fmt::join(m_tried, ", ")),
                        offered.empty() ? "none of what Lathe can do"
                                        : fmt::format("{}", fmt::join(offered, ", "))),
            m_target.id,
            "`ssh " + m_target.id + "` shows what the server wants; add your key there with ssh-copy-id");
    }

    // SSH_AUTH_DENIED if nothing of it was accepted.
    Result<int> tryMethods(int methods) {
        int state = SSH_AUTH_DENIED;
        const auto done = [&] { return state == SSH_AUTH_SUCCESS || state == SSH_AUTH_PARTIAL; };
        if ((methods & SSH_AUTH_METHOD_PUBLICKEY) && m_target.publicKeySignIn && !m_keysDone) {
            m_keysDone = true;
            LATHE_TRY_ASSIGN(state, tryKeys());
        }
        if (!done() && (methods & SSH_AUTH_METHOD_INTERACTIVE) && m_target.keyboardSignIn &&
            m_prompts.secret && !m_keyboardDone) {
            m_keyboardDone = true;
            LATHE_TRY_ASSIGN(state, tryKeyboard());
            // PAM answers both methods from one store: a password just refused is not asked for a second
            // time.
            if (state == SSH_AUTH_DENIED && m_askedKeyboard)
                m_passwordDone = true;
        }
        if (!done() && (methods & SSH_AUTH_METHOD_PASSWORD) && m_target.passwordSignIn && m_prompts.secret &&
            !m_passwordDone) {
            m_passwordDone = true;
            LATHE_TRY_ASSIGN(state, tryPassword());
        }
        return state;
    }

    Result<int> check(int state) const {
        if (state == SSH_AUTH_ERROR)
            return broken();
        return state;
    }

    Result<int> tryKeys() {
        if (!m_target.identitiesOnly) {
            LATHE_TRY_ASSIGN(const int state, tryAgent());
            if (state != SSH_AUTH_DENIED)
                return state;
        }
        for (std::size_t i = 0; i < m_target.identityFiles.size(); ++i) {
            LATHE_TRY_ASSIGN(const int state, tryFile(m_target.identityFiles[i]));
            if (state != SSH_AUTH_DENIED)
                return state;
        }
        return SSH_AUTH_DENIED;
    }

    bool hasAgent() const {
        return m_target.identityAgent != "none" &&
               (!m_target.identityAgent.empty() || std::getenv("SSH_AUTH_SOCK") != nullptr);
    }

    Result<int> tryAgent() {
        if (m_agentDone || !hasAgent())
            return SSH_AUTH_DENIED;
        m_agentDone = true;
        m_tried.emplace_back("the agent's keys");
        const int state = ::ssh_userauth_agent(m_session, nullptr);
        // Also its answer when no agent listens at that socket.
        if (state == SSH_AUTH_ERROR && ::ssh_is_connected(m_session))
            return SSH_AUTH_DENIED;
        return check(state);
    }

    Result<bool> isWanted(ssh_key offered) {
        LATHE_TRY_ASSIGN(const int state, check(::ssh_userauth_try_publickey(m_session, nullptr, offered)));
        return state == SSH_AUTH_SUCCESS;
    }

    // Of this key, and wanted by the server; null if there is none. A server may take a key by its
    // certificate alone, so it is offered before the bare key.
    Result<Key> wantedCertificate(const std::string& file, ssh_key half) {
        std::vector<std::string> names = m_target.certificateFiles;
        names.push_back(file + "-cert.pub");
        for (const std::string& name : names) {
            ssh_key raw = nullptr;
            if (!exists(name) || ::ssh_pki_import_cert_file(name.c_str(), &raw) != SSH_OK)
                continue;
            Key certificate(raw);
            if (half && !certifies(certificate.get(), half))
                continue;
            LATHE_TRY_ASSIGN(const bool wanted, isWanted(certificate.get()));
            if (wanted)
                return certificate;
        }
        return Key();
    }

    Result<int> tryFile(const std::string& file) {
        if (!exists(file))
            return SSH_AUTH_DENIED;
        m_tried.push_back(file);
        // Offered first where the public half is at hand: nobody is asked for the passphrase of a key that is
        // not wanted.
        ssh_key raw = nullptr;
        const Key half(::ssh_pki_import_pubkey_file((file + ".pub").c_str(), &raw) == SSH_OK ? raw : nullptr);
        LATHE_TRY_ASSIGN(const Key certificate, wantedCertificate(file, half.get()));
        if (half && !certificate) {
            LATHE_TRY_ASSIGN(const bool wanted, isWanted(half.get()));
            if (!wanted)
                return SSH_AUTH_DENIED;
        }
        LATHE_TRY_ASSIGN(const Key key, loadKey(file));
        if (!key)
            return m_target.identitiesOnly ? tryAgent() : Result<int>(SSH_AUTH_DENIED);
        if (certificate && certifies(certificate.get(), key.get()) &&
            ::ssh_pki_copy_cert_to_privkey(certificate.get(), key.get()) != SSH_OK)
            logWarn("host", "{}: cannot use the certificate of {}", m_target.id, file);
        return check(::ssh_userauth_publickey(m_session, nullptr, key.get()));
    }

    // Null if it cannot be read, or is locked and nobody can be asked.
    Result<Key> loadKey(const std::string& file) {
        struct Asking {
            const SignIn* self;
            const std::string& file;
            bool asked = false, cancelled = false;
        } asking{this, file};
        const auto passphrase = [](const char*, char* buffer, std::size_t size, int, int, void* user) -> int {
            auto* ask = static_cast<Asking*>(user);
            if (!ask->self->m_prompts.secret || ask->asked)
                return -1;
            ask->asked = true;
            const auto answer = ask->self->m_prompts.secret(
                fmt::format("Passphrase of {} for {}", ask->file, ask->self->m_target.id), false);
            ask->cancelled = !answer;
            if (!answer || answer->size() >= size)
                return -1;
            std::copy(answer->begin(), answer->end(), buffer);
            buffer[answer->size()] = 0;
            return 0;
        };
        ssh_key raw = nullptr;
        const int got = ::ssh_pki_import_privkey_file(file.c_str(), nullptr, passphrase, &asking, &raw);
        if (asking.cancelled)
            return fail(ErrorCode::Cancelled, "the passphrase was not given", m_target.id);
        if (got == SSH_OK)
            return Key(raw);
        if (asking.asked)
            return fail(ErrorCode::Denied, "the passphrase does not open the key", file,
                        "connect again to try once more");
        logInfo("host", "{}: cannot use the key {}", m_target.id, file);
        m_tried.back() += " (unreadable or locked)";
        return Key();
    }

    Result<std::string> ask(const std::string& prompt, bool echo) const {
        auto answer = m_prompts.secret(prompt, echo);
        if (!answer || m_stop.stop_requested())
            return fail(ErrorCode::Cancelled, "the sign-in was cancelled", m_target.id);
        return std::move(*answer);
    }

    // RFC 4256. What the server sends is shown as plain text and named after the host, so that it cannot pose
    // as another.
    Result<int> tryKeyboard() {
        m_tried.emplace_back("keyboard-interactive");
        int asked = 0;
        int state = ::ssh_userauth_kbdint(m_session, nullptr, nullptr);
        while (state == SSH_AUTH_INFO) {
            const int count = ::ssh_userauth_kbdint_getnprompts(m_session);
            if (count < 0 || (asked += count) > maxPrompts)
                return fail(ErrorCode::Corrupt, "the server asks too many questions", m_target.id);
            std::string head;
            for (const char* text : {::ssh_userauth_kbdint_getname(m_session),
                                     ::ssh_userauth_kbdint_getinstruction(m_session)}) {
                if (text && *text)
                    head += escapedForDisplay(trim(text), 1000) + " ";
            }
            for (int i = 0; i < count; ++i) {
                char echo = 0;
                const char* text =
                    ::ssh_userauth_kbdint_getprompt(m_session, static_cast<unsigned>(i), &echo);
                m_askedKeyboard = true;
                LATHE_TRY_ASSIGN(
                    const std::string answer,
                    ask(m_target.id + ": " + head + escapedForDisplay(trim(text ? text : ""), 1000),
                        echo != 0));
                ::ssh_userauth_kbdint_setanswer(m_session, static_cast<unsigned>(i), answer.c_str());
            }
            state = ::ssh_userauth_kbdint(m_session, nullptr, nullptr);
        }
        return check(state);
    }

    Result<int> tryPassword() {
        m_tried.emplace_back("password");
        LATHE_TRY_ASSIGN(const std::string password,
                         ask(fmt::format("Password of {} on {}", m_target.user, m_target.id), false));
        return check(::ssh_userauth_password(m_session, nullptr, password.c_str()));
    }

    ssh_session m_session;
    const SshTarget& m_target;
    const Prompts& m_prompts;
    const std::stop_token& m_stop;
    std::vector<std::string> m_tried;
    bool m_keysDone = false, m_agentDone = false, m_keyboardDone = false, m_passwordDone = false;
    bool m_askedKeyboard = false;
};

// The host key algorithms to ask for, the types on record first: a server that has such a key then shows it.
std::string hostKeyOrder(const std::vector<std::string>& known) {
    constexpr std::string_view rsa = "ssh-rsa";
    const std::vector<std::string> all = {"ssh-ed25519",         "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384",
                                          "ecdsa-sha2-nistp521", "rsa-sha2-512",        "rsa-sha2-256"};
    std::vector<std::string> order;
    const auto add = [&](const std::string& name) {
        if (std::ranges::find(order, name) == order.end())
            order.push_back(name);
    };
    for (const std::string& type : known) {
        if (type == rsa) {
            add("rsa-sha2-512");
            add("rsa-sha2-256");
        } else if (std::ranges::find(all, type) != all.end()) {
            add(type);
        }
    }
    for (const std::string& name : all)
        add(name);
    return join(order, ",");
}

}  // namespace

void SshFree::operator()(ssh_session session) const {
    ::ssh_free(session);
    // The number may have been taken by another file since libssh closed it.
    struct stat ours {
    }, theirs{};
    if (given >= 0 && ::fstat(line, &ours) == 0 && ::fstat(given, &theirs) == 0 &&
        ours.st_ino == theirs.st_ino && ours.st_dev == theirs.st_dev)
        ::close(given);
}

Result<SignedIn> signIn(const SshTarget& target, const SshConfig& config, const Prompts& prompts,
                        const std::stop_token& stop) {
    const auto progress = [&](std::string_view step) {
        if (prompts.progress)
            prompts.progress(step);
    };
    LATHE_TRY_ASSIGN(const KnownHosts known, KnownHosts::lookUp(target));
    progress("reach");
    SignedIn signedIn;
    LATHE_TRY_ASSIGN(signedIn.line, dial(target, config, stop));
    const int fd = signedIn.line.fd.get();
    // The one way to wake libssh out of a blocking call; the connection is given up anyway.
    const std::stop_callback wake(stop, [fd] { ::shutdown(fd, SHUT_RDWR); });

    ssh_session session = ::ssh_new();
    if (!session)
        return fail(ErrorCode::Full, "no memory for a session", target.id);
    const int given = ::fcntl(fd, F_DUPFD_CLOEXEC, 0);
    signedIn.session = SshHandle(session, SshFree{fd, given});
    const bool off = false;
    const int on = 1;
    auto seconds = static_cast<long>(target.connectSeconds);
    const std::string& name = target.hostKeyAlias.empty() ? target.hostName : target.hostKeyAlias;
    const std::string keyOrder = hostKeyOrder(known.types());
    ::ssh_options_set(session, SSH_OPTIONS_PROCESS_CONFIG, &off);
    ::ssh_options_set(session, SSH_OPTIONS_HOST, name.c_str());
    ::ssh_options_set(session, SSH_OPTIONS_USER, target.user.c_str());
    ::ssh_options_set(session, SSH_OPTIONS_NODELAY, &on);
    ::ssh_options_set(session, SSH_OPTIONS_TIMEOUT, &seconds);
    ::ssh_options_set(session, SSH_OPTIONS_HOSTKEYS, keyOrder.c_str());
    ::ssh_options_set(session, SSH_OPTIONS_FD, &given);
    if (!target.identityAgent.empty() && target.identityAgent != "none" &&
        target.identityAgent != "SSH_AUTH_SOCK")
        ::ssh_options_set(session, SSH_OPTIONS_IDENTITY_AGENT, expandHome(target.identityAgent).c_str());

    if (::ssh_connect(session) != SSH_OK) {
        if (stop.stop_requested())
            return fail(ErrorCode::Cancelled, "stopped", target.id);
        const std::string complaint = signedIn.line.complaint();
        return fail(ErrorCode::Unavailable,
                    fmt::format("no SSH connection to {}: {}", target.display(),
                                complaint.empty() ? sessionError(session) : complaint),
                    target.id,
                    target.proxyJump.empty()
                        ? "is it an SSH server?"
                        : "connect to the jump host once with `ssh`, so that its key is known");
    }
    progress("host key");
    LATHE_TRY_ASSIGN(const ServerKey key, serverKey(session, target.id));
    LATHE_TRY(known.check(key, prompts));
    progress("sign in");
    seconds = answerSeconds;
    ::ssh_options_set(session, SSH_OPTIONS_TIMEOUT, &seconds);
    LATHE_TRY(SignIn(session, target, prompts, stop).run());
    if (stop.stop_requested())
        return fail(ErrorCode::Cancelled, "stopped", target.id);
    return signedIn;
}

}  // namespace lathe::host

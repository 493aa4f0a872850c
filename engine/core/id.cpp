// SPDX-License-Identifier: Apache-2.0
#include "core/id.h"

#include "core/clock.h"

#include <array>
#include <cstring>
#include <mutex>
#include <sys/random.h>

namespace lathe {
namespace {

constexpr std::string_view kAlphabet = "0123456789abcdefghjkmnpqrstvwxyz";
constexpr std::size_t kTimeChars = 10;
constexpr std::size_t kIdChars = 26;

constexpr std::array<std::string_view, 64> kAdjectives{
    "amber",  "ashen",  "azure",  "bold",   "brave",  "brisk",  "bronze", "calm",   "candid", "clear",  "cobalt",
    "copper", "coral",  "crisp",  "dawn",   "deft",   "eager",  "early",  "ember",  "fair",   "fleet",  "fond",
    "frank",  "fresh",  "gentle", "gilded", "glad",   "golden", "grand",  "hardy",  "hazel",  "honest", "indigo",
    "ivory",  "jade",   "jolly",  "keen",   "kind",   "late",   "level",  "lilac",  "lively", "lucid",  "lunar",
    "mellow", "merry",  "mild",   "misty",  "neat",   "nimble", "noble",  "olive",  "pale",   "plain",  "polar",
    "proud",  "quick",  "quiet",  "rapid",  "rosy",   "silver", "solar",  "steady", "vivid"};
constexpr std::array<std::string_view, 64> kAnimals{
    "adder",  "badger", "beaver", "bison",  "bobcat", "camel",  "cobra",  "condor", "coyote", "crane",  "curlew",
    "dingo",  "dove",   "eagle",  "egret",  "falcon", "ferret", "finch",  "gazelle", "gecko", "gibbon", "grouse",
    "gull",   "hare",   "hawk",   "heron",  "hornet", "ibex",   "ibis",   "jackal", "jay",    "kestrel", "kite",
    "koala",  "lark",   "lemur",  "linnet", "llama",  "lynx",   "marten", "merlin", "mole",   "moose",  "newt",
    "ocelot", "oriole", "osprey", "otter",  "owl",    "panda",  "pika",   "plover", "puffin", "quail",  "raven",
    "robin",  "seal",   "shrew",  "stoat",  "swift",  "tapir",  "tern",   "vole",   "wren"};

void fillRandom(void* target, std::size_t bytes) {
    auto* at = static_cast<unsigned char*>(target);
    while (bytes > 0) {
        const ssize_t got = getrandom(at, bytes, 0);
        if (got <= 0)
            continue;
        at += got;
        bytes -= static_cast<std::size_t>(got);
    }
}

int valueOf(char c) {
    const auto at = kAlphabet.find(c);
    return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

}  // namespace

std::string newId() {
    static std::mutex mutex;
    static std::int64_t lastMs = 0;
    static std::array<std::uint8_t, 16> digits{};  // the random part, five bits each

    const std::lock_guard lock(mutex);
    const auto now = static_cast<std::int64_t>(wallSeconds() * 1000);
    if (now > lastMs) {
        lastMs = now;
        fillRandom(digits.data(), digits.size());
        for (auto& digit : digits)
            digit &= 31;
        digits[0] &= 15;  // room to count up within one millisecond
    } else {
        for (std::size_t i = digits.size(); i-- > 0;) {
            digits[i] = (digits[i] + 1) & 31;
            if (digits[i] != 0)
                break;
        }
    }
    std::string id(kIdChars, '0');
    std::int64_t ms = lastMs;
    for (std::size_t i = kTimeChars; i-- > 0; ms >>= 5)
        id[i] = kAlphabet[ms & 31];
    for (std::size_t i = 0; i < digits.size(); ++i)
        id[kTimeChars + i] = kAlphabet[digits[i]];
    return id;
}

bool isId(std::string_view text) {
    if (text.size() != kIdChars)
        return false;
    for (const char c : text) {
        if (valueOf(c) < 0)
            return false;
    }
    return true;
}

std::int64_t idMilliseconds(std::string_view id) {
    if (!isId(id))
        return 0;
    std::int64_t ms = 0;
    for (std::size_t i = 0; i < kTimeChars; ++i)
        ms = ms << 5 | valueOf(id[i]);
    return ms;
}

std::string readableName(std::string_view id) {
    std::uint64_t hash = 1469598103934665603ULL;  // FNV-1a
    for (const char c : id)
        hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    return std::string(kAdjectives[hash % 64]) + "-" + std::string(kAnimals[(hash >> 8) % 64]) + "-" +
           std::to_string(10 + (hash >> 20) % 90);
}

std::string randomHex(std::size_t bytes) {
    std::string raw(bytes, '\0');
    fillRandom(raw.data(), raw.size());
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const char c : raw) {
        text += digits[static_cast<unsigned char>(c) >> 4];
        text += digits[static_cast<unsigned char>(c) & 15];
    }
    return text;
}

}  // namespace lathe

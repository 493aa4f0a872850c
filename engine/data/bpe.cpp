// SPDX-License-Identifier: Apache-2.0
#include "core/file.h"
#include "core/json.h"
#include "core/paths.h"
#include "core/text.h"
#include "data/tokenizer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <mutex>
#include <queue>
#include <set>
#include <shared_mutex>
#include <unordered_map>

namespace lathe::data {

namespace {

constexpr std::string_view kEndOfText = "<|endoftext|>";
constexpr std::size_t kMostCached = 1 << 18;
constexpr std::int32_t kNone = -1;

using Pair = std::pair<std::int32_t, std::int32_t>;

std::uint64_t keyOf(Pair pair) {
    return std::uint64_t{static_cast<std::uint32_t>(pair.first)} << 32 |
           static_cast<std::uint32_t>(pair.second);
}

// GPT-2 writes bytes as printable characters: those that are printable as themselves, the others from U+0100
// on.
struct ByteNames {
    std::array<std::string, 256> name;
    std::map<std::string, unsigned char, std::less<>> byte;

    ByteNames() {
        char32_t next = 256;
        for (unsigned b = 0; b < 256; ++b) {
            const bool printable = (b >= '!' && b <= '~') || (b >= 0xa1 && b <= 0xac) || b >= 0xae;
            const char32_t code = printable ? b : next++;
            std::string& text = name[b];
            if (code < 0x80) {
                text = static_cast<char>(code);
            } else {
                text = static_cast<char>(0xc0 | code >> 6);
                text += static_cast<char>(0x80 | (code & 0x3f));
            }
            byte[text] = static_cast<unsigned char>(b);
        }
    }
    std::string spell(std::string_view bytes) const {
        std::string text;
        for (const char b : bytes)
            text += name[static_cast<unsigned char>(b)];
        return text;
    }
    // False if a character stands for no byte.
    bool read(std::string_view text, std::string& bytes) const {
        bytes.clear();
        while (!text.empty()) {
            const std::size_t length = static_cast<unsigned char>(text[0]) < 0x80 ? 1 : 2;
            const auto found = byte.find(text.substr(0, length));
            if (found == byte.end())
                return false;
            bytes += static_cast<char>(found->second);
            text.remove_prefix(std::min(length, text.size()));
        }
        return true;
    }
};

const ByteNames& byteNames() {
    static const ByteNames names;
    return names;
}

class Bpe final : public Tokenizer {
public:
    struct Merge {
        std::int32_t rank;
        std::int32_t token;
    };

    std::vector<std::string> bytesOf;  // by token
    std::array<std::int32_t, 256> ofByte{};
    std::unordered_map<std::uint64_t, Merge> merges;
    std::vector<Pair> order;  // of the merges
    std::int32_t end = 0;

    std::string name() const override { return "bpe"; }
    std::int64_t vocabulary() const override { return static_cast<std::int64_t>(bytesOf.size()); }
    std::int32_t endOfText() const override { return end; }

    void encode(std::string_view text, std::vector<std::int32_t>& tokens) const override {
        for (const std::string_view word : splitWords(text)) {
            {
                const std::shared_lock lock(m_mutex);
                const auto found = m_cache.find(std::string(word));
                if (found != m_cache.end()) {
                    tokens.insert(tokens.end(), found->second.begin(), found->second.end());
                    continue;
                }
            }
            std::vector<std::int32_t> parts = mergeWord(word);
            tokens.insert(tokens.end(), parts.begin(), parts.end());
            const std::unique_lock lock(m_mutex);
            if (m_cache.size() < kMostCached)
                m_cache.emplace(word, std::move(parts));
        }
    }

    std::string decode(std::span<const std::int32_t> tokens) const override {
        std::string text;
        for (const std::int32_t token : tokens)
            if (token >= 0 && token < vocabulary() && token != end)
                text += bytesOf[static_cast<std::size_t>(token)];
        return text;
    }

    Result<> save(const std::string& folder) const override {
        LATHE_TRY(makeDirs(folder));
        const ByteNames& names = byteNames();
        const auto spelled = [&](std::int32_t token) {
            return token == end ? std::string(kEndOfText)
                                : names.spell(bytesOf[static_cast<std::size_t>(token)]);
        };
        Json vocabulary = Json::object();
        for (std::size_t i = 0; i < bytesOf.size(); ++i)
            vocabulary[spelled(static_cast<std::int32_t>(i))] = i;
        std::string lines = "#version: 0.2\n";
        for (const auto& [left, right] : order)
            lines += spelled(left) + " " + spelled(right) + "\n";
        LATHE_TRY(writeFileAtomic(joinPath(folder, "vocab.json"), dumpJson(vocabulary)));
        return writeFileAtomic(joinPath(folder, "merges.txt"), lines);
    }

private:
    std::vector<std::int32_t> mergeWord(std::string_view word) const {
        std::vector<std::int32_t> parts;
        for (const char b : word)
            parts.push_back(ofByte[static_cast<unsigned char>(b)]);
        while (parts.size() > 1) {
            std::int32_t best = std::numeric_limits<std::int32_t>::max(), token = kNone;
            Pair pair;
            for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
                const auto found = merges.find(keyOf({parts[i], parts[i + 1]}));
                if (found != merges.end() && found->second.rank < best) {
                    best = found->second.rank;
                    token = found->second.token;
                    pair = {parts[i], parts[i + 1]};
                }
            }
            if (token == kNone)
                break;
            std::size_t kept = 0;
            for (std::size_t i = 0; i < parts.size(); ++i) {
                const bool joined =
                    i + 1 < parts.size() && parts[i] == pair.first && parts[i + 1] == pair.second;
                parts[kept++] = joined ? token : parts[i];
                i += joined ? 1 : 0;
            }
            parts.resize(kept);
        }
        return parts;
    }

    mutable std::shared_mutex m_mutex;
    mutable std::unordered_map<std::string, std::vector<std::int32_t>> m_cache;
};

// A word of the text to learn from, as it is merged so far.
struct Word {
    std::vector<std::int32_t> parts;
    std::int64_t count = 0;
};

}  // namespace

Result<std::shared_ptr<const Tokenizer>> loadBpe(const std::string& folder) {
    const std::string vocabPath = joinPath(folder, "vocab.json"), mergesPath = joinPath(folder, "merges.txt");
    for (const std::string& path : {vocabPath, mergesPath})
        if (!exists(path))
            return fail(ErrorCode::NotFound, "a tokenizer is two files, vocab.json and merges.txt", path,
                        "point data.tokenizer at their folder, or set it to bytes");
    LATHE_TRY_ASSIGN(const Json vocabulary, readJsonFile(vocabPath));
    LATHE_TRY_ASSIGN(const std::string lines, readFile(mergesPath));
    auto bpe = std::make_shared<Bpe>();
    const auto corrupt = [&](std::string what, const std::string& path) {
        return fail(ErrorCode::Corrupt, std::move(what), path, "fetch the pair of files again");
    };
    if (!vocabulary.is_object() || vocabulary.size() < 257)
        return corrupt("it does not hold the 256 bytes and an end of text", vocabPath);
    const auto size = static_cast<std::int64_t>(vocabulary.size());
    bpe->bytesOf.resize(vocabulary.size());
    bpe->ofByte.fill(kNone);
    bpe->end = kNone;
    std::unordered_map<std::string, std::int32_t> tokenOf;
    for (const auto& [spelled, number] : vocabulary.items()) {
        if (!number.is_number_integer() || number.get<std::int64_t>() < 0 ||
            number.get<std::int64_t>() >= size)
            return corrupt(fmt::format("the number of `{}` is out of range", escapedForDisplay(spelled, 40)),
                           vocabPath);
        const auto token = number.get<std::int32_t>();
        tokenOf[spelled] = token;
        if (spelled == kEndOfText) {
            bpe->end = token;
            continue;
        }
        std::string bytes;
        if (!byteNames().read(spelled, bytes))
            return corrupt(fmt::format("`{}` is no sequence of bytes", escapedForDisplay(spelled, 40)),
                           vocabPath);
        if (bytes.size() == 1)
            bpe->ofByte[static_cast<unsigned char>(bytes[0])] = token;
        bpe->bytesOf[static_cast<std::size_t>(token)] = std::move(bytes);
    }
    if (bpe->end == kNone || std::ranges::count(bpe->ofByte, kNone) > 0)
        return corrupt("it lacks <|endoftext|> or one of the 256 bytes", vocabPath);
    std::int32_t rank = 0;
    for (const std::string& line : split(lines, '\n')) {
        const std::string text(trim(line));
        if (text.empty() || text.starts_with("#version"))
            continue;
        const auto blank = text.find(' ');
        const auto left = tokenOf.find(text.substr(0, blank));
        const auto right = blank == std::string::npos ? tokenOf.end() : tokenOf.find(text.substr(blank + 1));
        const auto whole = left == tokenOf.end() || right == tokenOf.end()
                               ? tokenOf.end()
                               : tokenOf.find(left->first + right->first);
        if (whole == tokenOf.end())
            return corrupt(
                fmt::format("the merge `{}` has no token in vocab.json", escapedForDisplay(text, 80)),
                mergesPath);
        const Pair pair{left->second, right->second};
        bpe->merges[keyOf(pair)] = {rank++, whole->second};
        bpe->order.push_back(pair);
    }
    return bpe;
}

Result<std::shared_ptr<const Tokenizer>> trainBpe(std::string_view text, std::int64_t vocabulary) {
    if (vocabulary < 257 || vocabulary > 1'000'000)
        return fail(ErrorCode::Invalid, fmt::format("a vocabulary of {} cannot be learnt", vocabulary),
                    "data.vocabulary", "from 257 (the bytes and an end of text) to 1 000 000");
    auto bpe = std::make_shared<Bpe>();
    for (int b = 0; b < 256; ++b) {
        bpe->ofByte[static_cast<std::size_t>(b)] = b;
        bpe->bytesOf.emplace_back(1, static_cast<char>(b));
    }
    std::map<std::string_view, std::int64_t> counts;
    for (const std::string_view word : splitWords(text))
        ++counts[word];
    std::vector<Word> words;
    for (const auto& [word, count] : counts) {
        Word& made = words.emplace_back();
        made.count = count;
        for (const char b : word)
            made.parts.push_back(static_cast<unsigned char>(b));
    }
    // How often each pair comes, and in which words; the queue may hold counts that are no longer true.
    std::unordered_map<std::uint64_t, std::int64_t> pairs;
    std::unordered_map<std::uint64_t, std::set<std::size_t>> where;
    for (std::size_t w = 0; w < words.size(); ++w)
        for (std::size_t i = 0; i + 1 < words[w].parts.size(); ++i) {
            const std::uint64_t key = keyOf({words[w].parts[i], words[w].parts[i + 1]});
            pairs[key] += words[w].count;
            where[key].insert(w);
        }
    struct Candidate {
        std::int64_t count;
        std::uint64_t key;
        bool operator<(const Candidate& other) const {
            return count != other.count ? count < other.count : key > other.key;
        }
    };
    std::priority_queue<Candidate> queue;
    for (const auto& [key, count] : pairs)
        queue.push({count, key});
    while (static_cast<std::int64_t>(bpe->bytesOf.size()) < vocabulary - 1 && !queue.empty()) {
        const Candidate best = queue.top();
        queue.pop();
        const std::int64_t now = pairs[best.key];
        if (now != best.count) {
            if (now > 1)
                queue.push({now, best.key});
            continue;
        }
        if (best.count < 2)
            break;
        const Pair pair{static_cast<std::int32_t>(best.key >> 32), static_cast<std::int32_t>(best.key)};
        const auto token = static_cast<std::int32_t>(bpe->bytesOf.size());
        bpe->bytesOf.push_back(bpe->bytesOf[static_cast<std::size_t>(pair.first)] +
                               bpe->bytesOf[static_cast<std::size_t>(pair.second)]);
        bpe->merges[best.key] = {static_cast<std::int32_t>(bpe->order.size()), token};
        bpe->order.push_back(pair);
        std::set<std::uint64_t> touched;
        for (const std::size_t w : std::exchange(where[best.key], {})) {
            std::vector<std::int32_t>& parts = words[w].parts;
            const auto each = [&](std::int64_t sign) {
                for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
                    const std::uint64_t key = keyOf({parts[i], parts[i + 1]});
                    pairs[key] += sign * words[w].count;
                    if (sign > 0)
                        where[key].insert(w);
                    touched.insert(key);
                }
            };
            each(-1);
            std::size_t kept = 0;
            for (std::size_t i = 0; i < parts.size(); ++i) {
                const bool joined =
                    i + 1 < parts.size() && parts[i] == pair.first && parts[i + 1] == pair.second;
                parts[kept++] = joined ? token : parts[i];
                i += joined ? 1 : 0;
            }
            parts.resize(kept);
            each(1);
        }
        for (const std::uint64_t key : touched)
            if (pairs[key] > 1)
                queue.push({pairs[key], key});
    }
    bpe->end = static_cast<std::int32_t>(bpe->bytesOf.size());
    bpe->bytesOf.emplace_back();
    return bpe;
}

}  // namespace lathe::data

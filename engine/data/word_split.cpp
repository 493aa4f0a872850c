// SPDX-License-Identifier: Apache-2.0
// GPT-2's pattern, by hand:
// 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
#include "data/tokenizer.h"

#include <algorithm>
#include <iterator>

namespace lathe::data {

namespace {

struct CodeRange {
    char32_t first, last;
};
#include "data/unicode_ranges.inl"

enum class Kind { Letter, Number, Space, Other };

template <std::size_t N> bool within(const CodeRange (&ranges)[N], char32_t code) {
    const auto above = std::upper_bound(std::begin(ranges), std::end(ranges), code,
                                        [](char32_t c, const CodeRange& range) { return c < range.first; });
    return above != std::begin(ranges) && code <= std::prev(above)->last;
}

bool isSpace(char32_t c) {
    return (c >= 9 && c <= 13) || (c >= 28 && c <= 32) || c == 0x85 || c == 0xa0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f ||
           c == 0x3000;
}

struct Code {
    Kind kind;
    std::size_t length;
};

Kind kindOf(char32_t c) {
    if (c < 128) {
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
            return Kind::Letter;
        if (c >= '0' && c <= '9')
            return Kind::Number;
    }
    return isSpace(c)            ? Kind::Space
           : within(kLetters, c) ? Kind::Letter
           : within(kNumbers, c) ? Kind::Number
                                 : Kind::Other;
}

// The character at `at`; a byte that is no UTF-8 counts as one of the other kind.
Code codeAt(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
    const unsigned char lead = byte(0);
    const std::size_t length = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 0;
    if (length == 0 || at + length > text.size())
        return {Kind::Other, 1};
    char32_t code = length == 1 ? lead : lead & (0x7f >> length);
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xc0) != 0x80)
            return {Kind::Other, 1};
        code = code << 6 | (byte(i) & 0x3f);
    }
    return {kindOf(code), length};
}

std::size_t contraction(std::string_view rest) {
    for (const std::string_view ending : {"'s", "'t", "'re", "'ve", "'m", "'ll", "'d"})
        if (rest.starts_with(ending))
            return ending.size();
    return 0;
}

}  // namespace

std::vector<std::string_view> splitWords(std::string_view text) {
    std::vector<std::string_view> words;
    std::size_t at = 0;
    while (at < text.size()) {
        std::size_t end = at + contraction(text.substr(at));
        if (end == at) {
            // One blank belongs to what follows it.
            std::size_t body = at;
            Code code = codeAt(text, at);
            if (text[at] == ' ' && at + 1 < text.size()) {
                const Code next = codeAt(text, at + 1);
                if (next.kind != Kind::Space) {
                    body = at + 1;
                    code = next;
                }
            }
            const Kind kind = code.kind;
            end = body;
            std::size_t last = body;  // begin of the run's last character
            while (end < text.size()) {
                const Code here = codeAt(text, end);
                if (here.kind != kind)
                    break;
                last = end;
                end += here.length;
            }
            // Of blanks before a word, the last one is left to it.
            if (kind == Kind::Space && end < text.size() && last > at)
                end = last;
        }
        words.push_back(text.substr(at, end - at));
        at = end;
    }
    return words;
}

}  // namespace lathe::data

// SPDX-License-Identifier: Apache-2.0
#include "record/code_patch.h"

#include <algorithm>
#include <cstdint>
#include <fmt/format.h>

namespace lathe::record {

namespace {

std::string head(const std::string& path, std::string_view mode) {
    return fmt::format("diff --git {} {}\nnew file mode {}\n", diffName("a/", path), diffName("b/", path),
                       mode);
}

// RFC 1950 and 1951 without compression: the patch is written while a run waits to start.
std::string storedZlib(std::string_view content) {
    std::string packed("\x78\x01", 2);
    std::uint32_t a = 1, b = 0;
    for (const char c : content) {
        a = (a + static_cast<unsigned char>(c)) % 65521;
        b = (b + a) % 65521;
    }
    constexpr std::size_t block = 65535;
    for (std::size_t at = 0; at < content.size(); at += block) {
        const std::string_view piece = content.substr(at, block);
        const auto size = static_cast<std::uint16_t>(piece.size());
        packed += at + block >= content.size() ? '\1' : '\0';
        for (const unsigned value : {unsigned{size}, unsigned(~size & 0xFFFF)}) {
            packed += static_cast<char>(value & 0xFF);
            packed += static_cast<char>(value >> 8);
        }
        packed += piece;
    }
    for (const std::uint32_t half : {b, a}) {
        packed += static_cast<char>(half >> 8);
        packed += static_cast<char>(half & 0xFF);
    }
    return packed;
}

// Lines of at most 52 bytes, each led by the letter that tells how many.
std::string base85Lines(std::string_view bytes) {
    constexpr std::string_view alphabet =
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~";
    std::string text;
    text.reserve(bytes.size() * 4 / 3);
    for (std::size_t at = 0; at < bytes.size(); at += 52) {
        const std::string_view line = bytes.substr(at, 52);
        text += static_cast<char>(line.size() <= 26 ? 'A' + line.size() - 1 : 'a' + line.size() - 27);
        for (std::size_t i = 0; i < line.size(); i += 4) {
            std::uint32_t word = 0;
            for (std::size_t k = 0; k < 4; ++k)
                word = word << 8 | (i + k < line.size() ? static_cast<unsigned char>(line[i + k]) : 0U);
            char digits[5];
            for (int k = 4; k >= 0; --k) {
                digits[k] = alphabet[word % 85];
                word /= 85;
            }
            text.append(digits, 5);
        }
        text += '\n';
    }
    return text;
}

}  // namespace

std::string diffName(std::string_view prefix, std::string_view path) {
    std::string name(prefix);
    bool quoted = false;
    for (const char c : path) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            quoted = true;
            name += '\\';
            name += c;
        } else if (byte < 0x20 || byte == 0x7F) {
            quoted = true;
            name += fmt::format("\\{:03o}", byte);
        } else {
            name += c;
        }
    }
    return quoted ? '"' + name + '"' : name;
}

std::string newTextFile(const std::string& path, std::string_view content, std::string_view mode) {
    std::string diff = head(path, mode);
    if (content.empty())
        return diff;
    const auto newlines = static_cast<std::size_t>(std::ranges::count(content, '\n'));
    const bool ended = content.back() == '\n';
    const std::string tab = path.find(' ') == std::string::npos ? "" : "\t";
    diff += fmt::format("--- /dev/null\n+++ {}{}\n@@ -0,0 +1,{} @@\n", diffName("b/", path), tab,
                        newlines + (ended ? 0 : 1));
    for (std::size_t at = 0; at < content.size();) {
        const std::size_t end = std::min(content.find('\n', at), content.size());
        diff.append("+").append(content, at, end - at).append("\n");
        at = end + 1;
    }
    if (!ended)
        diff += "\\ No newline at end of file\n";
    return diff;
}

std::string newBinaryFile(const std::string& path, std::string_view content, std::string_view mode,
                          std::string_view blobId) {
    return head(path, mode) +
           fmt::format("index {}..{}\nGIT binary patch\nliteral {}\n{}\nliteral 0\nHcmV?d00001\n\n",
                       std::string(blobId.size(), '0'), blobId, content.size(),
                       base85Lines(storedZlib(content)));
}

}  // namespace lathe::record

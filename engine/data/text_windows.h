// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "data/text_folder.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace lathe::data {

enum class Part { Train, Validation };

// Byte sequences of one part of a text folder. Each file is cut into chunks (a quarter of a percent to 16
// KiB; small files are one chunk), and the hash of path and chunk number decides which part a chunk belongs
// to, so that the parts share no byte. A part is the stream of its chunks, each run of them ended by one NUL,
// which text never holds; a window is a stretch of that stream.
class TextWindows {
public:
    // `validation` is the share of chunks in Part::Validation; `context` the tokens a window predicts.
    // Invalid if the part is shorter than one window.
    static Result<TextWindows> make(std::shared_ptr<const TextFolder> folder, Part part, double validation,
                                    std::int64_t context);

    // Windows of one epoch. They cover the stream without overlap.
    std::uint64_t size() const { return (m_length - 1) / m_context; }
    std::uint64_t bytes() const { return m_length; }
    std::int64_t context() const { return static_cast<std::int64_t>(m_context); }

    // Fills `out`, context() + 1 long, with window `index` of an epoch whose windows are shifted by `phase`
    // bytes (taken modulo the bytes that one epoch leaves over), so that epochs cut the text differently.
    Result<> read(std::uint64_t index, std::uint64_t phase, std::span<char> out) const;

    // The runs of text between two NULs, one after the other.
    std::size_t pieceCount() const { return m_pieces.size(); }
    Result<> readPiece(std::size_t piece, std::string& text) const;

private:
    struct Piece {
        std::uint64_t begin;  // in the stream; its NUL follows it
        std::uint64_t length;
        std::uint64_t offset;  // in the file
        std::size_t file;
    };

    std::shared_ptr<const TextFolder> m_folder;
    std::vector<Piece> m_pieces;
    std::uint64_t m_length = 0;
    std::uint64_t m_context = 1;
};

}  // namespace lathe::data

// SPDX-License-Identifier: Apache-2.0
#include "data/text_windows.h"

#include "data/hash.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <string_view>

namespace lathe::data {

namespace {

constexpr std::uint64_t kLongestChunk = 16384;
constexpr std::uint64_t kShortestChunk = 512;

struct Chunk {
    std::size_t file;
    std::uint64_t offset, length;
    std::uint64_t hash;
};

std::vector<Chunk> cut(const TextFolder& folder) {
    const std::uint64_t most = std::clamp(folder.bytes() / 400, kShortestChunk, kLongestChunk);
    std::vector<Chunk> chunks;
    for (std::size_t file = 0; file < folder.files().size(); ++file) {
        const auto& [path, size, arena] = folder.files()[file];
        const std::uint64_t count = std::max<std::uint64_t>(1, size / most);
        const std::uint64_t pathHash = hashBytes(0, path);
        for (std::uint64_t i = 0; i < count; ++i) {
            const std::uint64_t offset = i * most;
            chunks.push_back({file, offset, i + 1 == count ? size - offset : most, mixBits(pathHash, i)});
        }
    }
    return chunks;
}

}  // namespace

Result<TextWindows> TextWindows::make(std::shared_ptr<const TextFolder> folder, Part part, double validation,
                                      std::int64_t context) {
    TextWindows windows;
    windows.m_context = static_cast<std::uint64_t>(context);
    const std::vector<Chunk> chunks = cut(*folder);
    // A small folder may have no chunk under the threshold; validation then takes the one with the lowest
    // hash.
    const auto threshold = static_cast<std::uint64_t>(validation * 0x1p63);
    const auto lowest = std::ranges::min_element(chunks, {}, &Chunk::hash);
    const auto inValidation = [&](const Chunk& chunk) {
        return validation > 0 && (chunk.hash >> 1 < threshold || &chunk == &*lowest);
    };
    for (const Chunk& chunk : chunks) {
        if (inValidation(chunk) != (part == Part::Validation))
            continue;
        auto& pieces = windows.m_pieces;
        const bool goesOn = !pieces.empty() && pieces.back().file == chunk.file &&
                            pieces.back().offset + pieces.back().length == chunk.offset;
        if (goesOn) {
            pieces.back().length += chunk.length;
            windows.m_length += chunk.length;
        } else {
            pieces.push_back({windows.m_length, chunk.length, chunk.offset, chunk.file});
            windows.m_length += chunk.length + 1;
        }
    }
    if (windows.m_length < windows.m_context + 1) {
        const bool training = part == Part::Train;
        return fail(ErrorCode::Invalid,
                    fmt::format("too little text: {} bytes {}, but one sequence takes {}", windows.m_length,
                                training ? "to train on" : "kept for validation", context + 1),
                    folder->path(),
                    training ? "add text, or lower model.context"
                             : "add text, lower model.context, or set data.validation to 0");
    }
    windows.m_folder = std::move(folder);
    return windows;
}

Result<> TextWindows::read(std::uint64_t index, std::uint64_t phase, std::span<char> out) const {
    const std::uint64_t spare = m_length - 1 - size() * m_context;
    std::uint64_t position = index * m_context + phase % (spare + 1);
    auto piece = std::prev(std::ranges::upper_bound(m_pieces, position, {}, &Piece::begin));
    while (!out.empty()) {
        const std::uint64_t within = position - piece->begin;
        if (within == piece->length) {
            out.front() = '\0';
            out = out.subspan(1);
            ++position;
            ++piece;
            continue;
        }
        const std::size_t count = std::min<std::uint64_t>(out.size(), piece->length - within);
        LATHE_TRY(m_folder->read(piece->file, piece->offset + within, out.first(count)));
        out = out.subspan(count);
        position += count;
    }
    return {};
}

Result<> TextWindows::readPiece(std::size_t piece, std::string& text) const {
    const Piece& run = m_pieces[piece];
    text.resize(run.length);
    return m_folder->read(run.file, run.offset, text);
}

}  // namespace lathe::data

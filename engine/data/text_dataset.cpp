// SPDX-License-Identifier: Apache-2.0
#include "data/text_dataset.h"

#include <fmt/format.h>

namespace lathe::data {

ByteText::ByteText(TextWindows windows) : m_windows(std::move(windows)) {
    m_info = {.input = DatasetInfo::Input::Tokens, .vocabulary = 256, .context = m_windows.context()};
}

Result<> ByteText::read(std::uint64_t index, std::uint64_t phase, Sample& sample) const {
    const auto length = static_cast<std::size_t>(m_windows.context()) + 1;
    std::vector<char> window(length);
    LATHE_TRY(m_windows.read(index, phase, window));
    sample.tokens.resize(length);
    for (std::size_t i = 0; i < length; ++i)
        sample.tokens[i] = static_cast<unsigned char>(window[i]);
    return {};
}

Result<std::vector<std::uint32_t>> TokenStream::encode(const TextWindows& windows,
                                                       const Tokenizer& tokenizer) {
    std::vector<std::uint32_t> all;
    std::vector<std::int32_t> tokens;
    std::string text;
    for (std::size_t piece = 0; piece < windows.pieceCount(); ++piece) {
        LATHE_TRY(windows.readPiece(piece, text));
        tokens.clear();
        tokenizer.encode(text, tokens);
        tokens.push_back(tokenizer.endOfText());
        all.insert(all.end(), tokens.begin(), tokens.end());
    }
    return all;
}

Result<std::shared_ptr<const TokenStream>> TokenStream::make(std::span<const std::uint32_t> tokens,
                                                             std::shared_ptr<const void> keep,
                                                             std::int64_t vocabulary, std::int64_t context,
                                                             const std::string& on) {
    if (static_cast<std::int64_t>(tokens.size()) < context + 1)
        return fail(
            ErrorCode::Invalid,
            fmt::format("too little text: {} tokens, but one sequence takes {}", tokens.size(), context + 1),
            on, "add text, lower model.context, or set data.validation to 0");
    auto stream = std::make_shared<TokenStream>();
    stream->m_info = {.input = DatasetInfo::Input::Tokens, .vocabulary = vocabulary, .context = context};
    stream->m_tokens = tokens;
    stream->m_keep = std::move(keep);
    stream->m_on = on;
    return std::shared_ptr<const TokenStream>(std::move(stream));
}

std::uint64_t TokenStream::size() const {
    return (m_tokens.size() - 1) / static_cast<std::uint64_t>(m_info.context);
}

Result<> TokenStream::read(std::uint64_t index, std::uint64_t phase, Sample& sample) const {
    const auto context = static_cast<std::uint64_t>(m_info.context);
    const std::uint64_t spare = m_tokens.size() - 1 - size() * context;
    const auto window = m_tokens.subspan(index * context + phase % (spare + 1), context + 1);
    sample.tokens.resize(window.size());
    for (std::size_t i = 0; i < window.size(); ++i) {
        if (window[i] >= static_cast<std::uint64_t>(m_info.vocabulary))
            return fail(ErrorCode::Corrupt,
                        fmt::format("token {} is beyond the vocabulary of {}", window[i], m_info.vocabulary),
                        m_on);
        sample.tokens[i] = static_cast<std::int32_t>(window[i]);
    }
    return {};
}

Result<std::shared_ptr<const Dataset>> byteStream(const TextWindows& windows, const std::string& on) {
    LATHE_TRY_ASSIGN(auto encoded, TokenStream::encode(windows, *byteTokenizer()));
    const auto keep = std::make_shared<const std::vector<std::uint32_t>>(std::move(encoded));
    LATHE_TRY_ASSIGN(auto made, TokenStream::make(*keep, keep, 256, windows.context(), on));
    return std::shared_ptr<const Dataset>(std::move(made));
}

}  // namespace lathe::data

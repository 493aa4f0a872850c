// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "data/dataset.h"
#include "data/text_windows.h"
#include "data/tokenizer.h"

#include <memory>
#include <span>
#include <vector>

namespace lathe::data {

// Windows of bytes, read where they lie.
class ByteText final : public Dataset {
public:
    explicit ByteText(TextWindows windows);

    const DatasetInfo& info() const override { return m_info; }
    std::uint64_t size() const override { return m_windows.size(); }
    Result<> read(std::uint64_t index, std::uint64_t phase, Sample& sample) const override;
    const TextWindows& windows() const { return m_windows; }

private:
    DatasetInfo m_info;
    TextWindows m_windows;
};

// Windows of a stream of tokens that lies in memory or in a mapped file.
class TokenStream final : public Dataset {
public:
    // `keep` owns what `tokens` views. Invalid if the stream is shorter than one window; `on` names it.
    static Result<std::shared_ptr<const TokenStream>> make(std::span<const std::uint32_t> tokens,
                                                           std::shared_ptr<const void> keep,
                                                           std::int64_t vocabulary, std::int64_t context,
                                                           const std::string& on);
    // The text of a part, encoded, documents ended by the tokenizer's end of text.
    static Result<std::vector<std::uint32_t>> encode(const TextWindows& windows, const Tokenizer& tokenizer);

    const DatasetInfo& info() const override { return m_info; }
    std::uint64_t size() const override;
    // Corrupt if the stream holds a token beyond the vocabulary.
    Result<> read(std::uint64_t index, std::uint64_t phase, Sample& sample) const override;
    std::span<const std::uint32_t> tokens() const { return m_tokens; }

private:
    DatasetInfo m_info;
    std::span<const std::uint32_t> m_tokens;
    std::shared_ptr<const void> m_keep;
    std::string m_on;
};

// The stream that these windows of bytes are cut from, as tokens.
Result<std::shared_ptr<const Dataset>> byteStream(const TextWindows& windows, const std::string& on);

}  // namespace lathe::data

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "interop/growing_file.h"
#include "interop/log_reader.h"

#include <map>
#include <string>
#include <string_view>

namespace lathe::interop {

// TensorBoard event files (tensorboard/compat/proto/event.proto and summary.proto; the framing is
// TFRecord's): scalars, histograms, images, audio and text, each in the old form and as tensors, PR curves
// (as tables), hyperparameters. Sums are checked; behind damage the reader looks for the next sound record.
class EventFileReader : public LogReader {
public:
    EventFileReader(GrowingFile file, RenameMetric rename)
        : m_file(std::move(file)), m_rename(std::move(rename)) {}

    Result<bool> read(SourceSink& sink) override;
    Result<> finish(SourceSink& sink) override;
    std::uint64_t damaged() const override { return m_damaged; }

private:
    struct Value;
    struct Tensor;
    void take(std::string_view event, SourceSink& sink);
    void takeValue(std::string_view message, double time, std::int64_t step, SourceSink& sink);
    void takeScalar(const std::string& name, double value, double time, std::int64_t step, SourceSink& sink);
    void takeTensor(const std::string& name, const std::string& plugin, const Tensor& tensor, double time,
                    std::int64_t step, SourceSink& sink);
    void takeImage(const std::string& name, std::string_view bytes, std::int64_t width, std::int64_t height,
                   std::int64_t index, double time, std::int64_t step, SourceSink& sink);
    void takeAudio(const std::string& name, std::string_view bytes, double rate, double seconds, double time,
                   std::int64_t step, SourceSink& sink);
    void takeHyperparameters(std::string_view content, SourceSink& sink);
    bool resync();

    GrowingFile m_file;
    RenameMetric m_rename;
    std::map<std::string, std::string, std::less<>>
        m_plugins;  // by tag: later events of a tag may leave it out
    std::uint64_t m_damaged = 0;
    bool m_final = false;  // nobody writes any more
    bool m_inDamage = false;
    int m_tries = 0;  // of a header whose sum is wrong: it may be half written
};

}  // namespace lathe::interop

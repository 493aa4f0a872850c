// SPDX-License-Identifier: Apache-2.0
#include "interop/event_file_reader.h"

#include "core/text.h"
#include "interop/crc.h"
#include "interop/protobuf.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

namespace lathe::interop {
namespace {

constexpr std::size_t kHeader = 12;  // length, its sum
constexpr std::size_t kFooter = 4;
constexpr std::uint64_t kMaxRecord = 64 << 20;
constexpr std::size_t kFill = 1 << 20;
constexpr std::size_t kBudget = 4 << 20;  // bytes a call
constexpr int kTries = 8;
constexpr std::size_t kMaxBins = 100'000;
constexpr std::size_t kMaxText = 1 << 20;

std::uint64_t littleEndian(std::string_view bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = bytes.size(); i-- > 0;)
        value = value << 8 | static_cast<unsigned char>(bytes[i]);
    return value;
}

bool isHeader(std::string_view bytes) {
    return bytes.size() >= kHeader && littleEndian(bytes.substr(8, 4)) == maskedCrc32c(bytes.substr(0, 8));
}

std::string imageExtension(std::string_view bytes) {
    if (bytes.starts_with("\x89PNG"))
        return "png";
    if (bytes.starts_with("\xFF\xD8\xFF"))
        return "jpg";
    if (bytes.starts_with("GIF8"))
        return "gif";
    if (bytes.starts_with("RIFF") && bytes.substr(8, 4) == "WEBP")
        return "webp";
    return "";
}

Json numbers(std::span<const double> values) {
    Json list = Json::array();
    for (const double value : values)
        list.push_back(jsonNumber(value));
    return list;
}

}  // namespace

// tensorflow/core/framework/tensor.proto, as far as summaries use it.
struct EventFileReader::Tensor {
    std::int64_t type = 0;
    std::vector<std::int64_t> shape;
    std::vector<double> values;
    std::vector<std::string_view> strings;

    static Tensor of(std::string_view message);

private:
    void readContent(std::string_view content);
};

void EventFileReader::Tensor::readContent(std::string_view content) {
    const auto each = [&](std::size_t size, const auto& decode) {
        for (std::size_t at = 0; at + size <= content.size(); at += size)
            values.push_back(decode(littleEndian(content.substr(at, size))));
    };
    switch (type) {
    case 1:
        each(4, [](std::uint64_t bits) { return std::bit_cast<float>(static_cast<std::uint32_t>(bits)); });
        break;
    case 2: each(8, [](std::uint64_t bits) { return std::bit_cast<double>(bits); }); break;
    case 3: each(4, [](std::uint64_t bits) { return static_cast<std::int32_t>(bits); }); break;
    case 4:
    case 10: each(1, [](std::uint64_t bits) { return static_cast<double>(bits); }); break;
    case 5: each(2, [](std::uint64_t bits) { return static_cast<std::int16_t>(bits); }); break;
    case 6: each(1, [](std::uint64_t bits) { return static_cast<std::int8_t>(bits); }); break;
    case 9:
        each(8, [](std::uint64_t bits) { return static_cast<double>(static_cast<std::int64_t>(bits)); });
        break;
    case 14:  // bfloat16
        each(2,
             [](std::uint64_t bits) { return std::bit_cast<float>(static_cast<std::uint32_t>(bits << 16)); });
        break;
    case 17: each(2, [](std::uint64_t bits) { return static_cast<double>(bits); }); break;
    case 22: each(4, [](std::uint64_t bits) { return static_cast<double>(bits); }); break;
    case 23: each(8, [](std::uint64_t bits) { return static_cast<double>(bits); }); break;
    default: break;
    }
}

EventFileReader::Tensor EventFileReader::Tensor::of(std::string_view message) {
    Tensor tensor;
    std::string_view content;
    ProtoReader reader(message);
    std::vector<std::int64_t> integers;
    while (const auto field = reader.next()) {
        switch (field->number) {
        case 1: tensor.type = field->integer(); break;
        case 2: {
            ProtoReader shape(field->bytes);
            while (const auto dimension = shape.next()) {
                std::int64_t size = 0;
                ProtoReader sizes(dimension->number == 2 ? dimension->bytes : std::string_view());
                while (const auto entry = sizes.next()) {
                    if (entry->number == 1)
                        size = entry->integer();
                }
                if (dimension->number == 2 && tensor.shape.size() < 16)
                    tensor.shape.push_back(size);
            }
            break;
        }
        case 4: content = field->bytes; break;
        case 5: appendReals(*field, true, tensor.values); break;
        case 6: appendReals(*field, false, tensor.values); break;
        case 8: tensor.strings.push_back(field->bytes); break;
        case 7:
        case 10:
        case 11:
        case 16:
        case 17: appendIntegers(*field, integers); break;
        default: break;
        }
    }
    for (const std::int64_t value : integers)
        tensor.values.push_back(static_cast<double>(value));
    if (tensor.values.empty())
        tensor.readContent(content);
    // A tensor whose elements are all alike may hold one of them.
    std::size_t elements = 1;
    for (const std::int64_t size : tensor.shape)
        elements = size > 0 && elements <= kMaxBins * 8 ? elements * static_cast<std::size_t>(size)
                                                        : kMaxBins * 8 + 1;
    if (!tensor.values.empty() && tensor.values.size() < elements && elements <= kMaxBins * 8)
        tensor.values.resize(elements, tensor.values.back());
    return tensor;
}

Result<bool> EventFileReader::read(SourceSink& sink) {
    std::size_t done = 0;
    while (done < kBudget) {
        if (sink.full())
            return false;
        if (m_file.held().size() < kHeader) {
            LATHE_TRY_ASSIGN(const bool came, m_file.fill(kFill));
            if (!came || m_file.held().size() < kHeader)
                return false;
        }
        const std::string_view held = m_file.held();
        if (!isHeader(held)) {
            if (!resync())
                return false;
            continue;
        }
        m_tries = 0;
        m_inDamage = false;
        const std::uint64_t length = littleEndian(held.substr(0, 8));
        if (length > kMaxRecord) {
            ++m_damaged;
            m_file.skip(length < UINT64_MAX / 2 ? kHeader + length + kFooter : kHeader);
            continue;
        }
        const auto whole = static_cast<std::size_t>(kHeader + length + kFooter);
        if (held.size() < whole) {
            LATHE_TRY(m_file.fill(std::max(whole, kFill)));
            if (m_file.held().size() < whole)
                return false;
        }
        const std::string_view record = m_file.held();
        const std::string_view data = record.substr(kHeader, length);
        sink.at(m_file.offset());
        if (littleEndian(record.substr(kHeader + length, kFooter)) == maskedCrc32c(data))
            take(data, sink);
        else
            ++m_damaged;
        m_file.consume(whole);
        sink.at(m_file.offset());
        done += whole;
    }
    return true;
}

Result<> EventFileReader::finish(SourceSink& sink) {
    m_final = true;
    return LogReader::finish(sink);
}

// The header at hand is wrong. On some file systems a length shows before its bytes do, so it is read again
// some times before the next sound header is searched.
bool EventFileReader::resync() {
    if (!m_final && m_tries < kTries) {
        ++m_tries;
        m_file.forget();
        return false;
    }
    const std::string_view held = m_file.held();
    std::size_t at = 1;
    while (at + kHeader <= held.size() && !isHeader(held.substr(at)))
        ++at;
    if (!std::exchange(m_inDamage, true))
        ++m_damaged;
    m_file.consume(at);
    return true;
}

void EventFileReader::take(std::string_view event, SourceSink& sink) {
    double time = 0;
    std::int64_t step = 0;
    std::vector<std::string_view> summaries;
    ProtoReader reader(event);
    while (const auto field = reader.next()) {
        if (field->number == 1)
            time = field->real();
        else if (field->number == 2)
            step = field->integer();
        else if (field->number == 5)
            summaries.push_back(field->bytes);
    }
    if (reader.damaged())
        ++m_damaged;
    if (!std::isfinite(time))
        time = 0;
    for (const std::string_view summary : summaries) {
        ProtoReader values(summary);
        while (const auto value = values.next()) {
            if (value->number == 1)
                takeValue(value->bytes, time, step, sink);
        }
    }
}

struct EventFileReader::Value {
    std::string tag, plugin;
    std::string_view content, image, histogram, audio, tensor;
    std::optional<double> simple;
};

void EventFileReader::takeValue(std::string_view message, double time, std::int64_t step, SourceSink& sink) {
    Value value;
    ProtoReader reader(message);
    while (const auto field = reader.next()) {
        switch (field->number) {
        case 1: value.tag = field->bytes; break;
        case 2: value.simple = field->real(); break;
        case 4: value.image = field->bytes; break;
        case 5: value.histogram = field->bytes; break;
        case 6: value.audio = field->bytes; break;
        case 8: value.tensor = field->bytes; break;
        case 9: {
            ProtoReader metadata(field->bytes);
            while (const auto entry = metadata.next()) {
                ProtoReader plugin(entry->number == 1 ? entry->bytes : std::string_view());
                while (const auto part = plugin.next()) {
                    if (part->number == 1)
                        value.plugin = part->bytes;
                    else if (part->number == 2)
                        value.content = part->bytes;
                }
            }
            break;
        }
        default: break;
        }
    }
    if (value.plugin == "hparams") {
        takeHyperparameters(value.content, sink);
        return;
    }
    if (value.plugin.empty()) {
        if (const auto known = m_plugins.find(value.tag); known != m_plugins.end())
            value.plugin = known->second;
    } else if (m_plugins.size() < 100'000) {
        m_plugins[value.tag] = value.plugin;
    }
    const std::string name = m_rename(value.tag);
    if (value.simple) {
        takeScalar(name, *value.simple, time, step, sink);
    } else if (!value.tensor.empty()) {
        takeTensor(name, value.plugin, Tensor::of(value.tensor), time, step, sink);
    } else if (!value.image.empty()) {
        std::int64_t width = 0, height = 0;
        std::string_view bytes;
        ProtoReader image(value.image);
        while (const auto field = image.next()) {
            if (field->number == 1)
                height = field->integer();
            else if (field->number == 2)
                width = field->integer();
            else if (field->number == 4)
                bytes = field->bytes;
        }
        takeImage(name, bytes, width, height, -1, time, step, sink);
    } else if (!value.audio.empty()) {
        double rate = 0;
        std::int64_t frames = 0;
        std::string_view bytes;
        ProtoReader audio(value.audio);
        while (const auto field = audio.next()) {
            if (field->number == 1)
                rate = field->real();
            else if (field->number == 3)
                frames = field->integer();
            else if (field->number == 4)
                bytes = field->bytes;
        }
        takeAudio(name, bytes, rate, rate > 0 ? static_cast<double>(frames) / rate : 0, time, step, sink);
    } else if (!value.histogram.empty()) {
        double low = 0, high = 0;
        std::vector<double> limits, counts;
        ProtoReader histogram(value.histogram);
        while (const auto field = histogram.next()) {
            if (field->number == 1)
                low = field->real();
            else if (field->number == 2)
                high = field->real();
            else if (field->number == 6)
                appendReals(*field, false, limits);
            else if (field->number == 7)
                appendReals(*field, false, counts);
        }
        // A bucket reaches from the limit before it to its own; the first begins at the smallest value, and
        // the last may be open to the right. Empty ones at both ends are left out.
        std::size_t count = std::min({limits.size(), counts.size(), kMaxBins});
        while (count > 1 && counts[count - 1] == 0)
            --count;
        std::size_t first = 0;
        while (first + 1 < count && counts[first] == 0)
            ++first;
        if (count == 0)
            return;
        std::vector<double> edges{first > 0 ? limits[first - 1] : std::min(low, limits[0])};
        edges.insert(edges.end(), limits.begin() + static_cast<std::ptrdiff_t>(first),
                     limits.begin() + static_cast<std::ptrdiff_t>(count));
        if (edges.back() > 1e307)
            edges.back() = std::max(high, edges[edges.size() - 2]);
        const std::span<const double> bins(counts.data() + first, count - first);
        sink.event(Json{{"t", time},
                        {"e", "histogram"},
                        {"s", step},
                        {"name", name},
                        {"edges", numbers(edges)},
                        {"counts", numbers(bins)}});
    }
}

void EventFileReader::takeScalar(const std::string& name, double value, double time, std::int64_t step,
                                 SourceSink& sink) {
    const MetricValue metric{name, value};
    sink.metrics(time, step, {&metric, 1});
}

void EventFileReader::takeTensor(const std::string& name, const std::string& plugin, const Tensor& tensor,
                                 double time, std::int64_t step, SourceSink& sink) {
    const auto rows =
        tensor.shape.empty() ? 0 : static_cast<std::size_t>(std::max<std::int64_t>(tensor.shape[0], 0));
    if (plugin == "histograms" && tensor.shape.size() == 2 && tensor.shape[1] == 3) {
        // Rows of left edge, right edge, count.
        const std::size_t bins = std::min({rows, tensor.values.size() / 3, kMaxBins});
        std::vector<double> edges, counts;
        for (std::size_t i = 0; i < bins; ++i) {
            edges.push_back(tensor.values[3 * i]);
            counts.push_back(tensor.values[3 * i + 2]);
        }
        if (bins == 0)
            return;
        edges.push_back(tensor.values[3 * bins - 2]);
        sink.event(Json{{"t", time},
                        {"e", "histogram"},
                        {"s", step},
                        {"name", name},
                        {"edges", numbers(edges)},
                        {"counts", numbers(counts)}});
    } else if (plugin == "images" && tensor.strings.size() >= 3) {
        const auto side = [&](std::size_t i) { return std::atoll(std::string(tensor.strings[i]).c_str()); };
        const bool several = tensor.strings.size() > 3;
        for (std::size_t i = 2; i < std::min<std::size_t>(tensor.strings.size(), 66); ++i)
            takeImage(name, tensor.strings[i], side(0), side(1),
                      several ? static_cast<std::int64_t>(i) - 2 : -1, time, step, sink);
    } else if (plugin == "audio" && !tensor.strings.empty()) {
        // Rows of encoded sound and label.
        const std::size_t width = tensor.shape.size() > 1 && tensor.shape[1] > 0 ? 2 : 1;
        for (std::size_t i = 0; i < std::min<std::size_t>(tensor.strings.size(), 64); i += width)
            takeAudio(name, tensor.strings[i], 0, 0, time, step, sink);
    } else if (plugin == "pr_curves" && rows == 6 && tensor.values.size() >= 6) {
        const std::size_t count = std::min(tensor.values.size() / 6, kMaxBins);
        Json table = Json::array();
        for (std::size_t i = 0; i < count; ++i) {
            Json row = Json::array();
            for (std::size_t column = 0; column < 6; ++column)
                row.push_back(jsonNumber(tensor.values[column * count + i]));
            table.push_back(std::move(row));
        }
        sink.event(Json{{"t", time},
                        {"e", "table"},
                        {"s", step},
                        {"name", name},
                        {"columns",
                         {"true_positives", "false_positives", "true_negatives", "false_negatives",
                          "precision", "recall"}},
                        {"rows", std::move(table)}});
    } else if (!tensor.strings.empty() && (plugin.empty() || plugin == "text")) {
        // Two dimensions are a table of a text's cells.
        const auto columns = tensor.shape.size() == 2
                                 ? static_cast<std::size_t>(std::max<std::int64_t>(tensor.shape[1], 1))
                                 : 1;
        std::string text;
        for (std::size_t i = 0; i < tensor.strings.size() && text.size() < kMaxText; ++i) {
            if (i > 0)
                text += i % columns == 0 ? "\n" : " | ";
            text += tensor.strings[i].substr(0, kMaxText);
        }
        std::string_view shown = name;
        if (shown.ends_with("/text_summary"))  // PyTorch's and tensorboardX's addition
            shown.remove_suffix(std::strlen("/text_summary"));
        sink.event(Json{{"t", time}, {"e", "text"}, {"s", step}, {"name", shown}, {"text", text}});
    } else if (tensor.values.size() == 1 && (plugin.empty() || plugin == "scalars")) {
        takeScalar(name, tensor.values[0], time, step, sink);
    }
}

void EventFileReader::takeImage(const std::string& name, std::string_view bytes, std::int64_t width,
                                std::int64_t height, std::int64_t index, double time, std::int64_t step,
                                SourceSink& sink) {
    const std::string extension = imageExtension(bytes);
    if (extension.empty())
        return;
    const auto file = sink.media(bytes, extension);
    if (!file)
        return;
    Json line{{"t", time},     {"e", "image"},   {"s", step},       {"name", name},
              {"file", *file}, {"width", width}, {"height", height}};
    if (index >= 0)
        line["index"] = index;
    sink.event(line);
}

void EventFileReader::takeAudio(const std::string& name, std::string_view bytes, double rate, double seconds,
                                double time, std::int64_t step, SourceSink& sink) {
    if (!bytes.starts_with("RIFF"))
        return;
    if (rate <= 0 &&
        bytes.size() >= 32) {  // the tensor form leaves them to the WAV head: rate, then bytes a second
        rate = static_cast<double>(littleEndian(bytes.substr(24, 4)));
        const auto bytesPerSecond = static_cast<double>(littleEndian(bytes.substr(28, 4)));
        seconds = bytesPerSecond > 0 ? static_cast<double>(bytes.size() - 32) / bytesPerSecond : 0;
    }
    if (const auto file = sink.media(bytes, "wav"))
        sink.event(Json{{"t", time},
                        {"e", "audio"},
                        {"s", step},
                        {"name", name},
                        {"file", *file},
                        {"rate", rate},
                        {"seconds", seconds}});
}

// tensorboard/plugins/hparams/plugin_data.proto; values are google.protobuf.Value.
void EventFileReader::takeHyperparameters(std::string_view content, SourceSink& sink) {
    Json params = Json::object();
    ProtoReader data(content);
    while (const auto part = data.next()) {
        ProtoReader session(part->number == 3 ? part->bytes : std::string_view());
        while (const auto entry = session.next()) {
            std::string name;
            Json value;
            ProtoReader pair(entry->number == 1 ? entry->bytes : std::string_view());
            while (const auto side = pair.next()) {
                if (side->number == 1)
                    name = side->bytes;
                ProtoReader kinds(side->number == 2 ? side->bytes : std::string_view());
                while (const auto kind = kinds.next()) {
                    if (kind->number == 2)
                        value = jsonNumber(kind->real());
                    else if (kind->number == 3)
                        value = std::string(kind->bytes);
                    else if (kind->number == 4)
                        value = kind->bits != 0;
                }
            }
            if (!name.empty() && params.size() < 10'000)
                params[name] = std::move(value);
        }
    }
    if (!params.empty())
        sink.event(Json{{"e", "params"}, {"v", std::move(params)}});
}

}  // namespace lathe::interop

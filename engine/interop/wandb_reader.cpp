// SPDX-License-Identifier: Apache-2.0
#include "interop/wandb_reader.h"

#include "core/paths.h"
#include "interop/crc.h"
#include "interop/protobuf.h"

#include <algorithm>
#include <cmath>

namespace lathe::interop {
namespace {

constexpr std::size_t kFileHead = 7;  // ":W&B", 0xBEE1, version 0
constexpr std::size_t kBlock = 32 << 10;
constexpr std::size_t kChunkHead = 7;  // sum, length, type
constexpr std::size_t kMaxRecord = 64 << 20;
constexpr std::size_t kMaxMedia = 64 << 20;
constexpr std::size_t kBudget = 4 << 20;
constexpr std::size_t kFill = 1 << 20;
constexpr int kTries = 8;
enum ChunkType { kFull = 1, kFirst = 2, kMiddle = 3, kLast = 4 };

std::uint32_t littleEndian(std::string_view bytes) {
    std::uint32_t value = 0;
    for (std::size_t i = bytes.size(); i-- > 0;)
        value = value << 8 | static_cast<unsigned char>(bytes[i]);
    return value;
}

// Python's JSON: NaN and Infinity are bare words, which our parser takes for damage.
Json valueOf(std::string_view text) {
    if (text == "NaN")
        return "nan";
    if (text == "Infinity")
        return "inf";
    if (text == "-Infinity")
        return "-inf";
    auto value = parseJson(text);
    return value ? std::move(*value) : Json();
}

struct Item {
    std::vector<std::string> path;
    Json value;
    bool number = false;  // "nan" and its like are the number and no text
};

// HistoryItem, SummaryItem and ConfigItem are alike: key = 1 or nested_key = 2, value_json = 16, and of newer
// clients a value of its own kind.
Item itemOf(std::string_view message) {
    Item item;
    ProtoReader reader(message);
    while (const auto field = reader.next()) {
        switch (field->number) {
        case 1:
            if (!field->bytes.empty())
                item.path = {std::string(field->bytes)};
            break;
        case 2:
            if (item.path.size() < 32)
                item.path.emplace_back(field->bytes);
            break;
        case 4: item.value = field->bits != 0; break;
        case 5:
            item.value = static_cast<std::int64_t>(field->bits >> 1 ^ -(field->bits & 1));
            break;  // zigzag
        case 6:
            item.value = jsonNumber(field->real());
            item.number = true;
            break;
        case 7: item.value = std::string(field->bytes); break;
        case 8:
        case 16:
            item.value = valueOf(field->bytes);
            item.number = item.value.is_number() || (!field->bytes.empty() && field->bytes.front() != '"');
            break;
        default: break;
        }
    }
    item.number |= item.value.is_number();
    return item;
}

std::vector<Item> itemsOf(std::string_view message, int number) {
    std::vector<Item> items;
    ProtoReader reader(message);
    while (const auto field = reader.next()) {
        if (field->number != number)
            continue;
        Item item = itemOf(field->bytes);
        if (!item.path.empty() && !item.value.is_null() && items.size() < 1'000'000)
            items.push_back(std::move(item));
    }
    return items;
}

std::string dotted(const std::vector<std::string>& path) {
    std::string name;
    for (const std::string& part : path)
        name += (name.empty() ? "" : ".") + part;
    return name;
}

double timeOf(std::string_view timestamp) {
    double time = 0;
    ProtoReader reader(timestamp);
    while (const auto field = reader.next()) {
        if (field->number == 1)
            time += static_cast<double>(field->integer());
        else if (field->number == 2)
            time += static_cast<double>(field->integer()) * 1e-9;
    }
    return time;
}

bool isInside(const std::string& path) {
    const std::string clean = cleanPath(path);
    return !clean.empty() && !clean.starts_with('/') && clean != ".." && !clean.starts_with("../");
}

}  // namespace

WandbReader::WandbReader(GrowingFile file, WandbOptions options)
    : m_file(std::move(file)), m_options(std::move(options)),
      m_filesDir(joinPath(parentPath(m_file.path()), "files")) {}

Result<bool> WandbReader::read(SourceSink& sink) {
    const std::uint64_t begin = m_file.offset();
    while (m_file.offset() - begin < kBudget) {
        if (sink.full())
            return false;
        LATHE_TRY_ASSIGN(const bool more, nextChunk(sink));
        if (!more)
            return false;
    }
    return true;
}

Result<> WandbReader::finish(SourceSink& sink) {
    m_final = true;
    LATHE_TRY(LogReader::finish(sink));
    giveSummary(sink);
    return {};
}

// Returns false if what is there ends before a chunk does.
Result<bool> WandbReader::nextChunk(SourceSink& sink) {
    const auto need = [&](std::size_t bytes) -> Result<bool> {
        if (m_file.held().size() >= bytes)
            return true;
        LATHE_TRY(m_file.fill(std::max(bytes, kFill)));
        return m_file.held().size() >= bytes;
    };
    if (!m_headRead) {
        LATHE_TRY_ASSIGN(const bool there, need(kFileHead));
        if (!there)
            return false;
        if (m_file.held().substr(0, kFileHead) != std::string_view(":W&B\xE1\xBE\x00", kFileHead))
            return fail(ErrorCode::Invalid, "not a .wandb file", m_file.path());
        m_file.consume(kFileHead);
        m_headRead = true;
    }
    const std::size_t left = kBlock - m_file.offset() % kBlock;
    if (left < kChunkHead) {  // too short for a chunk: filled with zeros
        m_file.skip(left);
        return true;
    }
    LATHE_TRY_ASSIGN(const bool head, need(kChunkHead));
    if (!head)
        return false;
    const std::string_view header = m_file.held();
    const std::size_t length = littleEndian(header.substr(4, 2));
    const int type = header[6];
    const bool fits = length + kChunkHead <= left && type >= kFull && type <= kLast;
    if (fits) {
        LATHE_TRY_ASSIGN(const bool whole, need(kChunkHead + length));
        if (!whole)
            return false;
    }
    const std::string_view held = m_file.held();
    if (!fits || littleEndian(held.substr(0, 4)) != crc32(held.substr(6, 1 + length))) {
        if (!m_final && m_tries < kTries) {  // it may be half written
            ++m_tries;
            m_file.forget();
            return false;
        }
        ++m_damaged;
        m_inRecord = false;
        m_file.skip(left);  // the next block begins anew
        return true;
    }
    m_tries = 0;
    const std::string_view data = held.substr(kChunkHead, length);
    if (type == kFull || type == kFirst) {
        m_record.clear();
        m_recordAt = m_file.offset();
        m_inRecord = true;
    }
    if (m_inRecord && m_record.size() + length > kMaxRecord) {
        ++m_damaged;
        m_inRecord = false;
    }
    if (m_inRecord)
        m_record.append(data);
    m_file.consume(kChunkHead + length);
    if (m_inRecord && (type == kFull || type == kLast)) {
        m_inRecord = false;
        sink.at(m_recordAt);
        take(m_record, sink);
        sink.at(m_file.offset());
    }
    return true;
}

void WandbReader::take(std::string_view record, SourceSink& sink) {
    ProtoReader reader(record);
    while (const auto field = reader.next()) {
        if (field->type != ProtoField::Bytes)
            continue;
        switch (field->number) {
        case 2: takeHistory(field->bytes, sink); break;
        case 3: takeSummary(field->bytes); break;
        case 5: takeConfig(field->bytes, sink); break;
        case 7: takeStats(field->bytes, sink); break;
        case 8: takeArtifact(field->bytes, sink); break;
        case 10: takeAlert(field->bytes, sink); break;
        case 4:
        case 13: {
            ProtoReader output(field->bytes);
            while (const auto part = output.next()) {
                if (part->number == 3 && m_options.console)
                    m_options.console(part->bytes);
            }
            break;
        }
        case 17: takeRun(field->bytes, sink); break;
        case 18: {
            int code = 0;
            ProtoReader exit(field->bytes);
            while (const auto part = exit.next()) {
                if (part->number == 1)
                    code = static_cast<int>(part->integer());
            }
            giveSummary(sink);
            if (m_options.exit)
                m_options.exit(code);
            break;
        }
        case 26: takeEnvironment(field->bytes); break;
        default: break;
        }
    }
    if (reader.damaged())
        ++m_damaged;
}

void WandbReader::takeRun(std::string_view message, SourceSink& sink) {
    std::string name, notes, group;
    Json tags = Json::array();
    ProtoReader reader(message);
    while (const auto field = reader.next()) {
        switch (field->number) {
        case 1: m_start["run_id"] = std::string(field->bytes); break;
        case 3: m_start["project"] = std::string(field->bytes); break;
        case 4: takeConfig(field->bytes, sink); break;
        case 6: group = field->bytes; break;
        case 7: m_start["job_type"] = std::string(field->bytes); break;
        case 8: name = field->bytes; break;
        case 9: notes = field->bytes; break;
        case 10: tags.push_back(std::string(field->bytes)); break;
        case 13: m_start["host"] = std::string(field->bytes); break;
        case 17:
            m_started = timeOf(field->bytes);
            m_start["started"] = m_started;
            break;
        default: break;
        }
    }
    if (!name.empty())
        m_start["name"] = name;
    if (m_options.start)
        m_options.start(m_start);
    if (m_options.name && !name.empty())
        sink.event(Json{{"e", "name"}, {"name", name}});
    if (!tags.empty())
        sink.event(Json{{"e", "tags"}, {"add", tags}, {"remove", Json::array()}});
    if (!notes.empty())
        sink.event(Json{{"e", "note"}, {"text", notes}});
    if (!group.empty())
        sink.event(Json{{"e", "group"}, {"group", group}});
}

void WandbReader::takeEnvironment(std::string_view message) {
    ProtoReader reader(message);
    while (const auto field = reader.next()) {
        if (field->type != ProtoField::Bytes)
            continue;
        if (field->number == 1)
            m_start["os"] = std::string(field->bytes);
        else if (field->number == 2)
            m_start["python"] = std::string(field->bytes);
    }
    if (m_options.start)
        m_options.start(m_start);
}

void WandbReader::takeConfig(std::string_view message, SourceSink& sink) {
    Json params = Json::object();
    for (Item& item : itemsOf(message, 1)) {
        if (item.path[0] == "_wandb")
            continue;
        const std::string name = dotted(item.path);
        if (item.value.is_object() && !item.value.empty())
            params.update(flattenJson(Json{{name, item.value}}));
        else
            params[name] = std::move(item.value);
    }
    if (!params.empty())
        sink.event(Json{{"e", "params"}, {"v", std::move(params)}});
}

void WandbReader::takeHistory(std::string_view message, SourceSink& sink) {
    std::int64_t step = 0;
    double time = 0;
    std::vector<std::pair<std::string, double>> numbers;
    std::vector<std::pair<std::string, std::string>> texts;
    std::map<std::string, Json> objects;  // a histogram's fields come as nested keys
    ProtoReader reader(message);
    while (const auto field = reader.next()) {
        if (field->number != 2)
            continue;
        ProtoReader inner(field->bytes);
        while (const auto part = inner.next()) {
            if (part->number == 1)
                step = part->integer();
        }
    }
    std::vector<Item> items = itemsOf(message, 1);
    // What has a "_type" is one value, however its fields came.
    std::map<std::string, bool> typed;
    for (const Item& item : items) {
        if (item.path.size() > 1 && item.path.back() == "_type")
            typed[dotted({item.path.begin(), item.path.end() - 1})] = true;
    }
    for (Item& item : items) {
        const std::string name = dotted(item.path);
        if (item.path.size() == 1 && name == "_step") {
            step = item.value.is_number() ? static_cast<std::int64_t>(item.value.get<double>()) : step;
        } else if (item.path.size() == 1 && name == "_timestamp") {
            time = numberFromJson(item.value).value_or(0);
        } else if (item.path[0] == "_runtime" || item.path[0] == "_wandb") {
            continue;
        } else if (item.path.size() > 1 && typed.contains(dotted({item.path.begin(), item.path.end() - 1}))) {
            objects[dotted({item.path.begin(), item.path.end() - 1})][item.path.back()] =
                std::move(item.value);
        } else if (item.value.is_boolean()) {
            numbers.emplace_back(name, item.value.get<bool>() ? 1 : 0);
        } else if (item.number && !item.value.is_object() && !item.value.is_array()) {
            if (const auto number = numberFromJson(item.value))
                numbers.emplace_back(name, *number);
        } else if (item.value.is_string()) {
            texts.emplace_back(name, item.value.get<std::string>());
        } else if (item.value.is_object()) {
            objects[name] = std::move(item.value);
        }
    }
    if (!std::isfinite(time) || time <= 0)
        time = m_started;
    if (!numbers.empty()) {
        std::vector<MetricValue> values;
        for (const auto& [name, value] : numbers) {
            values.push_back({name, value});
            m_last[name] = value;
        }
        sink.metrics(time, step, values);
    }
    for (const auto& [name, text] : texts) {
        m_lastText[name] = text;
        sink.event(Json{{"t", time}, {"e", "text"}, {"s", step}, {"name", name}, {"text", text}});
    }
    for (const auto& [name, value] : objects)
        takeObject(name, value, time, step, sink);
}

void WandbReader::takeObject(const std::string& name, const Json& value, double time, std::int64_t step,
                             SourceSink& sink) {
    const std::string type = getString(value, "_type");
    if (type.empty()) {  // a plain dictionary, logged as one value
        std::vector<std::pair<std::string, double>> numbers;
        const Json flat = flattenJson(value);
        for (const auto& [key, field] : flat.items()) {
            if (field.is_number() || field.is_boolean())
                numbers.emplace_back(name + "." + key,
                                     field.is_boolean() ? (field.get<bool>() ? 1 : 0) : field.get<double>());
        }
        std::vector<MetricValue> values;
        for (const auto& [key, number] : numbers) {
            values.push_back({key, number});
            m_last[key] = number;
        }
        if (!values.empty())
            sink.metrics(time, step, values);
    } else if (type == "histogram") {
        if (value.contains("bins") && value.contains("values") && value["bins"].is_array() &&
            value["values"].is_array() && value["bins"].size() == value["values"].size() + 1)
            sink.event(Json{{"t", time},
                            {"e", "histogram"},
                            {"s", step},
                            {"name", name},
                            {"edges", value["bins"]},
                            {"counts", value["values"]}});
    } else if (type == "image-file") {
        takeImage(name, value, getString(value, "path"), -1, time, step, sink);
    } else if (type == "images/separated" && value.contains("filenames") && value["filenames"].is_array()) {
        int index = 0;
        for (const Json& file : value["filenames"]) {
            if (file.is_string() && index < 256)
                takeImage(name, value, file.get<std::string>(), index++, time, step, sink);
        }
    } else if (type == "audio-file") {
        const auto bytes = fileBeside(getString(value, "path"));
        const auto file = bytes ? sink.media(*bytes, "wav") : std::unexpected(bytes.error());
        if (file) {
            Json line{{"t", time},
                      {"e", "audio"},
                      {"s", step},
                      {"name", name},
                      {"file", *file},
                      {"rate", getNumber(value, "sample_rate")},
                      {"seconds", getNumber(value, "duration")}};
            if (value.contains("caption") && value["caption"].is_string())
                line["caption"] = value["caption"];
            sink.event(line);
        }
    } else if (type == "table-file") {
        const auto bytes = fileBeside(getString(value, "path"));
        const auto table = bytes ? parseJson(*bytes) : std::unexpected(bytes.error());
        if (!table || !table->contains("columns") || !table->contains("data"))
            return;
        Json line{{"t", time}, {"e", "table"}, {"s", step}, {"name", name}, {"columns", (*table)["columns"]}};
        if (bytes->size() > 1'000'000) {
            const auto file = sink.media(
                dumpJson(Json{{"columns", (*table)["columns"]}, {"rows", (*table)["data"]}}), "json");
            if (!file)
                return;
            line["file"] = *file;
        } else {
            line["rows"] = (*table)["data"];
        }
        sink.event(line);
    }
}

void WandbReader::takeImage(const std::string& name, const Json& value, const std::string& path, int index,
                            double time, std::int64_t step, SourceSink& sink) {
    const auto bytes = fileBeside(path);
    if (!bytes)
        return;
    std::string ending = extension(path);
    ending = ending.empty() ? "png" : ending.substr(1);
    const auto file = sink.media(*bytes, ending);
    if (!file)
        return;
    Json line{{"t", time},
              {"e", "image"},
              {"s", step},
              {"name", name},
              {"file", *file},
              {"width", getInt(value, "width")},
              {"height", getInt(value, "height")}};
    std::string caption = getString(value, "caption");
    if (index >= 0) {
        line["index"] = index;
        if (value.contains("captions") && value["captions"].is_array() &&
            value["captions"].size() > static_cast<std::size_t>(index) &&
            value["captions"][index].is_string())
            caption = value["captions"][index].get<std::string>();
    }
    if (!caption.empty())
        line["caption"] = caption;
    sink.event(line);
}

Result<std::string> WandbReader::fileBeside(const std::string& path) const {
    if (!isInside(path))
        return fail(ErrorCode::Denied, "names a file outside of the run", path);
    LATHE_TRY_ASSIGN(std::string bytes, readFile(joinPath(m_filesDir, path), kMaxMedia));
    return bytes;
}

void WandbReader::takeSummary(std::string_view message) {
    for (Item& item : itemsOf(message, 1)) {
        if (!item.path[0].starts_with('_') && m_summary.size() < 100'000)
            m_summary[dotted(item.path)] = std::move(item.value);
    }
    for (const Item& item : itemsOf(message, 2))
        m_summary.erase(dotted(item.path));
}

// W&B puts every metric's newest value into the summary by itself: what differs from it was set by the user.
void WandbReader::giveSummary(SourceSink& sink) {
    if (std::exchange(m_summaryGiven, true))
        return;
    Json values = Json::object();
    for (const auto& [name, value] : m_summary.items()) {
        // The fields of media carry their kind beside them.
        const bool ofMedia = m_summary.contains(name.substr(0, name.rfind('.')) + "._type");
        if (value.is_object() || value.is_array() || ofMedia || name.find("._") != std::string::npos)
            continue;
        const auto text = m_lastText.find(name);
        if (text != m_lastText.end() && value.is_string() && value == text->second)
            continue;
        const auto number = numberFromJson(value);
        const auto last = m_last.find(name);
        if (last != m_last.end() && number &&
            (*number == last->second || (std::isnan(*number) && std::isnan(last->second))))
            continue;
        values[name] = value;
    }
    if (!values.empty())
        sink.event(Json{{"e", "summary"}, {"v", std::move(values)}});
}

void WandbReader::takeStats(std::string_view message, SourceSink& sink) {
    if (!m_options.system)
        return;
    double time = 0;
    ProtoReader reader(message);
    while (const auto field = reader.next()) {
        if (field->number == 2)
            time = timeOf(field->bytes);
    }
    std::vector<std::pair<std::string, double>> numbers;
    for (const Item& item : itemsOf(message, 3)) {
        if (const auto number = numberFromJson(item.value))
            numbers.emplace_back("system/" + dotted(item.path), *number);
    }
    std::vector<MetricValue> values;
    for (const auto& [name, value] : numbers)
        values.push_back({name, value});
    if (!values.empty())
        sink.metrics(time, static_cast<std::int64_t>(std::max(0.0, time - m_started)), values);
}

void WandbReader::takeAlert(std::string_view message, SourceSink& sink) {
    Json line{{"e", "alert"}, {"level", "warn"}, {"title", ""}, {"text", ""}};
    ProtoReader reader(message);
    while (const auto field = reader.next()) {
        if (field->number == 1)
            line["title"] = std::string(field->bytes);
        else if (field->number == 2)
            line["text"] = std::string(field->bytes);
        else if (field->number == 3)
            line["level"] = field->bytes == "ERROR" ? "error" : field->bytes == "INFO" ? "info" : "warn";
    }
    sink.event(line);
}

}  // namespace lathe::interop

// SPDX-License-Identifier: Apache-2.0
#include "core/journal_writer.h"

#include "core/clock.h"

#include <cerrno>
#include <charconv>
#include <cmath>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace lathe {
namespace {

void appendNumber(std::string& line, double value) {
    const std::string text = exactNumber(value);
    if (std::isfinite(value))
        line += text;
    else
        line.append("\"").append(text).append("\"");
}

void appendTime(std::string& line, double time) {
    char digits[32];
    const auto end = std::to_chars(digits, digits + sizeof digits, time, std::chars_format::fixed, 4).ptr;
    line.append(digits, end);
}

void appendString(std::string& line, std::string_view text) {
    const bool plain = [&] {
        for (const char c : text) {
            if (static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\' ||
                static_cast<unsigned char>(c) > 0x7E)
                return false;
        }
        return true;
    }();
    if (plain)
        line.append("\"").append(text).append("\"");
    else
        line += dumpJson(Json(std::string(text)));
}

}  // namespace

std::string exactNumber(double value) {
    if (std::isnan(value))
        return "nan";
    if (std::isinf(value))
        return value > 0 ? "inf" : "-inf";
    if (value == 0)
        return std::signbit(value) ? "-0.0" : "0";
    char digits[32];
    return {digits, std::to_chars(digits, digits + sizeof digits, value).ptr};
}

Result<JournalWriter> JournalWriter::open(const std::string& path) {
    UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
    if (!fd)
        return failErrno(errno, "cannot open the journal", path);
    if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK)
            return fail(ErrorCode::Exists, "another process is writing this journal", path,
                        "one writer a file: the run is already supervised");
        return failErrno(errno, "cannot lock the journal", path);
    }
    JournalWriter writer(std::move(fd), path);
    struct stat info {};
    if (::fstat(writer.m_fd.get(), &info) != 0)
        return failErrno(errno, "cannot read the journal", path);
    char last = '\n';
    if (info.st_size > 0 && ::pread(writer.m_fd.get(), &last, 1, info.st_size - 1) != 1)
        return failErrno(errno, "cannot read the journal", path);
    writer.m_torn = last != '\n';
    return writer;
}

Result<> JournalWriter::appendLine(std::string& line) {
    line += '\n';
    if (m_torn)
        line.insert(line.begin(), '\n');
    std::size_t done = 0;
    while (done < line.size()) {
        const ssize_t wrote = ::write(m_fd.get(), line.data() + done, line.size() - done);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote < 0) {
            m_torn = m_torn || done > 0;
            return failErrno(errno, "cannot append to the journal", m_path);
        }
        done += static_cast<std::size_t>(wrote);
    }
    m_torn = false;
    return {};
}

Result<> JournalWriter::metrics(std::int64_t step, std::span<const Metric> values,
                                std::optional<double> time) {
    m_line.assign("{\"t\":");
    appendTime(m_line, time.value_or(wallSeconds()));
    m_line += ",\"e\":\"metrics\",\"s\":";
    m_line += std::to_string(step);
    m_line += ",\"v\":{";
    for (bool first = true; const auto& [name, value] : values) {
        if (!std::exchange(first, false))
            m_line += ',';
        appendString(m_line, name);
        m_line += ':';
        appendNumber(m_line, value);
    }
    m_line += "}}";
    return appendLine(m_line);
}

Result<> JournalWriter::params(const Json& values) {
    Json fields = Json::object();
    fields["v"] = flattenJson(values);
    return event("params", fields);
}

Result<> JournalWriter::event(std::string_view type, const Json& fields) {
    m_line.assign("{\"t\":");
    appendTime(m_line, wallSeconds());
    m_line += ",\"e\":";
    appendString(m_line, type);
    if (fields.is_object()) {
        for (const auto& [key, value] : fields.items()) {
            m_line += ',';
            appendString(m_line, key);
            m_line += ':';
            m_line += dumpJson(value);
        }
    }
    m_line += '}';
    return appendLine(m_line);
}

Result<> JournalWriter::lines(std::string_view& lines) {
    if (m_torn && !lines.empty()) {
        if (::write(m_fd.get(), "\n", 1) != 1)
            return failErrno(errno, "cannot append to the journal", m_path);
        m_torn = false;
    }
    while (!lines.empty()) {
        const ssize_t wrote = ::write(m_fd.get(), lines.data(), lines.size());
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote < 0)
            return failErrno(errno, "cannot append to the journal", m_path);
        const auto whole = lines.substr(0, static_cast<std::size_t>(wrote)).rfind('\n');
        const std::size_t taken = whole == std::string_view::npos ? 0 : whole + 1;
        m_torn = taken < static_cast<std::size_t>(wrote);
        lines.remove_prefix(taken);
        if (m_torn)  // the disk took a part: say so now instead of going round with the same line
            return fail(ErrorCode::Full, "the disk took only a part of a line", m_path);
    }
    return {};
}

Result<> JournalWriter::sync() {
    if (::fdatasync(m_fd.get()) != 0)
        return failErrno(errno, "cannot write the journal to disk", m_path);
    return {};
}

}  // namespace lathe

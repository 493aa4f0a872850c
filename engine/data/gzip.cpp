// SPDX-License-Identifier: Apache-2.0
#include "data/gzip.h"

#include "core/file.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <limits>

namespace lathe::data {

namespace {

constexpr std::size_t kGrowth = std::size_t{1} << 22;

// `windowBits` as inflateInit2 wants them: 31 for gzip, -15 for raw deflate.
Result<std::string> unpack(std::string_view bytes, int windowBits, std::size_t expected, std::size_t most,
                           std::string_view on) {
    z_stream stream{};
    if (inflateInit2(&stream, windowBits) != Z_OK)
        return fail(ErrorCode::Internal, "zlib cannot start", std::string(on));
    std::string out;
    int status = Z_OK;
    std::size_t read = 0;
    while (status == Z_OK) {
        if (out.size() - stream.total_out == 0)
            out.resize(std::min(most + 1, std::max(out.size() * 2, std::max(expected, kGrowth))));
        const auto piece = [](std::size_t left) {
            return static_cast<uInt>(std::min<std::size_t>(left, std::numeric_limits<uInt>::max()));
        };
        stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data() + read));
        stream.avail_in = piece(bytes.size() - read);
        stream.next_out = reinterpret_cast<Bytef*>(out.data() + stream.total_out);
        stream.avail_out = piece(out.size() - stream.total_out);
        const uInt given = stream.avail_in;
        status = inflate(&stream, Z_NO_FLUSH);
        read += given - stream.avail_in;
        if (stream.total_out > most) {
            inflateEnd(&stream);
            return fail(ErrorCode::Invalid, fmt::format("unpacked it is larger than {} bytes", most),
                        std::string(on));
        }
        // Files may be several gzip members after each other.
        if (status == Z_STREAM_END && windowBits == 31 && read < bytes.size()) {
            const uLong done = stream.total_out;
            status = inflateReset(&stream);
            stream.total_out = done;
        }
    }
    const std::size_t size = stream.total_out;
    inflateEnd(&stream);
    if (status != Z_STREAM_END)
        return fail(ErrorCode::Corrupt, "the compressed data is truncated or damaged", std::string(on),
                    "fetch the file again");
    out.resize(size);
    return out;
}

}  // namespace

Result<std::string> readPlainOrGzip(const std::string& path, std::size_t most) {
    LATHE_TRY_ASSIGN(std::string bytes, readFile(path, most));
    if (!bytes.starts_with("\x1f\x8b"))
        return bytes;
    return unpack(bytes, 31, bytes.size() * 4, most, path);
}

Result<std::string> inflateRaw(std::string_view bytes, std::size_t size, std::string_view on) {
    LATHE_TRY_ASSIGN(std::string out, unpack(bytes, -15, size, size, on));
    if (out.size() != size)
        return fail(ErrorCode::Corrupt, "the compressed data is shorter than its archive says",
                    std::string(on));
    return out;
}

}  // namespace lathe::data

// SPDX-License-Identifier: Apache-2.0
// The only file that knows libpng and libjpeg.
#include "data/image.h"

#include <fmt/format.h>

#include <algorithm>
#include <csetjmp>
#include <cstdio>
#include <cstdlib>

#include <jpeglib.h>
#include <png.h>

namespace lathe::data {

namespace {

constexpr std::int64_t kMostPixels = std::int64_t{1} << 27;
constexpr std::string_view kPngHead = "\x89PNG\r\n\x1a\n";
constexpr std::string_view kJpegHead = "\xff\xd8\xff";

std::unexpected<Error> corrupt(std::string_view what, std::string_view on) {
    return fail(ErrorCode::Corrupt, std::string(what), std::string(on), "replace the file, or take it out");
}

Result<> checkSize(std::int64_t width, std::int64_t height, std::string_view on) {
    if (width < 1 || height < 1 || width > kMostPixels / height)
        return corrupt(fmt::format("an image of {}×{} pixels is no training image", width, height), on);
    return {};
}

// libpng's simplified interface: errors come back as values.
class Png {
public:
    explicit Png(std::string_view bytes, std::string_view on) : m_on(on) {
        m_image.version = PNG_IMAGE_VERSION;
        m_open = png_image_begin_read_from_memory(&m_image, bytes.data(), bytes.size()) != 0;
    }
    ~Png() { png_image_free(&m_image); }
    Png(const Png&) = delete;
    Png& operator=(const Png&) = delete;

    Result<ImageSize> size() const {
        if (!m_open)
            return corrupt(fmt::format("the PNG is damaged: {}", m_image.message), m_on);
        LATHE_TRY(checkSize(m_image.width, m_image.height, m_on));
        return ImageSize{m_image.height, m_image.width,
                         (m_image.format & PNG_FORMAT_FLAG_COLOR) != 0 ? 3 : 1};
    }
    Result<> decode(Image& out) {
        LATHE_TRY_ASSIGN(const ImageSize found, size());
        out.height = found.height;
        out.width = found.width;
        out.channels = found.channels;
        out.pixels.resize(static_cast<std::size_t>(out.bytes()));
        m_image.format = found.channels == 3 ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY;
        const png_color black{0, 0, 0};
        if (png_image_finish_read(&m_image, &black, out.pixels.data(), 0, nullptr) == 0 ||
            (m_image.warning_or_error & PNG_IMAGE_ERROR) != 0)
            return corrupt(fmt::format("the PNG is damaged: {}", m_image.message), m_on);
        return {};
    }

private:
    png_image m_image{};
    std::string_view m_on;
    bool m_open = false;
};

// libjpeg reports errors by a jump; everything between setjmp and the end of a call holds no object with a
// destructor.
struct JpegErrors {
    jpeg_error_mgr base;
    std::jmp_buf jump;
    char message[JMSG_LENGTH_MAX] = {};
};

[[noreturn]] void jpegFailed(j_common_ptr info) {
    auto* errors = reinterpret_cast<JpegErrors*>(info->err);
    (*info->err->format_message)(info, errors->message);
    std::longjmp(errors->jump, 1);
}
void jpegMessage(j_common_ptr info, int level) {
    auto* errors = reinterpret_cast<JpegErrors*>(info->err);
    if (level < 0 && info->err->num_warnings++ == 0)
        (*info->err->format_message)(info, errors->message);
}
void jpegSilent(j_common_ptr) {}

void prepare(JpegErrors& errors) {
    jpeg_std_error(&errors.base);
    errors.base.error_exit = jpegFailed;
    errors.base.emit_message = jpegMessage;
    errors.base.output_message = jpegSilent;
}

struct JpegResult {
    bool done = false;
    bool unsupported = false;
    ImageSize size;
};

// Reads the head, and the pixels too if `pixels` is given.
JpegResult readJpeg(std::string_view bytes, std::int64_t least, std::vector<std::uint8_t>* pixels,
                    JpegErrors& errors) {
    jpeg_decompress_struct info{};
    JpegResult result;
    info.err = &errors.base;
    if (setjmp(errors.jump) != 0) {
        jpeg_destroy_decompress(&info);
        return {};
    }
    jpeg_create_decompress(&info);
    jpeg_mem_src(&info, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
    jpeg_read_header(&info, TRUE);
    result.unsupported = info.num_components != 1 && info.num_components != 3;
    result.size = {info.image_height, info.image_width, info.num_components == 1 ? 1 : 3};
    const bool tooLarge = static_cast<std::int64_t>(info.image_width) >
                          kMostPixels / std::max<std::int64_t>(1, info.image_height);
    if (!pixels || result.unsupported || tooLarge) {
        jpeg_destroy_decompress(&info);
        result.done = true;
        return result;
    }
    info.out_color_space = info.num_components == 1 ? JCS_GRAYSCALE : JCS_RGB;
    const std::int64_t shorter = std::min<std::int64_t>(info.image_height, info.image_width);
    info.scale_num = info.scale_denom = 1;
    while (least > 0 && info.scale_denom < 8 && shorter / (2 * info.scale_denom) >= least)
        info.scale_denom *= 2;
    jpeg_start_decompress(&info);
    result.size = {info.output_height, info.output_width, info.output_components};
    const std::size_t row =
        static_cast<std::size_t>(info.output_width) * static_cast<std::size_t>(info.output_components);
    pixels->resize(row * info.output_height);
    while (info.output_scanline < info.output_height) {
        JSAMPROW line = pixels->data() + row * info.output_scanline;
        jpeg_read_scanlines(&info, &line, 1);
    }
    jpeg_finish_decompress(&info);
    result.done = errors.base.num_warnings == 0;  // a truncated file is a warning to libjpeg
    jpeg_destroy_decompress(&info);
    return result;
}

Result<ImageSize> jpeg(std::string_view bytes, std::int64_t least, std::vector<std::uint8_t>* pixels,
                       std::string_view on) {
    JpegErrors errors;
    prepare(errors);
    const JpegResult result = readJpeg(bytes, least, pixels, errors);
    if (result.unsupported)
        return fail(ErrorCode::Unsupported, "a JPEG of four colours (CMYK)", std::string(on),
                    "convert it to RGB");
    if (!result.done)
        return corrupt(fmt::format("the JPEG is damaged: {}", errors.message), on);
    LATHE_TRY(checkSize(result.size.width, result.size.height, on));
    return result.size;
}

bool writeJpeg(const Image& image, int quality, unsigned char** memory, unsigned long* length,
               JpegErrors& errors) {
    jpeg_compress_struct info{};
    info.err = &errors.base;
    if (setjmp(errors.jump) != 0) {
        jpeg_destroy_compress(&info);
        return false;
    }
    jpeg_create_compress(&info);
    jpeg_mem_dest(&info, memory, length);
    info.image_width = static_cast<JDIMENSION>(image.width);
    info.image_height = static_cast<JDIMENSION>(image.height);
    info.input_components = static_cast<int>(image.channels);
    info.in_color_space = image.channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_set_defaults(&info);
    jpeg_set_quality(&info, quality, TRUE);
    jpeg_start_compress(&info, TRUE);
    while (info.next_scanline < info.image_height) {
        JSAMPROW line = const_cast<JSAMPROW>(image.at(info.next_scanline, 0));
        jpeg_write_scanlines(&info, &line, 1);
    }
    jpeg_finish_compress(&info);
    jpeg_destroy_compress(&info);
    return true;
}

std::unexpected<Error> otherFormat(std::string_view on) {
    return fail(ErrorCode::Unsupported, "neither PNG nor JPEG", std::string(on),
                "convert it to PNG or JPEG, or take it out");
}

}  // namespace

bool looksLikeImage(std::string_view bytes) {
    return bytes.starts_with(kPngHead) || bytes.starts_with(kJpegHead);
}

Result<> decodeImage(std::string_view bytes, std::int64_t least, Image& image, std::string_view on) {
    if (bytes.starts_with(kPngHead))
        return Png(bytes, on).decode(image);
    if (!bytes.starts_with(kJpegHead))
        return otherFormat(on);
    LATHE_TRY_ASSIGN(const ImageSize size, jpeg(bytes, least, &image.pixels, on));
    image.height = size.height;
    image.width = size.width;
    image.channels = size.channels;
    return {};
}

Result<ImageSize> imageSize(std::string_view bytes, std::string_view on) {
    if (bytes.starts_with(kPngHead))
        return Png(bytes, on).size();
    if (!bytes.starts_with(kJpegHead))
        return otherFormat(on);
    return jpeg(bytes, 0, nullptr, on);
}

Result<std::string> encodePng(const Image& image) {
    png_image out{};
    out.version = PNG_IMAGE_VERSION;
    out.width = static_cast<png_uint_32>(image.width);
    out.height = static_cast<png_uint_32>(image.height);
    out.format = image.channels == 1 ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB;
    png_alloc_size_t bytes = 0;
    std::string encoded;
    bool done = png_image_write_to_memory(&out, nullptr, &bytes, 0, image.pixels.data(), 0, nullptr) != 0;
    if (done) {
        encoded.resize(bytes);
        done =
            png_image_write_to_memory(&out, encoded.data(), &bytes, 0, image.pixels.data(), 0, nullptr) != 0;
        encoded.resize(bytes);
    }
    if (!done)
        return fail(ErrorCode::Internal, fmt::format("no PNG could be made: {}", out.message));
    return encoded;
}

Result<std::string> encodeJpeg(const Image& image, int quality) {
    JpegErrors errors;
    prepare(errors);
    unsigned char* memory = nullptr;
    unsigned long length = 0;
    const bool done = writeJpeg(image, quality, &memory, &length, errors);
    std::string encoded(reinterpret_cast<const char*>(memory), done ? length : 0);
    std::free(memory);
    if (!done)
        return fail(ErrorCode::Internal, fmt::format("no JPEG could be made: {}", errors.message));
    return encoded;
}

}  // namespace lathe::data

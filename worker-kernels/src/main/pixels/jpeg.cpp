// Decodes a window of a JPEG with libjpeg-turbo: rows above the window are entropy-decoded alone, rows below it are not
// looked at, and columns beside it are left out of the inverse transform. The pixels are those of the whole picture.
//
// libjpeg reports an error by a function that must not return. This one jumps back into the call that Java made, past
// functions of the library alone.

#include "pixels.h"

// What the library's header expects of the system's.
using size_t = unsigned long;
struct FILE;
#include "jpeglib.h"

// The buffer of the system's setjmp on x86-64: eight registers, a flag and a set of 1024 signals.
struct Jump {
  long registers[8];
  int flag;
  unsigned long signals[16];
};

extern "C" {
int _setjmp(Jump* jump) __attribute__((returns_twice));
[[noreturn]] void longjmp(Jump* jump, int value);
}

namespace {

// Fancy upsampling of chroma looks at the next sample, which is at most two pixels away. A window is decoded with this
// many pixels around it, so that the edge of what is decoded is not in it.
constexpr int64 MARGIN = 8;

struct Decoder {
  jpeg_decompress_struct picture;
  jpeg_error_mgr errors;
  Jump jump;
  char message[JMSG_LENGTH_MAX];
  uint8* row;
  int64 rowBytes;
};

Decoder* decoderOf(j_common_ptr picture) { return static_cast<Decoder*>(picture->client_data); }

void fail(j_common_ptr picture) {
  Decoder* decoder = decoderOf(picture);
  picture->err->format_message(picture, decoder->message);
  longjmp(&decoder->jump, 1);
}

// Flaws that the library can repair are no errors, as in other programs.
void ignore(j_common_ptr, int) {}
void ignore(j_common_ptr) {}

struct Window {
  int64 left, top, width, height;
};

uint8* rowOf(Decoder* decoder, int64 bytes) {
  if (decoder->rowBytes < bytes) {
    free(decoder->row);
    decoder->row = static_cast<uint8*>(malloc(static_cast<unsigned long>(bytes)));
    decoder->rowBytes = decoder->row == nullptr ? 0 : bytes;
  }
  return decoder->row;
}

// Reads the header and starts to decode at eighths of the picture's size.
void start(Decoder* decoder, const uint8* file, int64 bytes, int64 eighths) {
  jpeg_decompress_struct* picture = &decoder->picture;
  jpeg_mem_src(picture, file, static_cast<unsigned long>(bytes));
  jpeg_read_header(picture, TRUE);
  picture->out_color_space = JCS_EXT_RGB;
  picture->scale_num = static_cast<unsigned>(eighths);
  picture->scale_denom = 8;
  jpeg_start_decompress(picture);
}

// Decodes the window into dense rows of RGB. Returns whether there was memory.
bool window(Decoder* decoder, Window window, uint8* out) {
  jpeg_decompress_struct* picture = &decoder->picture;
  JDIMENSION from = static_cast<JDIMENSION>(most(0, window.left - MARGIN));
  JDIMENSION width =
      static_cast<JDIMENSION>(least(picture->output_width, window.left + window.width + MARGIN) - from);
  if (width < picture->output_width) jpeg_crop_scanline(picture, &from, &width);
  if (window.top > 0) jpeg_skip_scanlines(picture, static_cast<JDIMENSION>(window.top));
  if (width == window.width) {
    for (int64 y = 0; y < window.height;) {
      JSAMPROW row = out + y * window.width * 3;
      y += jpeg_read_scanlines(picture, &row, 1);
    }
    return true;
  }
  uint8* row = rowOf(decoder, 3LL * picture->output_width);
  if (row == nullptr) return false;
  for (int64 y = 0; y < window.height;) {
    if (jpeg_read_scanlines(picture, &row, 1) == 0) continue;
    memcpy(out + y * window.width * 3, row + (window.left - from) * 3, static_cast<unsigned long>(window.width * 3));
    y++;
  }
  return true;
}

}  // namespace

NATIVE(int64, openJpegDecoder)(void*, void*) {
  Decoder* decoder = static_cast<Decoder*>(malloc(sizeof(Decoder)));
  if (decoder == nullptr) return 0;
  decoder->row = nullptr;
  decoder->rowBytes = 0;
  decoder->picture.err = jpeg_std_error(&decoder->errors);
  decoder->errors.error_exit = fail;
  decoder->errors.emit_message = ignore;
  decoder->errors.output_message = ignore;
  decoder->picture.client_data = decoder;
  if (_setjmp(&decoder->jump) != 0) {
    free(decoder);
    return 0;
  }
  jpeg_create_decompress(&decoder->picture);
  return reinterpret_cast<int64>(decoder);
}

NATIVE(void, closeJpegDecoder)(void*, void*, int64 address) {
  Decoder* decoder = pointer<Decoder>(address);
  jpeg_destroy_decompress(&decoder->picture);
  free(decoder->row);
  free(decoder);
}

// 0, or the address of a message (zero-terminated, ASCII), which is valid until the next call.
NATIVE(int64, decodeJpeg)
(void*, void*, int64 address, int64 file, int64 bytes, int64 eighths, int64 left, int64 top, int64 width, int64 height,
 int64 out) {
  Decoder* decoder = pointer<Decoder>(address);
  if (_setjmp(&decoder->jump) != 0) {
    jpeg_abort_decompress(&decoder->picture);
    return reinterpret_cast<int64>(decoder->message);
  }
  start(decoder, pointer<uint8>(file), bytes, eighths);
  const jpeg_decompress_struct& picture = decoder->picture;
  bool inside = left >= 0 && top >= 0 && width > 0 && height > 0 && left + width <= picture.output_width &&
                top + height <= picture.output_height;
  const char* problem = nullptr;
  if (!inside) {
    problem = "the window is not inside the picture";
  } else if (!window(decoder, {left, top, width, height}, pointer<uint8>(out))) {
    problem = "no memory for a row";
  }
  jpeg_abort_decompress(&decoder->picture);
  return reinterpret_cast<int64>(problem);
}

// Entropy-decodes the rows down to one and makes no pixels: what a decoder of windows cannot leave out.
NATIVE(int64, skimJpeg)(void*, void*, int64 address, int64 file, int64 bytes, int64 rows) {
  Decoder* decoder = pointer<Decoder>(address);
  if (_setjmp(&decoder->jump) != 0) {
    jpeg_abort_decompress(&decoder->picture);
    return reinterpret_cast<int64>(decoder->message);
  }
  start(decoder, pointer<uint8>(file), bytes, 8);
  jpeg_skip_scanlines(&decoder->picture, static_cast<JDIMENSION>(least(rows, decoder->picture.output_height)));
  jpeg_abort_decompress(&decoder->picture);
  return 0;
}

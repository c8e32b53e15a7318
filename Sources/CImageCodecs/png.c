#include "shared.h"

#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

// What libpng's callbacks need.
struct source {
  const uint8_t *data;
  size_t left;
  char *message;
};

static void on_error(png_structp png, png_const_charp text) {
  struct source *source = png_get_error_ptr(png);
  codec_fail(source->message, CODEC_DAMAGED, "%s", text);
  png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp text) {
  (void)png;
  (void)text;
}

static void read_bytes(png_structp png, png_bytep bytes, size_t count) {
  struct source *source = png_get_io_ptr(png);
  if (count > source->left) png_error(png, "the file ends early");
  memcpy(bytes, source->data, count);
  source->data += count;
  source->left -= count;
}

int codec_decode_png(
    const uint8_t *data, size_t size, int header_only, int keeps_alpha, struct codec_image *image, char *message) {
  struct source source = {data, size, message};
  png_infop info = NULL;
  // Volatile: changed between setjmp and longjmp.
  png_bytep *volatile rows = NULL;
  volatile int status = CODEC_DAMAGED;

  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &source, on_error, on_warning);
  if (png) info = png_create_info_struct(png);
  if (!info) {
    png_destroy_read_struct(&png, NULL, NULL);
    return codec_fail(message, CODEC_NO_MEMORY, "no memory for the PNG decoder");
  }
  if (setjmp(png_jmpbuf(png))) {
    free(rows);
    png_destroy_read_struct(&png, &info, NULL);
    return status;
  }
  // The limits are checked below, with a message of our own. Ancillary chunks get little room: nothing reads them.
  png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  png_set_chunk_cache_max(png, 64);
  png_set_chunk_malloc_max(png, 4 << 20);
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, 0);
  png_set_read_fn(png, &source, read_bytes);
  png_read_info(png, info);

  png_uint_32 width = png_get_image_width(png, info), height = png_get_image_height(png, info);
  int failure = codec_check_size(width, height, message);
  if (failure != CODEC_OK) {
    status = failure;
    png_longjmp(png, 1);
  }
  png_set_expand(png);
  png_set_scale_16(png);
  if (keeps_alpha) {
    png_set_gray_to_rgb(png);
    png_set_add_alpha(png, 0xFF, PNG_FILLER_AFTER);
  }
  png_set_interlace_handling(png);
  png_read_update_info(png, info);

  int channels = png_get_channels(png, info);
  int colours = keeps_alpha ? 4 : channels >= 3 ? 3 : 1;
  size_t stride = png_get_rowbytes(png, info);
  if (png_get_bit_depth(png, info) != 8 || stride != (size_t)width * (size_t)channels) {
    png_error(png, "an unexpected layout of pixels");
  }
  if (!header_only) {
    failure = codec_grow(image, (int32_t)width, (int32_t)height, channels, message);
    rows = failure == CODEC_OK ? malloc(height * sizeof *rows) : NULL;
    if (!rows) {
      status = CODEC_NO_MEMORY;
      codec_fail(message, CODEC_NO_MEMORY, "no memory for %u x %u pixels", width, height);
      png_longjmp(png, 1);
    }
    for (png_uint_32 y = 0; y < height; y++) rows[y] = image->bytes + y * stride;
    png_read_image(png, rows);
    png_read_end(png, NULL);
    if (channels != colours) codec_composite_on_white(image->bytes, (size_t)width * height, colours);
  }
  image->width = (int32_t)width;
  image->height = (int32_t)height;
  image->channels = colours;
  free(rows);
  png_destroy_read_struct(&png, &info, NULL);
  return CODEC_OK;
}

int codec_encode_png(
    const uint8_t *pixels, int32_t width, int32_t height, int32_t channels, uint8_t **out, size_t *size,
    char message[CODEC_MESSAGE_SIZE]) {
  png_image header;
  memset(&header, 0, sizeof header);
  header.version = PNG_IMAGE_VERSION;
  header.width = (png_uint_32)width;
  header.height = (png_uint_32)height;
  header.format = channels == 3 ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY;
  *out = NULL;
  *size = 0;
  int failure = codec_check_size(
      width < 0 ? 0 : (uint64_t)width, height < 0 ? 0 : (uint64_t)height, message);
  if (failure != CODEC_OK) return failure;
  // An upper bound is known, so that one pass suffices.
  png_alloc_size_t room = PNG_IMAGE_PNG_SIZE_MAX(header);
  uint8_t *bytes = malloc(room);
  if (!bytes) return codec_fail(message, CODEC_NO_MEMORY, "no memory for a PNG of %zu bytes", (size_t)room);
  if (!png_image_write_to_memory(&header, bytes, &room, 0, pixels, 0, NULL)) {
    free(bytes);
    return codec_fail(message, CODEC_DAMAGED, "%s", header.message);
  }
  *out = bytes;
  *size = room;
  return CODEC_OK;
}

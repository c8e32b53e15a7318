#include "shared.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <jerror.h>

// libjpeg hands its callbacks a pointer to the first member.
struct handler {
  struct jpeg_error_mgr base;
  jmp_buf escape;
  char *message;
  int status;
  size_t size;  // of the file
};

static void escape(struct handler *handler, int status) {
  handler->status = status;
  longjmp(handler->escape, 1);
}

static void on_error(j_common_ptr info) {
  struct handler *handler = (struct handler *)info->err;
  char text[JMSG_LENGTH_MAX];
  handler->base.format_message(info, text);
  codec_fail(handler->message, CODEC_DAMAGED, "%s", text);
  escape(handler, handler->base.msg_code == JERR_OUT_OF_MEMORY ? CODEC_NO_MEMORY : CODEC_DAMAGED);
}

// libjpeg fills what is missing or unreadable with grey and only warns. A picture that is partly invented
// counts as damaged here; harmless oddities (bytes between markers, unknown versions) do not.
static void on_message(j_common_ptr info, int level) {
  if (level >= 0) return;
  switch (info->err->msg_code) {
    case JWRN_JPEG_EOF:
    case JWRN_HIT_MARKER:
    case JWRN_HUFF_BAD_CODE:
    case JWRN_ARITH_BAD_CODE:
    case JWRN_MUST_RESYNC:
      on_error(info);
  }
}

// A small file can ask for thousands of passes over a large image, and one that is coded arithmetically for a large image out of
// nothing. A flat picture takes a bit for 64 pixels at least, so that no real one comes near this.
static void on_progress(j_common_ptr info) {
  if (!info->is_decompressor) return;
  struct handler *handler = (struct handler *)info->err;
  j_decompress_ptr jpeg = (j_decompress_ptr)info;
  if (jpeg->input_scan_number > CODEC_MAX_SCANS) {
    codec_fail(handler->message, CODEC_DAMAGED, "more than %d scans", CODEC_MAX_SCANS);
    escape(handler, CODEC_DAMAGED);
  }
  double work = (double)jpeg->image_width * jpeg->image_height * jpeg->input_scan_number;
  if (work > 16e6 + 1e4 * handler->size) {
    codec_fail(
        handler->message, CODEC_DAMAGED, "%u × %u pixels from a file of %llu bytes", jpeg->image_width, jpeg->image_height,
        (unsigned long long)handler->size);
    escape(handler, CODEC_DAMAGED);
  }
}

// The largest of 8, 4, 2, 1 that leaves both sides at least as long as wanted.
static unsigned reduction(const struct jpeg_decompress_struct *jpeg, int32_t width, int32_t height) {
  if (width <= 0 || height <= 0) return 1;
  unsigned factor = 8;
  while (factor > 1 && (jpeg->image_width / factor < (unsigned)width || jpeg->image_height / factor < (unsigned)height)) {
    factor /= 2;
  }
  return factor;
}

// One row of CMYK → RGB in place. Files hold the light that each ink leaves (Adobe's custom), those without its marker too: so do
// Pillow, torchvision and OpenCV read them.
static void cmyk_to_rgb(uint8_t *row, size_t width) {
  const uint8_t *from = row;
  uint8_t *to = row;
  for (size_t x = 0; x < width; x++, from += 4, to += 3) {
    for (int c = 0; c < 3; c++) to[c] = (uint8_t)((from[c] * from[3] + 127) / 255);
  }
}

// How many of an image's rows are decoded. A file that does not end as it should is decoded to its end, to be found damaged whatever was needed.
static unsigned rows_needed(int32_t height, double share, const uint8_t *data, size_t size) {
  if (share >= 1 || size < 2 || data[size - 2] != 0xFF || data[size - 1] != JPEG_EOI) return (unsigned)height;
  // The last row in part, and one that its interpolation may take in.
  double rows = (share > 0 ? share : 0) * height + 2;
  return rows < height ? (unsigned)rows : (unsigned)height;
}

int codec_decode_jpeg(
    const uint8_t *data, size_t size, int header_only, struct codec_need need, struct codec_image *image, char *message) {
  struct jpeg_decompress_struct jpeg;
  struct jpeg_progress_mgr progress;
  struct handler handler;
  uint8_t *volatile cmyk = NULL;
  memset(&jpeg, 0, sizeof jpeg);
  memset(&progress, 0, sizeof progress);
  jpeg.err = jpeg_std_error(&handler.base);
  handler.base.error_exit = on_error;
  handler.base.emit_message = on_message;
  handler.message = message;
  handler.status = CODEC_DAMAGED;
  handler.size = size;
  if (setjmp(handler.escape)) {
    free(cmyk);
    jpeg_destroy_decompress(&jpeg);
    return handler.status;
  }
  jpeg_create_decompress(&jpeg);
  progress.progress_monitor = on_progress;
  jpeg.progress = &progress;
  jpeg_mem_src(&jpeg, data, size);
  jpeg_read_header(&jpeg, TRUE);

  int failure = codec_check_size(jpeg.image_width, jpeg.image_height, message);
  if (failure != CODEC_OK) escape(&handler, failure);
  if (jpeg.jpeg_color_space == JCS_UNKNOWN) {
    codec_fail(message, CODEC_DAMAGED, "a JPEG of %d components, which are no colours", jpeg.num_components);
    escape(&handler, CODEC_DAMAGED);
  }
  int is_cmyk = jpeg.jpeg_color_space == JCS_CMYK || jpeg.jpeg_color_space == JCS_YCCK;
  int channels = jpeg.jpeg_color_space == JCS_GRAYSCALE ? 1 : 3;
  jpeg.out_color_space = channels == 1 ? JCS_GRAYSCALE : is_cmyk ? JCS_CMYK : JCS_RGB;
  if (header_only) {
    image->width = (int32_t)jpeg.image_width;
    image->height = (int32_t)jpeg.image_height;
    image->channels = channels;
    jpeg_destroy_decompress(&jpeg);
    return CODEC_OK;
  }
  jpeg.scale_num = 1;
  jpeg.scale_denom = reduction(&jpeg, need.least_width, need.least_height);
  jpeg_start_decompress(&jpeg);

  int32_t width = (int32_t)jpeg.output_width, height = (int32_t)jpeg.output_height;
  failure = codec_grow(image, width, height, channels, message);
  if (failure != CODEC_OK) escape(&handler, failure);
  if (is_cmyk && !(cmyk = malloc((size_t)width * 4))) {
    codec_fail(message, CODEC_NO_MEMORY, "no memory for a row");
    escape(&handler, CODEC_NO_MEMORY);
  }
  size_t stride = (size_t)width * (size_t)channels;
  unsigned rows = rows_needed(height, need.share_of_rows, data, size);
  while (jpeg.output_scanline < rows) {
    uint8_t *target = image->bytes + jpeg.output_scanline * stride;
    JSAMPROW row = is_cmyk ? cmyk : target;
    if (jpeg_read_scanlines(&jpeg, &row, 1) != 1) {
      codec_fail(message, CODEC_DAMAGED, "a row is missing");
      escape(&handler, CODEC_DAMAGED);
    }
    if (is_cmyk) {
      cmyk_to_rgb(cmyk, (size_t)width);
      memcpy(target, cmyk, stride);
    }
  }
  if (rows == jpeg.output_height) jpeg_finish_decompress(&jpeg);
  memset(image->bytes + rows * stride, 0, ((size_t)height - rows) * stride);
  image->width = width;
  image->height = height;
  image->channels = channels;
  free(cmyk);
  jpeg_destroy_decompress(&jpeg);
  return CODEC_OK;
}

int codec_encode_jpeg(
    const uint8_t *pixels, int32_t width, int32_t height, int32_t quality, uint8_t **out, size_t *size,
    char message[CODEC_MESSAGE_SIZE]) {
  struct jpeg_compress_struct jpeg;
  struct handler handler;
  unsigned char *bytes = NULL;
  unsigned long count = 0;
  *out = NULL;
  *size = 0;
  message[0] = 0;
  int failure = codec_check_size(width < 0 ? 0 : (uint64_t)width, height < 0 ? 0 : (uint64_t)height, message);
  if (failure != CODEC_OK) return failure;
  memset(&jpeg, 0, sizeof jpeg);
  jpeg.err = jpeg_std_error(&handler.base);
  handler.base.error_exit = on_error;
  handler.base.emit_message = on_message;
  handler.message = message;
  handler.status = CODEC_DAMAGED;
  // The library's buffer is kept in the library's memory until the end: nothing of ours is lost by a jump.
  if (setjmp(handler.escape)) {
    jpeg_destroy_compress(&jpeg);
    return handler.status;
  }
  jpeg_create_compress(&jpeg);
  jpeg_mem_dest(&jpeg, &bytes, &count);
  jpeg.image_width = (JDIMENSION)width;
  jpeg.image_height = (JDIMENSION)height;
  jpeg.input_components = 3;
  jpeg.in_color_space = JCS_RGB;
  jpeg_set_defaults(&jpeg);
  jpeg_set_quality(&jpeg, quality, TRUE);
  jpeg_start_compress(&jpeg, TRUE);
  while (jpeg.next_scanline < jpeg.image_height) {
    JSAMPROW row = (JSAMPROW)(uintptr_t)(pixels + (size_t)jpeg.next_scanline * (size_t)width * 3);
    jpeg_write_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_compress(&jpeg);
  jpeg_destroy_compress(&jpeg);
  *out = bytes;
  *size = count;
  return CODEC_OK;
}

#include "shared.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int codec_fail(char *message, int status, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(message, CODEC_MESSAGE_SIZE, format, arguments);
  va_end(arguments);
  return status;
}

int codec_check_size(uint64_t width, uint64_t height, char *message) {
  if (width == 0 || height == 0) return codec_fail(message, CODEC_DAMAGED, "an image without pixels");
  if (width > CODEC_MAX_SIDE || height > CODEC_MAX_SIDE || width * height > CODEC_MAX_PIXELS) {
    return codec_fail(
        message, CODEC_TOO_LARGE, "%llu x %llu pixels, more than %d a side or %d in all",
        (unsigned long long)width, (unsigned long long)height, CODEC_MAX_SIDE, CODEC_MAX_PIXELS);
  }
  return CODEC_OK;
}

int codec_grow(struct codec_image *image, int32_t width, int32_t height, int32_t channels, char *message) {
  size_t wanted = (size_t)width * (size_t)height * (size_t)channels;
  if (wanted <= image->capacity) return CODEC_OK;
  uint8_t *bytes = malloc(wanted);
  if (!bytes) return codec_fail(message, CODEC_NO_MEMORY, "no memory for %zu bytes of pixels", wanted);
  free(image->bytes);
  image->bytes = bytes;
  image->capacity = wanted;
  return CODEC_OK;
}

void codec_composite_on_white(uint8_t *bytes, size_t pixels, int colours) {
  const uint8_t *from = bytes;
  uint8_t *to = bytes;
  for (size_t i = 0; i < pixels; i++) {
    unsigned alpha = from[colours];
    for (int c = 0; c < colours; c++) to[c] = (uint8_t)((from[c] * alpha + 255 * (255 - alpha) + 127) / 255);
    from += colours + 1;
    to += colours;
  }
}

static const uint8_t png[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};

static int decode(
    const uint8_t *data, size_t size, int header_only, struct codec_need need, struct codec_image *image, char *message) {
  static const uint8_t jpeg[3] = {0xFF, 0xD8, 0xFF};
  image->width = image->height = image->channels = 0;
  message[0] = 0;
  int status;
  if (size == 0) {
    status = codec_fail(message, CODEC_DAMAGED, "an empty file");
  } else if (size >= sizeof png && memcmp(data, png, sizeof png) == 0) {
    status = codec_decode_png(data, size, header_only, 0, image, message);
  } else if (size >= sizeof jpeg && memcmp(data, jpeg, sizeof jpeg) == 0) {
    status = codec_decode_jpeg(data, size, header_only, need, image, message);
  } else if (size >= 12 && memcmp(data, "RIFF", 4) == 0 && memcmp(data + 8, "WEBP", 4) == 0) {
    status = codec_decode_webp(data, size, header_only, image, message);
  } else if (size >= 6 && (memcmp(data, "GIF87a", 6) == 0 || memcmp(data, "GIF89a", 6) == 0)) {
    status = codec_decode_gif(data, size, header_only, image, message);
  } else {
    status = codec_fail(message, CODEC_UNKNOWN_FORMAT, "neither PNG, JPEG, WebP nor GIF");
  }
  if (status != CODEC_OK) image->width = image->height = image->channels = 0;
  return status;
}

int codec_decode(
    const uint8_t *data, size_t size, struct codec_need need, struct codec_image *image, char message[CODEC_MESSAGE_SIZE]) {
  return decode(data, size, 0, need, image, message);
}

int codec_decode_cutout(
    const uint8_t *data, size_t size, struct codec_image *image, char message[CODEC_MESSAGE_SIZE]) {
  image->width = image->height = image->channels = 0;
  message[0] = 0;
  int status = size >= sizeof png && memcmp(data, png, sizeof png) == 0
      ? codec_decode_png(data, size, 0, 1, image, message)
      : codec_fail(message, CODEC_UNKNOWN_FORMAT, "no PNG");
  if (status != CODEC_OK) image->width = image->height = image->channels = 0;
  return status;
}

int codec_measure(
    const uint8_t *data, size_t size, struct codec_image *image, char message[CODEC_MESSAGE_SIZE]) {
  return decode(data, size, 1, (struct codec_need){0, 0, 1}, image, message);
}

void codec_release(struct codec_image *image) {
  free(image->bytes);
  memset(image, 0, sizeof *image);
}

// What the codecs of this folder share.
#ifndef CODEC_SHARED_H
#define CODEC_SHARED_H

#include "CImageCodecs.h"

// Fails with a formatted message; evaluates to `status`.
int codec_fail(char *message, int status, const char *format, ...) __attribute__((format(printf, 3, 4)));

// Checks the limits on size.
int codec_check_size(uint64_t width, uint64_t height, char *message);

// Makes room for width × height pixels of `channels` bytes.
int codec_grow(struct codec_image *image, int32_t width, int32_t height, int32_t channels, char *message);

// Rows of colour + alpha → rows of colour over white, in place: the target never overtakes the source.
void codec_composite_on_white(uint8_t *bytes, size_t pixels, int colours);

int codec_decode_png(
    const uint8_t *data, size_t size, int header_only, int keeps_alpha, struct codec_image *image, char *message);
int codec_decode_jpeg(
    const uint8_t *data, size_t size, int header_only, struct codec_need need, struct codec_image *image, char *message);
int codec_decode_webp(
    const uint8_t *data, size_t size, int header_only, struct codec_image *image, char *message);

int codec_decode_gif(
    const uint8_t *data, size_t size, int header_only, struct codec_image *image, char *message);

#endif

// libpng, libjpeg, libwebp and giflib behind functions that return error codes: the first two leave by longjmp,
// which must not cross Swift frames, so every setjmp stays in this folder.
#ifndef CIMAGECODECS_H
#define CIMAGECODECS_H

#include <stddef.h>
#include <stdint.h>

// No side of an image may be longer, and no image may hold more pixels. Checked on the header, before memory
// for pixels is asked for.
#define CODEC_MAX_SIDE 65500
#define CODEC_MAX_PIXELS 100000000
// A progressive JPEG may refine its image this often.
#define CODEC_MAX_SCANS 200
#define CODEC_MESSAGE_SIZE 256

enum codec_status {
  CODEC_OK = 0,
  CODEC_UNKNOWN_FORMAT,  // the first bytes are neither PNG's nor JPEG's nor WebP's nor GIF's
  CODEC_DAMAGED,         // truncated or broken data
  CODEC_TOO_LARGE,       // beyond the limits above
  CODEC_NO_MEMORY,
};

// What of an image is needed.
struct codec_need {
  // A JPEG whose sides are both at least twice, four or eight times these is reduced by that power of two while it is decoded; 0: full size.
  int32_t least_width, least_height;
  // The rows that matter, from above, as a share of all. A JPEG that is whole is decoded no further; the rows below are black.
  double share_of_rows;
};

// A decoded image, and a buffer that grows as needed and is used again by the next call. Start with zeroes.
struct codec_image {
  uint8_t *bytes;
  size_t capacity;
  int32_t width, height;
  int32_t channels;  // 1 grey, 3 RGB, 4 RGB and alpha
};

// Decodes the PNG, JPEG, WebP or GIF at `data`, told apart by content, into interleaved 8-bit grey or RGB.
//
// PNG: every colour type and bit depth; 16 bits are rounded to 8; transparency is composited on white.
// JPEG: grey, YCbCr and RGB, CMYK and YCCK (light, not ink, by Adobe's custom: with its marker and without).
// WebP: lossy and lossless; transparency is composited on white; of an animation the first frame.
// GIF: the first frame, on white.
// Embedded profiles, gamma and EXIF orientation are ignored.
//
// On failure returns the status, writes the reason into `message`, and leaves the image without pixels (width 0).
int codec_decode(
    const uint8_t *data, size_t size, struct codec_need need, struct codec_image *image, char message[CODEC_MESSAGE_SIZE]);

// Decodes a PNG into RGB and alpha (not premultiplied), whatever it holds; opaque where it has no transparency. Fails as
// codec_decode does.
int codec_decode_cutout(
    const uint8_t *data, size_t size, struct codec_image *image, char message[CODEC_MESSAGE_SIZE]);

// Reads the size from the header alone, without decoding: the image's width, height and channels are set, its buffer
// is not touched.
int codec_measure(
    const uint8_t *data, size_t size, struct codec_image *image, char message[CODEC_MESSAGE_SIZE]);

// Encodes 8-bit grey (1 channel) or RGB (3) rows as a PNG. `*png` is allocated with malloc; the caller frees it.
int codec_encode_png(
    const uint8_t *pixels, int32_t width, int32_t height, int32_t channels, uint8_t **png, size_t *size,
    char message[CODEC_MESSAGE_SIZE]);

// Encodes 8-bit RGB rows as a JPEG of a quality from 1 to 100. `*jpeg` is allocated with malloc; the caller frees it.
int codec_encode_jpeg(
    const uint8_t *pixels, int32_t width, int32_t height, int32_t quality, uint8_t **jpeg, size_t *size,
    char message[CODEC_MESSAGE_SIZE]);

void codec_release(struct codec_image *image);

#endif

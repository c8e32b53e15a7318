// Writes the image files that tests decode: kinds that the program itself never writes.
#ifndef CIMAGEFIXTURES_H
#define CIMAGEFIXTURES_H

#include <stddef.h>
#include <stdint.h>

enum fixture_jpeg {
  FIXTURE_GREY,          // 1 component
  FIXTURE_RGB,           // 3, stored as YCbCr
  FIXTURE_CMYK,          // 4, stored as given, without Adobe's marker
  FIXTURE_ADOBE_CMYK,    // 4, stored as given: light (inverted ink) by Adobe's custom
  FIXTURE_ADOBE_YCCK,    // the same, stored as YCCK
  FIXTURE_PROGRESSIVE,   // 3, progressive
  FIXTURE_PLAIN_RGB,     // 3, stored as RGB, with Adobe's marker
  FIXTURE_ARITHMETIC,    // 3, arithmetic coding
  FIXTURE_422,           // 3, stored as YCbCr with half the columns of colour
  FIXTURE_444,           // 3, stored as YCbCr in full
  FIXTURE_TWO,           // 2, of no colour space
};

// `pixels`: rows of interleaved components. The file is allocated with malloc.
void fixture_write_jpeg(
    const uint8_t *pixels, int width, int height, enum fixture_jpeg kind, int quality, uint8_t **file, size_t *size);

// `rows`: packed as PNG packs them (16 bits big-endian). `palette`: 256 RGB triples where the colour type is 3, else NULL.
// `alphas`: that many entries of a palette's transparency, or none. The file is allocated with malloc.
void fixture_write_png(
    const uint8_t *rows, int width, int height, int depth, int colour_type, int interlaced, const uint8_t *palette,
    const uint8_t *alphas, int alpha_count, uint8_t **file, size_t *size);

// `rgba`: rows of interleaved pixels. Lossless keeps them exactly, colours below full transparency too. The file is allocated with
// WebP's malloc.
void fixture_write_webp(const uint8_t *rgba, int width, int height, int lossless, uint8_t **file, size_t *size);

// `indices`: rows of palette indices. `palette`: `colours` RGB triples, a power of two of them. `transparent`: an index, or -1. The frame lies at
// (`left`, `top`) of a screen of `screen_width` × `screen_height`. The file is allocated with malloc.
void fixture_write_gif(
    const uint8_t *indices, int width, int height, const uint8_t *palette, int colours, int transparent, int interlaced, int left, int top,
    int screen_width, int screen_height, uint8_t **file, size_t *size);

#endif

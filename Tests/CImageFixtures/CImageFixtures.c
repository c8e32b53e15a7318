#include "CImageFixtures.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <png.h>
#include <gif_lib.h>
#include <webp/encode.h>

void fixture_write_jpeg(
    const uint8_t *pixels, int width, int height, enum fixture_jpeg kind, int quality, uint8_t **file, size_t *size) {
  struct jpeg_compress_struct jpeg;
  struct jpeg_error_mgr errors;
  unsigned long length = 0;
  *file = NULL;
  jpeg.err = jpeg_std_error(&errors);  // an error ends the process: fixtures are right
  jpeg_create_compress(&jpeg);
  jpeg_mem_dest(&jpeg, file, &length);
  int is_cmyk = kind == FIXTURE_CMYK || kind == FIXTURE_ADOBE_CMYK || kind == FIXTURE_ADOBE_YCCK;
  jpeg.image_width = (JDIMENSION)width;
  jpeg.image_height = (JDIMENSION)height;
  jpeg.input_components = kind == FIXTURE_GREY ? 1 : is_cmyk ? 4 : kind == FIXTURE_TWO ? 2 : 3;
  jpeg.in_color_space =
      kind == FIXTURE_GREY ? JCS_GRAYSCALE : is_cmyk ? JCS_CMYK : kind == FIXTURE_TWO ? JCS_UNKNOWN : JCS_RGB;
  jpeg_set_defaults(&jpeg);
  if (kind == FIXTURE_ADOBE_YCCK) jpeg_set_colorspace(&jpeg, JCS_YCCK);
  if (kind == FIXTURE_PLAIN_RGB) jpeg_set_colorspace(&jpeg, JCS_RGB);
  if (kind == FIXTURE_422 || kind == FIXTURE_444) jpeg.comp_info[0].v_samp_factor = 1;
  if (kind == FIXTURE_444) jpeg.comp_info[0].h_samp_factor = 1;
  if (kind == FIXTURE_ARITHMETIC) jpeg.arith_code = TRUE;
  if (kind == FIXTURE_CMYK) jpeg.write_Adobe_marker = FALSE;
  jpeg_set_quality(&jpeg, quality, TRUE);
  if (kind == FIXTURE_PROGRESSIVE) jpeg_simple_progression(&jpeg);
  jpeg_start_compress(&jpeg, TRUE);
  while (jpeg.next_scanline < jpeg.image_height) {
    JSAMPROW row = (JSAMPROW)(pixels + (size_t)jpeg.next_scanline * (size_t)width * (size_t)jpeg.input_components);
    jpeg_write_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_compress(&jpeg);
  jpeg_destroy_compress(&jpeg);
  *size = length;
}

struct sink {
  uint8_t *bytes;
  size_t count;
};

static void append(png_structp png, png_bytep bytes, size_t count) {
  struct sink *sink = png_get_io_ptr(png);
  sink->bytes = realloc(sink->bytes, sink->count + count);
  memcpy(sink->bytes + sink->count, bytes, count);
  sink->count += count;
}

static void flush(png_structp png) { (void)png; }

void fixture_write_png(
    const uint8_t *rows, int width, int height, int depth, int colour_type, int interlaced, const uint8_t *palette,
    const uint8_t *alphas, int alpha_count, uint8_t **file, size_t *size) {
  struct sink sink = {NULL, 0};
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
  png_infop info = png_create_info_struct(png);
  png_set_write_fn(png, &sink, append, flush);
  png_set_IHDR(
      png, info, (png_uint_32)width, (png_uint_32)height, depth, colour_type,
      interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  if (palette) png_set_PLTE(png, info, (png_const_colorp)palette, 1 << depth);
  if (alpha_count > 0) png_set_tRNS(png, info, alphas, alpha_count, NULL);
  png_write_info(png, info);
  size_t stride = png_get_rowbytes(png, info);
  png_bytep *pointers = malloc((size_t)height * sizeof *pointers);
  for (int y = 0; y < height; y++) pointers[y] = (png_bytep)rows + (size_t)y * stride;
  png_write_image(png, pointers);
  png_write_end(png, info);
  free(pointers);
  png_destroy_write_struct(&png, &info);
  *file = sink.bytes;
  *size = sink.count;
}

void fixture_write_webp(const uint8_t *rgba, int width, int height, int lossless, uint8_t **file, size_t *size) {
  WebPConfig config;
  WebPPicture picture;
  WebPMemoryWriter writer;
  WebPConfigInit(&config);
  WebPPictureInit(&picture);
  WebPMemoryWriterInit(&writer);
  config.lossless = lossless;
  config.exact = 1;
  config.quality = lossless ? 50 : 90;
  picture.use_argb = lossless;
  picture.width = width;
  picture.height = height;
  picture.writer = WebPMemoryWrite;
  picture.custom_ptr = &writer;
  if (!WebPPictureImportRGBA(&picture, rgba, width * 4) || !WebPEncode(&config, &picture)) abort();
  WebPPictureFree(&picture);
  *file = writer.mem;
  *size = writer.size;
}

struct gif_target {
  uint8_t *bytes;
  size_t size;
};

static int gif_write(GifFileType *gif, const GifByteType *bytes, int count) {
  struct gif_target *target = gif->UserData;
  uint8_t *grown = realloc(target->bytes, target->size + (size_t)count);
  if (!grown) abort();
  memcpy(grown + target->size, bytes, (size_t)count);
  target->bytes = grown;
  target->size += (size_t)count;
  return count;
}

void fixture_write_gif(
    const uint8_t *indices, int width, int height, const uint8_t *palette, int colours, int transparent, int interlaced, int left, int top,
    int screen_width, int screen_height, uint8_t **file, size_t *size) {
  struct gif_target target = {NULL, 0};
  int code;
  GifFileType *gif = EGifOpen(&target, gif_write, &code);
  ColorMapObject *map = GifMakeMapObject(colours, NULL);
  if (!gif || !map) abort();
  for (int i = 0; i < colours; i++) map->Colors[i] = (GifColorType){palette[3 * i], palette[3 * i + 1], palette[3 * i + 2]};
  EGifSetGifVersion(gif, transparent >= 0);
  int ok = EGifPutScreenDesc(gif, screen_width, screen_height, 8, 0, map) == GIF_OK;
  if (transparent >= 0) {
    GraphicsControlBlock control = {DISPOSAL_UNSPECIFIED, false, 0, transparent};
    GifByteType block[4];
    size_t length = EGifGCBToExtension(&control, block);
    ok = ok && EGifPutExtension(gif, GRAPHICS_EXT_FUNC_CODE, (int)length, block) == GIF_OK;
  }
  ok = ok && EGifPutImageDesc(gif, left, top, width, height, interlaced, NULL) == GIF_OK;
  static const int starts[] = {0, 4, 2, 1}, steps[] = {8, 8, 4, 2};
  GifPixelType *line = malloc((size_t)width);
  for (int pass = 0; pass < (interlaced ? 4 : 1); pass++) {
    for (int y = interlaced ? starts[pass] : 0; y < height; y += interlaced ? steps[pass] : 1) {
      memcpy(line, indices + (size_t)y * (size_t)width, (size_t)width);
      ok = ok && EGifPutLine(gif, line, width) == GIF_OK;
    }
  }
  free(line);
  GifFreeMapObject(map);
  if (EGifCloseFile(gif, &code) != GIF_OK || !ok) abort();
  *file = target.bytes;
  *size = target.size;
}

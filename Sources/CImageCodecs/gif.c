#include "shared.h"

#include <stdlib.h>
#include <string.h>

#include <gif_lib.h>

struct source {
  const uint8_t *data;
  size_t size, place;
};

static int read_bytes(GifFileType *gif, GifByteType *target, int count) {
  struct source *source = gif->UserData;
  size_t rest = source->size - source->place;
  size_t taken = count < 0 ? 0 : (size_t)count < rest ? (size_t)count : rest;
  memcpy(target, source->data + source->place, taken);
  source->place += taken;
  return (int)taken;
}

static int fail(char *message, const struct source *source, int code) {
  if (code == D_GIF_ERR_NOT_ENOUGH_MEM) return codec_fail(message, CODEC_NO_MEMORY, "no memory for the GIF decoder");
  return codec_fail(message, CODEC_DAMAGED, source->place >= source->size ? "the file ends early" : "a damaged GIF");
}

// Reads up to the first frame. `transparent` is the index that shows what lies below, -1 for none.
static int find_frame(GifFileType *gif, const struct source *source, int *transparent, char *message) {
  *transparent = -1;
  for (;;) {
    GifRecordType type;
    if (DGifGetRecordType(gif, &type) == GIF_ERROR) return fail(message, source, gif->Error);
    if (type == TERMINATE_RECORD_TYPE) return codec_fail(message, CODEC_DAMAGED, "a GIF without frames");
    if (type == IMAGE_DESC_RECORD_TYPE) {
      return DGifGetImageDesc(gif) == GIF_ERROR ? fail(message, source, gif->Error) : CODEC_OK;
    }
    int code;
    GifByteType *block;
    if (DGifGetExtension(gif, &code, &block) == GIF_ERROR) return fail(message, source, gif->Error);
    while (block) {
      GraphicsControlBlock control;
      if (code == GRAPHICS_EXT_FUNC_CODE && DGifExtensionToGCB(block[0], block + 1, &control) == GIF_OK) {
        *transparent = control.TransparentColor;
      }
      if (DGifGetExtensionNext(gif, &block) == GIF_ERROR) return fail(message, source, gif->Error);
    }
  }
}

// Paints the frame on a canvas that is `width` wide and white.
static int paint(
    GifFileType *gif, const struct source *source, int transparent, size_t width, uint8_t *canvas, char *message) {
  const GifImageDesc *frame = &gif->Image;
  const ColorMapObject *colours = frame->ColorMap ? frame->ColorMap : gif->SColorMap;
  if (!colours) return codec_fail(message, CODEC_DAMAGED, "a GIF without colours");
  GifPixelType *line = malloc((size_t)frame->Width);
  if (!line) return codec_fail(message, CODEC_NO_MEMORY, "no memory for a line of %d pixels", frame->Width);
  // Of an interlaced frame every eighth line comes first, then those between.
  static const int starts[] = {0, 4, 2, 1}, steps[] = {8, 8, 4, 2};
  int status = CODEC_OK;
  for (int pass = 0; pass < (frame->Interlace ? 4 : 1) && status == CODEC_OK; pass++) {
    int step = frame->Interlace ? steps[pass] : 1;
    for (int y = frame->Interlace ? starts[pass] : 0; y < frame->Height; y += step) {
      if (DGifGetLine(gif, line, frame->Width) == GIF_ERROR) {
        status = fail(message, source, gif->Error);
        break;
      }
      uint8_t *to = canvas + 3 * (width * (size_t)(frame->Top + y) + (size_t)frame->Left);
      for (int x = 0; x < frame->Width; x++, to += 3) {
        if (line[x] == transparent) continue;
        GifColorType colour = {0, 0, 0};
        if (line[x] < colours->ColorCount) colour = colours->Colors[line[x]];
        to[0] = colour.Red;
        to[1] = colour.Green;
        to[2] = colour.Blue;
      }
    }
  }
  free(line);
  return status;
}

int codec_decode_gif(const uint8_t *data, size_t size, int header_only, struct codec_image *image, char *message) {
  struct source source = {data, size, 0};
  int code = 0, transparent;
  GifFileType *gif = DGifOpen(&source, read_bytes, &code);
  if (!gif) return fail(message, &source, code);
  int status = find_frame(gif, &source, &transparent, message);
  // A frame that does not fit its screen makes it larger, as browsers have it.
  uint64_t width = 0, height = 0;
  if (status == CODEC_OK) {
    const GifImageDesc *frame = &gif->Image;
    if (frame->Left < 0 || frame->Top < 0 || frame->Width <= 0 || frame->Height <= 0) {
      status = codec_fail(message, CODEC_DAMAGED, "a frame without pixels");
    } else {
      width = (uint64_t)frame->Left + (uint64_t)frame->Width;
      height = (uint64_t)frame->Top + (uint64_t)frame->Height;
      if (gif->SWidth > 0 && (uint64_t)gif->SWidth > width) width = (uint64_t)gif->SWidth;
      if (gif->SHeight > 0 && (uint64_t)gif->SHeight > height) height = (uint64_t)gif->SHeight;
      status = codec_check_size(width, height, message);
    }
  }
  if (status == CODEC_OK && !header_only) {
    status = codec_grow(image, (int32_t)width, (int32_t)height, 3, message);
    if (status == CODEC_OK) {
      memset(image->bytes, 0xFF, (size_t)(width * height * 3));
      status = paint(gif, &source, transparent, (size_t)width, image->bytes, message);
    }
  }
  DGifCloseFile(gif, &code);
  if (status != CODEC_OK) return status;
  image->width = (int32_t)width;
  image->height = (int32_t)height;
  image->channels = 3;
  return CODEC_OK;
}

#include "shared.h"

#include <stdlib.h>
#include <string.h>

#include <webp/decode.h>
#include <webp/demux.h>

static int fail(char *message, VP8StatusCode code) {
  switch (code) {
    case VP8_STATUS_OUT_OF_MEMORY: return codec_fail(message, CODEC_NO_MEMORY, "no memory for the WebP decoder");
    case VP8_STATUS_NOT_ENOUGH_DATA:
    case VP8_STATUS_SUSPENDED: return codec_fail(message, CODEC_DAMAGED, "the file ends early");
    case VP8_STATUS_UNSUPPORTED_FEATURE: return codec_fail(message, CODEC_DAMAGED, "a WebP with a feature that is not read");
    default: return codec_fail(message, CODEC_DAMAGED, "a damaged WebP");
  }
}

// Decodes one still picture of `width` × `height` into RGB at `target`, whose rows are `stride` bytes apart; transparency on white.
static int decode_still(
    const uint8_t *data, size_t size, int width, int height, int has_alpha, uint8_t *target, size_t stride, char *message) {
  WebPDecoderConfig config;
  if (!WebPInitDecoderConfig(&config)) return codec_fail(message, CODEC_DAMAGED, "another version of libwebp");
  size_t row = (size_t)width * (has_alpha ? 4 : 3);
  uint8_t *rgba = NULL;
  if (has_alpha && !(rgba = malloc(row * (size_t)height))) {
    return codec_fail(message, CODEC_NO_MEMORY, "no memory for %d x %d pixels", width, height);
  }
  config.output.colorspace = has_alpha ? MODE_RGBA : MODE_RGB;
  config.output.is_external_memory = 1;
  config.output.u.RGBA.rgba = has_alpha ? rgba : target;
  config.output.u.RGBA.stride = (int)(has_alpha ? row : stride);
  config.output.u.RGBA.size = has_alpha ? row * (size_t)height : stride * (size_t)(height - 1) + row;
  VP8StatusCode code = WebPDecode(data, size, &config);
  WebPFreeDecBuffer(&config.output);
  for (int y = 0; has_alpha && code == VP8_STATUS_OK && y < height; y++) {
    uint8_t *pixels = rgba + row * (size_t)y;
    codec_composite_on_white(pixels, (size_t)width, 3);
    memcpy(target + stride * (size_t)y, pixels, (size_t)width * 3);
  }
  free(rgba);
  return code == VP8_STATUS_OK ? CODEC_OK : fail(message, code);
}

// The first frame of an animation on its canvas, which is white elsewhere.
static int decode_first_frame(const uint8_t *data, size_t size, struct codec_image *image, int width, int height, char *message) {
  WebPData file = {data, size};
  WebPDemuxer *demuxer = WebPDemux(&file);
  if (!demuxer) return codec_fail(message, CODEC_DAMAGED, "an animated WebP that is damaged or ends early");
  WebPIterator frame;
  int status;
  if (!WebPDemuxGetFrame(demuxer, 1, &frame)) {
    status = codec_fail(message, CODEC_DAMAGED, "an animated WebP without frames");
  } else {
    WebPBitstreamFeatures features;
    VP8StatusCode code = WebPGetFeatures(frame.fragment.bytes, frame.fragment.size, &features);
    int fits = code == VP8_STATUS_OK && features.width == frame.width && features.height == frame.height
        && frame.x_offset >= 0 && frame.y_offset >= 0 && frame.x_offset <= width - frame.width
        && frame.y_offset <= height - frame.height;
    status = code != VP8_STATUS_OK ? fail(message, code)
        : !fits ? codec_fail(message, CODEC_DAMAGED, "a frame that does not fit its canvas") : CODEC_OK;
    if (status == CODEC_OK) {
      size_t stride = (size_t)width * 3;
      memset(image->bytes, 0xFF, stride * (size_t)height);
      status = decode_still(
          frame.fragment.bytes, frame.fragment.size, frame.width, frame.height, features.has_alpha,
          image->bytes + stride * (size_t)frame.y_offset + 3 * (size_t)frame.x_offset, stride, message);
    }
    WebPDemuxReleaseIterator(&frame);
  }
  WebPDemuxDelete(demuxer);
  return status;
}

int codec_decode_webp(
    const uint8_t *data, size_t size, int header_only, struct codec_image *image, char *message) {
  WebPBitstreamFeatures features;
  VP8StatusCode code = WebPGetFeatures(data, size, &features);
  if (code != VP8_STATUS_OK) return fail(message, code);
  if (features.width < 0 || features.height < 0) return codec_fail(message, CODEC_DAMAGED, "a damaged WebP");
  int status = codec_check_size((uint64_t)features.width, (uint64_t)features.height, message);
  if (status == CODEC_OK && !header_only) {
    status = codec_grow(image, features.width, features.height, 3, message);
    if (status == CODEC_OK) {
      status = features.has_animation
          ? decode_first_frame(data, size, image, features.width, features.height, message)
          : decode_still(
              data, size, features.width, features.height, features.has_alpha, image->bytes, (size_t)features.width * 3,
              message);
    }
  }
  if (status != CODEC_OK) return status;
  image->width = features.width;
  image->height = features.height;
  image->channels = 3;
  return CODEC_OK;
}

import Basics
import Dispatch
import Kernels
import Settings

/// Decodes annotated images ahead of the step that wants them, one a batch, each of a size of its own.
///
/// Sample 2 · i is image i, sample 2 · i + 1 the same, mirrored left to right.
package final class AnnotatedSource: BatchSource {
  private let maker: Maker
  private let queue = DispatchQueue(label: "annotated images")
  private var delivery: Delivery?

  /// - Parameters:
  ///   - channels: of the network's input, 1 or 3.
  ///   - augmentation: says what pixels are multiplied by after the mean was subtracted.
  ///   - mean: grey levels, [channels], or [side, side, channels], of which the mean is taken.
  ///   - largest: the most pixels of a scaled image.
  package init(
    _ dataset: any AnnotatedDataset, images: [AnnotatedImage], settings: DetectionSettings, channels: Int,
    augmentation: TrainingConfiguration.Augmentation, mean: Tensor, largest: Int, ahead: Int = Loader.defaultAhead
  ) {
    let std = augmentation.std ?? Array(repeating: 1, count: channels)
    maker = Maker(
      dataset: dataset, images: images, settings: settings, mean: AnnotatedMean.channels(of: mean),
      factors: std.map { augmentation.scale / $0 }, slots: (0..<ahead).map { _ in Slot(floats: largest * channels) })
  }

  deinit { delivery?.cancel() }

  package func begin(_ samples: [Sample], epoch: Int) {
    delivery?.cancel()
    let delivery = Delivery(samples: samples.count, batchSize: 1, slots: maker.slots.count)
    self.delivery = delivery
    let maker = maker
    delivery.run(on: queue) { maker.make(samples[$0.lowerBound], into: maker.slots[$1]) }
  }

  package func next(into input: Tensor, labels: inout [Int32]) throws(Problem) -> BatchReport {
    let (place, dataWait) = delivery!.next()
    let slot = maker.slots[place]
    var report = BatchReport(count: slot.skipped == nil ? 1 : 0, dataWait: dataWait, skipped: slot.skipped.map { [$0] } ?? [])
    if slot.skipped == nil {
      input.elements.baseAddress!.update(from: slot.pixels.elements.baseAddress!, count: slot.shape.reduce(1, *))
      labels[0] = slot.label
      report.input = slot.shape
    }
    delivery!.release()
    return report
  }

  /// Memory for one image. Written by the maker while it is free, read by the consumer while it is ready.
  private final class Slot: @unchecked Sendable {
    let pixels: Tensor
    var shape: [Int] = []
    var label: Int32 = 0
    var skipped: SkippedImage?

    init(floats: Int) { pixels = Tensor([floats]) }
  }

  /// Works on the queue alone.
  private final class Maker: @unchecked Sendable {
    let dataset: any AnnotatedDataset
    let images: [AnnotatedImage]
    let settings: DetectionSettings
    let mean, factors: [Float]
    let slots: [Slot]
    private let buffer = PixelBuffer()
    private var resampler = Resampler(antialiases: false)
    private var row = FloatStorage(count: 0)

    init(dataset: any AnnotatedDataset, images: [AnnotatedImage], settings: DetectionSettings, mean: [Float], factors: [Float], slots: [Slot]) {
      (self.dataset, self.images, self.settings) = (dataset, images, settings)
      (self.mean, self.factors, self.slots) = (mean, factors, slots)
    }

    func make(_ sample: Sample, into slot: Slot) {
      let image = images[Int(sample.index / 2)]
      do throws(Problem) {
        try dataset.load(image, into: buffer)
        let size = settings.size(width: image.width, height: image.height)
        (slot.label, slot.skipped) = (sample.label, nil)
        slot.shape = [size.height, size.width, mean.count]
        fill(slot.pixels, with: buffer, width: size.width, height: size.height, mirrored: sample.index % 2 == 1)
      } catch {
        slot.skipped = SkippedImage(index: sample.index, identifier: image.name, reason: error.found ?? error.what)
      }
    }

    private func fill(_ target: Tensor, with buffer: PixelBuffer, width: Int, height: Int, mirrored: Bool) {
      let (from, to) = (buffer.channels, mean.count)
      if row.elements.count < width * from + 4 { row = FloatStorage(count: width * from + 4) }
      let pixels = target.elements
      resampler.forEachRow(
        of: buffer.pixels, width: buffer.width, height: buffer.height, channels: from, targetWidth: width, targetHeight: height,
        x: 0..<width, y: 0..<height, row: row.elements
      ) { line, row in
        for column in 0..<width {
          let place = (line * width + (mirrored ? width - 1 - column : column)) * to
          for channel in 0..<to {
            let value =
              from == to ? row[column * from + channel]
              : from == 1 ? row[column] : 0.299 * row[column * 3] + 0.587 * row[column * 3 + 1] + 0.114 * row[column * 3 + 2]
            pixels[place + channel] = (value - mean[channel]) * factors[channel]
          }
        }
      }
    }
  }
}

import Basics
import Dispatch
import Kernels
import Settings

/// Decodes annotated images ahead of the step that wants them, each of a size of its own. In a batch all are as large as the highest and the widest; what is right of
/// an image and below it is 0, the mean.
///
/// Sample 2 · i is image i, sample 2 · i + 1 the same, mirrored left to right.
package final class AnnotatedSource: BatchSource {
  private let maker: Maker
  private let queue = DispatchQueue(label: "annotated images")
  private var delivery: Delivery?
  private let batchSize: Int

  /// - Parameters:
  ///   - channels: of the network's input, 1 or 3.
  ///   - augmentation: says what pixels are multiplied by after the mean was subtracted.
  ///   - mean: grey levels, [channels], or [side, side, channels], of which the mean is taken.
  ///   - largest: the most pixels of a scaled image, with the margin that it may get.
  package init(
    _ dataset: any AnnotatedDataset, images: [AnnotatedImage], scaling: any ImageScaling, channels: Int,
    augmentation: TrainingConfiguration.Augmentation, mean: Tensor, largest: Int, batchSize: Int = 1, ahead: Int = Loader.defaultAhead
  ) {
    self.batchSize = batchSize
    let std = augmentation.std ?? Array(repeating: 1, count: channels)
    maker = Maker(
      dataset: dataset, images: images, scaling: scaling, mean: AnnotatedMean.channels(of: mean),
      factors: std.map { augmentation.scale / $0 }, slots: (0..<ahead).map { _ in Slot(floats: batchSize * largest * channels) })
  }

  deinit { delivery?.cancel() }

  package func begin(_ samples: [Sample], epoch: Int) {
    delivery?.cancel()
    let delivery = Delivery(samples: samples.count, batchSize: batchSize, slots: maker.slots.count)
    self.delivery = delivery
    let maker = maker
    delivery.run(on: queue) { maker.make(samples[$0], into: maker.slots[$1]) }
  }

  package func next(into input: Tensor, labels: inout [Int32]) throws(Problem) -> BatchReport {
    let (place, dataWait) = delivery!.next()
    let slot = maker.slots[place]
    var report = BatchReport(count: slot.labels.count, dataWait: dataWait, skipped: slot.skipped)
    if report.count > 0 {
      input.elements.baseAddress!.update(from: slot.pixels.elements.baseAddress!, count: slot.labels.count * slot.shape.reduce(1, *))
      for (place, label) in slot.labels.enumerated() { labels[place] = label }
      report.input = slot.shape
    }
    delivery!.release()
    return report
  }

  /// Memory for a batch. Written by the maker while it is free, read by the consumer while it is ready.
  private final class Slot: @unchecked Sendable {
    let pixels: Tensor
    /// Height, width and channels of each image.
    var shape: [Int] = []
    /// Of the images that could be decoded, which lie one behind the other.
    var labels: [Int32] = []
    var skipped: [SkippedImage] = []

    init(floats: Int) { pixels = Tensor([floats]) }
  }

  /// Works on the queue alone.
  private final class Maker: @unchecked Sendable {
    let dataset: any AnnotatedDataset
    let images: [AnnotatedImage]
    let scaling: any ImageScaling
    let mean, factors: [Float]
    let slots: [Slot]
    private let buffer = PixelBuffer()
    private var resampler = Resampler(antialiases: false)
    private var row = FloatStorage(count: 0)

    init(dataset: any AnnotatedDataset, images: [AnnotatedImage], scaling: any ImageScaling, mean: [Float], factors: [Float], slots: [Slot]) {
      (self.dataset, self.images, self.scaling) = (dataset, images, scaling)
      (self.mean, self.factors, self.slots) = (mean, factors, slots)
    }

    func make(_ samples: ArraySlice<Sample>, into slot: Slot) {
      func size(_ sample: Sample) -> (width: Int, height: Int, scale: Float) {
        let image = images[Int(sample.index / 2)]
        return scaling.size(width: image.width, height: image.height)
      }
      let (height, width) = (samples.map { size($0).height }.max()!, samples.map { size($0).width }.max()!)
      slot.shape = [height, width, mean.count]
      slot.labels.removeAll(keepingCapacity: true)
      slot.skipped.removeAll()
      let each = height * width * mean.count
      for sample in samples {
        let (image, size) = (images[Int(sample.index / 2)], size(sample))
        do throws(Problem) {
          try dataset.load(image, into: buffer)
          let target = UnsafeMutableBufferPointer(rebasing: slot.pixels.elements[slot.labels.count * each..<(slot.labels.count + 1) * each])
          if (size.height, size.width) != (height, width) { target.update(repeating: 0) }
          fill(target, row: width, with: buffer, width: size.width, height: size.height, mirrored: sample.index % 2 == 1)
          slot.labels.append(sample.label)
        } catch {
          slot.skipped.append(SkippedImage(index: sample.index, identifier: image.name, reason: error.found ?? error.what))
        }
      }
    }

    /// - Parameter length: pixels from one row of the target to the next.
    private func fill(
      _ pixels: UnsafeMutableBufferPointer<Float>, row length: Int, with buffer: PixelBuffer, width: Int, height: Int, mirrored: Bool
    ) {
      let (from, to) = (buffer.channels, mean.count)
      if row.elements.count < width * from + 4 { row = FloatStorage(count: width * from + 4) }
      resampler.forEachRow(
        of: buffer.pixels, width: buffer.width, height: buffer.height, channels: from, targetWidth: width, targetHeight: height,
        x: 0..<width, y: 0..<height, row: row.elements
      ) { line, row in
        for column in 0..<width {
          let place = (line * length + (mirrored ? width - 1 - column : column)) * to
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

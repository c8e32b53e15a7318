import CKernels

// Column matrices: one row per output pixel, its inputs in the order [kernel, kernel, channels / groups]. `rows` are
// output rows counted through the batch.

/// columns ← the inputs of every output pixel in `rows`, zeros for the padding.
/// - Parameter kernelRows: those of the kernel that are wanted; nil: all.
func gatherColumns(
  _ loops: kernels, _ shape: ConvolutionShape, _ input: Floats, rows: Range<Int>, group: Int, kernelRows: Range<Int>? = nil,
  into columns: Matrix
) {
  let kernelRows = kernelRows ?? 0..<shape.kernel
  let (kernel, width, channels) = (shape.kernel, shape.width, shape.channels)
  let groupChannels = channels / shape.groups
  let run = kernel * groupChannels
  let inside = shape.insideColumns
  var pixels = columns.base
  for row in rows {
    let (image, outputY) = row.quotientAndRemainder(dividingBy: shape.outputHeight)
    let plane = input + image * shape.height * width * channels + group * groupChannels
    let top = outputY * shape.stride - shape.padding
    for kernelRow in kernelRows {
      let y = top + kernelRow
      let target = pixels + (kernelRow - kernelRows.lowerBound) * run
      let isInside = y >= 0 && y < shape.height
      for outputX in 0..<shape.outputWidth where !(isInside && inside.contains(outputX)) {
        let left = outputX * shape.stride - shape.padding
        for x in 0..<kernel {
          let place = target + outputX * columns.stride + x * groupChannels
          if isInside, left + x >= 0, left + x < width {
            place.update(from: plane + (y * width + left + x) * channels, count: groupChannels)
          } else {
            place.update(repeating: 0, count: groupChannels)
          }
        }
      }
      guard isInside, !inside.isEmpty else { continue }
      let source = plane + (y * width + inside.lowerBound * shape.stride - shape.padding) * channels
      let first = target + inside.lowerBound * columns.stride
      if channels == groupChannels {
        loops.copy_runs(source, shape.stride * channels, first, columns.stride, run, inside.count)
      } else {
        for x in 0..<kernel {
          loops.copy_runs(
            source + x * channels, shape.stride * channels, first + x * groupChannels, columns.stride, groupChannels, inside.count)
        }
      }
    }
    pixels += shape.outputWidth * columns.stride
  }
}

extension ConvolutionShape {
  /// The columns of outputs whose whole window lies within a row.
  fileprivate var insideColumns: Range<Int> {
    let first = min(outputWidth, ceilDivide(padding, stride))
    let end = width + padding >= kernel ? min(outputWidth, (width + padding - kernel) / stride + 1) : 0
    return first..<max(first, end)
  }
}

/// Adds every row of `columns` to the inputs that it came from, the reverse of ``gatherColumns``.
func scatterColumns(
  _ loops: kernels, _ shape: ConvolutionShape, _ columns: Matrix, rows: Range<Int>, group: Int, into input: Floats
) {
  let (kernel, width, channels) = (shape.kernel, shape.width, shape.channels)
  let groupChannels = channels / shape.groups
  let run = kernel * groupChannels
  var pixel = columns.base
  for row in rows {
    let (image, outputY) = row.quotientAndRemainder(dividingBy: shape.outputHeight)
    let plane = input + image * shape.height * width * channels + group * groupChannels
    let top = outputY * shape.stride - shape.padding
    for outputX in 0..<shape.outputWidth {
      let left = outputX * shape.stride - shape.padding
      let (low, high) = (min(max(0, -left), kernel), max(0, min(kernel, width - left)))
      var source = pixel
      for y in top..<top + kernel {
        if y >= 0 && y < shape.height && low < high {
          let target = plane + (y * width + left) * channels
          if channels == groupChannels {
            loops.add(source + low * channels, target + low * channels, (high - low) * channels, false)
          } else {
            for x in low..<high {
              loops.add(source + x * groupChannels, target + x * channels, groupChannels, false)
            }
          }
        }
        source += run
      }
      pixel += columns.stride
    }
  }
}

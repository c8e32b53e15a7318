// Column matrices: one row per output pixel, its inputs in the order [kernel, kernel, channels / groups]. `rows` are
// output rows counted through the batch.

/// columns ← the inputs of every output pixel in `rows`, zeros for the padding.
func gatherColumns(
  _ shape: ConvolutionShape, _ input: Floats, rows: Range<Int>, group: Int, into columns: Floats
) {
  let (kernel, width, channels) = (shape.kernel, shape.width, shape.channels)
  let groupChannels = channels / shape.groups
  let run = kernel * groupChannels
  var target = columns
  for row in rows {
    let (image, outputY) = row.quotientAndRemainder(dividingBy: shape.outputHeight)
    let plane = input + image * shape.height * width * channels + group * groupChannels
    let top = outputY * shape.stride - shape.padding
    for outputX in 0..<shape.outputWidth {
      let left = outputX * shape.stride - shape.padding
      let (low, high) = (min(max(0, -left), kernel), max(0, min(kernel, width - left)))
      for y in top..<top + kernel {
        if y < 0 || y >= shape.height || low >= high {
          zeroRun(target, count: run)
        } else {
          let source = plane + (y * width + left) * channels
          if low > 0 { zeroRun(target, count: low * groupChannels) }
          if channels == groupChannels {
            copyRun(source + low * channels, to: target + low * channels, count: (high - low) * channels)
          } else {
            for x in low..<high {
              copyRun(source + x * channels, to: target + x * groupChannels, count: groupChannels)
            }
          }
          if high < kernel { zeroRun(target + high * groupChannels, count: (kernel - high) * groupChannels) }
        }
        target += run
      }
    }
  }
}

/// Adds every row of `columns` to the inputs that it came from, the reverse of ``gatherColumns``.
func scatterColumns(
  _ shape: ConvolutionShape, _ columns: Floats, rows: Range<Int>, group: Int, into input: Floats
) {
  let (kernel, width, channels) = (shape.kernel, shape.width, shape.channels)
  let groupChannels = channels / shape.groups
  let run = kernel * groupChannels
  var source = columns
  for row in rows {
    let (image, outputY) = row.quotientAndRemainder(dividingBy: shape.outputHeight)
    let plane = input + image * shape.height * width * channels + group * groupChannels
    let top = outputY * shape.stride - shape.padding
    for outputX in 0..<shape.outputWidth {
      let left = outputX * shape.stride - shape.padding
      let (low, high) = (min(max(0, -left), kernel), max(0, min(kernel, width - left)))
      for y in top..<top + kernel {
        if y >= 0 && y < shape.height && low < high {
          let target = plane + (y * width + left) * channels
          if channels == groupChannels {
            addVector(source + low * channels, to: target + low * channels, count: (high - low) * channels)
          } else {
            for x in low..<high {
              addVector(source + x * groupChannels, to: target + x * channels, count: groupChannels)
            }
          }
        }
        source += run
      }
    }
  }
}

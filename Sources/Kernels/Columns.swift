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
          zero(target, run)
        } else {
          let source = plane + (y * width + left) * channels
          zero(target, low * groupChannels)
          if shape.groups == 1 {
            copyFloats(source + low * channels, to: target + low * channels, (high - low) * channels)
          } else {
            for x in low..<high {
              copyFloats(source + x * channels, to: target + x * groupChannels, groupChannels)
            }
          }
          zero(target + high * groupChannels, (kernel - high) * groupChannels)
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
          if shape.groups == 1 {
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

@inline(__always)
private func copyFloats(_ source: Floats, to target: Floats, _ count: Int) {
  target.update(from: source, count: count)
}

@inline(__always)
private func zero(_ target: Floats, _ count: Int) {
  for i in 0..<count { target[i] = 0 }
}

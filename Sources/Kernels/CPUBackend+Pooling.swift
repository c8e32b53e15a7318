/// Pooling on NHWC: a window's pixels are compared or added channel by channel, eight channels at a time.
extension CPUBackend {
  public func reluForward(input: Tensor, output: Tensor) {
    parallelStretches(of: input.count, size: elementwisePiece) { stretch in
      let (x, y) = (input.base, output.base)
      for i in stretch { y[i] = x[i] > 0 ? x[i] : 0 }
    }
  }

  public func reluGradient(output: Tensor, gradient: Tensor) {
    parallelStretches(of: output.count, size: elementwisePiece) { stretch in
      let (y, dy) = (output.base, gradient.base)
      for i in stretch { dy[i] = y[i] > 0 ? dy[i] : 0 }
    }
  }

  public func maxPoolForward(_ shape: PoolShape, input: Tensor, output: Tensor, choices: Tensor?) {
    let channels = shape.channels
    parallelRows(shape, batch: input.shape[0]) { image, outputY in
      let plane = input.base + image * shape.inputFloats
      let rows = shape.window(outputY, side: shape.height)
      let top = outputY * shape.stride - shape.padding
      for outputX in 0..<shape.outputWidth {
        let columns = shape.window(outputX, side: shape.width)
        let left = outputX * shape.stride - shape.padding
        let at = ((image * shape.outputHeight + outputY) * shape.outputWidth + outputX) * channels
        let (target, choice) = (output.base + at, choices.map { $0.base + at })
        let first = plane + (rows.lowerBound * shape.width + columns.lowerBound) * channels
        let firstPlace = Float((rows.lowerBound - top) * shape.kernel + columns.lowerBound - left)
        forEachVector(
          channels,
          vector: { channel in
            var (largest, place) = (first.vector(channel), Vector(repeating: firstPlace))
            for row in rows {
              for column in columns {
                let value = plane.vector((row * shape.width + column) * channels + channel)
                let isLarger = value .> largest
                largest.replace(with: value, where: isLarger)
                place.replace(with: Float((row - top) * shape.kernel + column - left), where: isLarger)
              }
            }
            target.store(largest, channel)
            choice?.store(place, channel)
          },
          scalar: { channel in
            var (largest, place) = (first[channel], firstPlace)
            for row in rows {
              for column in columns {
                let value = plane[(row * shape.width + column) * channels + channel]
                guard value > largest else { continue }
                (largest, place) = (value, Float((row - top) * shape.kernel + column - left))
              }
            }
            target[channel] = largest
            choice?[channel] = place
          })
      }
    }
  }

  /// Each input asks the windows that hold it, in their order, whether they chose it.
  public func maxPoolGradient(_ shape: PoolShape, choices: Tensor, outputGradient: Tensor, inputGradient: Tensor) {
    let channels = shape.channels
    parallelFor(inputGradient.shape[0]) { image, _ in
      let outputs = image * shape.outputHeight * shape.outputWidth * channels
      let (choice, dy) = (choices.base + outputs, outputGradient.base + outputs)
      for y in 0..<shape.height {
        let rows = shape.windows(holding: y, outputs: shape.outputHeight)
        for x in 0..<shape.width {
          let columns = shape.windows(holding: x, outputs: shape.outputWidth)
          let dx = inputGradient.base + image * shape.inputFloats + (y * shape.width + x) * channels
          forEachVector(
            channels,
            vector: { channel in
              var sum = Vector()
              for row in rows {
                for column in columns {
                  let at = (row * shape.outputWidth + column) * channels + channel
                  let isChosen = choice.vector(at) .== shape.place(y, x, row, column)
                  sum += Vector().replacing(with: dy.vector(at), where: isChosen)
                }
              }
              dx.store(sum, channel)
            },
            scalar: { channel in
              var sum = Float(0)
              for row in rows {
                for column in columns {
                  let at = (row * shape.outputWidth + column) * channels + channel
                  if choice[at] == shape.place(y, x, row, column) { sum += dy[at] }
                }
              }
              dx[channel] = sum
            })
        }
      }
    }
  }

  public func averagePoolForward(_ shape: PoolShape, input: Tensor, output: Tensor) {
    let channels = shape.channels
    parallelRows(shape, batch: input.shape[0]) { image, outputY in
      let (x, y) = (input.base, output.base)
      let plane = x + image * shape.inputFloats
      let rows = shape.window(outputY, side: shape.height)
      for outputX in 0..<shape.outputWidth {
        let columns = shape.window(outputX, side: shape.width)
        let target = y + ((image * shape.outputHeight + outputY) * shape.outputWidth + outputX) * channels
        let factor = 1 / Float(shape.divisor(outputY, outputX))
        target.update(repeating: 0, count: channels)
        for row in rows {
          for column in columns {
            addVector(plane + (row * shape.width + column) * channels, to: target, count: channels)
          }
        }
        for i in 0..<channels { target[i] *= factor }
      }
    }
  }

  public func averagePoolGradient(_ shape: PoolShape, outputGradient: Tensor, inputGradient: Tensor) {
    let channels = shape.channels
    let pixels = shape.outputHeight * shape.outputWidth
    parallelFor(outputGradient.shape[0]) { image, _ in
      let dy = outputGradient.base
      let plane = inputGradient.base + image * shape.inputFloats
      plane.update(repeating: 0, count: shape.inputFloats)
      for pixel in 0..<pixels {
        let (outputY, outputX) = pixel.quotientAndRemainder(dividingBy: shape.outputWidth)
        let source = dy + (image * pixels + pixel) * channels
        let factor = 1 / Float(shape.divisor(outputY, outputX))
        for row in shape.window(outputY, side: shape.height) {
          for column in shape.window(outputX, side: shape.width) {
            let target = plane + (row * shape.width + column) * channels
            for i in 0..<channels { target[i] += source[i] * factor }
          }
        }
      }
    }
  }

  /// Runs `body` for every output row of every image.
  @inline(__always)
  private func parallelRows(
    _ shape: PoolShape, batch: Int, _ body: @Sendable (_ image: Int, _ outputY: Int) -> Void
  ) {
    parallelFor(batch) { image, _ in
      for outputY in 0..<shape.outputHeight { body(image, outputY) }
    }
  }
}

extension PoolShape {
  var inputFloats: Int { height * width * channels }

  /// The rows or columns of the input that an output looks at.
  func window(_ output: Int, side: Int) -> Range<Int> {
    let start = output * stride - padding
    return max(start, 0)..<max(start, 0, min(start + kernel, side))
  }

  /// The rows or columns of the output whose windows hold an input's row or column.
  func windows(holding input: Int, outputs: Int) -> Range<Int> {
    let first = max(0, ceilDivide(input + padding - kernel + 1, stride))
    return first..<max(first, min(outputs, (input + padding) / stride + 1))
  }

  /// The place of an input in the window of an output, as `choices` hold it.
  @inline(__always)
  func place(_ y: Int, _ x: Int, _ outputY: Int, _ outputX: Int) -> Float {
    Float((y - outputY * stride + padding) * kernel + x - outputX * stride + padding)
  }

  /// Pixels of a window, padding counted, what ceil mode adds beyond the padding not.
  func divisor(_ outputY: Int, _ outputX: Int) -> Int {
    func extent(_ output: Int, _ side: Int) -> Int {
      let start = output * stride - padding
      return min(start + kernel, side + padding) - start
    }
    return extent(outputY, height) * extent(outputX, width)
  }
}

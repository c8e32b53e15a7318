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

  public func maxPoolForward(_ shape: PoolShape, input: Tensor, output: Tensor) {
    let channels = shape.channels
    parallelRows(shape, batch: input.shape[0]) { image, outputY in
      let (x, y) = (input.base, output.base)
      let plane = x + image * shape.inputFloats
      let rows = shape.window(outputY, side: shape.height)
      for outputX in 0..<shape.outputWidth {
        let columns = shape.window(outputX, side: shape.width)
        let target = y + ((image * shape.outputHeight + outputY) * shape.outputWidth + outputX) * channels
        target.update(
          from: plane + (rows.lowerBound * shape.width + columns.lowerBound) * channels, count: channels)
        for row in rows {
          for column in columns {
            let source = plane + (row * shape.width + column) * channels
            forEachVector(
              channels,
              vector: {
                let (largest, value) = (target.vector($0), source.vector($0))
                target.store(largest.replacing(with: value, where: value .> largest), $0)
              },
              scalar: { target[$0] = source[$0] > target[$0] ? source[$0] : target[$0] })
          }
        }
      }
    }
  }

  public func maxPoolGradient(
    _ shape: PoolShape, input: Tensor, output: Tensor, outputGradient: Tensor, inputGradient: Tensor
  ) {
    let channels = shape.channels
    let pixels = shape.outputHeight * shape.outputWidth
    parallelFor(input.shape[0]) { image, _ in
      let (x, y, dy, dx) = (input.base, output.base, outputGradient.base, inputGradient.base)
      let plane = image * shape.inputFloats
      (dx + plane).update(repeating: 0, count: shape.inputFloats)
      for pixel in 0..<pixels {
        let (outputY, outputX) = pixel.quotientAndRemainder(dividingBy: shape.outputWidth)
        let rows = shape.window(outputY, side: shape.height)
        let columns = shape.window(outputX, side: shape.width)
        let at = (image * pixels + pixel) * channels
        var channel = 0
        while channel + 8 <= channels {
          let largest = y.vector(at + channel)
          var rest = dy.vector(at + channel)
          for row in rows {
            for column in columns {
              let place = plane + (row * shape.width + column) * channels + channel
              let chosen = x.vector(place) .== largest
              dx.store(dx.vector(place) + Vector().replacing(with: rest, where: chosen), place)
              rest.replace(with: 0, where: chosen)
            }
          }
          channel += 8
        }
        while channel < channels {
          search: for row in rows {
            for column in columns {
              let place = plane + (row * shape.width + column) * channels + channel
              if x[place] == y[at + channel] {
                dx[place] += dy[at + channel]
                break search
              }
            }
          }
          channel += 1
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

  /// Pixels of a window, padding counted, what ceil mode adds beyond the padding not.
  func divisor(_ outputY: Int, _ outputX: Int) -> Int {
    func extent(_ output: Int, _ side: Int) -> Int {
      let start = output * stride - padding
      return min(start + kernel, side + padding) - start
    }
    return extent(outputY, height) * extent(outputX, width)
  }
}

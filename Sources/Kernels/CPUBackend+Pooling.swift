/// Pooling on NHWC: a window's pixels are compared or added channel by channel, eight channels at a time.
extension CPUBackend {
  public func reluForward(input: Tensor, output: Tensor) {
    let (x, y) = (input.base, output.base)
    parallelStretches(of: input.count, size: elementwisePiece) { stretch in
      for i in stretch { y[i] = x[i] > 0 ? x[i] : 0 }
    }
  }

  public func reluGradient(output: Tensor, gradient: Tensor) {
    let (y, dy) = (output.base, gradient.base)
    parallelStretches(of: output.count, size: elementwisePiece) { stretch in
      for i in stretch { dy[i] = y[i] > 0 ? dy[i] : 0 }
    }
  }

  public func maxPoolForward(_ shape: PoolShape, input: Tensor, output: Tensor) {
    let (x, y) = (input.base, output.base)
    let channels = shape.channels
    parallelRows(shape, batch: input.shape[0]) { image, outputY in
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
            for i in 0..<channels { target[i] = source[i] > target[i] ? source[i] : target[i] }
          }
        }
      }
    }
  }

  public func maxPoolGradient(
    _ shape: PoolShape, input: Tensor, output: Tensor, outputGradient: Tensor, inputGradient: Tensor
  ) {
    let (x, y, dy, dx) = (input.base, output.base, outputGradient.base, inputGradient.base)
    let channels = shape.channels
    let pixels = shape.outputHeight * shape.outputWidth
    parallelFor(input.shape[0]) { image, _ in
      let plane = image * shape.inputFloats
      (dx + plane).update(repeating: 0, count: shape.inputFloats)
      for pixel in 0..<pixels {
        let (outputY, outputX) = pixel.quotientAndRemainder(dividingBy: shape.outputWidth)
        let rows = shape.window(outputY, side: shape.height)
        let columns = shape.window(outputX, side: shape.width)
        let at = (image * pixels + pixel) * channels
        var channel = 0
        while channel + 8 <= channels {
          let largest = load8(y + at + channel)
          var rest = load8(dy + at + channel)
          for row in rows {
            for column in columns {
              let place = plane + (row * shape.width + column) * channels + channel
              let chosen = load8(x + place) .== largest
              store8(load8(dx + place) + SIMD8<Float>().replacing(with: rest, where: chosen), dx + place)
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
    let (x, y) = (input.base, output.base)
    let channels = shape.channels
    parallelRows(shape, batch: input.shape[0]) { image, outputY in
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
    let (dy, dx) = (outputGradient.base, inputGradient.base)
    let channels = shape.channels
    let pixels = shape.outputHeight * shape.outputWidth
    parallelFor(outputGradient.shape[0]) { image, _ in
      let plane = dx + image * shape.inputFloats
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
  private func parallelRows(_ shape: PoolShape, batch: Int, _ body: (_ image: Int, _ outputY: Int) -> Void) {
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

@inline(__always)
func load8(_ source: Floats) -> SIMD8<Float> {
  UnsafeRawPointer(source).loadUnaligned(as: SIMD8<Float>.self)
}

@inline(__always)
func store8(_ value: SIMD8<Float>, _ target: Floats) {
  UnsafeMutableRawPointer(target).storeBytes(of: value, as: SIMD8<Float>.self)
}

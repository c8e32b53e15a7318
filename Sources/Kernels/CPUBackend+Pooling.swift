import CKernels

/// Pooling on NHWC: a window's pixels are compared or added channel by channel, as many channels at a time as a vector holds.
extension CPUBackend {
  public func reluForward(input: Tensor, output: Tensor) {
    parallelStretches(of: input.count, size: elementwisePiece) { stretch, _ in
      loops.relu(input.base + stretch.lowerBound, output.base + stretch.lowerBound, stretch.count)
    }
  }

  public func reluGradient(output: Tensor, gradient: Tensor) {
    parallelStretches(of: output.count, size: elementwisePiece) { stretch, _ in
      loops.relu_gradient(output.base + stretch.lowerBound, gradient.base + stretch.lowerBound, stretch.count)
    }
  }

  public func maxPoolForward(_ shape: PoolShape, input: Tensor, output: Tensor, choices: Tensor?) {
    let channels = shape.channels
    parallelRows(shape.outputHeight, batch: input.shape[0]) { image, outputY in
      let plane = input.base + image * shape.inputFloats
      let rows = shape.window(outputY, side: shape.height)
      let top = outputY * shape.stride - shape.padding
      for outputX in 0..<shape.outputWidth {
        let columns = shape.window(outputX, side: shape.width)
        let left = outputX * shape.stride - shape.padding
        let at = ((image * shape.outputHeight + outputY) * shape.outputWidth + outputX) * channels
        var window = pool_window(
          top: rows.lowerBound, left: columns.lowerBound, height: rows.count, width: columns.count, row: shape.width * channels,
          kernel: shape.kernel, first_place: Float((rows.lowerBound - top) * shape.kernel + columns.lowerBound - left))
        loops.max_of_window(plane, &window, channels, output.base + at, choices.map { $0.base + at })
      }
    }
  }

  /// Each input asks the windows that hold it, in their order, whether they chose it.
  public func maxPoolGradient(_ shape: PoolShape, choices: Tensor, outputGradient: Tensor, inputGradient: Tensor) {
    let channels = shape.channels
    parallelRows(shape.height, batch: inputGradient.shape[0]) { image, y in
      let outputs = image * shape.outputHeight * shape.outputWidth * channels
      let (choice, dy) = (choices.base + outputs, outputGradient.base + outputs)
      let rows = shape.windows(holding: y, outputs: shape.outputHeight)
      for x in 0..<shape.width {
        let columns = shape.windows(holding: x, outputs: shape.outputWidth)
        let dx = inputGradient.base + image * shape.inputFloats + (y * shape.width + x) * channels
        var windows = chosen_windows(
          height: rows.count, width: columns.count, row: shape.outputWidth * channels, down: shape.stride * shape.kernel,
          across: shape.stride, first_place: shape.place(y, x, rows.lowerBound, columns.lowerBound))
        let first = (rows.lowerBound * shape.outputWidth + columns.lowerBound) * channels
        loops.gradient_of_chosen(choice + first, dy + first, &windows, channels, dx)
      }
    }
  }

  public func averagePoolForward(_ shape: PoolShape, input: Tensor, output: Tensor) {
    let channels = shape.channels
    parallelRows(shape.outputHeight, batch: input.shape[0]) { image, outputY in
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
            loops.add(plane + (row * shape.width + column) * channels, target, channels, false)
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

  /// Runs `body` for every row of every image.
  @inline(__always)
  private func parallelRows(
    _ rows: Int, batch: Int, _ body: @Sendable (_ image: Int, _ row: Int) -> Void
  ) {
    let parts = max(1, min(rows, ceilDivide(4 * workers, max(1, batch))))
    parallelFor(batch * parts) { piece, _ in
      let (image, part) = piece.quotientAndRemainder(dividingBy: parts)
      for row in rows * part / parts..<rows * (part + 1) / parts { body(image, row) }
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

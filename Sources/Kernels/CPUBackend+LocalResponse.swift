import CKernels

/// Local response normalisation, one pixel after the other: its channels are contiguous and stay in the
/// first cache between the passes over them. The gradient computes the scale again, which costs less than keeping it.
extension CPUBackend {
  public func lrnForward(_ lrn: LocalResponse, input: Tensor, output: Tensor) {
    let channels = input.shape.last!
    let window = ChannelWindow(lrn, channels: channels)
    withScratch(each: window.scratchFloats) { loan in
      parallelPixels(input.count / channels, channels: channels) { pixels, worker in
        let squares = window.clear(loan.own(worker))
        let (x, y) = (input.base + pixels.lowerBound * channels, output.base + pixels.lowerBound * channels)
        if lrn.beta == 0.75 {
          var response = window.response
          return loops.response(&response, x, y, pixels.count, channels, squares)
        }
        for first in stride(from: 0, to: pixels.count * channels, by: channels) {
          let (x, y) = (x + first, y + first)
          for c in 0..<channels { squares[c] = x[c] * x[c] }
          for c in 0..<channels { y[c] = x[c] * power(window.scale(squares, c), -lrn.beta) }
        }
      }
    }
  }

  /// ∂L/∂x_i = g_i · scale_i^−β − (2αβ/n) · x_i · Σ_j g_j · y_j / scale_j over the j whose window holds i.
  public func lrnGradient(_ lrn: LocalResponse, input: Tensor, outputGradient: Tensor, inputGradient: Tensor) {
    let channels = input.shape.last!
    let window = ChannelWindow(lrn, channels: channels)
    withScratch(each: 2 * window.scratchFloats + channels) { loan in
      parallelPixels(input.count / channels, channels: channels) { pixels, worker in
        let squares = window.clear(loan.own(worker))
        let ratios = window.clear(loan.own(worker) + window.scratchFloats)
        let direct = loan.own(worker) + 2 * window.scratchFloats
        let at = pixels.lowerBound * channels
        let (x, dy, dx) = (input.base + at, outputGradient.base + at, inputGradient.base + at)
        if lrn.beta == 0.75 {
          var response = window.response
          return loops.response_gradient(&response, x, dy, dx, pixels.count, channels, squares, ratios, direct)
        }
        for first in stride(from: 0, to: pixels.count * channels, by: channels) {
          let (x, dy, dx) = (x + first, dy + first, dx + first)
          for c in 0..<channels { squares[c] = x[c] * x[c] }
          for c in 0..<channels {
            let scale = window.scale(squares, c)
            direct[c] = dy[c] * power(scale, -lrn.beta)
            ratios[c] = direct[c] * x[c] / scale
          }
          for c in 0..<channels { dx[c] = direct[c] - window.response.factor * x[c] * window.sum(ratios, c) }
        }
      }
    }
  }

  @inline(__always)
  private func parallelPixels(
    _ pixels: Int, channels: Int, _ body: @Sendable (_ pixels: Range<Int>, _ worker: Int) -> Void
  ) {
    let size = max(1, elementwisePiece / channels)
    parallelFor(ceilDivide(pixels, size)) { piece, worker in
      body(piece * size..<min(pixels, (piece + 1) * size), worker)
    }
  }
}

/// Sums over neighbouring channels of one pixel, whose values lie between zeros so that the borders need no care.
private struct ChannelWindow {
  let response: response
  let channels: Int

  init(_ lrn: LocalResponse, channels: Int) {
    precondition(lrn.size % 2 == 1, "a window of \(lrn.size) channels has no middle")
    response = CKernels.response(
      size: lrn.size, k: lrn.k, share: lrn.alpha / Float(lrn.size), factor: 2 * lrn.beta * lrn.alpha / Float(lrn.size))
    self.channels = channels
  }

  var scratchFloats: Int { channels + response.size - 1 }

  /// Zeros the memory; returns where channel 0 goes.
  func clear(_ memory: Floats) -> Floats {
    memory.update(repeating: 0, count: scratchFloats)
    return memory + response.size / 2
  }

  func sum(_ values: Floats, _ channel: Int) -> Float {
    let first = values + channel - response.size / 2
    var sum = first[0]
    for offset in 1..<max(response.size, 1) { sum += first[offset] }
    return sum
  }

  func scale(_ squares: Floats, _ channel: Int) -> Float { response.k + response.share * sum(squares, channel) }
}

import Glibc

/// Local response normalisation, one pixel after the other: its channels are contiguous and stay in the
/// first cache between the passes over them.
extension CPUBackend {
  public func lrnForward(_ lrn: LocalResponse, input: Tensor, output: Tensor, scale: Tensor) {
    let channels = input.shape.last!
    let (x, y, s) = (input.base, output.base, scale.base)
    let half = lrn.size / 2
    let factor = lrn.alpha / Float(lrn.size)
    withScratch(shared: 0, each: channels + 2 * half) { _, own in
      parallelPixels(input.count / channels, channels: channels) { pixels, worker in
        let padded = own(worker)
        padded.update(repeating: 0, count: channels + 2 * half)
        let squares = padded + half
        for pixel in pixels {
          let at = pixel * channels
          for i in 0..<channels { squares[i] = x[at + i] * x[at + i] }
          windowSums(padded, size: lrn.size, count: channels, into: s + at)
          for i in 0..<channels { s[at + i] = lrn.k + factor * s[at + i] }
          scaleByPower(lrn.beta, scale: s + at, input: x + at, into: y + at, count: channels)
        }
      }
    }
  }

  /// ∂L/∂x_i = g_i · scale_i^−β − (2αβ/n) · x_i · Σ_j g_j · y_j / scale_j over the j whose window holds i.
  public func lrnGradient(
    _ lrn: LocalResponse, input: Tensor, output: Tensor, scale: Tensor, outputGradient: Tensor,
    inputGradient: Tensor
  ) {
    let channels = input.shape.last!
    let (x, y, s, dy, dx) = (input.base, output.base, scale.base, outputGradient.base, inputGradient.base)
    let half = lrn.size / 2
    let factor = 2 * lrn.alpha * lrn.beta / Float(lrn.size)
    withScratch(shared: 0, each: 2 * channels + 2 * half) { _, own in
      parallelPixels(input.count / channels, channels: channels) { pixels, worker in
        let padded = own(worker)
        padded.update(repeating: 0, count: channels + 2 * half)
        let ratios = padded + half
        let sums = padded + channels + 2 * half
        for pixel in pixels {
          let at = pixel * channels
          for i in 0..<channels { ratios[i] = dy[at + i] * y[at + i] / s[at + i] }
          windowSums(padded, size: lrn.size, count: channels, into: sums)
          scaleByPower(lrn.beta, scale: s + at, input: dy + at, into: dx + at, count: channels)
          for i in 0..<channels { dx[at + i] -= factor * x[at + i] * sums[i] }
        }
      }
    }
  }

  @inline(__always)
  private func parallelPixels(
    _ pixels: Int, channels: Int, _ body: (_ pixels: Range<Int>, _ worker: Int) -> Void
  ) {
    let size = max(1, elementwisePiece / channels)
    parallelFor(ceilDivide(pixels, size)) { piece, worker in
      body(piece * size..<min(pixels, (piece + 1) * size), worker)
    }
  }
}

/// sums[i] = Σ padded[i ..< i + size].
@inline(__always)
private func windowSums(_ padded: Floats, size: Int, count: Int, into sums: Floats) {
  if size == 5 {
    for i in 0..<count {
      sums[i] = padded[i] + padded[i + 1] + padded[i + 2] + padded[i + 3] + padded[i + 4]
    }
  } else {
    sums.update(from: padded, count: count)
    for offset in 1..<max(size, 1) { addVector(padded + offset, to: sums, count: count) }
  }
}

/// target = input · scale^−beta; for β = ¾ by s^−¾ = 1 / (√s · √√s), which vector instructions have.
@inline(__always)
private func scaleByPower(_ beta: Float, scale: Floats, input: Floats, into target: Floats, count: Int) {
  if beta == 0.75 {
    for i in 0..<count {
      let root = scale[i].squareRoot()
      target[i] = input[i] / (root * root.squareRoot())
    }
  } else {
    for i in 0..<count { target[i] = input[i] * powf(scale[i], -beta) }
  }
}

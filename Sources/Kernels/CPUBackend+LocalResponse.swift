import Glibc

/// Local response normalisation, one pixel after the other: its channels are contiguous and stay in the
/// first cache between the passes over them. The gradient computes the scale again, which costs less than keeping it.
extension CPUBackend {
  public func lrnForward(_ lrn: LocalResponse, input: Tensor, output: Tensor) {
    let channels = input.shape.last!
    let window = ChannelWindow(lrn, channels: channels)
    withScratch(each: window.scratchFloats) { loan in
      parallelPixels(input.count / channels, channels: channels) { pixels, worker in
        let squares = window.clear(loan.own(worker))
        for pixel in pixels {
          let (x, y) = (input.base + pixel * channels, output.base + pixel * channels)
          square(x, into: squares, count: channels)
          window.forEachSum(
            of: squares,
            vector: { channel, sum in
              y.store(x.vector(channel) * power(lrn.k + window.share * sum, lrn.beta), channel)
            },
            scalar: { channel, sum in y[channel] = x[channel] * power(lrn.k + window.share * sum, lrn.beta) })
        }
      }
    }
  }

  /// ∂L/∂x_i = g_i · scale_i^−β − (2αβ/n) · x_i · Σ_j g_j · y_j / scale_j over the j whose window holds i.
  public func lrnGradient(_ lrn: LocalResponse, input: Tensor, outputGradient: Tensor, inputGradient: Tensor) {
    let channels = input.shape.last!
    let factor = 2 * lrn.beta * lrn.alpha / Float(lrn.size)
    let window = ChannelWindow(lrn, channels: channels)
    withScratch(each: 2 * window.scratchFloats + channels) { loan in
      parallelPixels(input.count / channels, channels: channels) { pixels, worker in
        let squares = window.clear(loan.own(worker))
        let ratios = window.clear(loan.own(worker) + window.scratchFloats)
        let direct = loan.own(worker) + 2 * window.scratchFloats
        for pixel in pixels {
          let at = pixel * channels
          let (x, dy, dx) = (input.base + at, outputGradient.base + at, inputGradient.base + at)
          square(x, into: squares, count: channels)
          window.forEachSum(
            of: squares,
            vector: { channel, sum in
              let scale = lrn.k + window.share * sum
              let share = dy.vector(channel) * power(scale, lrn.beta)
              direct.store(share, channel)
              ratios.store(share * x.vector(channel) / scale, channel)
            },
            scalar: { channel, sum in
              let scale = lrn.k + window.share * sum
              direct[channel] = dy[channel] * power(scale, lrn.beta)
              ratios[channel] = direct[channel] * x[channel] / scale
            })
          window.forEachSum(
            of: ratios,
            vector: { channel, sum in
              dx.store(direct.vector(channel) - factor * x.vector(channel) * sum, channel)
            },
            scalar: { channel, sum in dx[channel] = direct[channel] - factor * x[channel] * sum })
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
  let size, channels: Int
  /// α/n.
  let share: Float

  init(_ lrn: LocalResponse, channels: Int) {
    precondition(lrn.size % 2 == 1, "a window of \(lrn.size) channels has no middle")
    size = lrn.size
    share = lrn.alpha / Float(lrn.size)
    self.channels = channels
  }

  var scratchFloats: Int { channels + size - 1 }

  /// Zeros the memory; returns where channel 0 goes.
  func clear(_ memory: Floats) -> Floats {
    memory.update(repeating: 0, count: scratchFloats)
    return memory + size / 2
  }

  @inline(__always)
  func forEachSum(
    of values: Floats, vector: (_ channel: Int, _ sum: Vector) -> Void, scalar: (_ channel: Int, _ sum: Float) -> Void
  ) {
    let first = values - size / 2
    forEachVector(
      channels,
      vector: { channel in
        var sum = first.vector(channel)
        for offset in 1..<max(size, 1) { sum += first.vector(channel + offset) }
        vector(channel, sum)
      },
      scalar: { channel in
        var sum = first[channel]
        for offset in 1..<max(size, 1) { sum += first[channel + offset] }
        scalar(channel, sum)
      })
  }
}

@inline(__always)
private func square(_ x: Floats, into squares: Floats, count: Int) {
  forEachVector(
    count, vector: { squares.store(x.vector($0) * x.vector($0), $0) }, scalar: { squares[$0] = x[$0] * x[$0] })
}

/// scale^−beta, lane by lane.
@inline(__always)
private func power(_ scale: Vector, _ beta: Float) -> Vector {
  if beta == 0.75 { return inverseThreeQuarters(scale) }
  var result = Vector()
  for lane in 0..<8 { result[lane] = powf(scale[lane], -beta) }
  return result
}

@inline(__always)
private func power(_ scale: Float, _ beta: Float) -> Float {
  beta == 0.75 ? inverseThreeQuarters(Vector(repeating: scale))[0] : powf(scale, -beta)
}

/// x^−¾ as the cube of r = x^−¼, which Newton's iteration on r^−4 = x finds without a root or a division:
/// r ← r · (5 − x·r⁴) / 4. Halving the exponent twice in the bits of x gives a start within 3.2 %, and three steps, each squaring
/// the error, reach the precision of `Float`. For x > 0.
@inline(__always)
private func inverseThreeQuarters(_ x: Vector) -> Vector {
  let bits = unsafeBitCast(x, to: SIMD8<UInt32>.self)
  var r = unsafeBitCast(0x4F58_4000 &- (bits &>> 2), to: Vector.self)
  for _ in 0..<3 {
    let square = r * r
    r *= 1.25 - 0.25 * (x * (square * square))
  }
  return r * r * r
}

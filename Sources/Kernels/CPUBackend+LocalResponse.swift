import Glibc

/// Local response normalisation, one pixel after the other: its channels are contiguous and stay in the
/// first cache between the passes over them.
extension CPUBackend {
  public func lrnForward(_ lrn: LocalResponse, input: Tensor, output: Tensor, scale: Tensor) {
    let channels = input.shape.last!
    let factor = lrn.alpha / Float(lrn.size)
    let window = ChannelWindow(lrn, channels: channels)
    withScratch(each: window.scratchFloats) { loan in
      parallelPixels(input.count / channels, channels: channels) { pixels, worker in
        let squares = window.clear(loan.own(worker))
        for pixel in pixels {
          let at = pixel * channels
          let (x, y, s) = (input.base + at, output.base + at, scale.base + at)
          forEachVector(
            channels, vector: { squares.store(x.vector($0) * x.vector($0), $0) },
            scalar: { squares[$0] = x[$0] * x[$0] })
          window.forEachSum(
            of: squares,
            vector: { channel, sum in
              let scale = lrn.k + factor * sum
              s.store(scale, channel)
              y.store(x.vector(channel) * power(scale, lrn.beta), channel)
            },
            scalar: { channel, sum in
              s[channel] = lrn.k + factor * sum
              y[channel] = x[channel] * power(s[channel], lrn.beta)
            })
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
    let factor = 2 * lrn.alpha * lrn.beta / Float(lrn.size)
    let window = ChannelWindow(lrn, channels: channels)
    withScratch(each: window.scratchFloats) { loan in
      parallelPixels(input.count / channels, channels: channels) { pixels, worker in
        let ratios = window.clear(loan.own(worker))
        for pixel in pixels {
          let at = pixel * channels
          let (x, y, s) = (input.base + at, output.base + at, scale.base + at)
          let (dy, dx) = (outputGradient.base + at, inputGradient.base + at)
          forEachVector(
            channels, vector: { ratios.store(dy.vector($0) * y.vector($0) / s.vector($0), $0) },
            scalar: { ratios[$0] = dy[$0] * y[$0] / s[$0] })
          window.forEachSum(
            of: ratios,
            vector: { channel, sum in
              let direct = dy.vector(channel) * power(s.vector(channel), lrn.beta)
              dx.store(direct - factor * x.vector(channel) * sum, channel)
            },
            scalar: { channel, sum in
              dx[channel] = dy[channel] * power(s[channel], lrn.beta) - factor * x[channel] * sum
            })
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

  init(_ lrn: LocalResponse, channels: Int) {
    precondition(lrn.size % 2 == 1, "a window of \(lrn.size) channels has no middle")
    size = lrn.size
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

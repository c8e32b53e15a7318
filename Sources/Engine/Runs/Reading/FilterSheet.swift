import Datasets
import Kernels
import Networks

/// The filters of a network's first convolution as one picture: what it looks for in images.
enum FilterSheet {
  /// More filters than any of the networks has in front.
  private static let most = 256
  /// Filters are enlarged to at least so many pixels a side.
  private static let side = 12

  /// The first convolution of a snapshot whose filters look at grey or colour images.
  static func weights(in snapshot: Snapshot) -> (name: String, tensor: Tensor)? {
    snapshot.tensors.first { name, tensor in
      name.hasSuffix(".weight") && !name.hasPrefix(Snapshot.momentum) && tensor.shape.count == 4
        && [1, 3].contains(tensor.shape[3])
    }
  }

  /// - Parameter weights: [filters, height, width, 1 or 3].
  /// - Returns: the filters in rows, with a dark gap between them, each from its least number (black) to its greatest (white).
  static func picture(_ weights: Tensor) -> Picture {
    let (height, width, channels) = (weights.shape[1], weights.shape[2], weights.shape[3])
    let count = min(most, weights.shape[0])
    let scale = max(1, (side + max(height, width) - 1) / max(height, width))
    let across = Int(Double(count).squareRoot().rounded(.up))
    let down = (count + across - 1) / across
    let (stepX, stepY) = (width * scale + 2, height * scale + 2)
    var sheet = Picture(
      width: across * stepX, height: down * stepY, channels: channels,
      pixels: [UInt8](repeating: 24, count: across * stepX * down * stepY * channels))
    let size = height * width * channels
    for filter in 0..<count {
      let numbers = weights.elements[filter * size..<(filter + 1) * size]
      let finite = numbers.lazy.filter(\.isFinite)
      let low = finite.min() ?? 0
      let range = max((finite.max() ?? 0) - low, .leastNormalMagnitude)
      for y in 0..<height * scale {
        for x in 0..<width * scale {
          let from = numbers.startIndex + (y / scale * width + x / scale) * channels
          let to = ((filter / across * stepY + y + 1) * sheet.width + filter % across * stepX + x + 1) * channels
          for channel in 0..<channels {
            let share = (numbers[from + channel] - low) / range
            sheet.pixels[to + channel] = share.isFinite ? UInt8(max(0, min(255, (share * 255).rounded()))) : 0
          }
        }
      }
    }
    return sheet
  }
}

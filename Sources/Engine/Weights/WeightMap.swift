import Basics
import Kernels
import Networks

/// Where each of a network's tensors is found in a file of a format, and how its numbers are reordered.
struct WeightMap {
  struct Entry {
    /// The tensor here: its name, shape and initial value.
    var parameter: Parameter
    /// Its name and shape there.
    var name: String
    var shape: [Int]
    var order: Order
    /// The tensor there that the numbers are to be divided by: Caffe keeps the averages of batch normalisation as sums.
    var divisor: String?
  }

  /// The order of numbers there, as seen from here.
  enum Order: Equatable {
    case same
    /// Rows of [pixels, channels] here are rows of [channels, pixels] there; `reversed`: channels from the last to the first.
    case channelsFirst(rows: Int, pixels: Int, channels: Int, reversed: Bool)
  }

  /// Parameters, then state.
  let entries: [Entry]

  init(_ architecture: Architecture, classes: Int, format: WeightFormat) throws(Problem) {
    let wiring = try Wiring(architecture.layers(classes), input: architecture.inputShape)
    var entries: [Entry] = []
    for (index, layer) in wiring.layers.enumerated() {
      for parameter in wiring.parameters[index] + wiring.state[index] {
        var entry = Entry(parameter: parameter, name: parameter.name, shape: parameter.shape, order: .same)
        if format == .torchvision, let theirs = architecture.torchvisionNames[layer.name] {
          entry.name = theirs + parameter.name.dropFirst(layer.name.count)
        }
        if format == .caffe, !wiring.state[index].isEmpty { Self.rename(&entry, layer.name) }
        if format != .native { Self.reorder(&entry, index, wiring, isBGR: format == .caffe) }
        entries.append(entry)
      }
    }
    self.entries = entries
  }

  /// Caffe splits batch normalisation in two: a layer that subtracts the mean and divides by the deviation (`BatchNorm`), under the
  /// name of ours, and one that scales and shifts (`Scale`).
  private static func rename(_ entry: inout Entry, _ layer: String) {
    switch entry.parameter.name.dropFirst(layer.count + 1) {
    case "running_mean": (entry.name, entry.divisor) = ("\(layer).weight", "\(layer).2")
    case "running_var": (entry.name, entry.divisor) = ("\(layer).bias", "\(layer).2")
    case let part: entry.name = "\(layer)_scale.\(part)"
    }
  }

  private static func reorder(_ entry: inout Entry, _ index: Int, _ wiring: Wiring, isBGR: Bool) {
    let shape = entry.parameter.shape
    if shape.count == 4 {
      let readsImage = wiring.inputs[index] == 0
      entry.shape = [shape[0], shape[3], shape[1], shape[2]]
      entry.order = .channelsFirst(
        rows: shape[0], pixels: shape[1] * shape[2], channels: shape[3], reversed: isBGR && readsImage && shape[3] == 3)
    } else if shape.count == 2, let image = flattened(index, wiring) {
      entry.order = .channelsFirst(rows: shape[0], pixels: image[0] * image[1], channels: image[2], reversed: false)
    }
  }

  /// The shape of the image that layer `index` reads as a flat row; nil where what it reads never was one.
  private static func flattened(_ index: Int, _ wiring: Wiring) -> [Int]? {
    var place = wiring.inputs[index] - 1
    while place >= 0, wiring.layers[place].isElementwise { place = wiring.inputs[place] - 1 }
    return place >= 0 && wiring.layers[place].flattensImages ? wiring.inputShape(of: place) : nil
  }
}

extension WeightMap.Order {
  /// Numbers in the order of there, put in the order of here.
  func toHere(_ source: Tensor, _ target: Tensor) { move(source, target, isToHere: true) }
  /// The reverse.
  func toThere(_ source: Tensor, _ target: Tensor) { move(source, target, isToHere: false) }

  private func move(_ source: Tensor, _ target: Tensor, isToHere: Bool) {
    precondition(source.count == target.count, "\(source.shape) cannot become \(target.shape)")
    let (from, to) = (source.elements, target.elements)
    guard case .channelsFirst(let rows, let pixels, let channels, let reversed) = self else {
      _ = to.update(from: from)
      return
    }
    for row in 0..<rows {
      let first = row * pixels * channels
      for channel in 0..<channels {
        let theirs = first + (reversed ? channels - 1 - channel : channel) * pixels
        for pixel in 0..<pixels {
          let ours = first + pixel * channels + channel
          if isToHere { to[ours] = from[theirs + pixel] } else { to[theirs + pixel] = from[ours] }
        }
      }
    }
  }

  /// In words, from there to here; nil where nothing changes.
  var words: String? {
    guard case .channelsFirst(_, let pixels, let channels, let reversed) = self, pixels > 1 || reversed else { return nil }
    let colours = reversed ? ", blue-green-red turned round" : ""
    return "channels (\(channels)) first → last\(colours)"
  }
}

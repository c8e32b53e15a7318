/// Rows that a pass works on besides its images, as the regions of a detection: several of an image, or none. How many there are is told pass by
/// pass (``Pass``), and what each one is stands in a tensor which is filled before the layers that make its rows run (``Network/rows(_:)``).
public struct RowSet: Equatable, Sendable {
  public var name: String
  /// The numbers that tell of one row what it is: its image and its box.
  public var width: Int
  /// The most rows for each image of a batch.
  public var perImage: Int

  public init(_ name: String, width: Int, perImage: Int) {
    precondition(width > 0 && perImage > 0, "a row set of \(perImage) rows of \(width)")
    (self.name, self.width, self.perImage) = (name, width, perImage)
  }
}

/// How much of what a network was planned for one pass goes over.
public struct Pass: Hashable, Sendable {
  public var images: Int
  /// Height, width and channels of its images, where they are smaller than planned; nil: as planned.
  public var input: [Int]?
  /// The rows of each of the network's row sets, in their order.
  public var rows: [Int]

  public init(images: Int, input: [Int]? = nil, rows: [Int] = []) {
    (self.images, self.input, self.rows) = (images, input, rows)
  }

  /// - Parameter set: 0: the images; else the row set at the place before.
  func count(_ set: Int) -> Int { set == 0 ? images : rows[set - 1] }
}

/// A network before it has memory: its layers, what goes in, and what comes out.
public struct NetworkDesign: Sendable {
  public var layers: [any Layer]
  /// Height, width and channels of one image, the largest that there may be.
  public var input: [Int]
  public var rowSets: [RowSet]
  /// The layers whose activations are the network's outputs, which no layer reads; empty: the last one.
  public var outputs: [String]

  public init(_ layers: [any Layer], input: [Int], rowSets: [RowSet] = [], outputs: [String] = []) {
    (self.layers, self.input, self.rowSets, self.outputs) = (layers, input, rowSets, outputs)
  }
}

extension Architecture {
  /// The network that tells so many classes apart.
  public func design(classes: Int) -> NetworkDesign { NetworkDesign(layers(classes), input: inputShape) }
}

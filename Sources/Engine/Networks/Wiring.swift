import Basics

/// Which layer reads what: names resolved, shapes inferred, activations numbered. Takes no memory for a batch.
///
/// Layers stand in an order in which every layer comes after what it reads. An activation (Caffe's "blob") is what a layer makes
/// and the in-place layers right behind it change.
public struct Wiring: Sendable {
  public let layers: [any Layer]
  /// The shape of one image, then that of each layer's output for one.
  public let shapes: [[Int]]
  /// Of each layer, the index in `shapes` of what it reads.
  public let inputs: [Int]
  /// Of each layer, the parameters, and what it keeps without learning it.
  public let parameters, state: [[Parameter]]

  /// What rows there are besides the images.
  public let rowSets: [RowSet]

  /// Of each blob, the image first, the shape of one row.
  let blobShapes: [[Int]]
  /// Of each blob, whose rows it has: 0: the images', else those of the row set at the place before.
  let blobRows: [Int]
  /// Of each blob, the layer that makes it; -1 for the image.
  let makers: [Int]
  /// The blob that each layer writes.
  let outputs: [Int]
  /// The blob that each layer reads, and a second one.
  let sources: [Int]
  let shortcuts: [Int?]
  /// Of each blob, the layers that read it, but not those that work on it in place.
  let readers: [[Int]]
  /// Of each blob, whether something in front of it learns, so that its gradient is of use.
  let hasGradient: [Bool]
  /// The blobs that come out, which no layer reads.
  let ends: [Int]
  private let isCalled: [String]
  private let endNames: [String]

  /// - Parameters:
  ///   - input: the shape of one image.
  ///   - names: what layers may call the input besides: those in front of a part of a network.
  ///   - ends: the layers whose activations come out (``NetworkDesign/outputs``).
  /// - Throws: a ``Problem`` where a layer does not fit what it reads.
  public init(
    _ layers: [any Layer], input: [Int], called names: [String] = [], rowSets: [RowSet] = [], outputs ends: [String] = []
  ) throws(Problem) {
    precondition(!layers.isEmpty, "a network without layers")
    (isCalled, endNames, self.rowSets) = (names, ends, rowSets)
    var places = Dictionary(uniqueKeysWithValues: names.map { ($0, 0) })
    var shapes = [input]
    var (blobShapes, blobRows, makers) = ([input], [0], [-1])
    var inputs: [Int] = []
    var (outputs, sources): ([Int], [Int]) = ([], [])
    var shortcuts: [Int?] = []
    var (parameters, state): ([[Parameter]], [[Parameter]]) = ([], [])
    for (index, layer) in layers.enumerated() {
      func place(of name: String) -> Int {
        guard let place = places[name] else {
          preconditionFailure("\(layer.name) reads \(name), but no layer in front of it has that name")
        }
        return place
      }
      func blob(_ place: Int) -> Int { place == 0 ? 0 : outputs[place - 1] }
      let input = layer.source.map(place) ?? index
      let source = blob(input)
      precondition(!layer.isInPlace || input == index, "\(layer.name) works in place on what stands before the layer in front")
      let shortcut = layer.shortcut.map(place)
      if let shortcut {
        precondition(blob(shortcut) != source, "\(layer.name) reads the same activation twice")
        precondition(blobRows[blob(shortcut)] == blobRows[source], "\(layer.name) reads activations of different rows")
        guard shapes[shortcut] == shapes[input] else {
          throw Problem(
            "the layer's two inputs differ", at: layer.name, expected: describe(shapes[input]),
            found: describe(shapes[shortcut]))
        }
      }
      let shape = try layer.outputShape(for: shapes[input])
      if !layer.isInPlace {
        blobShapes.append(shape)
        blobRows.append(
          layer.rowSet.map { name in
            guard let set = rowSets.firstIndex(where: { $0.name == name }) else { preconditionFailure("\(layer.name) makes rows of \(name), which are not declared") }
            return set + 1
          } ?? blobRows[source])
        makers.append(index)
      } else {
        precondition(layer.rowSet == nil, "\(layer.name) works in place and cannot make other rows")
      }
      inputs.append(input)
      sources.append(source)
      shortcuts.append(shortcut.map(blob))
      outputs.append(layer.isInPlace ? source : blobShapes.count - 1)
      parameters.append(layer.parameters(for: shapes[input]))
      state.append(layer.state(for: shapes[input]))
      shapes.append(shape)
      precondition(places.updateValue(index + 1, forKey: layer.name) == nil, "two layers are named \(layer.name)")
    }
    var readers: [[Int]] = blobShapes.map { _ in [] }
    for index in layers.indices {
      if !layers[index].isInPlace { readers[sources[index]].append(index) }
      if let shortcut = shortcuts[index] { readers[shortcut].append(index) }
    }
    let out = ends.isEmpty ? [blobShapes.count - 1] : ends.map { name in
      guard let place = places[name], place > 0 else { preconditionFailure("there is no layer \(name) to come out") }
      return outputs[place - 1]
    }
    for blob in blobShapes.indices {
      precondition(readers[blob].isEmpty == out.contains(blob) || makers[blob] < 0, "\(layers[max(0, makers[blob])].name) has to be read, or to come out")
    }
    var hasGradient = blobShapes.map { _ in false }
    for index in layers.indices {
      let isOfUse =
        layers[index].learns && !parameters[index].isEmpty || hasGradient[sources[index]] || shortcuts[index].map { hasGradient[$0] } ?? false
      if isOfUse { hasGradient[outputs[index]] = true }
    }
    self.layers = layers
    self.hasGradient = hasGradient
    self.shapes = shapes
    self.inputs = inputs
    self.parameters = parameters
    self.state = state
    self.blobShapes = blobShapes
    self.blobRows = blobRows
    self.ends = out
    self.makers = makers
    self.outputs = outputs
    self.sources = sources
    self.shortcuts = shortcuts
    self.readers = readers
  }

  /// The shape that layer `index` reads, for one image.
  public func inputShape(of index: Int) -> [Int] { shapes[inputs[index]] }
  /// The shape that layer `index` makes, for one image.
  public func outputShape(of index: Int) -> [Int] { shapes[index + 1] }

  /// The same layers on smaller images.
  func onInput(_ input: [Int]) throws(Problem) -> Wiring {
    let other = try Wiring(layers, input: input, called: isCalled, rowSets: rowSets, outputs: endNames)
    precondition(zip(other.parameters, parameters).allSatisfy { $0.map(\.shape) == $1.map(\.shape) }, "the parameters depend on the size of the images")
    precondition(zip(other.blobShapes, blobShapes).allSatisfy { $0.reduce(1, *) <= $1.reduce(1, *) }, "images of \(describe(input)) are larger than planned")
    return other
  }

  /// How many pixels of the image one step in the output of a layer is, along the layers that it reads first.
  func stride(of layer: Int) -> Int {
    var (stride, place) = (1, layer + 1)
    while place > 0 {
      stride *= layers[place - 1].stride
      place = inputs[place - 1]
    }
    return stride
  }

  /// The most rows of a row set for a batch of so many images; 0: the images.
  func capacity(_ set: Int, batch: Int) -> Int { set == 0 ? batch : batch * rowSets[set - 1].perImage }

  /// The number of learned values.
  public var parameterCount: Int { parameters.joined().reduce(0) { $0 + $1.count } }

  /// - Throws: a ``Problem`` that lists the layers, where there is none of that name.
  public func index(of name: String) throws(Problem) -> Int {
    guard let index = layers.firstIndex(where: { $0.name == name }) else {
      throw Problem(
        "the network has no such layer", at: name, expected: "one of \(layers.map(\.name).joined(separator: ", "))", kind: .usage)
    }
    return index
  }

  /// Whether the layers from `index` on read nothing of those before it but what the last of these has made, so that they are a
  /// network of their own.
  func canBeCut(before index: Int) -> Bool {
    guard index > 0, index < layers.count, layers[index].canBeginNetwork else { return index == 0 }
    let crossing = outputs[index - 1]
    guard blobRows[crossing] == 0, ends.allSatisfy({ makers[$0] >= index }) else { return false }
    return (index..<layers.count).allSatisfy { later in
      ([sources[later]] + [shortcuts[later]].compactMap { $0 }).allSatisfy { $0 == crossing || makers[$0] >= index }
    }
  }

  /// The names of the layers that have made or changed what layer `index` reads.
  func names(ofInputOf index: Int) -> [String] {
    layers.indices.filter { $0 < index && outputs[$0] == outputs[index - 1] }.map { layers[$0].name }
  }
}

import Kernels
import Taxonomy

/// Where the activations and their gradients of one batch lie: windows of one workspace.
///
/// A blob is what a layer makes and the in-place layers behind it change. In training each blob has a window of its own,
/// because backward reads it, while gradients take turns in two: a layer needs that of its output and of its input only.
/// In inference the blobs themselves take turns, but for those that are to be read afterwards.
struct ActivationPlan {
  struct Blob {
    /// [batch, …]
    var data: Tensor
    var gradient: Tensor?
  }

  let layers: [any Layer]
  let shapes: [[Int]]
  let keepsAll: Bool
  /// The input, then one a layer that does not work in place.
  let blobs: [Blob]
  /// The blob that layer i writes.
  let outputs: [Int]
  /// The floats of the workspace.
  let count: Int
  /// The blobs that a plan for inference keeps.
  private let kept: Set<Int>
  /// By layer.
  private let scratch: [Tensor?]

  init(
    layers: [any Layer], shapes: [[Int]], batch: Int, purpose: Network.Purpose, backend: any Backend
  ) throws(Problem) {
    var outputs: [Int] = []
    var blobShapes = [shapes[0]]
    var maker: (any Layer)?
    for (layer, shape) in zip(layers, shapes.dropFirst()) {
      if layer.isInPlace {
        precondition(
          !(layer is ReLU || layer is Dropout) || !(maker is Pooling || maker is ResponseNormalization),
          "\(layer.name) would overwrite the output that \(maker?.name ?? "") reads in its backward pass")
      } else {
        blobShapes.append(shape)
        maker = layer
      }
      outputs.append(blobShapes.count - 1)
    }
    let last = blobShapes.count - 1
    var kept: Set<Int> = [last]
    var needsGradients = true
    if case .inference(let names) = purpose {
      needsGradients = false
      for name in names {
        guard let index = layers.firstIndex(where: { $0.name == name }) else { throw Self.unknown(name, layers) }
        kept.insert(outputs[index])
      }
    }

    // A window's place in the workspace is settled before the workspace is made: first the sizes, then the tensors.
    var end = 0
    func place(_ count: Int) -> Int {
      let line = 16
      defer { end += (count * batch + line - 1) / line * line }
      return end
    }
    func largest(_ indices: some Sequence<Int>) -> Int {
      indices.reduce(0) { max($0, blobShapes[$1].reduce(1, *)) }
    }
    let turns: [[Int]] = [0, 1].map { parity in
      (0...last).filter { $0 % 2 == parity && (needsGradients ? $0 > 0 : !kept.contains($0)) }
    }
    let shared = turns.map { place(largest($0)) }
    let places = (0...last).map { index in
      needsGradients || kept.contains(index) ? place(blobShapes[index].reduce(1, *)) : shared[index % 2]
    }
    let scratchSizes = layers.indices.map { layers[$0].keepsScratch ? shapes[$0 + 1].reduce(1, *) : 0 }
    let sharedScratch = needsGradients ? 0 : place(scratchSizes.max() ?? 0)
    let scratchPlaces = scratchSizes.map { $0 > 0 && needsGradients ? place($0) : sharedScratch }

    let workspace = backend.makeTensor([end])
    count = end
    func window(_ offset: Int, _ shape: [Int]) -> Tensor {
      Tensor(storage: workspace.storage, offset: workspace.offset + offset, shape: [batch] + shape)
    }
    blobs = (0...last).map { index in
      Blob(
        data: window(places[index], blobShapes[index]),
        gradient: needsGradients && index > 0 ? window(shared[index % 2], blobShapes[index]) : nil)
    }
    scratch = layers.indices.map {
      scratchSizes[$0] > 0 ? window(scratchPlaces[$0], shapes[$0 + 1]) : nil
    }
    self.layers = layers
    self.shapes = shapes
    self.outputs = outputs
    self.kept = kept
    keepsAll = needsGradients
  }

  /// The windows of a layer in a pass of `count` images.
  func tensors(of index: Int, count: Int) -> LayerTensors {
    let source = blobs[index == 0 ? 0 : outputs[index - 1]]
    let target = blobs[outputs[index]]
    func window(_ tensor: Tensor, _ shape: [Int]) -> Tensor {
      tensor.prefix(count).reshaped([count] + shape)
    }
    var tensors = LayerTensors(
      input: window(source.data, shapes[index]), output: window(target.data, shapes[index + 1]))
    tensors.inputGradient = source.gradient.map { window($0, shapes[index]) }
    tensors.outputGradient = target.gradient.map { window($0, shapes[index + 1]) }
    tensors.scratch = scratch[index]?.prefix(count)
    return tensors
  }

  func activation(named name: String) throws(Problem) -> Tensor {
    guard let index = layers.firstIndex(where: { $0.name == name }) else { throw Self.unknown(name, layers) }
    guard keepsAll || kept.contains(outputs[index]) else {
      throw Problem("the plan does not keep the activation", at: name, advice: "name it when the network is made")
    }
    let data = blobs[outputs[index]].data
    return data.reshaped([data.shape[0]] + shapes[index + 1])
  }

  static func unknown(_ name: String, _ layers: [any Layer]) -> Problem {
    Problem(
      "the network has no such layer", at: name, expected: "one of \(layers.map(\.name).joined(separator: ", "))")
  }
}

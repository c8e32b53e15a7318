import Kernels

/// Where the activations of a batch, their gradients and the layers' scratch lie in one workspace: offsets, without the memory. In a
/// plan for descent the gradients of parameters as well, each while its layer's backward pass and update last, but for those that are
/// computed while they are used.
///
/// Every window has its time. Layer i of n runs forward at step i, the loss at step n, and the layer's backward pass at step 2n − i.
/// A blob matters from its maker's forward pass until it was last read, in training also by the backward passes that need it; its
/// gradient matters from the backward pass of its last reader, the first to write it, to that of its maker. Gradients find room
/// where later activations were.
struct ActivationLayout {
  let wiring: Wiring
  let batch: Int
  /// The blobs that can be read after a forward pass.
  let kept: Set<Int>
  /// By blob.
  let data: [Int]
  /// By blob; nil where nothing in front learns, as for the images, and in inference.
  let gradients: [Int?]
  /// By layer: where it leaves its input gradient, which is then added to what a later layer has put in the blob's.
  let shares: [Int?]
  /// By layer.
  let scratch: [Int?]
  /// By layer: the gradients of ``Wiring/parametersWithKeptGradient(of:)``, one behind the other; nil where none are in the workspace.
  let parameterGradients: [Int?]
  /// The floats of the workspace.
  let count: Int

  /// - Parameter named: the layers whose outputs can be read after a pass, besides those that come out.
  init(_ wiring: Wiring, batch: Int, purpose: Network.Purpose, keeping named: [Int] = []) {
    let isTraining = purpose.isTraining
    let layers = wiring.layers.indices
    let loss = layers.count
    let end = 2 * loss + 1
    let kept = Set(named.map { wiring.outputs[$0] } + wiring.ends)
    func backward(_ layer: Int) -> Int { 2 * loss - layer }

    var windows: [WindowPacking.Window] = []
    /// The index of a new window.
    func window(_ count: Int, _ time: ClosedRange<Int>) -> Int {
      windows.append(.init(count: count, time: time))
      return windows.count - 1
    }
    func floats(_ blob: Int) -> Int { wiring.capacity(wiring.blobRows[blob], batch: batch) * wiring.blobShapes[blob].reduce(1, *) }
    let data = wiring.blobShapes.indices.map { blob in
      let made = wiring.makers[blob]
      let lastUse =
        kept.contains(blob)
        ? end : max(wiring.lastUse(of: blob), isTraining ? wiring.firstUseInBackward(of: blob).map(backward) ?? 0 : 0)
      return window(floats(blob), made...lastUse)
    }
    var gradients = wiring.blobShapes.map { _ -> Int? in nil }
    for blob in wiring.blobShapes.indices.dropFirst().reversed() where isTraining && wiring.hasGradient[blob] {
      let (readers, done) = (wiring.readers[blob], backward(wiring.makers[blob]))
      if readers.count == 1, wiring.layers[readers[0]].turnsGradientInPlace {
        let shared = gradients[wiring.outputs[readers[0]]]!
        windows[shared].time = windows[shared].time.lowerBound...done
        gradients[blob] = shared
      } else {
        gradients[blob] = window(floats(blob), (readers.max().map(backward) ?? loss)...done)
      }
    }
    let shares = layers.map { layer -> Int? in
      let source = wiring.sources[layer]
      guard isTraining, wiring.hasGradient[source], !wiring.layers[layer].isInPlace, wiring.readers[source].max() != layer else { return nil }
      return window(floats(source), backward(layer)...backward(layer))
    }
    let scratch = layers.map { layer -> Int? in
      wiring.scratch(of: layer).map { window($0.count(batch: wiring.capacity(wiring.blobRows[wiring.outputs[layer]], batch: batch)), layer...(isTraining ? backward(layer) : layer)) }
    }
    let parameterGradients = layers.map { layer -> Int? in
      let parameters = wiring.parametersWithKeptGradient(of: layer)
      guard purpose == .descent, !parameters.isEmpty, wiring.layers[layer].learns else { return nil }
      return window(Network.blockSize(of: parameters), backward(layer)...backward(layer))
    }
    let packing = WindowPacking(windows)
    self.wiring = wiring
    self.batch = batch
    self.kept = Set(wiring.blobShapes.indices.filter { windows[data[$0]].time.upperBound >= loss })
    self.data = data.map { packing.offsets[$0] }
    self.gradients = gradients.map { $0.map { packing.offsets[$0] } }
    self.shares = shares.map { $0.map { packing.offsets[$0] } }
    self.scratch = scratch.map { $0.map { packing.offsets[$0] } }
    self.parameterGradients = parameterGradients.map { $0.map { packing.offsets[$0] } }
    count = packing.count
  }
}

extension Wiring {
  func scratch(of layer: Int) -> Scratch? { layers[layer].scratch(for: inputShape(of: layer)) }

  /// The floats of the backend's scratch memory that the layers share.
  func backendScratch(batch: Int, backend: any Backend) -> Int {
    layers.indices.map {
      layers[$0].backendScratch(input: inputShape(of: $0), batch: capacity(blobRows[sources[$0]], batch: batch), backend: backend)
    }.max()!
  }

  /// The parameters of a layer whose gradients need memory.
  func parametersWithKeptGradient(of layer: Int) -> [Parameter] {
    Array(parameters[layer].dropFirst(layers[layer].weightGradientIsProduct ? 1 : 0))
  }

  /// The last layer that reads a blob or works on it in place.
  fileprivate func lastUse(of blob: Int) -> Int {
    max(readers[blob].max() ?? 0, outputs.lastIndex(of: blob) ?? 0)
  }

  /// The first layer whose backward pass, which is the last, reads a blob; nil: none does.
  fileprivate func firstUseInBackward(of blob: Int) -> Int? {
    layers.indices.first {
      hasGradient[outputs[$0]]
        && (sources[$0] == blob && layers[$0].backwardReads.contains(.input)
          || outputs[$0] == blob && layers[$0].backwardReads.contains(.output))
    }
  }
}

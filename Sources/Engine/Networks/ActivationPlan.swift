import Basics
import Kernels

/// The memory of an ``ActivationLayout``, seen as the tensors that each layer works on.
struct ActivationPlan {
  private let layout: ActivationLayout
  private let workspace: Tensor

  var wiring: Wiring { layout.wiring }
  /// The floats of the workspace.
  var count: Int { layout.count }

  init(_ layout: ActivationLayout, backend: any Backend) {
    self.layout = layout
    workspace = backend.makeTensor([layout.count])
  }

  /// Where the images go, [batch, …].
  var input: Tensor { window(layout.data[0], [layout.batch] + wiring.shapes[0]) }

  private func window(_ offset: Int, _ shape: [Int]) -> Tensor {
    Tensor(storage: workspace.storage, offset: workspace.offset + offset, shape: shape)
  }

  /// The windows of a layer in a pass.
  /// - Parameter wiring: for the images of the pass.
  func tensors(of index: Int, in pass: Pass, _ wiring: Wiring) -> LayerTensors {
    let (source, target) = (wiring.sources[index], wiring.outputs[index])
    let rows = pass.count(wiring.blobRows[target])
    let (inputShape, outputShape) = ([pass.count(wiring.blobRows[source])] + wiring.inputShape(of: index), [rows] + wiring.outputShape(of: index))
    var tensors = LayerTensors(
      input: window(layout.data[source], inputShape), output: window(layout.data[target], outputShape))
    tensors.inputGradient = (layout.shares[index] ?? layout.gradients[source]).map { window($0, inputShape) }
    tensors.outputGradient = layout.gradients[target].map { window($0, outputShape) }
    if let shortcut = wiring.shortcuts[index] {
      tensors.shortcut = window(layout.data[shortcut], inputShape)
      tensors.shortcutGradient = layout.gradients[shortcut].map { window($0, inputShape) }
      tensors.addsToShortcutGradient = wiring.readers[shortcut].max() != index
    }
    if let offset = layout.scratch[index] {
      switch wiring.scratch(of: index)! {
      case .image(let shape): tensors.scratch = window(offset, [rows] + shape)
      case .batch(let shape): tensors.scratch = window(offset, shape)
      }
    }
    if let offset = layout.parameterGradients[index] {
      if wiring.layers[index].weightGradientIsProduct {
        tensors.gradients = [.product(outputGradient: tensors.outputGradient!, input: tensors.input)]
      }
      tensors.gradients += Network.windows(of: wiring.parametersWithKeptGradient(of: index), in: workspace, from: offset)
        .map(Gradient.values)
    }
    return tensors
  }

  /// Where a layer's input gradient is to be added after its backward pass; nil where it is in place already.
  func sum(of index: Int, in pass: Pass, _ wiring: Wiring) -> Tensor? {
    guard layout.shares[index] != nil else { return nil }
    let source = wiring.sources[index]
    return window(layout.gradients[source]!, [pass.count(wiring.blobRows[source])] + wiring.inputShape(of: index))
  }

  /// Whether what a layer made can be read after a pass.
  func keeps(_ index: Int) -> Bool { layout.kept.contains(wiring.outputs[index]) }

  /// What the layer `name` made in the last pass, [batch, …], or as many rows as its row set may have.
  func activation(named name: String) throws(Problem) -> Tensor {
    let index = try wiring.index(of: name)
    guard keeps(index) else {
      throw Problem("the plan does not keep the activation", at: name, advice: "name it when the network is made")
    }
    let blob = wiring.outputs[index]
    return window(layout.data[blob], [wiring.capacity(wiring.blobRows[blob], batch: layout.batch)] + wiring.outputShape(of: index))
  }
}

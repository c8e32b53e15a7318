import Basics
import Kernels

/// Makes each region of an image, whatever its size, as large as every other: the largest value in each of its parts (Girshick 2015,
/// arXiv:1504.08083, §2.1). Its rows are regions, [image, x1, y1, x2, y2] in pixels of the network's input.
public struct RegionPooling: Layer {
  public let name: String
  public let source: String?
  public let rowSet: String?
  let cells: Int
  /// Pixels of the network's input for one of the layer's: the regions' scale, not how far the layer moves.
  package let pixels: Int
  private let keepsInput: Bool

  /// - Parameters:
  ///   - source: the layer that made the feature map.
  ///   - cells: parts along each side.
  ///   - pixels: of the network's input, along each side, that one of the feature map stands for.
  ///   - keepsInput: whether the feature map outlives the pass, so that regions can be judged in several lots.
  public init(_ name: String, of source: String, rowSet: String, cells: Int, pixels: Int, keepsInput: Bool = false) {
    (self.name, self.source, self.rowSet, self.cells, self.pixels, self.keepsInput) = (name, source, rowSet, cells, pixels, keepsInput)
  }

  public var backwardReads: BackwardReads { keepsInput ? .input : [] }

  public var canBeginNetwork: Bool { false }

  public func outputShape(for input: [Int]) throws(Problem) -> [Int] { [cells, cells, try image(input).channels] }

  /// Which pixel was the largest.
  public func scratch(for input: [Int]) -> Scratch? { .image([cells, cells, input[2]]) }

  public func forward(_ tensors: LayerTensors, _ phase: Phase, _ backend: any Backend) {
    backend.regionPoolForward(
      geometry(of: tensors.input), input: tensors.input, regions: tensors.rows!, output: tensors.output,
      choices: tensors.outputGradient == nil ? nil : tensors.scratch)
  }

  public func backward(_ tensors: LayerTensors, _ phase: Phase, _ backend: any Backend) {
    guard let inputGradient = tensors.inputGradient else { return }
    backend.regionPoolGradient(
      geometry(of: tensors.input), regions: tensors.rows!, choices: tensors.scratch!, outputGradient: tensors.outputGradient!,
      inputGradient: inputGradient)
  }

  private func geometry(of batch: Tensor) -> RegionPoolShape {
    RegionPoolShape(height: batch.shape[1], width: batch.shape[2], channels: batch.shape[3], cells: cells, stride: pixels)
  }
}

/// The one seam between **what** a network computes and **how**.
///
/// Layers, the optimiser and the neighbour search speak to this protocol alone. Every operation takes
/// tensors made by the same backend, writes its outputs completely (gradients of parameters are
/// overwritten, not accumulated) and has returned its result when the call returns.
///
/// Determinism: for equal inputs, equal bits, whatever `workers` is. An implementation therefore cuts its work
/// into pieces that depend on the shapes alone, and adds partial sums in the order of the pieces.
///
/// No operation makes memory of its own once it has run at its shape, or once `reserve` was called.
///
/// The batch of a call is the first dimension of its tensors (callers pass `prefix(count)` for a short batch).
public protocol Backend: AnyObject, Sendable {
  /// How many pieces of work run at the same time.
  var workers: Int { get }

  /// A zeroed tensor in this backend's memory.
  func makeTensor(_ shape: [Int]) -> Tensor

  // MARK: Scratch memory, which operations share as they take turns

  /// The floats that a convolution of this shape needs, in all directions, in batches of up to `batch` images.
  func scratchFloats(_ shape: ConvolutionShape, batch: Int) -> Int
  /// The floats that a fully connected layer needs, in all directions, in batches of up to `batch` images.
  func scratchFloats(outputs: Int, inputs: Int, batch: Int) -> Int
  /// Makes so many floats, unless there are as many.
  func reserve(_ floats: Int)

  // MARK: Convolution. input [n, h, w, c], weights [outputs, kernel, kernel, c / groups], bias [outputs] or none,
  // output [n, outputHeight, outputWidth, outputs]

  /// output = input ∗ weights + bias, then max(0, ·) if `relu`.
  func convolutionForward(
    _ shape: ConvolutionShape, input: Tensor, weights: Tensor, bias: Tensor?, relu: Bool, output: Tensor)
  func convolutionDataGradient(
    _ shape: ConvolutionShape, outputGradient: Tensor, weights: Tensor, inputGradient: Tensor)
  func convolutionWeightGradient(
    _ shape: ConvolutionShape, input: Tensor, outputGradient: Tensor, weightGradient: Tensor,
    biasGradient: Tensor?)

  // MARK: Fully connected. input [n, inputs], weights [outputs, inputs], bias [outputs], output [n, outputs]

  /// output = input · weightsᵀ + bias, then max(0, ·) if `relu`.
  func fullyConnectedForward(
    input: Tensor, weights: Tensor, bias: Tensor, relu: Bool, output: Tensor)
  func fullyConnectedDataGradient(outputGradient: Tensor, weights: Tensor, inputGradient: Tensor)
  /// - Parameter weightGradient: nil: it is not wanted.
  func fullyConnectedWeightGradient(
    input: Tensor, outputGradient: Tensor, weightGradient: Tensor?, biasGradient: Tensor)
  /// ``sgdUpdate(weights:gradient:velocity:learningRate:momentum:weightDecay:nesterov:)`` by the weight gradient, in the same bits, without
  /// memory for it: every tile is used as soon as it is computed.
  func fullyConnectedUpdate(
    input: Tensor, outputGradient: Tensor, weights: Tensor, velocity: Tensor, learningRate: Float, momentum: Float, weightDecay: Float,
    nesterov: Bool)
  /// The sum of the squares of the weight gradient, which is not kept.
  func fullyConnectedSquaredNorm(input: Tensor, outputGradient: Tensor) -> Double

  // MARK: Activations and pooling

  /// output = max(0, input); the tensors may be the same.
  func reluForward(input: Tensor, output: Tensor)
  /// gradient ← gradient where output > 0, else 0, in place.
  func reluGradient(output: Tensor, gradient: Tensor)

  /// The largest value of each window; windows are cut at the border of the input. `choices`, of the output's shape, is told
  /// which input that was, the first of equal ones: its row · kernel + column in the uncut window.
  func maxPoolForward(_ shape: PoolShape, input: Tensor, output: Tensor, choices: Tensor?)
  /// Gives each output's gradient to the input that it chose.
  func maxPoolGradient(_ shape: PoolShape, choices: Tensor, outputGradient: Tensor, inputGradient: Tensor)
  /// The mean of each window. The divisor counts padding but not what ceil mode adds beyond it (Caffe's rule).
  func averagePoolForward(_ shape: PoolShape, input: Tensor, output: Tensor)
  func averagePoolGradient(_ shape: PoolShape, outputGradient: Tensor, inputGradient: Tensor)

  // MARK: Regions and boxes. A box is x1, y1, x2, y2 in pixels, both corners inside

  /// The largest value in each of `cells` × `cells` parts of each region (Girshick 2015, arXiv:1504.08083, §2.1), cut at the border of the input.
  /// regions [r, 5]: its image, then its box in pixels of the network's input; output [r, cells, cells, channels]. `choices`, of the
  /// output's shape, is told which pixel of the image that was, the first of equal ones: row · width + column; −1 where nothing
  /// of a part is left, whose output is 0.
  func regionPoolForward(_ shape: RegionPoolShape, input: Tensor, regions: Tensor, output: Tensor, choices: Tensor?)
  /// Adds each output's gradient to the input that it chose.
  func regionPoolGradient(
    _ shape: RegionPoolShape, regions: Tensor, choices: Tensor, outputGradient: Tensor, inputGradient: Tensor)
  /// What the deltas, which are multiplied by `scales` first, make of each box (``BoxCode``), clipped to an image of that size; what is no
  /// number becomes 0. boxes [n, 4], deltas and output [n, 4 · k]: the same box for each of k.
  func decodeBoxes(_ boxes: Tensor, deltas: Tensor, scales: SIMD4<Float>, width: Int, height: Int, output: Tensor)
  /// Greedy non-maximum suppression: goes through the first `count` of boxes [n, 4] and keeps those whose intersection over union with each
  /// that was kept is at most `threshold`, until `most` are. `kept` gets their places.
  func suppress(_ boxes: Tensor, count: Int, threshold: Float, most: Int, kept: inout [Int32])

  // MARK: Groups of rows. Group g has the rows members[starts[g]] to members[starts[g + 1] − 1] of input [rows, n]

  /// The largest value of each column in each group, 0 in one of no rows; output [groups, n].
  func groupMaxForward(_ input: Tensor, members: [Int32], starts: [Int32], output: Tensor)
  /// Adds each output's gradient to every member that equals it, as R*CNN's training does: twice to a row that is a member twice.
  func groupMaxGradient(
    _ input: Tensor, members: [Int32], starts: [Int32], output: Tensor, outputGradient: Tensor, inputGradient: Tensor)

  /// Local response normalisation across channels (Krizhevsky et al. 2012, §3.3):
  /// scale = k + (α/n) Σ x² over `size` neighbouring channels, output = input · scale^−β.
  func lrnForward(_ lrn: LocalResponse, input: Tensor, output: Tensor)
  /// The gradients may be the same tensor.
  func lrnGradient(_ lrn: LocalResponse, input: Tensor, outputGradient: Tensor, inputGradient: Tensor)

  // MARK: Batch normalisation (Ioffe and Szegedy 2015, arXiv:1502.03167), channel by channel. input [n, …, channels]; weight,
  // bias and the running averages [channels]

  /// output = weight · (input − mean) / √(variance + ε) + bias, then max(0, ·) if `relu`.
  ///
  /// With `fromBatch` mean and (biased) variance are those of `input`, and the running averages move towards them, the variance's
  /// towards the unbiased one; otherwise they are the running averages, which stay. Leaves mean and 1 / √(variance + ε) in
  /// `statistics` [2, channels] for the gradient.
  func batchNormForward(
    _ norm: BatchNorm, input: Tensor, weight: Tensor, bias: Tensor, runningMean: Tensor, runningVariance: Tensor,
    fromBatch: Bool, relu: Bool, statistics: Tensor, output: Tensor)
  /// The gradients for the `statistics` that forward left; with `fromBatch` through mean and variance too.
  /// - Parameter weightGradient: nil, as `biasGradient`, only where not from the batch: they are not wanted.
  func batchNormGradient(
    input: Tensor, weight: Tensor, statistics: Tensor, outputGradient: Tensor, fromBatch: Bool,
    inputGradient: Tensor?, weightGradient: Tensor?, biasGradient: Tensor?)

  /// data ← data · keep / (1 − probability), in place, where keep for element i is drawn from
  /// `CounterRandom(key)` at counter i. The backward pass is the same call on the gradient with the same key.
  func dropout(_ data: Tensor, probability: Float, key: UInt64)

  // MARK: Loss

  /// Per image i: losses[i] = −log softmax(logits[i])[labels[i]];
  /// gradient[i] = (softmax(logits[i]) − onehot(labels[i])) · gradientScale. logits and gradient [n, classes], losses [n].
  ///
  /// With label smoothing ε (Szegedy et al. 2016, arXiv:1512.00567, §7) the target is (1 − ε) · onehot + ε / classes instead.
  func softmaxCrossEntropy(
    logits: Tensor, labels: [Int32], smoothing: Float, gradientScale: Float, losses: Tensor, gradient: Tensor)

  /// The smooth L1 loss of sharpness σ (Girshick 2015, eq. 3): of d = values − targets ½σ²d² where |d| < 1/σ², else |d| − ½/σ²; times
  /// weights · scale, summed. gradient is its derivative by values.
  func smoothL1(values: Tensor, targets: Tensor, weights: Tensor, sharpness: Float, scale: Float, gradient: Tensor) -> Double
  /// The cross-entropy of pairs of scores, summed, times scale: of row i of logits […, 2 · k] pair j is (j, k + j), of which
  /// labels[i · k + j] (0 or 1) is right; below 0 it counts nothing. gradient is the derivative by logits.
  func pairCrossEntropy(logits: Tensor, labels: [Int32], scale: Float, gradient: Tensor) -> Double
  /// Of the same pairs the softmax of the second; output […, k].
  func pairProbabilities(logits: Tensor, output: Tensor)
  /// Row by row; logits and output [n, classes].
  func softmax(logits: Tensor, output: Tensor)

  // MARK: Optimiser and vectors

  /// Caffe's SGD: V' = momentum·V + rate·(gradient + decay·W); W ← W − V', or with Nesterov's momentum (Sutskever et al. 2013)
  /// W ← W − (V' + momentum·(V' − V)).
  func sgdUpdate(
    weights: Tensor, gradient: Tensor, velocity: Tensor, learningRate: Float, momentum: Float, weightDecay: Float, nesterov: Bool)
  func copy(_ source: Tensor, to target: Tensor)
  func fill(_ tensor: Tensor, with value: Float)
  /// target ← target + source, then max(0, ·) if `relu`.
  func add(_ source: Tensor, to target: Tensor, relu: Bool)
  /// The sum of the squares of all elements, accumulated in double precision.
  func squaredNorm(_ tensor: Tensor) -> Double

  // MARK: Neighbour search

  /// output[i, j] = Σ_k a[i, k] · b[j, k]; a [m, d], b [n, d], output [m, n].
  func rowProducts(_ a: Tensor, _ b: Tensor, output: Tensor)
  /// Runs `body` with a · bᵀ, block by block while it is in a cache: with [rows of a, columns], row-major, for some of b's rows at a
  /// time. One worker goes through the blocks of a tile, which are whole, in order; tiles are gone through at the same time.
  func forEachRowProducts(
    _ a: Tensor, _ b: Tensor, tile: Int,
    _ body: @Sendable (_ tile: Int, _ columns: Range<Int>, _ products: UnsafeBufferPointer<Float>) -> Void)
  /// output[i] = Σ_k rows[i, k]²; rows [m, d], output [m].
  func squaredRowNorms(_ rows: Tensor, output: Tensor)
}

extension Backend {
  /// target ← target + source.
  public func add(_ source: Tensor, to target: Tensor) { add(source, to: target, relu: false) }

  public func sgdUpdate(
    weights: Tensor, gradient: Tensor, velocity: Tensor, learningRate: Float, momentum: Float, weightDecay: Float
  ) {
    sgdUpdate(
      weights: weights, gradient: gradient, velocity: velocity, learningRate: learningRate, momentum: momentum, weightDecay: weightDecay,
      nesterov: false)
  }

  public func softmaxCrossEntropy(
    logits: Tensor, labels: [Int32], gradientScale: Float, losses: Tensor, gradient: Tensor
  ) {
    softmaxCrossEntropy(
      logits: logits, labels: labels, smoothing: 0, gradientScale: gradientScale, losses: losses, gradient: gradient)
  }
}

/// The geometry of a convolution on images of height × width × channels, square kernels.
public struct ConvolutionShape: Hashable, Sendable {
  public var height, width, channels, outputs, kernel, stride, padding, groups: Int

  public init(
    height: Int, width: Int, channels: Int, outputs: Int, kernel: Int, stride: Int = 1,
    padding: Int = 0, groups: Int = 1
  ) {
    precondition(
      channels % groups == 0 && outputs % groups == 0,
      "\(groups) groups divide neither \(channels) channels nor \(outputs) outputs evenly")
    self.height = height
    self.width = width
    self.channels = channels
    self.outputs = outputs
    self.kernel = kernel
    self.stride = stride
    self.padding = padding
    self.groups = groups
  }

  public var outputHeight: Int { (height + 2 * padding - kernel) / stride + 1 }
  public var outputWidth: Int { (width + 2 * padding - kernel) / stride + 1 }
  /// Inputs to one output: kernel² · channels / groups.
  public var fanIn: Int { kernel * kernel * channels / groups }
  public var weightShape: [Int] { [outputs, kernel, kernel, channels / groups] }
  /// Multiply-adds for one image, forward.
  public var multiplyAdds: Int { outputHeight * outputWidth * outputs * fanIn }
}

/// The geometry of a pooling layer. Output sizes round up (Caffe's ceil mode), and a window never starts beyond
/// the padded input; or they round down, and what no whole window covers is left out (PyTorch's default).
public struct PoolShape: Hashable, Sendable {
  public var height, width, channels, kernel, stride, padding: Int
  public var roundsUp: Bool

  public init(
    height: Int, width: Int, channels: Int, kernel: Int, stride: Int, padding: Int = 0, roundsUp: Bool = true
  ) {
    self.height = height
    self.width = width
    self.channels = channels
    self.kernel = kernel
    self.stride = stride
    self.padding = padding
    self.roundsUp = roundsUp
  }

  public var outputHeight: Int { outputs(height) }
  public var outputWidth: Int { outputs(width) }

  private func outputs(_ side: Int) -> Int {
    guard roundsUp else { return (side + 2 * padding - kernel) / stride + 1 }
    let count = (side + 2 * padding - kernel + stride - 1) / stride + 1
    return padding > 0 && (count - 1) * stride >= side + padding ? count - 1 : count
  }
}

/// The geometry of pooling over regions: a feature map of height × width × channels, one pixel of which stands for stride × stride of the
/// network's input.
public struct RegionPoolShape: Hashable, Sendable {
  public var height, width, channels, cells, stride: Int

  public init(height: Int, width: Int, channels: Int, cells: Int, stride: Int) {
    (self.height, self.width, self.channels, self.cells, self.stride) = (height, width, channels, cells, stride)
  }
}

/// Constants of batch normalisation; the defaults are PyTorch's.
public struct BatchNorm: Hashable, Sendable {
  /// Added to the variance.
  public var epsilon: Float
  /// The share of a new batch in the running averages.
  public var momentum: Float

  public init(epsilon: Float = 1e-5, momentum: Float = 0.1) {
    self.epsilon = epsilon
    self.momentum = momentum
  }
}

/// Constants of local response normalisation.
public struct LocalResponse: Hashable, Sendable {
  public var size: Int
  public var alpha, beta, k: Float

  public init(size: Int = 5, alpha: Float = 1e-4, beta: Float = 0.75, k: Float = 1) {
    self.size = size
    self.alpha = alpha
    self.beta = beta
    self.k = k
  }
}

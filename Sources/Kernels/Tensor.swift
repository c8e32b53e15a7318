/// A block of floats with a fixed address, aligned to 64 bytes, zeroed when made and freed with its last owner; or floats that
/// lie elsewhere, as in a mapped file.
///
/// Writers are kept apart by the plan of the caller (a layer writes its own activations, a worker its own
/// chunk); the class itself takes no lock.
public final class FloatStorage: @unchecked Sendable {
  public let elements: UnsafeMutableBufferPointer<Float>
  /// Keeps memory that is not this object's own.
  private let owner: AnyObject?

  /// Floats that are only read, for as long as `owner` lives.
  package init(reading elements: UnsafeBufferPointer<Float>, owner: AnyObject) {
    self.elements = UnsafeMutableBufferPointer(mutating: elements)
    self.owner = owner
  }

  public init(count: Int) {
    owner = nil
    let raw = UnsafeMutableRawPointer.allocate(
      byteCount: max(count, 1) * MemoryLayout<Float>.stride, alignment: 64)
    elements = UnsafeMutableBufferPointer(
      start: raw.bindMemory(to: Float.self, capacity: max(count, 1)), count: count)
    elements.initialize(repeating: 0)
  }

  deinit { if owner == nil { elements.baseAddress!.deallocate() } }
}

/// A shaped window into a ``FloatStorage``, row-major, last dimension contiguous.
///
/// Activations are `[batch, height, width, channels]`. Copying a tensor copies the window, not the floats.
public struct Tensor: Sendable {
  public let storage: FloatStorage
  public let offset: Int
  public let shape: [Int]
  public let count: Int

  public init(_ shape: [Int]) {
    self.init(storage: FloatStorage(count: shape.reduce(1, *)), offset: 0, shape: shape)
  }

  public init(storage: FloatStorage, offset: Int, shape: [Int]) {
    let count = shape.reduce(1, *)
    precondition(
      offset >= 0 && offset + count <= storage.elements.count,
      "a tensor of shape \(shape) at offset \(offset) does not fit \(storage.elements.count) floats")
    self.storage = storage
    self.offset = offset
    self.shape = shape
    self.count = count
  }

  public init(_ values: [Float], shape: [Int]) {
    self.init(shape)
    precondition(values.count == count, "\(values.count) values do not fill the shape \(shape)")
    _ = elements.update(from: values)
  }

  /// The floats of this window. Take it out once, then loop.
  public var elements: UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(rebasing: storage.elements[offset..<offset + count])
  }

  public var array: [Float] { Array(elements) }

  /// The first `count` entries along the first dimension.
  public func prefix(_ count: Int) -> Tensor {
    precondition(count <= shape[0], "prefix of \(count) from a tensor of \(shape[0]) rows")
    return Tensor(storage: storage, offset: offset, shape: [count] + shape.dropFirst())
  }

  public func reshaped(_ shape: [Int]) -> Tensor {
    precondition(shape.reduce(1, *) == count, "\(self.shape) cannot be seen as \(shape)")
    return Tensor(storage: storage, offset: offset, shape: shape)
  }
}

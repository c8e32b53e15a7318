extension Tensor {
  /// The numbers that are NaN or infinite: how many, and where the first lies; nil where all are finite.
  package var notFinite: (count: Int, first: Int)? {
    let numbers = elements
    guard let first = numbers.firstIndex(where: { !$0.isFinite }) else { return nil }
    return (numbers[first...].count { !$0.isFinite }, first)
  }
}

/// Rows that stand together for one thing, such as the regions around a person.
extension CPUBackend {
  public func groupMaxForward(_ input: Tensor, members: [Int32], starts: [Int32], output: Tensor) {
    let columns = output.shape[1]
    for group in 0..<output.shape[0] {
      let y = output.base + group * columns
      y.update(repeating: 0, count: columns)
      for place in Int(starts[group])..<Int(starts[group + 1]) {
        let x = input.base + Int(members[place]) * columns
        let isFirst = place == starts[group]
        // What is no number stays, so that a hostile score does not look like a good one.
        for column in 0..<columns where isFirst || x[column] > y[column] || x[column].isNaN { y[column] = x[column] }
      }
    }
  }

  public func groupMaxGradient(
    _ input: Tensor, members: [Int32], starts: [Int32], output: Tensor, outputGradient: Tensor, inputGradient: Tensor
  ) {
    let columns = output.shape[1]
    inputGradient.base.update(repeating: 0, count: inputGradient.count)
    for group in 0..<output.shape[0] {
      let (y, dy) = (output.base + group * columns, outputGradient.base + group * columns)
      for place in Int(starts[group])..<Int(starts[group + 1]) {
        let row = Int(members[place]) * columns
        let (x, dx) = (input.base + row, inputGradient.base + row)
        for column in 0..<columns where x[column] == y[column] { dx[column] += dy[column] }
      }
    }
  }
}

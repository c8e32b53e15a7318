// Loops over plain floats that the compiler turns into vector instructions: no reductions across elements, no fused
// multiply-add (it would be a library call in a portable build, and other bits).

/// target[i] += source[i].
@inline(__always)
func addVector(_ source: Floats, to target: Floats, count: Int) {
  for i in 0..<count { target[i] += source[i] }
}

/// sums[j] += Σ over rows in order of matrix[row, j].
func addRows(_ matrix: Floats, rows: Int, columns: Int, to sums: Floats) {
  for row in 0..<rows { addVector(matrix + row * columns, to: sums, count: columns) }
}

/// matrix[row, j] += bias[j] and, if `relu`, max(0, ·).
func addBias(_ bias: Floats, to matrix: Floats, rows: Int, columns: Int, stride: Int, relu: Bool) {
  for row in 0..<rows {
    let target = matrix + row * stride
    if relu {
      for i in 0..<columns {
        let value = target[i] + bias[i]
        target[i] = value > 0 ? value : 0
      }
    } else {
      for i in 0..<columns { target[i] += bias[i] }
    }
  }
}

import ArgumentParser
import CKernels
import COpenBLAS
import FoundationEssentials
import Kernels

/// Products of the shapes that AlexNet asks for, on one core: this project's and OpenBLAS's beside the processor's peak.
struct ProductCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "product", abstract: "Time matrix products on one core.")

  @Option(help: "The vectors: avx512, avx2, plain. (default: the widest)") var vectors: String?
  @Option(help: "Rounds, in which both take turns; the medians are shown.") var rounds = 9
  @Flag(help: "Print one JSON object.") var json = false

  /// Of a piece of work: pixels, tiles or images by outputs by inputs.
  private static let shapes = [
    ("conv1", 110, 96, 363), ("conv2, a point", 56, 128, 48), ("conv3, a point", 56, 384, 256), ("conv4, a point", 56, 192, 192),
    ("conv5, a point", 56, 128, 192), ("conv3, a point's gradient", 384, 256, 128), ("fc6, some outputs", 112, 64, 9216),
    ("fc7, some outputs", 112, 64, 4096),
  ]

  private struct Figures: Encodable {
    var peakFlops: Double
    var openBLAS: String
    var products: [Row]
    struct Row: Encodable {
      var name: String
      var own, openBLAS: Double
    }
  }

  func run() throws {
    let vectors = try vectors.map { try StepCommand.vectors($0) } ?? .best
    guard let table = kernels(named: vectors.name) else { throw ValidationError("\(vectors.name) is not here") }
    let peak = FloatingPointPeak.measure(vectors)
    let hasOpenBLAS = openblas_load()
    var rows: [Figures.Row] = []
    for (name, m, n, k) in Self.shapes {
      let product = Product(table, rows: m, columns: n, inner: k)
      let repeats = max(1, Int(2e8) / (2 * m * n * k))
      var (own, others) = ([Double](), [Double]())
      product.own()
      for _ in 0..<max(1, rounds) {
        own.append(product.rate(repeats, product.own))
        if hasOpenBLAS { others.append(product.rate(repeats, product.openBLAS)) }
      }
      rows.append(.init(name: "\(name), \(m)×\(n)×\(k)", own: median(own), openBLAS: hasOpenBLAS ? median(others) : 0))
    }
    let figures = Figures(
      peakFlops: peak, openBLAS: hasOpenBLAS ? String(cString: openblas_kernels()) : "not found", products: rows)
    if json { return print(String(decoding: try JSONEncoder().encode(figures), as: UTF8.self)) }
    print("GFLOP/s on one core, \(vectors.name), peak \(decimal(peak / 1e9)); OpenBLAS for \(figures.openBLAS)")
    for row in rows {
      print(
        padded(decimal(row.own / 1e9), 7), padded(decimal(100 * row.own / peak) + " %", 8), padded(decimal(row.openBLAS / 1e9), 7), " ",
        row.name)
    }
  }

  private func kernels(named name: String) -> UnsafePointer<kernels>? {
    var next = kernels_of_processor()!
    while let table = next.pointee {
      if String(cString: table.pointee.name) == name { return table }
      next += 1
    }
    return nil
  }

  private func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
}

/// One product, as the operations of a network ask for it: the right operand is packed beforehand.
private final class Product {
  private let table: UnsafePointer<kernels>
  private let (rows, columns, inner): (Int, Int, Int)
  private let a, b, packed, c: Tensor

  init(_ table: UnsafePointer<kernels>, rows: Int, columns: Int, inner: Int) {
    self.table = table
    (self.rows, self.columns, self.inner) = (rows, columns, inner)
    func random(_ shape: [Int]) -> Tensor {
      let (tensor, random) = (Tensor(shape), CounterRandom(seed: 3, shape[0]))
      for i in tensor.elements.indices { tensor.elements[i] = random.uniform(i) - 0.5 }
      return tensor
    }
    // Rows a line further apart than they are long, as the operations keep them.
    a = random([rows, inner + 16])
    b = random([inner, columns])
    c = Tensor([rows, columns])
    let width = table.pointee.tile_columns
    packed = Tensor([inner, (columns + width - 1) / width * width])
    for first in stride(from: 0, to: columns, by: width) {
      pack_rows(
        b.elements.baseAddress! + first, columns, inner, min(width, columns - first), packed.elements.baseAddress! + first * inner, width)
    }
  }

  func own() {
    let width = table.pointee.tile_columns
    var block = matrix_block()
    (block.rows, block.columns, block.a_row, block.a_step) = (rows, columns, inner + 16, 1)
    (block.b_panel, block.b_step, block.c, block.c_row) = (inner * width, width, c.elements.baseAddress!, columns)
    for k in stride(from: 0, to: inner, by: 384) {
      block.inner = min(384, inner - k)
      block.a = UnsafePointer(a.elements.baseAddress! + k)
      block.b = UnsafePointer(packed.elements.baseAddress! + k * width)
      block.accumulate = k > 0
      table.pointee.multiply(&block)
    }
  }

  func openBLAS() {
    openblas_multiply(
      false, rows, columns, inner, a.elements.baseAddress!, inner + 16, b.elements.baseAddress!, columns, false,
      c.elements.baseAddress!, columns)
  }

  /// Floating-point operations a second.
  func rate(_ repeats: Int, _ body: () -> Void) -> Double {
    let start = ContinuousClock.now
    for _ in 0..<repeats { body() }
    return Double(repeats * 2 * rows * columns * inner) / ((ContinuousClock.now - start) / .seconds(1))
  }
}

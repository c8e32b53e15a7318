import Analysis
import ArgumentParser
import Files
import FoundationEssentials
import Glibc
import Kernels

/// The search for nearest neighbours in vectors that Benchmarks/scripts/faiss_search.py makes.
struct SearchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search", abstract: "Time the exact search for nearest neighbours.")

  @Option(help: "A .npy file of the gallery, rows × width.") var gallery: String
  @Option(help: "A .npy file of the queries.") var queries: String
  @Option(help: "Neighbours of each query.") var k = 5
  @Option(help: "Cores to work on.") var workers = 2
  @Option(help: "Searches to time; the fastest counts.") var rounds = 3
  @Option(help: "The vectors: avx512, avx2, plain. (default: the widest)") var vectors: String?
  @Flag(help: "Ask with one query after the other.") var singly = false
  @Option(help: "A file for the neighbours' rows, a line a query.") var output: String

  func run() throws {
    let search = try NeighborSearch(k: k, metric: .l2, backend: CPUBackend(workers: workers, vectors: vectors.map { try StepCommand.vectors($0) } ?? .best))
    let (vectors, asked) = (try NumPyFile.read(gallery), try NumPyFile.read(queries))
    let rows = Gallery(vectors)
    // They are read from the file when they are looked at: all pages, so that only what the search itself takes is counted below.
    var touched: Float = 0
    for index in stride(from: 0, to: vectors.count, by: 1024) { touched += vectors.elements[index] }
    precondition(touched.isFinite)
    let before = peakBytes()
    var best = Double.infinity
    var found: [[Neighbor]] = []
    for _ in 0..<rounds {
      let start = ContinuousClock.now
      if singly {
        found = try (0..<asked.shape[0]).map { query in
          let one = Tensor(storage: asked.storage, offset: asked.offset + query * asked.shape[1], shape: [1, asked.shape[1]])
          return try search.nearest(to: one, in: rows)[0]
        }
      } else {
        found = try search.nearest(to: asked, in: rows)
      }
      best = min(best, (ContinuousClock.now - start) / .seconds(1))
    }
    try found.map { $0.map { String($0.index) }.joined(separator: " ") }.joined(separator: "\n")
      .write(toFile: output, atomically: true, encoding: .utf8)
    // Beyond the vectors themselves, which were in memory before.
    print("{\"seconds\": \(best), \"searchBytes\": \(peakBytes() - before)}")
  }
}

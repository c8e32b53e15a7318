import ArgumentParser
import Engine
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
  @Option(help: "A file for the neighbours' rows, a line a query.") var output: String

  func run() throws {
    let search = NeighborSearch(k: k, metric: .l2, backend: CPUBackend(workers: workers))
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
      found = try search.nearest(to: asked, in: rows)
      best = min(best, (ContinuousClock.now - start) / .seconds(1))
    }
    try found.map { $0.map { String($0.index) }.joined(separator: " ") }.joined(separator: "\n")
      .write(toFile: output, atomically: true, encoding: .utf8)
    // Beyond the vectors themselves, which were in memory before.
    print("{\"seconds\": \(best), \"searchBytes\": \(peakBytes() - before)}")
  }
}

import Analysis
import Datasets
import FoundationEssentials
import Glibc
import TestSupport
import Testing

@Suite struct NeighboursTests {
  let home: TinyHome

  init() throws {
    home = try TinyHome()
    let trained = try home.start(TinyHome.training("net", epochs: 2))
    try #require(trained.wait() == 0, "\(trained.errors)")
  }

  struct Study: Decodable {
    struct Row: Decodable {
      var rank: Int
      var verdict: Verdict?
      var distance: Double
      var image: String
    }
    var space: String
    var images: Int
    var coarseLabels: String?
    var neighbours: [Row]
  }

  func study(_ arguments: [String]) throws -> Study {
    let program = try home.start(["neighbours", "net", "--json"] + arguments)
    #expect(program.wait() == 0, "\(program.errors)")
    return try JSONDecoder().decode(Study.self, from: Data(program.output.utf8))
  }

  @Test("The nearest come first, as many as asked for, each with its verdict", arguments: ["l2", "cosine"])
  func nearest(metric: String) throws {
    let study = try study(["--query", "0", "-k", "7", "--metric", metric])
    #expect(study.space == "fc7" && study.images == 36)
    #expect(study.neighbours.map(\.rank) == Array(1...7))
    #expect(study.neighbours.map(\.distance) == study.neighbours.map(\.distance).sorted())
    #expect(study.neighbours.allSatisfy { $0.verdict != nil })
  }

  @Test("A query among the searched images is never its own neighbour")
  func notItself() throws {
    let study = try study(["--query", "4", "--gallery", "val", "-k", "50"])
    #expect(study.neighbours.count == 8)
    #expect(Set(study.neighbours.map(\.image)).count == 8)
  }

  @Test("An image from a file finds itself among the training images, without a verdict")
  func file() throws {
    let study = try study(["--query", home.folder.path + "/train/n03057021/5.png", "-k", "3"])
    #expect(study.neighbours[0].image.hasSuffix("n03057021/5.png"))
    #expect(study.neighbours[0].distance < 1e-3)
    #expect(study.neighbours.allSatisfy { $0.verdict == nil })
  }

  @Test("Asked again, the kept features give the same answer")
  func cached() throws {
    let first = try home.run("neighbours", "net", "--query", "2")
    let second = try home.run("neighbours", "net", "--query", "2")
    #expect(first.code == 0 && first.output == second.output)
    #expect(first.output.contains("right"))
  }

  @Test(
    "What cannot be asked is one line",
    arguments: [
      ["--query", "9"], ["--query", "-"], ["--query", "none.png"], ["--query", "0", "--space", "fc9"],
      ["--query", "0", "--labels", "none"], ["--query", "0", "--checkpoint", "3"],
    ])
  func refusals(arguments: [String]) throws {
    let program = try home.start(["neighbours", "net"] + arguments)
    #expect(program.wait() == (arguments.contains("fc9") ? 64 : 66))
    #expect(program.errors.split(separator: "\n").count == 1)
  }

  @Test("The shares among the neighbours of all validation images, or of some, as a table and for programs")
  func shares() throws {
    let told = try home.run("neighbours", "net", "--query", "val", "-k", "3")
    #expect(told.code == 0 && told.output.contains("precision at 3") && told.output.contains("✓"), "\(told.errors)")
    let table = try home.run("neighbours", "net", "--query", "val", "-k", "3", "--csv").output.split(separator: "\n").map { $0.split(separator: ",") }
    #expect(table.count == 2 && table[0].contains("precision") && table[1][5] == "9" && table[1][6] == "36")
    let json = try home.run("neighbours", "net", "--query", "val:4", "--gallery", "val", "--json")
    #expect(json.code == 0 && json.output.contains("\"queries\" : 4") && json.output.contains("\"queries\" : \"val:4\""), "\(json.output)")
  }

  @Test("Wrong usage is told apart: exit code 64", arguments: [["--query", "val", "-o", "x.png"], [], ["--query", "0", "-k", "0"], ["--query", "0", "--metric", "l7"]])
  func usage(arguments: [String]) throws {
    #expect(try home.start(["neighbours", "net"] + arguments).wait() == 64)
  }

  @Test("The rows that a search looked at do not stay in memory")
  func memory() throws {
    let dataset = try DatasetCatalog(home: home.home).open("tiny")
    let finder = try NeighborFinder(home.directory("net"), dataset: dataset, home: home.home, workers: 1)
    try finder.prepare(.train)
    #expect(try finder.nearest(to: .image(.val, 0), in: .train, k: 3, metric: .l2).count == 3)
    // A file that is mapped, and kilobytes of it in memory a few lines below.
    let file = try #require(fopen("/proc/self/smaps", "r"))
    defer { fclose(file) }
    var (bytes, buffer) = ([UInt8](), [UInt8](repeating: 0, count: 1 << 16))
    while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[0..<count] }
    let maps = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    let folder = try #require(home.folder.path.split(separator: "/").last)
    let starts = maps.indices.filter { maps[$0].contains(folder) && maps[$0].hasSuffix(".npy") }
    try #require(!starts.isEmpty)
    for start in starts {
      let resident = try #require(maps[start...].first { $0.hasPrefix("Rss:") })
      #expect(resident.split(separator: " ")[1] == "0", "\(resident)")
    }
    // What was asked once is answered alike.
    #expect(try finder.nearest(to: .image(.val, 0), in: .train, k: 3, metric: .l2).count == 3)
  }
}

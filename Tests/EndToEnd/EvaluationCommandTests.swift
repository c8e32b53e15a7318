import Analysis
import Datasets
import Files
import FoundationEssentials
import TestSupport
import Testing

/// What the features know, as the program tells it. Two nets are trained for all of it.
@Suite(.serialized) struct EvaluationCommandTests {
  let home: TinyHome

  private final class Trained {
    let home: TinyHome

    init() throws {
      home = try TinyHome()
      let cut = try home.run("labels", "cut", "--dataset", "tiny", "--collapse", "n03051540", "--save", "two")
      try #require(cut.code == 0, "\(cut.errors)")
      for (name, labels) in [("fine", [] as [String]), ("coarse", ["--labels", "two"])] {
        let trained = try home.start(TinyHome.training(name, epochs: 1) + labels)
        try #require(trained.wait() == 0, "\(trained.errors)")
      }
    }
  }

  /// Made by the first test, which no other one runs beside.
  nonisolated(unsafe) private static var trained: Trained?

  init() throws {
    if Self.trained == nil { Self.trained = try Trained() }
    home = Self.trained!.home
  }

  struct Study: Decodable {
    struct Reading: Decodable { var space, ties, interval, galleryInWords: String }
    struct Row: Decodable {
      struct Share: Decodable { var value, low, high: Double }
      var testedClasses, queries: Int
      var accuracy: [Share]
      var ofBaseline: [Double]?
    }
    var reading: Reading
    var rows: [Row]
  }

  @Test("Induction is told with its protocol, interval and baseline, the same from kept features", arguments: ["train", "val", "4"])
  func induction(gallery: String) throws {
    let arguments = ["induction", "coarse", "--baseline", "fine", "--gallery", gallery, "--json"]
    let first = try home.start(arguments)
    #expect(first.wait() == 0, "\(first.errors)")
    let study = try JSONDecoder().decode(Study.self, from: Data(first.output.utf8))
    #expect(study.reading.space == "fc7" && !study.reading.ties.isEmpty)
    #expect(study.rows.count == 1 && study.rows[0].testedClasses == 2 && study.rows[0].queries == 6)
    #expect(study.rows[0].accuracy.count == 2 && study.rows[0].ofBaseline != nil)
    #expect(study.rows[0].accuracy.allSatisfy { $0.low <= $0.value && $0.value <= $0.high })
    let second = try home.start(arguments)
    #expect(second.wait() == 0 && second.output == first.output)
  }

  @Test("In words the same, with every class, and as a chart")
  func words() throws {
    let told = try home.run("induction", "coarse", "--per-class", "-o", home.folder.path + "/chart.png")
    #expect(told.code == 0 && told.output.contains("does not hold as classes of their own") && told.output.contains("n03057021"))
    #expect(try ImageCodec.read(home.folder.path + "/chart.png").width > 100)
  }

  @Test("Coarse from fine: bars, the tree's measure, confusions and suggestions, which are kept as label sets")
  func coarseFine() throws {
    let told = try home.run(
      "coarse-fine", "fine", "--labels", "two", "--min-members", "1", "--behind", "n03051540", "--merge", "confusion", "--least", "0",
      "--save", "alike", "-o", home.folder.path + "/bars.png")
    #expect(told.code == 0, "\(told.errors)")
    for text in ["by the tree", "is taken for", "1 group to join"] { #expect(told.output.contains(text)) }
    #expect(told.errors.contains("saved alike"))
    // Other classes of the name stay, unless they are to be replaced.
    let other = ["coarse-fine", "fine", "--labels", "two", "--merge", "features", "--along-tree", "--least=-9", "--save", "alike"]
    let refused = try home.start(other)
    #expect(refused.wait() == 73 && refused.errors.contains("a label set with other classes has this name") && refused.errors.contains("--replace"), "\(refused.errors)")
    let replaced = try home.start(other + ["--replace"])
    #expect(replaced.wait() == 0 && replaced.errors.contains("saved alike"), "\(replaced.errors)")
    #expect(try home.run("labels", "show", "alike").code == 0)
    let along = try home.run("coarse-fine", "fine", "--labels", "two", "--merge", "features", "--along-tree", "--least=-9", "--save", "tree", "--json")
    #expect(along.code == 0 && along.output.contains("\"meanHeight\""), "\(along.errors)")
    #expect(try home.run("labels", "show", "tree").code == 0)
    #expect(try ImageCodec.read(home.folder.path + "/bars.png").width > 100)
    let most = try home.run("coarse-fine", "fine", "--labels", "two", "--top", "9223372036854775807", "--min-members", "1")
    #expect(most.code == 0, "\(most.errors)")
  }

  @Test("Features are written for NumPy and the projector, and mapped")
  func features() throws {
    let base = home.folder.path + "/out/f"
    let told = try home.run("features", "fine", "-o", base + ".npy", "--map", base + ".png", "--text", "--projector", "4")
    #expect(told.code == 0, "\(told.errors)")
    #expect(try NumPyFile.read(base + ".npy").shape == [9, 512])
    #expect(told.output.contains("directions of most variance"))
    #expect(try ImageCodec.read(base + ".png").width > 100)
    #expect(try ImageCodec.read(base + "-projector/sprite.png").width == 64)
  }

  @Test("Several nets stand below each other in one picture, from fine to coarse")
  func montage() throws {
    let path = home.folder.path + "/montage.png"
    let told = try home.run("neighbours", "coarse", "fine", "--query", "4", "-k", "3", "-o", path, "--size", "32")
    #expect(told.code == 0, "\(told.errors)")
    let picture = try ImageCodec.read(path)
    #expect(picture.width > 3 * 40 && picture.height > 2 * 40)
    let runs = told.output.split(separator: "\n").filter { $0.hasPrefix("run ") }
    #expect(runs.count == 2 && runs[0].contains("-fine") && runs[1].contains("-coarse"))
  }

  @Test("A run is followed by its checkpoint, spaces are called alike for every net, and surprising images are listed")
  func surprising() throws {
    let step = try #require(home.directory("fine").checkpoints.best())
    let one = try home.run("neighbours", "fine", "--query", "0", "--json")
    let other = try home.run("neighbours", "fine@\(step)", "--space", "features", "--query", "0", "--json")
    #expect(one.code == 0 && one.output == other.output, "\(other.errors)")
    #expect(try home.run("neighbours", "fine@\(step + 1)", "--query", "0").code == 66)
    let listed = try home.run("neighbours", "coarse", "fine", "--surprising")
    #expect(listed.code == 0 && listed.output.contains("one of"), "\(listed.errors)")
  }

  private struct Probe: Decodable {
    struct Recognition: Decodable {
      var images: Int
      var top1: Double
    }
    var run, space: String
    var trainingImages: Int
    var recognition: Recognition
  }

  @Test("A k-NN classifier and a linear probe are measured on kept features, the same for any number of cores, and as a table", arguments: [
    ["knn", "fine", "-k", "3"], ["knn", "fine", "--metric", "cosine", "--labels", "two"], ["linear", "fine"], ["linear", "coarse", "--l2", "0.1"],
  ])
  func probes(arguments: [String]) throws {
    let answers = try ["1", "2"].map { workers in
      let program = try home.start(arguments + ["--json", "--workers", workers])
      #expect(program.wait() == 0, "\(program.errors)")
      return program.output
    }
    #expect(answers[0] == answers[1])
    let probe = try JSONDecoder().decode(Probe.self, from: Data(answers[0].utf8))
    #expect(probe.space == "fc7" && probe.trainingImages == 36 && probe.recognition.images == 9)
    #expect(0...1 ~= probe.recognition.top1)
    let told = try home.start(arguments + ["--per-class"])
    #expect(told.wait() == 0 && told.output.contains("mean class accuracy") && told.output.contains("the worst classes first"), "\(told.errors)")
    let csv = try home.start(arguments + ["--csv"])
    #expect(csv.wait() == 0 && csv.output.hasPrefix("run,step,space,classes,training,tested,top-1,mean class accuracy,95 % low,95 % high\n"))
  }

  @Test("Charts and maps are SVG where the name of their file ends so")
  func vectors() throws {
    let base = home.folder.path + "/vectors"
    for (arguments, word) in [
      (["induction", "coarse", "-o", base + "/i.svg"], "induction accuracy, top-1"), (["coarse-fine", "fine", "--labels", "two", "--min-members", "1", "-o", base + "/c.SVG"], "coarse − fine accuracy, two"),
      (["features", "fine", "--map", base + "/m.svg"], "fine"),
    ] {
      let program = try home.start(arguments)
      #expect(program.wait() == 0, "\(program.errors)")
      let read = try SVGReading(String(decoding: home.folder.bytes(of: "vectors/" + (arguments.last!.split(separator: "/").last!)), as: UTF8.self))
      #expect(read.texts.contains { $0.string.contains(word) }, "\(read.texts.map(\.string))")
    }
  }

  @Test("What cannot be asked is one line, and its exit code says whether a name is wrong or the question", arguments: [
    (["induction", "fine"], 64), (["induction", "none"], 66), (["induction", "coarse", "--gallery", "x"], 64),
    (["induction", "coarse", "--space", "fc9"], 64), (["coarse-fine", "coarse"], 64), (["coarse-fine", "fine", "--labels", "none"], 66),
    (["coarse-fine", "fine", "--labels", "two", "--behind", "cat"], 66), (["knn", "none"], 66), (["linear", "fine", "--labels", "none"], 66), (["features", "fine", "--map", "/tmp/never.png", "--depth", "99"], 64),
  ])
  func refusals(arguments: [String], code: Int) throws {
    let program = try home.start(arguments)
    #expect(program.wait() == code)
    #expect(program.errors.split(separator: "\n").count == 1, "\(program.errors)")
  }

  @Test("Wrong usage is told apart: exit code 64", arguments: [
    ["induction", "coarse", "-k", "0"], ["induction"], ["knn", "fine", "-k", "0"], ["linear", "fine", "--l2", "-1"], ["knn", "fine", "--json", "--csv"],
    ["features", "fine"], ["neighbours", "fine"], ["neighbours", "fine", "--surprising"],
    ["coarse-fine", "fine", "--save", "x"], ["coarse-fine", "fine", "--merge", "confusion", "--replace"],
  ])
  func usage(arguments: [String]) throws { #expect(try home.start(arguments).wait() == 64) }
}

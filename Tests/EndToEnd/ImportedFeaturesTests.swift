import FoundationEssentials
import TestSupport
import Testing

/// Features of another program, as a user brings them in: here those of a run, so that every answer is known.
@Suite(.serialized) struct ImportedFeaturesTests {
  let home: TinyHome
  private var path: String { home.folder.path }

  private final class Trained {
    let home: TinyHome

    init() throws {
      home = try TinyHome()
      let trained = try home.start(TinyHome.training("net", epochs: 2))
      try #require(trained.wait() == 0, "\(trained.errors)")
      for (split, layer) in [("train", "fc7"), ("val", "fc7"), ("val", "fc8")] {
        let exported = try home.run("features", "export", "net", "--split", split, "--layer", layer, "--projector", "0", "-o", "\(home.folder.path)/\(split)-\(layer).npy")
        try #require(exported.code == 0, "\(exported.errors)")
      }
      let imported = try home.run(
        "features", "import", "\(home.folder.path)/train-fc7.npy", "\(home.folder.path)/val-fc7.npy", "--labels", "\(home.folder.path)/train-fc7.tsv", "--labels",
        "\(home.folder.path)/val-fc7.tsv", "--split", "train", "--split", "val", "--dataset", "tiny", "--name", "twin", "--space", "fc7", "--note", "the run's")
      try #require(imported.code == 0, "\(imported.errors)")
      try #require(imported.output.contains("36 training images and 9 validation images"), "\(imported.output)")
    }
  }

  /// Made by the first test, which no other one runs beside.
  nonisolated(unsafe) private static var trained: Trained?

  init() throws {
    if Self.trained == nil { Self.trained = try Trained() }
    home = Self.trained!.home
  }

  /// The output without what names run and step.
  private func answer(_ arguments: [String], _ source: String) throws -> String {
    let asked = try home.start([arguments[0], source] + arguments.dropFirst())
    #expect(asked.wait() == 0, "\(asked.errors)")
    return asked.output
  }

  @Test("Neighbours, k-NN, a linear probe and induction of them are those of the net that made them", arguments: [
    ["knn", "-k", "3", "--csv"], ["linear", "--csv"], ["neighbours", "--query", "2", "--json"], ["neighbours", "--query", "train/4", "--gallery", "val", "--json"],
    ["neighbours", "--query", "0", "--metric", "cosine", "--json"],
  ])
  func same(arguments: [String]) throws {
    func numbers(_ text: String) -> [Double] {
      text.split { ", \n:\"[]{}".contains($0) }.compactMap { $0.contains(".") ? Double($0) : nil }
    }
    let (own, imported) = (numbers(try answer(arguments, "net")), numbers(try answer(arguments, "twin")))
    #expect(!own.isEmpty && own == imported)
    #expect(try answer(arguments, "features/twin").contains("features/twin"))
  }

  @Test("Induction tests every class where the net was taught none of them")
  func induction() throws {
    let told = try answer(["induction", "--baseline", "net", "--json"], "twin")
    #expect(told.contains("\"testedClasses\" : 3") && told.contains("\"trainedClasses\" : 0"), "\(told)")
    // Equal features: the baseline is reached.
    #expect(told.contains("\"ofBaseline\" : [\n        1,\n        1\n      ]"), "\(told)")
  }

  @Test("Scores answer which coarse classes a net has formed; features do not")
  func coarseFine() throws {
    _ = try home.run("labels", "cut", "--dataset", "tiny", "--collapse", "n03051540", "--save", "two")
    let words = ["--labels", "two", "--min-members", "1", "--csv"]
    let refused = try home.start(["coarse-fine", "twin"] + words)
    #expect(refused.wait() == 64 && refused.errors.contains("no scores of classes"), "\(refused.errors)")
    let imported = try home.run(
      "features", "import", "\(path)/val-fc8.npy", "--labels", "\(path)/val-fc8.tsv", "--split", "val", "--dataset", "tiny", "--name", "scored", "--space", "fc8",
      "--trained-on", "fine", "--scores", "--replace")
    #expect(imported.code == 0 && imported.output.contains("highest score at the right class"), "\(imported.errors)")
    #expect(try answer(["coarse-fine"] + words, "scored") == answer(["coarse-fine"] + words, "net"))
  }

  @Test("A map and an export of them")
  func map() throws {
    let made = try home.run("features", "twin", "--map", "\(path)/map.png", "-o", "\(path)/again.npy", "--projector", "0")
    #expect(made.code == 0 && made.output.contains("map.png"), "\(made.errors)")
    #expect(home.folder.bytes(of: "again.npy") == home.folder.bytes(of: "val-fc7.npy"))
  }

  @Test("They are listed with their note, removed and restored")
  func names() throws {
    let listed = try home.run("features", "list")
    #expect(listed.code == 0 && listed.output.contains("twin") && listed.output.contains("the run's"), "\(listed.output)")
    #expect(try home.run("features", "list", "--json").output.contains("\"sha256\""))
    let removed = try home.run("features", "remove", "twin")
    #expect(removed.code == 0 && removed.output.contains("features restore twin"))
    #expect(try home.run("knn", "twin").code == 66)
    #expect(try home.run("features", "trash").output.contains("twin"))
    #expect(try home.run("features", "restore", "twin").code == 0)
    #expect(try home.run("knn", "twin").code == 0)
    #expect(try home.run("features", "rm", "none", "--for-good", "--yes").code == 66)
  }

  @Test("What cannot be asked is one line", arguments: [
    (["neighbours", "twin", "--query", "none.png"], 66, "none.png"), (["knn", "twin", "--space", "pool5"], 64, "another layer"),
    (["knn", "twin", "--dataset", "fashion-mnist"], 64, "other images"), (["knn", "twin@3"], 64, "no checkpoints"),
    (["knn", "twin", "--checkpoint", "3"], 64, "no checkpoints"), (["knn", "features/none"], 66, "no such imported features"),
    (["features", "import", "FILE", "--labels", "LABELS", "--split", "val", "--dataset", "tiny", "--name", "twin"], 73, "of this name"),
    (["features", "import", "FILE", "--labels", "LABELS", "--split", "train", "--dataset", "tiny", "--name", "x"], 65, "another class"),
    (["features", "import", "FILE", "--labels", "LABELS", "--dataset", "tiny", "--name", "x"], 64, "train or val"),
    (["features", "import", "LABELS", "--labels", "LABELS", "--dataset", "tiny", "--name", "x"], 65, "not a NumPy file"),
    (["features", "import", "FILE", "--labels", "FILE", "--dataset", "tiny", "--name", "x"], 65, "no labels"),
    (["features", "import", "FILE", "--dataset", "tiny", "--name", "x"], 64, "--labels"),
    (["features", "import", "FILE", "--labels", "LABELS", "--dataset", "tiny", "--name", "a/b"], 64, "invalid name"),
    (["features", "import", "FILE", "--labels", "LABELS", "--dataset", "tiny", "--name", "x", "--scores"], 64, "--trained-on"),
  ])
  func refusals(arguments: [String], code: Int, words: String) throws {
    let asked = try home.start(arguments.map { $0 == "FILE" ? path + "/val-fc7.npy" : $0 == "LABELS" ? path + "/val-fc7.tsv" : $0 })
    #expect(asked.wait() == code && asked.errors.contains(words), "\(asked.errors)")
  }

  @Test("A picture from outside has no features here: the program says so")
  func outside() throws {
    let asked = try home.run("neighbours", "twin", "--query", "\(path)/val/n02774152/0.png")
    #expect(asked.code == 64 && asked.errors.contains("no network"), "\(asked.errors)")
  }

  @Test("On the screens they stand beside runs: neighbours, and their map")
  func screens() throws {
    var environment = home.environment
    environment["TERM"] = "xterm-256color"
    let terminal = try PseudoTerminal([Program.path, "--dataset", "tiny"], environment: environment, rows: 40, columns: 140)
    #expect(terminal.wait(for: "1 Tree"))
    terminal.type("3")
    #expect(terminal.wait { $0.text.contains("query ") && $0.text.contains(" right") })
    terminal.settle(silence: 1)
    terminal.type("R")
    #expect(terminal.wait(for: "Runs to compare"))
    terminal.type("twin")
    terminal.settle(silence: 0.5)
    terminal.type(" \r")
    #expect(terminal.wait { $0.text.components(separatedBy: " right").count > 2 && $0.text.contains("twin  imported") }, "\(terminal.screen.text)")
    terminal.type("5")
    #expect(terminal.wait { !$0.text.contains("twin  imported") })
    terminal.type("p")
    #expect(terminal.wait(for: "most variance") || terminal.screen.text.contains("fc7"), "\(terminal.screen.text)")
    terminal.type("R")
    terminal.settle(silence: 0.5)
    terminal.type("twin\r")
    #expect(terminal.wait { $0.text.contains("twin  imported") && $0.text.contains("fc7 of 9") }, "\(terminal.screen.text)")
    terminal.type("q")
    #expect(terminal.waitForExit() == 0 && terminal.isRestored)
  }

  @Test("A name that a run and imported features have is asked back for")
  func ambiguous() throws {
    let trained = try home.start(TinyHome.training("twin", epochs: 1))
    #expect(trained.wait() == 0, "\(trained.errors)")
    let asked = try home.run("knn", "twin")
    #expect(asked.code == 64 && asked.errors.contains("features/twin"), "\(asked.errors)")
    #expect(try home.run("knn", "features/twin").code == 0)
    let run = try #require(home.reader.refresh().first { $0.name == "twin" })
    #expect(try home.run("knn", run.id).code == 0 && home.run("runs", "rm", run.id).code == 0)
  }
}

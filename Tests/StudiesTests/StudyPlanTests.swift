import Basics
import Datasets
import EngineFixtures
import Files
import FoundationEssentials
import Studies
import TestSupport
import Testing

/// What a study comes to on a home.
struct StudyPlanTests {
  /// A home with a dataset of some classes, whose images nobody decodes.
  final class ListedHome {
    let folder = TemporaryFolder()
    var home: Home { Home(explicit: folder.path + "/home") }

    init(_ name: String, wnids: [String], images: Int = 2) throws {
      for (index, wnid) in wnids.enumerated() {
        for (split, count) in [("train", images), ("val", 1)] {
          try FileManager.default.createDirectory(atPath: "\(folder.path)/\(name)/\(split)/\(wnid)", withIntermediateDirectories: true)
          for number in 0..<count { folder.write(Array("\(index) \(number)".utf8), to: "\(name)/\(split)/\(wnid)/\(number).jpg") }
        }
      }
      _ = try DatasetCatalog(home: home).add(name, FolderRecipe(path: "\(folder.path)/\(name)"), wordNet: RealTrees.wordNet.get())
    }

    func plan(_ text: String, selection: StudySelection = .init()) throws -> StudyPlan {
      try StudyPlan(StudyFile(name: "x", path: "x.yaml", study: StudyFile.parse(text, at: "x.yaml")), home: home, selection: selection)
    }
  }

  static let pets = ["n02084071", "n02121620", "n03051540", "n03057021", "n03236735"]

  static func study(_ train: String = "net: alexnet-28, epochs: 2", nets: String = "{all: all, few: images 1 seed 1}") -> String {
    """
    study: 1
    dataset: pets
    train: {\(train)}
    nets: \(nets)
    tests:
      tuned: {tune: last, labels: all, iterations: 5, repeats: 2}
      near: {measure: knn, k: 3}
      gone: {task: classification, data: nowhere}
    reports:
      r: {rows: nets, columns: [own, tuned, near, gone]}
    """
  }

  @Test("The paper's figures together share their nets: every piece of work is planned once") func paper() throws {
    let listed = try ListedHome("imagenet-1k", wnids: DatasetCatalog(home: Home(explicit: "/nonexistent")).wnids(of: "imagenet-1k"), images: 1)
    let plan = try listed.plan(StudyTemplate.asset("paper"))
    let nets = plan.works.filter { $0.test == nil }
    // Those alone of which something can be asked here: without Places, SUN, detection and actions.
    #expect(nets.count == 15, "\(nets.map(\.name))")
    func count(_ tests: String...) -> Int { plan.works.count { work in tests.contains { $0 == work.test } } }
    #expect(count("induction", "coarse") == 7 && count("fine") == 6 && count("head", "long") == 8)
    #expect(nets.filter(\.isTraining).allSatisfy { $0.steps == 450_000 })
    var obstacles: [String] = []
    for grid in plan.grids { for cells in grid.cells { obstacles += cells.compactMap { $0.obstacle } } }
    #expect(obstacles.contains { $0.contains("pascal-det is not there yet") } && obstacles.contains { $0.contains("sun397") })
    #expect(plan.grids.first { $0.report.name == "fig-2" }?.rows.map(\.classes) == [1000, 918, 753, 486, 79, 9])
    // The net on all classes has the most that builds on it, and is first.
    #expect(plan.works[plan.order[0]].net == "1000")
  }

  @Test("Keys do not depend on the order in a file, names, comments or workers") func invariant() throws {
    let listed = try ListedHome("pets", wnids: Self.pets)
    let keys = Set(try listed.plan(Self.study()).works.map(\.key))
    #expect(keys.count == 8)
    for other in [
      Self.study("epochs: 2, net: alexnet-28"), Self.study(nets: "{few: images 1 seed 1, all: all}"), "# a word\n" + Self.study(),
      Self.study(nets: "{everything: all, one: images 1 seed 1}"), Self.study("net: alexnet-28, epochs: 2, warm-up: 0, label-smoothing: 0, nesterov: false"),
      Self.study("net: alexnet-28, epochs: 2, keep: 7, validate-every: iterations:1"),
    ] { #expect(Set(try listed.plan(other).works.map(\.key)) == keys, "\(other)") }
  }

  @Test("Keys change with the seed, an image, a member of a class, and what a parent was trained with") func variant() throws {
    let listed = try ListedHome("pets", wnids: Self.pets)
    let keys = Set(try listed.plan(Self.study()).works.map(\.key))
    for other in [
      Self.study("net: alexnet-28, epochs: 2, seeds: [2]"), Self.study("net: alexnet-28, epochs: 3"), Self.study("net: alexnet-28, epochs: 2, rate: .5"),
      Self.study(nets: "{all: \"without n02084071\", few: images 1 seed 2}"),
    ] { #expect(keys.isDisjoint(with: try listed.plan(other).works.map(\.key)), "\(other)") }
    let more = try ListedHome("pets", wnids: Self.pets, images: 3)
    #expect(keys.isDisjoint(with: try more.plan(Self.study()).works.map(\.key)))
  }

  @Test("Data that is not there is a dash in its column, and no failure of the study") func noData() throws {
    let listed = try ListedHome("pets", wnids: Self.pets)
    let plan = try listed.plan(Self.study())
    let column = plan.grids[0].columns.firstIndex { $0.heading == "gone" }!
    #expect(plan.grids[0].cells.allSatisfy { $0[column].obstacle?.contains("nowhere") == true && $0[column].all.isEmpty })
    let standing = try StudyObserver(home: listed.home).look(at: plan)
    #expect(StudyTable(plan.grids[0], plan: plan, standing: standing).cells[0][column].text == "–")
    #expect(problem { _ = try listed.plan(Self.study().replacing("dataset: pets", with: "dataset: nowhere")) }?.kind == .notFound)
  }

  @Test("Only what is asked for is planned: reports, rows, columns, seeds") func selection() throws {
    let listed = try ListedHome("pets", wnids: Self.pets)
    let text = Self.study("net: alexnet-28, epochs: 2, seeds: [1, 2]")
    #expect(try listed.plan(text).works.count == 16)
    #expect(try listed.plan(text, selection: .init(rows: ["few"])).works.count == 8)
    #expect(try listed.plan(text, selection: .init(columns: ["own"])).works.count == 4)
    #expect(try listed.plan(text, selection: .init(rows: ["all"], columns: ["near"], seeds: [2])).works.filter { $0.isMeasure }.map(\.seed) == [2])
    #expect(problem { _ = try listed.plan(text, selection: .init(rows: ["al"])) }?.advice == "did you mean `all`?")
  }

  @Test("The first seed of every row comes before the second of any, and what many build on first") func order() throws {
    let listed = try ListedHome("pets", wnids: Self.pets)
    let plan = try listed.plan(Self.study("net: alexnet-28, epochs: 2, seeds: [3, 1]"))
    let order = plan.order.map { plan.works[$0] }
    #expect(order.prefix(2).allSatisfy { $0.test == nil && $0.seed == 3 })
    let lastFirst = order.lastIndex { $0.seed == 3 && $0.repeated == 1 }!
    #expect(order.firstIndex { $0.seed == 1 }! >= lastFirst - 2)
  }

  @Test("A net that cannot be made is told with its name, beside all others that cannot") func impossible() throws {
    let listed = try ListedHome("pets", wnids: Self.pets)
    let problem = problem { _ = try listed.plan(Self.study(nets: "{a: classes 99, b: set gone, c: classes 98}")) }
    #expect(problem?.details.contains { $0.hasPrefix("a, own:") } == true && problem?.details.contains { $0.hasPrefix("c, own:") } == true)
  }

  @Test("The paper's studies come to something on other data, and say where they are from", arguments: StudyTemplate.names) func scaled(name: String) throws {
    let catalog = DatasetCatalog(home: Home(explicit: "/nonexistent"))
    let text = try StudyTemplate.text(name, dataset: "fashion-mnist", catalog: catalog)
    #expect(text.hasPrefix("# Scaled from the paper's \(name) to fashion-mnist."))
    let study = try StudyFile.parse(text, at: name)
    let folder = TemporaryFolder()
    let plan = try StudyPlan(StudyFile(name: name, path: name, study: study), home: Home(explicit: folder.path))
    #expect(!plan.works.isEmpty && study.train.seeds == [1, 2, 3])
    for grid in plan.grids { for cells in grid.cells { #expect(cells.allSatisfy { $0.obstacle == nil }) } }
  }

  @Test("Millions of trainings, as by a slip, are refused before they are planned") func tooMany() throws {
    let listed = try ListedHome("pets", wnids: Self.pets)
    let seeds = (1...12_000).map { "\($0)" }.joined(separator: ", ")
    let problem = problem { _ = try listed.plan(Self.study("net: alexnet-28, epochs: 2, seeds: [\(seeds)]")) }
    #expect(problem?.kind == .data && problem?.description.contains("100,000") == true, "\(problem.debugDescription)")
  }
}

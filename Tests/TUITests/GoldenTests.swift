import Analysis
import Basics
import FoundationEssentials
import Networks
import TUI
import Taxonomy
import Testing

/// Every screen as literal text and styles, at three sizes and on five kinds of terminal. What is expected lies in Goldens/, a
/// file for each screen and size; after a change that was meant, `RECORD_GOLDENS=1 swift test --filter GoldenTests`
/// writes them anew, and their diff is what to review.
@Suite struct GoldenTests {
  static let looks: [(name: String, look: Look)] = [
    ("mono", Look(glyphs: .unicode, colors: .mono)), ("16", Look(glyphs: .unicode, colors: .ansi16)),
    ("256", Look(glyphs: .unicode, colors: .palette256)), ("true", Look(glyphs: .unicode, colors: .trueColor)),
    ("ascii", Look(glyphs: .ascii, colors: .mono)),
  ]

  @Test(
    "The screens look as they did when somebody last looked", arguments: GoldenScreen.allCases,
    [
      Size(rows: 10, columns: 40), Size(rows: 20, columns: 60), Size(rows: 24, columns: 80), Size(rows: 40, columns: 140),
    ])
  func screens(screen: GoldenScreen, size: Size) throws {
    let canvases = try Self.looks.map { ($0.name, view(try screen.state(size, $0.look))) }
    let recorded = Self.blocks("text", canvases, \.text) + Self.blocks("style", canvases, Self.styles)
    let path = Self.folder + "/\(screen.rawValue)-\(size.columns)x\(size.rows).txt"
    if ProcessInfo.processInfo.environment["RECORD_GOLDENS"] != nil {
      try FileManager.default.createDirectory(atPath: Self.folder, withIntermediateDirectories: true)
      try Data(recorded.utf8).write(to: URL(filePath: path))
      return
    }
    let data = FileManager.default.contents(atPath: path)
    let expected = try #require(data.map { String(decoding: $0, as: UTF8.self) }, "\(path) is missing; record it")
    #expect(recorded == expected, "\(Self.firstDifference(expected, recorded))")
  }

  private static let folder = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    .joined(separator: "/") + "/Goldens"

  /// One block for each different result, headed by the terminals that it is the same on.
  private static func blocks(
    _ kind: String, _ canvases: [(String, Canvas)], _ describe: (Canvas) -> String
  ) -> String {
    var blocks: [(names: [String], body: String)] = []
    for (name, canvas) in canvases {
      let body = describe(canvas)
      if let index = blocks.firstIndex(where: { $0.body == body }) {
        blocks[index].names.append(name)
      } else {
        blocks.append(([name], body))
      }
    }
    return blocks.map { "=== \(kind): \($0.names.joined(separator: " "))\n\($0.body)\n" }.joined()
  }

  /// For each row its cells that are not plain: `column+count style`.
  private static func styles(_ canvas: Canvas) -> String {
    (0..<canvas.size.rows).compactMap { row in
      var runs: [(column: Int, count: Int, style: String)] = []
      for (column, cell) in canvas.row(row).enumerated() where cell.style != .plain {
        let style = name(cell.style)
        if let last = runs.last, last.column + last.count == column, last.style == style {
          runs[runs.count - 1].count += 1
        } else {
          runs.append((column, 1, style))
        }
      }
      if runs.isEmpty { return nil }
      return "\(row): " + runs.map { "\($0.column)+\($0.count) \($0.style)" }.joined(separator: ", ")
    }.joined(separator: "\n")
  }

  private static func name(_ style: Style) -> String {
    var words = [name(style.foreground)]
    if style.background != .standard { words.append("on \(name(style.background))") }
    if style.attributes.contains(.bold) { words.append("bold") }
    if style.attributes.contains(.underline) { words.append("underlined") }
    if style.attributes.contains(.reverse) { words.append("reverse") }
    return words.joined(separator: " ")
  }

  private static func name(_ color: Color) -> String {
    switch color.kind {
    case .series: "series \(color.number)"
    case let kind: "\(kind)"  // what a picture shows is the business of its own tests
    }
  }

  private static func firstDifference(_ expected: String, _ found: String) -> String {
    let (old, new) = (expected.split(separator: "\n", omittingEmptySubsequences: false), found.split(separator: "\n", omittingEmptySubsequences: false))
    for line in 0..<max(old.count, new.count) {
      let (before, now) = (line < old.count ? old[line] : "(nothing)", line < new.count ? new[line] : "(nothing)")
      if before != now { return "line \(line + 1):\n- \(before)\n+ \(now)" }
    }
    return "none"
  }
}

/// The states of the program that have a golden.
enum GoldenScreen: String, CaseIterable, Sendable {
  case tree, treeSearch = "tree-search", treeMenu = "tree-menu", treeSlider = "tree-slider", treeSplit = "tree-split"
  case treeConsequences = "tree-consequences", treePictures = "tree-pictures", treeCollage = "tree-collage"
  case treeBookmarks = "tree-bookmarks", treePolicy = "tree-policy", treeHistory = "tree-history", treeSaveParts = "tree-save-parts"
  case runs, run, stop, launch, launchError = "launch-error"
  case filter, filterError = "filter-error", groups, notes, extend
  case charts, chart, frozen
  case classes, difference, news
  case neighbours, zoom, neighboursVerdict = "neighbours-verdict", neighboursSurprising = "neighbours-surprising"
  case coarseFine = "coarse-fine", confusions, joins, induction, map, detections, boxes
  case library, libraryRename = "library-rename", libraryDone = "library-done", libraryExport = "library-export"
  case compare, compareOnly = "compare-only", compareChoose = "compare-choose"
  case studies, study, studyCell = "study-cell", studyPlan = "study-plan", studyFigure = "study-figure", studyFigureBars = "study-figure-bars", studyQuestion = "study-question"
  case help, palette
  case tooSmall = "too-small"

  func state(_ size: Size, _ look: Look) throws -> AppState {
    var state = try base(size, look)
    for key in keys { TreeScreenTests.press(&state, key) }
    if self == .tree || self == .treePictures, let line = state.tree.line, let hierarchy = state.tree.history?.current.cut.hierarchy {
      // The cursor has rested, and its pictures came.
      _ = update(&state, .tree(.settled(node: line.node)))
      let pictures = [Thumbnail](repeating: Thumbnail(try TinyDataset().picture(.train, 0)), count: 6)
      _ = update(&state, .tree(.pictures(wnid: hierarchy.wnid(line.node), pictures)))
    }
    if self == .treeCollage, let version = state.tree.history?.current {
      let pictures = [Thumbnail](repeating: Thumbnail(try TinyDataset().picture(.train, 0)), count: 60)
      let parts = [TreeCollage.Part("part A   6 classes", pictures), TreeCollage.Part("part B   3 classes", pictures)]
      _ = update(&state, .tree(.collage(TreeCollage(version: version, parts: parts))))
    }
    if self == .treePolicy, let version = state.tree.history?.current {
      let other = try Hierarchy(
        fineClasses: version.cut.hierarchy.fineClasses, wordNet: version.cut.hierarchy.wordNet, policy: .file)
      _ = update(&state, .tree(.outlook(.success(try PolicyMenu.Outlook(version, on: other)), of: version)))
    }
    return state
  }

  private func base(_ size: Size, _ look: Look) throws -> AppState {
    switch self {
    case .tree, .treeSearch, .treeMenu, .treeSlider, .treeSplit, .treeConsequences, .treePictures, .treeCollage, .treeBookmarks,
      .treeHistory, .treeSaveParts, .help, .palette:
      return try TreeScreenTests.state("fashion-mnist", size, look)
    case .treePolicy: return try TreeScreenTests.state("imagenet-1k", size, look)
    case .tooSmall:
      return try TreeScreenTests.state("fashion-mnist", Size(rows: 9, columns: size.columns - 1), look)
    case .runs, .run, .stop, .filter, .filterError, .notes, .extend, .charts, .chart, .frozen:
      return RunsFixtures.state(rows: size.rows, columns: size.columns, look)
    case .groups:
      var state = RunsFixtures.state(rows: size.rows, columns: size.columns, look)
      _ = update(&state, .runs(.looked(RunsLook(runs: RunsFixtures.seeds))))
      return state
    case .classes: return try RunsFixtures.classes(rows: size.rows, columns: size.columns, look)
    case .difference: return RunsFixtures.difference(rows: size.rows, columns: size.columns, look)
    case .news: return RunsFixtures.news(rows: size.rows, columns: size.columns, look)
    case .launch, .launchError: return LaunchFormTests.opened(rows: size.rows, columns: size.columns, look)
    case .library, .libraryRename, .libraryExport: return LibraryFixtures.state(rows: size.rows, columns: size.columns, look)
    case .compare, .compareOnly:
      return try ComparisonFixtures.state(size, look, left: [.leaveOut(classes: ["n02774152"]), .cut(collapsed: ["n04197391"])])
    case .compareChoose:
      var state = try ComparisonFixtures.state(size, look)
      guard case .comparison(.list(let choice))? = update(&state, .key("b")).last else { return state }
      _ = update(&state, .comparison(.listed(choice, LibraryFixtures.entries.map(\.summary))))
      return state
    case .libraryDone:
      var state = LibraryFixtures.state(rows: size.rows, columns: size.columns, look)
      let command = ShellCommand("labels", "rename", "coarse-4", "coarse-four")
      _ = update(&state, .library(.done("Renamed coarse-4 to coarse-four", command, select: nil)))
      return state
    case .studies: return StudiesFixtures.state(rows: size.rows, columns: size.columns, look, isOpen: false)
    case .study, .studyCell, .studyPlan, .studyFigure, .studyFigureBars: return StudiesFixtures.state(rows: size.rows, columns: size.columns, look, isOpen: true)
    case .studyQuestion:
      return StudiesFixtures.state(rows: size.rows, columns: size.columns, look, isOpen: true, view: StudiesFixtures.view(isRun: false))
    case .coarseFine: return try EvaluationFixtures().opened(size, look)
    case .confusions, .joins, .induction, .map, .detections, .boxes:
      let fixtures = try EvaluationFixtures()
      var state = try fixtures.opened(size, look)
      let keys: [GoldenScreen: [Key]] = [.confusions: [.enter, "j"], .joins: ["m"], .induction: ["i"], .map: ["p", "j"], .detections: ["b", "j"], .boxes: ["b", .enter]]
      for key in keys[self] ?? [] { try fixtures.press(&state, key) }
      return state
    case .neighbours, .zoom, .neighboursVerdict, .neighboursSurprising:
      var state = NeighborsFixtures.opened(rows: size.rows, columns: size.columns, look, runs: 2)
      let images = state.neighbors.rows.indices.flatMap { state.neighbors.neighbors($0) }
      let references = [state.neighbors.query].compactMap { $0 } + images.map { ImageReference($0.split, $0.index) }
      let picture = Thumbnail(try TinyDataset().picture(.train, 0))
      _ = update(&state, .neighbors(.pictures(Dictionary(references.map { ($0, picture) }) { first, _ in first })))
      if self == .neighboursSurprising {
        let found = [(2, 0, 4, true), (1, 1, 3, true), (3, 5, 1, false)].map { image, fine, coarse, isCoarseRight in
          SurprisingQuery(image: image, label: Int32(image), fine: fine, coarse: coarse, isCoarseRight: isCoarseRight)
        }
        _ = update(&state, .neighbors(.surprising(.found(found))))
        _ = update(&state, .key("s"))
      }
      return state
    }
  }

  /// Clothing in part A, footwear in part B, the bag in neither.
  private static let split: [Key] = ["/", "c", "l", "o", "t", "h", "i", "n", "g", .enter, "A", "/", "f", "o", "o", "t", "w", "e", "a", "r", .enter, "B"]

  private var keys: [Key] {
    switch self {
    case .tree: ["j", "j", "j", "c"]
    case .treeSearch: ["/", "s", "h", "o", "e"]
    case .treeMenu: ["m", "j", "j", "j", .tab]
    case .treeSlider: ["m", "j", .left]
    case .treeSplit: Self.split
    case .treeConsequences: Self.split + ["-", "w"]
    case .treePictures: ["j", "j", "j", "p"]
    case .treeCollage: Self.split + ["P"]
    case .treeBookmarks: ["j", "b", "j", "j", "b", "'"]
    case .treePolicy: ["-", "-", "M", "j"]
    case .treeHistory: ["-", "j", "j", "x", "H"]
    case .treeSaveParts: Self.split + ["W"]
    case .runs, .launch, .tooSmall, .libraryDone, .compare, .compareChoose: []
    case .compareOnly: ["d", "n"]
    case .libraryExport: ["e"]
    case .library: [" ", "S"]
    case .libraryRename: ["r"]
    case .run: [.enter]
    case .stop: ["x"]
    case .filter: ["/"] + "acc>.9 -tag:old".map(Key.character)
    case .filterError: ["/"] + "acc>".map(Key.character)
    case .groups: ["b"]
    case .notes: ["e"]
    case .extend: ["E"]
    case .charts: ["z", "."]
    case .chart: ["z", "z", .left, .left, .left]
    case .frozen: ["+", "+", "[", .left]
    case .classes: ["j", "j"]
    case .difference: []
    case .news: ["w", "j"]
    case .launchError: [.down, .down, "x"]
    case .neighbours: [.right]
    case .zoom: [.right, "z"]
    case .neighboursVerdict: ["v", "v", "v"]
    case .neighboursSurprising, .coarseFine, .confusions, .joins, .induction, .map, .detections, .boxes: []
    case .studies: ["j"]
    case .study: []
    case .studyCell: ["j", "j", "l"]
    case .studyPlan: ["p"]
    case .studyFigure: ["f"]
    case .studyFigureBars: ["f", "f"]
    case .studyQuestion: ["s"]
    case .help: ["?"]
    case .palette: [":", "t"]
    }
  }
}

import Files
import Runs

/// How the runs screen was left, kept in the home's `screens/`: each run keeps its colour and glyph, and what became of the runs since
/// then can be told.
package struct RememberedRuns: Codable, Equatable, Sendable {
  package var marks = Marks()
  package var baseline: RunsNews.Baseline?
  package var overlaid: Set<String> = []
  /// As ``RunOrder/text``.
  package var order = RunOrder.newestFirst.text
  package var isGrouped = false
  package var unit = ChartUnit.step
  /// The run with the cursor, and the filter as it was typed; nil in a file of a time that did not remember them.
  package var selected: String?
  package var filter: String?
  /// How charts are drawn; nil as well.
  package var isLogarithmic: Bool?
  package var ignoresOutliers: Bool?
  package var smoothing: Double?

  package init() {}

  /// ``RunMarks/numbers``, as one text of numbers and names: as a dictionary, ten thousand take JSON longer than all else until the list is shown.
  package struct Marks: Codable, Equatable, Sendable {
    package var numbers: [String: Int]

    package init(_ numbers: [String: Int] = [:]) { self.numbers = numbers }

    package init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      guard let text = try? container.decode(String.self) else {
        // As they were kept before.
        numbers = try container.decode([String: Int].self).filter { RunMarks.numbers ~= $0.value }
        return
      }
      numbers = Dictionary(minimumCapacity: text.utf8.count / 24)
      for entry in text.utf8.split(separator: UInt8(ascii: "/")) {
        guard let space = entry.firstIndex(of: UInt8(ascii: " ")), let number = Int(Substring(entry[..<space])), RunMarks.numbers ~= number else { continue }
        numbers[String(Substring(entry[space...].dropFirst()))] = number
      }
    }

    /// No directory's name has a slash.
    package func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      try container.encode(numbers.map { "\($1) \($0)" }.sorted().joined(separator: "/"))
    }
  }

  /// No dataset has a name that begins with a dot.
  private static func path(_ home: Home) -> String { "\(home.path)/screens/.runs.json" }

  /// Empty where nothing is remembered, or what is there is not ours: that is no reason not to start.
  package static func read(_ home: Home) -> RememberedRuns {
    (try? RunJSON.read(RememberedRuns.self, from: path(home), what: "the saved view of the runs")) ?? RememberedRuns()
  }

  /// What cannot be written is not remembered: leaving must not fail.
  package func write(_ home: Home) {
    // As an observer: earlier versions kept the marks under keys.
    guard !RunJSON.isOfNewerVersion(RememberedRuns.self, at: Self.path(home), for: .observer) else { return }
    try? AtomicFile.makeFolder(home.path + "/screens")
    try? RunJSON.write(self, to: Self.path(home))
  }
}

extension RunsScreen {
  /// What to remember; nil until the runs were looked at.
  package var remembered: RememberedRuns? {
    guard hasLooked else { return nil }
    var remembered = RememberedRuns()
    remembered.marks = RememberedRuns.Marks(marks.numbers)
    // News that nobody read stay news.
    remembered.baseline = news.items.isEmpty ? RunsNews.Baseline(runs, time: news.time) : news.baseline
    remembered.overlaid = charts.overlaid
    remembered.order = list.arrangement.order.text
    remembered.isGrouped = list.isGrouped
    remembered.unit = charts.window.unit
    remembered.selected = selected?.id
    remembered.isLogarithmic = charts.options.isLogarithmic
    remembered.ignoresOutliers = charts.options.ignoresOutliers
    remembered.smoothing = charts.options.smoothing
    remembered.filter = list.filter.text
    return remembered
  }

  mutating func recall(_ remembered: RememberedRuns) {
    marks = RunMarks(remembered.marks.numbers)
    news = RunsNews(since: remembered.baseline)
    charts.overlaid = remembered.overlaid
    charts.window = ChartWindow(unit: remembered.unit)
    charts.options.isLogarithmic = remembered.isLogarithmic ?? charts.options.isLogarithmic
    charts.options.ignoresOutliers = remembered.ignoresOutliers ?? charts.options.ignoresOutliers
    if let smoothing = remembered.smoothing, (0..<1).contains(smoothing) { charts.options.smoothing = smoothing }
    list.isGrouped = remembered.isGrouped
    wanted = remembered.selected
    if let filter = remembered.filter.flatMap({ try? RunFilter($0) }) { list.filter = filter }
    if let order = try? RunOrder(remembered.order) { list.arrangement.order = order }
  }
}

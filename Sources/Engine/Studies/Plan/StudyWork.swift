import Basics
import Datasets
import Networks
import Runs
import Settings
import Taxonomy

/// One piece of work of a study: a training, a network with random weights, weights that are there, or a measure. Cells that need the same share it.
public struct StudyWork: Sendable {
  public enum Kind: Sendable {
    case training(TrainingRequest)
    case untrained(TrainingRequest)
    /// A run of the home, by its directory's name.
    case existing(String)
    /// Weights from a file, which become a run.
    case weights(WeightsFile)
    /// Imported features, by their name.
    case features(String)
    case measure(StudyMeasure)
  }

  public struct WeightsFile: Sendable {
    var path: String
    var architecture: Architecture
    /// What the network's outputs mean.
    var labelSet: LabelSet
  }

  public var kind: Kind
  /// What identifies it: of a training its ``Runs/TrainingKey``, of a measure that of its canonical text.
  public var key: String
  /// What the key is the hash of.
  public var text: String
  /// Of a run's directory.
  public var name: String
  /// In words: "918, seed 2"; "det of 918, seed 1, repeat 2".
  public var title: String
  public var net: String
  /// Nil: the net itself.
  public var test: String?
  public var seed: UInt64
  public var repeated = 1
  /// Which of the net's seeds it is, from 0.
  var seedIndex = 0
  /// Where its parents are among a plan's works: the net, then the baseline.
  public var parents: [Int] = []
  /// Of a training: its steps, the images of each, and the network.
  public var steps = 0, batch = 0
  public var network = ""
  /// What a training that begins with it has to know.
  var configuration: TrainingConfiguration?
  /// How many works need it, directly or not.
  public var descendants = 0

  public var isTraining: Bool { if case .training = kind { true } else { false } }
  /// Whether a run of the home fills it.
  var isRun: Bool {
    switch kind {
    case .training, .untrained, .weights: true
    case .existing, .features, .measure: false
    }
  }

  public var isMeasure: Bool { if case .measure = kind { true } else { false } }
}

/// What is measured of a net, with everything looked up but the runs.
public struct StudyMeasure: Sendable {
  public var measure: StudyTest.Measure
  public var dataset: String
  public var labelSet: LabelSet?
}

/// A place in a table: the works that its number is made of.
public struct StudyCell: Sendable {
  /// By the seeds of the net, the works of its repeats.
  public var works: [(seed: UInt64, repeats: [Int])] = []
  public var metric: StudyMetric
  /// Why nothing can be computed: data that is not there, a task that is not known yet.
  public var obstacle: String?

  public var all: [Int] { works.flatMap(\.repeats) }
}

/// A report with its cells.
public struct StudyGrid: Sendable {
  public struct Row: Sendable {
    public var net: String
    public var classes, images: Int?
  }

  public struct Column: Sendable {
    public var heading: String
    public var test: String
    public var metric: StudyMetric
    public var net: String?
  }

  public var report: StudyReport
  public var rows: [Row]
  public var columns: [Column]
  /// By row, then column.
  public var cells: [[StudyCell]]
}

/// What part of a study is asked for.
public struct StudySelection: Equatable, Sendable {
  /// Names of reports, rows, headings of columns or tests, seeds; nil: all.
  public var reports, rows, columns: [String]?
  public var seeds: [UInt64]?

  public init(reports: [String]? = nil, rows: [String]? = nil, columns: [String]? = nil, seeds: [UInt64]? = nil) {
    (self.reports, self.rows, self.columns, self.seeds) = (reports, rows, columns, seeds)
  }

  /// - Throws: a ``Problem`` where a name is not the study's.
  func check(_ study: Study) throws(Problem) {
    func check(_ option: String, _ names: [String]?, _ known: [String]) throws(Problem) {
      for name in names ?? [] where !known.contains(name) {
        let near = nearestWord(to: name, among: known).map { "did you mean `\($0)`?" }
        throw Problem("the study has no such \(option.dropLast())", at: name, expected: firstFew(known, 12), advice: near, kind: .usage)
      }
    }
    try check("reports", reports, study.reports.map(\.name))
    try check("rows", rows, study.nets.map(\.name))
    try check("columns", columns, study.reports.flatMap { $0.columns.flatMap { [$0.heading, $0.test] } })
  }
}

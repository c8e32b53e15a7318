import Basics
import Settings
import Taxonomy

/// What a study file says: which nets are trained, what is done with each, and which tables come of it.
///
/// A study owns no run. Its cells are looked up among all runs of a home by what decides their numbers (``TrainingKey``).
public struct Study: Equatable, Sendable {
  public var title: String
  public var dataset: String
  /// What holds for every net, unless it says otherwise.
  public var train = StudySettings()
  public var nets: [StudyNet] = []
  public var tests: [StudyTest] = []
  public var reports: [StudyReport] = []

  /// The version of the format.
  package static let version = 1
  /// The test that every net has: its own validation.
  package static let own = "own"

  public func net(_ name: String) -> StudyNet? { nets.first { $0.name == name } }

  public func test(_ name: String) -> StudyTest? {
    name == Self.own ? StudyTest(name: Self.own, kind: .own) : tests.first { $0.name == name }
  }
}

/// What a training is told, as the options of `train` say it.
public struct StudySettings: Equatable, Sendable {
  public var network: String?
  /// Canonical texts by the option (``Runs/TrainingSetting/canonical(_:)``).
  public var values: [String: [String]] = [:]
  public var seeds: [UInt64]?

  public init() {}

  /// These settings, and those of `other` where these say nothing.
  func over(_ other: StudySettings) -> StudySettings {
    var merged = self
    merged.network = network ?? other.network
    merged.seeds = seeds ?? other.seeds
    // A length in other units, and a recipe, take the place of the length below.
    let lengths: Set = ["epochs", "iterations"]
    let hasLength = values.keys.contains { lengths.contains($0) || $0 == "recipe" }
    for (flag, texts) in other.values where merged.values[flag] == nil && !(hasLength && lengths.contains(flag)) { merged.values[flag] = texts }
    return merged
  }
}

/// A row: how the classes of a net are made, or where its weights are from.
public struct StudyNet: Equatable, Sendable {
  public enum Source: Equatable, Sendable {
    case labels(LabelRecipe)
    /// Random weights.
    case untrained
    /// A run of the home.
    case run(String)
    /// A file of weights.
    case file(String)
    /// Imported features, of which only measures can be made.
    case features(String)
  }

  public var name: String
  public var source: Source
  /// Nil: the study's.
  public var dataset: String?
  public var settings = StudySettings()
}

/// What is done with a net.
public struct StudyTest: Equatable, Sendable {
  public enum Kind: Equatable, Sendable {
    /// The net's own validation.
    case own
    /// A training that begins with the net.
    case tune(Tuning)
    case measure(Measure)
    /// A task that a later version has.
    case unknownTask(String)
  }

  public struct Tuning: Equatable, Sendable {
    public var labels = Labels.all
    /// Nil: the study's.
    public var dataset: String?
    public var settings = StudySettings()
    /// As the study file calls it, where it is a task.
    public var task: String?
  }

  /// What is measured without training. `labels` are those that images are told apart by.
  public struct Measure: Equatable, Sendable {
    public enum Kind: String, CaseIterable, Sendable {
      case induction
      case coarseFine = "coarse-fine"
      case knn, linear, neighbours
      /// Of the net's own classifier.
      case accuracy
    }

    public var kind: Kind
    public var labels: Labels?
    public var dataset: String?
    public var space: String?
    public var metric: String?
    /// The net that others are compared with.
    public var baseline: String?
    public var k: Int?
    /// Coarse classes of fewer members are left out.
    public var members: Int?
    public var l2: Double?
  }

  /// Which classes a test is about.
  public enum Labels: Equatable, Sendable {
    /// The dataset's fine classes.
    case all
    /// Those of the row's net.
    case row
    case net(String)
    case recipe(LabelRecipe)
  }

  public var name: String
  public var kind: Kind
  /// How often, with seeds 1…n.
  public var repeats = 1

  var isMeasure: Bool { if case .measure = kind { true } else { false } }

  /// Its own dataset; nil: the row's.
  var dataset: String? {
    switch kind {
    case .own, .unknownTask: nil
    case .tune(let tuning): tuning.dataset
    case .measure(let measure): measure.dataset
    }
  }

  /// The figures it gives, the first of them where a column names none.
  public var metrics: [StudyMetric] {
    switch kind {
    case .own, .tune: StudyMetric.ofTraining
    case .unknownTask: [StudyMetric(name: "mAP", heading: "mAP")]
    case .measure(let measure): StudyMetric.of(measure.kind)
    }
  }
}

/// A figure of a test.
public struct StudyMetric: Equatable, Sendable {
  public enum Form: Sendable { case percent, number }

  public var name: String
  public var heading: String
  public var form = Form.percent

  /// Whether it is a share of images that were told right.
  var isAccuracy: Bool { name == "accuracy" || name.hasPrefix("top") || name.hasPrefix("baseline") }

  static let ofTraining = [
    StudyMetric(name: "accuracy", heading: "mean class accuracy"), StudyMetric(name: "top1", heading: "top-1"),
    StudyMetric(name: "top5", heading: "top-5"), StudyMetric(name: "loss", heading: "loss", form: .number),
  ]

  static func of(_ measure: StudyTest.Measure.Kind) -> [StudyMetric] {
    switch measure {
    case .induction:
      [
        StudyMetric(name: "top1", heading: "induction top-1"), StudyMetric(name: "baseline1", heading: "baseline top-1"),
        StudyMetric(name: "top5", heading: "induction top-5"), StudyMetric(name: "baseline5", heading: "baseline top-5"),
      ]
    case .coarseFine:
      [StudyMetric(name: "difference", heading: "coarse − fine accuracy"), StudyMetric(name: "height", heading: "height of errors", form: .number)]
    case .knn: [StudyMetric(name: "accuracy", heading: "k-NN mean class accuracy"), StudyMetric(name: "top1", heading: "k-NN top-1")]
    case .linear: [StudyMetric(name: "accuracy", heading: "linear probe mean class accuracy"), StudyMetric(name: "top1", heading: "linear probe top-1")]
    case .accuracy: Array(ofTraining.prefix(2))
    case .neighbours:
      [
        StudyMetric(name: "precision", heading: "neighbours of the same class"), StudyMetric(name: "coarse", heading: "neighbours of the same coarse class alone"),
        StudyMetric(name: "wrong", heading: "neighbours of other classes"),
      ]
    }
  }
}

/// A table: nets by tests.
public struct StudyReport: Equatable, Sendable {
  public struct Column: Equatable, Sendable {
    public var heading: String
    public var test: String
    /// Nil: the test's first.
    public var metric: String?
    /// Nil: the row's.
    public var net: String?
  }

  /// A number as the paper prints it, per cent.
  public struct Published: Equatable, Codable, Sendable {
    public var value: Double
    public var deviation: Double?

    package init(value: Double, deviation: Double? = nil) { (self.value, self.deviation) = (value, deviation) }
  }

  public struct Plot: Equatable, Sendable {
    public enum Axis: String, CaseIterable, Sendable { case classes, images, rows }

    public var x = Axis.rows
    /// Headings of columns.
    public var left: [String] = []
    public var right: [String] = []
    public var bars = false
    /// How many bars at either end; nil: all.
    public var ends: Int?
  }

  public var name: String
  public var rows: [String] = []
  public var columns: [Column] = []
  public var plot: Plot?
  /// By row, then by heading.
  public var paper: [String: [String: Published]] = [:]
}

import Basics
import Files
import Kernels
import Networks
import Settings
import Taxonomy

/// All that is needed to repeat a run, saved as its `run.json` before it starts and never changed.
public struct RunConfiguration: Codable, Equatable, Sendable {
  /// What the researcher called it.
  public var name: String
  /// Seconds since 1970.
  @Bounded<Moment> public var created: Double
  public var dataset: String
  /// ``Dataset/fingerprint`` at the launch: a run refuses to go on with other data.
  public var fingerprint: String
  public var labelSet: LabelSet
  public var training: TrainingConfiguration
  /// Processor cores to use, nil for all. Decides the speed, never a number.
  @BoundedIfThere<Workers> public var workers: Int?
  /// How many of the last checkpoints are kept beside the best, nil for ``Checkpoints/kept``.
  @BoundedIfThere<Kept> public var keep: Int?
  /// The program and its version.
  public var program: String
  /// The machine that it was launched on.
  public var host: String
  /// The equivalent command line.
  public var command: [String]
  /// Where the weights that the run began with are from; nil: from chance.
  public var lineage: Lineage?

  /// Whether it is a network with random weights, which nothing trains; nil: no.
  public var isUntrained: Bool?

  /// The SHA-256 of the file that its weights were imported from; nil: they were not, or by an earlier version.
  public var weights: String?
  /// The version of the numbers (``Numerics``); nil: 1.
  @BoundedIfThere<Natural> public var numerics: Int?

  /// What it was planned to be computed with; nil, as in runs of earlier versions: unknown.
  public var machine: Machine?

  /// A processor and what computes on it.
  public struct Machine: Codable, Equatable, Sendable {
    /// Its name as the system tells it.
    public var processor: String
    /// ``ProcessorVectors/name``; decides no number.
    public var vectors: String
    /// ``MatrixLibrary/numerics``, which decides the last bits.
    public var matrix: String

    package init(_ backend: CPUBackend) {
      processor = ProcessorCores.name
      vectors = backend.vectors.name
      matrix = backend.matrixLibrary.numerics
    }

    public var text: String { "\(matrix == "own" ? "own matrix product" : matrix), \(vectors), on \(processor)" }

    /// What the log tells at the start of a worker.
    package func remarks(begunOn first: Machine?) -> [String] {
      var lines = ["using \(text)"]
      if matrix != "own", let choice = MatrixLibrary.correctedChoice {
        lines.append("OpenBLAS by itself would have run its kernels for \(choice), which are slower here")
      }
      if let first, first.matrix != matrix {
        lines.append("the run was started with \(first.matrix) on \(first.processor): from here on it is not bit-for-bit reproducible")
      }
      return lines
    }
  }

  /// Weights that a run was begun with. The run has them itself, as its checkpoint of step 0, until it has later ones.
  public struct Lineage: Codable, Equatable, Sendable {
    /// The run's directory name, or the file.
    public var from: String
    /// The step of the checkpoint; nil for a file.
    @BoundedIfThere<Count> public var step: Int?
    /// Whether the classifier is a new one.
    public var hasNewHead: Bool
    /// What identifies these weights (``TrainingKey``), so that the run can be told where they are gone; nil, as in runs of earlier versions: unknown.
    public var key: String?

    public init(from: String, step: Int?, hasNewHead: Bool, key: String? = nil) {
      self.from = from
      self.step = step
      self.hasNewHead = hasNewHead
      self.key = key
    }
  }

  public enum Workers: Limits { public static let range = 1...1024 }
  public enum Kept: Limits { public static let range = 1...1_000_000 }

  public init(
    name: String, created: Double, dataset: String, fingerprint: String, labelSet: LabelSet,
    training: TrainingConfiguration, workers: Int?, keep: Int? = nil, program: String, host: String, command: [String],
    lineage: Lineage? = nil, machine: Machine? = nil
  ) {
    self.name = name
    self.created = created
    self.dataset = dataset
    self.fingerprint = fingerprint
    self.labelSet = labelSet
    self.training = training
    self.workers = workers
    self.keep = keep
    self.program = program
    self.host = host
    self.command = command
    self.lineage = lineage
    self.machine = machine
    numerics = Numerics.version > 1 ? Numerics.version : nil
  }
}

/// Which numbers this program computes.
public enum Numerics {
  /// Is raised by hand when trainings or measures give other numbers on purpose. Older results still count, and say so.
  public static let version = 1
}

extension RunConfiguration {
  /// What a run's file may say beyond what each of its numbers may be.
  /// - Throws: a ``Problem`` where no training of this version can be like this.
  func check(of run: RunDirectory) throws(Problem) {
    let file = run.configurationFile
    func newer(_ key: String, _ found: String) -> Problem {
      RunJSON.newer("the run", at: file, key, found: found, maker: ProgramVersion(program))
    }
    guard let architecture = try? Architecture.named(training.network) else { throw newer("training.network", "“\(training.network)”") }
    if let tuning = training.tuning {
      do throws(Problem) {
        _ = try NetworkSplit(architecture, classes: labelSet.classes.count, tuning: tuning)
      } catch {
        throw newer("training.tuning", "the layer “\(error.place ?? "")”")
      }
    }
    do throws(Problem) {
      try training.validate()
    } catch {
      throw Problem(
        "cannot read the run", at: "\(file): training: \(error.place ?? "")", expected: error.expected, found: error.found,
        advice: run.repair, kind: .data)
    }
  }
}

import Basics
import Kernels
import Networks
import Settings

/// One setting of a training. The table of them (``all``) is what options, the launch form, the equivalent command and `runs diff` are
/// made of: a new setting is a row here, an option of `train`, and the place that uses it.
public struct TrainingSetting: Sendable {
  public enum Group: String, CaseIterable, Sendable {
    case weights, length, optimizer, validation, computation, run
  }

  public enum Kind: Sendable {
    case value
    /// Set or not, as an option without a value; `--no-…` takes it back.
    case flag
    /// An option that may be given several times.
    case list
  }

  /// The option of `train`, without its dashes.
  public let flag: String
  /// As the launch form and `runs diff` call it.
  public let name: String
  public let group: Group
  public let kind: Kind
  /// The help line of the option.
  public let help: String
  /// What a value may be, for messages.
  public let expected: String
  /// Whether runs that differ in it alone may differ in their numbers, and not as repeats of each other.
  let decides: Bool
  private let read: @Sendable ([String]) throws(Problem) -> [String]
  private let change: @Sendable ([String], inout TrainingConfiguration) -> Void
  private let configured: @Sendable (TrainingConfiguration) -> [String]
  private let recorded: @Sendable (RunConfiguration) -> String?

  /// The texts as ``texts(in:)`` writes them: `1,000` becomes `1000`.
  /// - Throws: a ``Problem`` that names the option and what is expected, where they are no value of it.
  public func canonical(_ texts: [String]) throws(Problem) -> [String] { try read(texts) }

  /// Puts the value into a configuration. What does not decide the numbers of a training (``TrainingRequest`` holds it) changes nothing.
  /// - Parameter texts: what ``canonical(_:)`` gives.
  func apply(_ texts: [String], to training: inout TrainingConfiguration) { change(texts, &training) }

  /// What a configuration says, as texts that ask for it.
  public func texts(in training: TrainingConfiguration) -> [String] { configured(training) }

  /// What a run was trained with, for people; nil where it does not apply.
  func text(of run: RunConfiguration) -> String? { recorded(run) }

  /// The words of a command line that ask for these texts.
  func words(_ texts: [String]) -> [String] {
    kind == .flag ? texts.map { $0 == "true" ? "--\(flag)" : "--no-\(flag)" } : texts.flatMap { ["--\(flag)", $0] }
  }
}

// MARK: Texts of values

/// How a value is read and written.
private struct Form<Value: Sendable>: Sendable {
  let expected: String
  let parse: @Sendable (String) -> Value?
  let text: @Sendable (Value) -> String
}

/// Digits, with or without marks between thousands.
private func plain(_ text: String) -> String { text.filter { $0 != "," && $0 != "_" } }

private func whole<L: Limits>(_ limits: L.Type) -> Form<Int> where L.Number == Int {
  Form(expected: "a number from \(limits.text)", parse: { Int(plain($0)).flatMap { L.range.contains($0) ? $0 : nil } }, text: { "\($0)" })
}

private func number(_ expected: String, _ isGood: @escaping @Sendable (Float) -> Bool) -> Form<Float> {
  Form(expected: expected, parse: { Float(plain($0)).flatMap { $0.isFinite && isGood($0) ? $0 : nil } }, text: { "\($0)" })
}

private func choice<Value: RawRepresentable & CaseIterable & Sendable>(_ type: Value.Type) -> Form<Value> where Value.RawValue == String {
  Form(
    expected: type.allCases.map(\.rawValue).joined(separator: " or "), parse: { Value(rawValue: $0) }, text: { $0.rawValue })
}

private let anyText = Form<String>(expected: "a name", parse: { $0.isEmpty ? nil : $0 }, text: { $0 })
private let yesOrNo = Form<Bool>(expected: "true or false", parse: { Bool($0) }, text: { "\($0)" })

extension TrainingSetting {
  private static func unfit(_ flag: String, _ text: String, _ expected: String) -> Problem {
    Problem("the training cannot be set up", at: "--\(flag)", expected: expected, found: text, kind: .usage)
  }

  /// - Parameters:
  ///   - change: puts a value into a configuration; `configured` reads it there.
  ///   - shown: for people, where it is not the text.
  private init<Value: Sendable>(
    _ flag: String, _ name: String, _ group: Group, _ help: String, _ form: Form<Value>, kind: Kind = .value, decides: Bool = true,
    change: @escaping @Sendable (Value, inout TrainingConfiguration) -> Void = { _, _ in },
    configured: @escaping @Sendable (TrainingConfiguration) -> Value? = { _ in nil }, shown: (@Sendable (RunConfiguration) -> String?)? = nil
  ) {
    self.init(
      flag: flag, name: name, group: group, kind: kind, help: help, expected: form.expected, decides: decides,
      read: { (texts) throws(Problem) in
        guard let value = texts.last.flatMap(form.parse) else { throw Self.unfit(flag, texts.last ?? "nothing", form.expected) }
        return [form.text(value)]
      },
      change: { texts, training in if let value = texts.last.flatMap(form.parse) { change(value, &training) } },
      configured: { configured($0).map { [form.text($0)] } ?? [] },
      recorded: shown ?? { configured($0.training).map(form.text) })
  }

  private init<Value: Sendable>(
    _ flag: String, _ name: String, _ group: Group, _ help: String, _ form: Form<Value>,
    _ path: WritableKeyPath<TrainingConfiguration, Value> & Sendable, kind: Kind = .value, decides: Bool = true,
    shown: (@Sendable (RunConfiguration) -> String?)? = nil
  ) {
    self.init(
      flag, name, group, help, form, kind: kind, decides: decides, change: { $1[keyPath: path] = $0 }, configured: { $0[keyPath: path] },
      shown: shown)
  }
}

// MARK: The table

extension TrainingSetting {
  /// All settings, in the order in which they are shown.
  public static let all: [TrainingSetting] = [
    TrainingSetting(
      "recipe", "recipe", .optimizer, "Published training settings by name: caffe-alexnet, pascal-det, pascal-act, rcnn-star, det-stamps, act-stamps. (default: the network's own)",
      Form(expected: "one of \(NamedRecipe.all.map(\.name).joined(separator: ", "))", parse: { text in NamedRecipe.all.first { $0.name == text }?.name }, text: { $0 })),
    TrainingSetting(
      "task", "task", .run,
      "What is learned: classification, or of annotated images detection of objects or action of people. (default: classification)",
      choice(LearnedTask.self), \.task),
    TrainingSetting(
      "candidates", "candidates", .run, "For actions: the regions in which context is looked for: selective-search, grid, or the name of a file's. (default: the recipe's)",
      Form(expected: "a name", parse: { $0.isEmpty || $0.utf8.count > 256 ? nil : $0 }, text: { $0 }), change: { $1.actions?.candidates = $0 },
      configured: { $0.actions?.candidates }),
    TrainingSetting(
      "context", "context", .run, "For actions: score what is around a person as well. (default: yes)", yesOrNo, kind: .flag,
      change: { $1.actions?.context = $0 }, configured: { $0.actions?.context }),
    TrainingSetting(
      "box-loss", "box loss", .run, "For actions: learn the boxes of people as well. (default: yes)", yesOrNo, kind: .flag,
      change: { $1.actions?.boxLoss = $0 }, configured: { $0.actions?.boxLoss }),
    TrainingSetting(
      "from", "initial weights", .weights,
      "Initial weights: a run, or a checkpoint file. Images are then preprocessed as for that run, and the default learning rate is a tenth. (default: random)",
      anyText, shown: { run in
        run.lineage.map { $0.from + ($0.step.map { ", step \($0)" } ?? "") + ($0.hasNewHead ? ", new classifier" : "") } ?? "random"
      }),
    TrainingSetting(
      "tune", "trainable layers", .weights, "Trainable layers: all, last (the classifier), or from:LAYER. (default: all)",
      Form(expected: "all, last or from:LAYER", parse: TrainingConfiguration.Tuning.Part.init, text: \.text),
      change: { $1.tune($0, $1.tuning?.rateFactors ?? [:]) }, configured: { $0.tuning?.part ?? .all }),
    rateFactor,
    TrainingSetting(
      "init", "weight initialization", .weights,
      "Weight initialization: he, xavier, or gaussian:STD. (default: the network's own)",
      Form(expected: "he, xavier or gaussian:STD", parse: WeightInitialization.init, text: \.text),
      change: { $1.initialization = $0 }, configured: { $0.initialization }, shown: { $0.training.initialization?.text ?? "the network's" }),
    TrainingSetting(
      "epochs", "epochs", .length, "Number of epochs. (default: the network's own)", whole(TrainingConfiguration.Epochs.self),
      change: { ($1.epochs, $1.iterations) = ($0, nil) }, configured: { $0.iterations == nil ? $0.epochs : nil }),
    TrainingSetting(
      "iterations", "iterations", .length, "Number of iterations (steps), instead of --epochs.", whole(TrainingConfiguration.Iterations.self),
      change: { $1.iterations = $0 }, configured: { $0.iterations }),
    TrainingSetting(
      "batch", "batch size", .optimizer, "Batch size. (default: the network's own)", whole(TrainingConfiguration.BatchSize.self),
      \.batchSize),
    TrainingSetting(
      "rate", "learning rate", .optimizer, "Initial learning rate. (default: the network's own)",
      number("a number above 0, such as 0.01") { $0 > 0 }, \.solver.learningRate),
    TrainingSetting(
      "schedule", "schedule", .optimizer, "Learning rate schedule: constant, cosine, poly:POWER or step:ITERATIONS:FACTOR. (default: the network's own)",
      Form(expected: "constant, cosine, poly:POWER or step:ITERATIONS:FACTOR", parse: { try? TrainingConfiguration.Schedule($0) }, text: \.text),
      \.solver.schedule),
    TrainingSetting(
      "warm-up", "warm-up", .optimizer, "Iterations over which the learning rate rises linearly to the schedule's. (default: 0)",
      whole(TrainingConfiguration.WarmUp.self), \.solver.warmUp, shown: { "\($0.training.solver.warmUp) iterations" }),
    TrainingSetting(
      "momentum", "momentum", .optimizer, "Momentum. (default: the network's own)",
      number("0 or more and below 1") { (0..<1).contains($0) }, \.solver.momentum),
    TrainingSetting(
      "nesterov", "Nesterov momentum", .optimizer, "Nesterov momentum. (default: the network's own)", yesOrNo, \.solver.nesterov,
      kind: .flag, shown: { $0.training.solver.nesterov ? "yes" : "no" }),
    TrainingSetting(
      "decay", "weight decay", .optimizer, "Weight decay. (default: the network's own)", number("0 or more") { $0 >= 0 },
      \.solver.weightDecay),
    TrainingSetting(
      "label-smoothing", "label smoothing", .optimizer, "The share of each label that is spread evenly over all classes. (default: 0)",
      number("0 or more and below 1") { (0..<1).contains($0) }, \.solver.labelSmoothing),
    TrainingSetting(
      "seed", "seed", .run, "Random seed. (default: 1)",
      Form(expected: "a whole number from 0", parse: { UInt64(plain($0)) }, text: { "\($0)" }), \.seed, decides: false),
    TrainingSetting(
      "validate-every", "validation", .validation, "Validate every N epochs, or every N iterations with iterations:N; always at the end. (default: 1)",
      Form(expected: "a number of epochs, or iterations:N", parse: { try? ValidationCadence($0) }, text: \.text),
      change: { cadence, training in
        switch cadence {
        case .epochs(let count): (training.validateEvery, training.validateEveryIterations) = (count, nil)
        case .iterations(let count): training.validateEveryIterations = count
        }
      },
      configured: { $0.validateEveryIterations.map(ValidationCadence.iterations) ?? .epochs($0.validateEvery) }, shown: { $0.training.validationText }),
    TrainingSetting(
      "keep", "checkpoints", .validation, "Number of latest checkpoints to keep besides the best. (default: 2)", whole(KeptCheckpoints.self),
      decides: false, shown: { "\($0.keep ?? Checkpoints.kept)" }),
    TrainingSetting(
      "convolution", "convolution", .computation,
      "Convolution algorithm: winograd, or columns (im2col; slower, smaller rounding errors). (default: winograd)",
      choice(TrainingConfiguration.Convolution.self), change: { $1.convolution = $0 }, configured: { $0.convolution ?? .columns }),
    TrainingSetting(
      "matrix", "matrix products", .computation,
      "Matrix product: own (bit-for-bit identical on every processor) or openblas. (default: own)", choice(MatrixLibrary.self),
      change: { $1.matrix = $0 }, configured: { $0.matrix }),
    TrainingSetting(
      "workers", "workers", .computation, "Number of worker threads; results do not depend on it. (default: all cores)", whole(Workers.self),
      decides: false, shown: { $0.workers.map { "\($0)" } ?? "all" }),
  ]

  /// Those that only a training on actions has.
  package static let ofActions = ["candidates", "context", "box-loss"]

  /// The setting of this option.
  public static func named(_ flag: String) -> TrainingSetting? { all.first { $0.flag == flag } }

  /// Layers' factors of the learning rate: an option for each.
  private static let rateFactor = TrainingSetting(
    flag: "rate-factor", name: "learning-rate factors", group: .weights, kind: .list,
    help: "Learning rate factor of a layer; can be repeated.", expected: "LAYER=FACTOR, such as fc8=10", decides: true,
    read: { (texts) throws(Problem) in
      var factors: [String: Float] = [:]
      for text in texts {
        guard let (layer, value) = factor(text) else { throw unfit("rate-factor", text, "LAYER=FACTOR, such as fc8=10") }
        factors[layer] = value
      }
      return factors.texts
    },
    change: { texts, training in
      training.tune(training.tuning?.part ?? .all, Dictionary(texts.compactMap(factor), uniquingKeysWith: { $1 }))
    },
    configured: { ($0.tuning?.rateFactors ?? [:]).texts },
    recorded: { run in
      let texts = (run.training.tuning?.rateFactors ?? [:]).texts
      return texts.isEmpty ? nil : texts.joined(separator: ", ")
    })

  private static func factor(_ text: String) -> (layer: String, factor: Float)? {
    guard let sign = text.lastIndex(of: "="), let factor = Float(text[text.index(after: sign)...]), sign > text.startIndex else { return nil }
    return (String(text[..<sign]), factor)
  }

  private enum KeptCheckpoints: Limits { static let range = 1...1_000_000 }
  private enum Workers: Limits { static let range = 1...1024 }
}

extension [String: Float] {
  /// `conv1=0`, in the order of the names.
  fileprivate var texts: [String] { sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" } }
}

extension TrainingConfiguration {
  fileprivate mutating func tune(_ part: Tuning.Part, _ factors: [String: Float]) {
    tuning = part == .all && factors.isEmpty ? nil : Tuning(part: part, rateFactors: factors)
  }
}

extension TrainingRequest {
  /// What `train` is given to ask for the same.
  /// - Parameters:
  ///   - recipe: the network's own, which need not be repeated.
  ///   - labels: the name of a saved label set; nil for the dataset's fine classes.
  public func command(besides recipe: TrainingConfiguration, labels: String?) -> ShellCommand {
    var words = ["train", "--dataset", dataset]
    if let labels { words += ["--labels", labels] }
    if let network { words += ["--net", network] }
    let model = model.flatMap { $0.network == network ? $0 : nil }
    for setting in TrainingSetting.all {
      var texts = asked[setting.flag] ?? []
      // A clone's values, which the recipe would give otherwise.
      if texts.isEmpty, let model, !(setting.flag == "epochs" && self["iterations"] != nil) {
        let before = setting.texts(in: model)
        if before != setting.texts(in: recipe) { texts = before }
      }
      words += setting.words(texts)
    }
    if let name { words += ["--name", name] }
    return ShellCommand(words)
  }
}

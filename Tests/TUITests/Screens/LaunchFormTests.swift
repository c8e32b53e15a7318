import Basics
import Datasets
import Files
import Runs
import TUI
import Taxonomy
import TestSupport
import Testing

@Suite("LaunchForm")
struct LaunchFormTests {
  private static func set(_ name: String, _ classes: Int) -> LabelSet {
    LabelSet(
      name: name, dataset: "fashion-mnist", policy: .name, recipe: [],
      classes: (0..<classes).map {
        TargetClass(wnid: "n0000000\($0)", name: "class \($0)", members: ["n0000000\($0)"])
      },
      leftOut: [])
  }

  private static let facts = LaunchFacts(
    datasets: ["fashion-mnist", "stamps"], dataset: "fashion-mnist",
    labelSets: [set("fine-10", 10), set("coarse-4", 4)],
    imageSize: ImageSize(height: 28, width: 28, channels: 1), cores: 2)

  /// The runs screen with the form open and what it asked for answered.
  static func opened(
    rows: Int = 24, columns: Int = 80, _ look: Look = Look(), labelSet: LabelSet? = nil
  ) -> AppState {
    var state = RunsFixtures.state(rows: rows, columns: columns, look)
    _ = update(&state, .runs(.launch(labelSet)))
    _ = update(&state, .runs(.form(.facts(Self.facts))))
    let outlook = LaunchOutlook(
      classes: 10, trainingImages: 60_000, validationImages: 10_000, epochs: 4, steps: 1876, parameters: 1_036_490,
      memory: 210_000_000)
    _ = update(&state, .runs(.form(.checked(ticket: 1, .success(outlook)))))
    return state
  }

  private func form(_ state: AppState) throws -> LaunchForm { try #require(state.runs.form) }

  private func type(_ state: inout AppState, _ text: String) -> [Effect] {
    text.flatMap { update(&state, .key(.character($0))) }
  }

  private func focus(_ state: inout AppState, _ field: LaunchForm.Field) {
    while state.runs.form?.focus != field { _ = update(&state, .key(.down)) }
  }

  @Test("The form offers the net made for the images, its recipe, and what the training comes to")
  func defaults() throws {
    let state = Self.opened()
    let form = try form(state)
    #expect(form.architecture.name == "alexnet-28")
    #expect(form.obstacles.isEmpty)
    #expect(form.request?["epochs"] == "4" && form.request?.labelSet?.name == "fine-10" && form.request?["workers"] == nil)
    #expect(
      form.command.text()
        == "imagenet-tui train --dataset fashion-mnist --net alexnet-28 --epochs 4 --batch 64 --rate 0.01 --schedule cosine --seed 1 "
        + "--name fine-10 --detach")
  }

  @Test("Until the dataset is known nothing can be started, and Enter does nothing")
  func waiting() throws {
    var state = RunsFixtures.state(rows: 24, columns: 80)
    _ = update(&state, .runs(.launch(nil)))
    #expect(try form(state).request == nil)
    #expect(update(&state, .key(.enter)).isEmpty)
  }

  @Test(
    "A value that cannot be is named with what would do",
    arguments: [
      (LaunchForm.Field.epochs, "0", "a number from 1 to 1,000,000"), (.epochs, "many", "a number from 1 to 1,000,000"),
      (.batch, "-1", "a number from 1 to 65,536"), (.learningRate, "0", "a number above 0, such as 0.01"),
      (.learningRate, "inf", "a number above 0, such as 0.01"), (.seed, "-1", "a whole number from 0"),
      (.workers, "3", "empty for all cores, or 1 to 2"), (.setting("momentum"), "1", "empty, or 0 or more and below 1"),
      (.setting("warm-up"), "soon", "empty, or a number from 0 to 100,000,000"), (.seed, "99999999999999999999999", "a whole number from 0"),
    ] as [(LaunchForm.Field, String, String)])
  func validation(field: LaunchForm.Field, text: String, reason: String) throws {
    var state = Self.opened()
    focus(&state, field)
    _ = update(&state, .key(.control("u")))
    _ = type(&state, text)
    #expect(try form(state).obstacles.first?.reason == reason)
    #expect(view(state).text.contains(reason))
    focus(&state, .labels)
    #expect(update(&state, .key(.enter)).isEmpty)
    #expect(try form(state).focus == field)
  }

  @Test("Choosing a label set names the run after it, until the name is typed")
  func naming() throws {
    var state = Self.opened()
    _ = update(&state, .key(.right))
    #expect(try form(state).texts[.name]?.text == "coarse-4")
    #expect(try form(state).command.text().contains("--labels coarse-4"))
    focus(&state, .seed)
    _ = type(&state, "7")
    #expect(try form(state).texts[.name]?.text == "coarse-4-s7")
    focus(&state, .name)
    _ = update(&state, .key(.control("u")))
    _ = type(&state, "mine")
    focus(&state, .labels)
    _ = update(&state, .key(.right))
    #expect(try form(state).texts[.name]?.text == "mine")
  }

  @Test("A label set that is not saved can be trained on, and the form says that a shell does not know it")
  func unsaved() throws {
    let state = Self.opened(labelSet: Self.set("edited", 3))
    #expect(try form(state).chosenLabelSet?.name == "edited")
    #expect(try form(state).isSaved == false)
    #expect(view(state).text.contains("once the label set is saved"))
  }

  @Test("Enter starts once; what is refused stays in the form with its reason")
  func starting() throws {
    var state = Self.opened()
    let effects = update(&state, .key(.enter))
    guard case .runs(.form(.launch(let request, _, let start, _))) = try #require(effects.first) else {
      Issue.record("no launch")
      return
    }
    #expect(request.name == "fine-10" && request.network == "alexnet-28" && start == .now)
    #expect(update(&state, .key(.enter)).isEmpty)
    _ = update(&state, .runs(.form(.refused(Problem("too little space", advice: "free some")))))
    #expect(view(state).text.contains("✗ too little space; free some"))
    #expect(!update(&state, .key(.enter)).isEmpty)
    _ = update(&state, .runs(.changed(select: RunsFixtures.all[2].id)))
    #expect(state.runs.form == nil && state.runs.selected?.name == "diverged")
  }

  @Test("Every change is checked anew, and an answer to an older question is dropped")
  func checking() throws {
    var state = Self.opened()
    focus(&state, .epochs)
    _ = type(&state, "4")
    let effects = type(&state, "0")
    guard case .runs(.form(.check(let request, let ticket))) = try #require(effects.first) else {
      Issue.record("no check")
      return
    }
    #expect(request["epochs"] == "40")
    _ = update(&state, .runs(.form(.checked(ticket: ticket - 1, .failure(Problem("stale"))))))
    #expect(try form(state).outlook == nil)
    _ = update(&state, .runs(.form(.checked(ticket: ticket, .failure(Problem("fresh"))))))
    #expect(view(state).text.contains("✗ fresh"))
  }

  @Test("Weights to begin with are chosen among the runs or typed; the rate is then a tenth, and a part may be tuned")
  func beginning() throws {
    var state = Self.opened()
    focus(&state, .tune)
    _ = update(&state, .key(.right))
    #expect(try form(state).obstacles.first?.field == .tune)
    focus(&state, .from)
    _ = update(&state, .key(.right))
    #expect(try form(state).request?["from"] == RunsFixtures.all[0].id && form(state).request?["tune"] == "last")
    #expect(try form(state).request?["rate"] == "0.001")
    #expect(try form(state).command.text().contains("--from \(RunsFixtures.all[0].id) --tune last"))
    _ = update(&state, .key(.control("u")))
    _ = type(&state, "w.safetensors")
    #expect(try form(state).request?["from"] == "w.safetensors")
  }

  @Test("A length in steps decides in place of the epochs, and a schedule is taken as a shell takes it")
  func steps() throws {
    var state = Self.opened()
    focus(&state, .iterations)
    _ = type(&state, "500")
    focus(&state, .schedule)
    _ = update(&state, .key(.control("u")))
    _ = type(&state, "step:100")
    #expect(try form(state).request == nil && form(state).obstacles.first?.field == .schedule)
    _ = type(&state, ":.1")
    let request = try #require(try form(state).request)
    #expect(request["iterations"] == "500" && request["epochs"] == nil && request["schedule"] == "step:100:0.1")
    #expect(try form(state).command.text().contains("--iterations 500") && form(state).command.text().contains("--schedule step:100:0.1"))
  }

  @Test("A run may wait for its turn in the queue")
  func queueing() throws {
    var state = Self.opened()
    focus(&state, .begin)
    _ = update(&state, .key(.right))
    #expect(view(state).text.contains("Enter put into the queue") && view(state).text.contains("--queue"))
    guard case .runs(.form(.launch(_, _, let start, _))) = try #require(update(&state, .key(.enter)).first) else {
      Issue.record("no launch")
      return
    }
    #expect(start == .queue)
  }

  @Test("Where there is a cluster a run may be a job of it, with further options of sbatch; elsewhere that is no choice")
  func submitting() throws {
    var state = Self.opened()
    focus(&state, .begin)
    for _ in 0..<2 { _ = update(&state, .key(.right)) }
    #expect(try form(state).start == .now && !form(state).fields.contains(.sbatch))

    var facts = Self.facts
    facts.hasCluster = true
    state = Self.opened(rows: 40, columns: 140)
    _ = update(&state, .runs(.form(.facts(facts))))
    focus(&state, .begin)
    for _ in 0..<2 { _ = update(&state, .key(.right)) }
    #expect(view(state).text.contains("as a job of Slurm") && view(state).text.contains("Enter submit"))
    focus(&state, .sbatch)
    _ = type(&state, "--time=24:00:00 --account=\"my lab")
    #expect(try form(state).request == nil)
    #expect(view(state).text.contains("✗ a quote is open"))
    _ = type(&state, "\"")
    // The processors of this machine limit no job.
    focus(&state, .workers)
    _ = type(&state, "64")
    #expect(try form(state).command.text().hasSuffix("--workers 64 --name fine-10 --executor slurm --sbatch '--time=24:00:00 --account=\"my lab\"'"))
    guard case .runs(.form(.launch(_, _, let start, let options))) = try #require(update(&state, .key(.enter)).first) else {
      Issue.record("no launch")
      return
    }
    #expect(start == .cluster && options.more == ["--time=24:00:00", "--account=my lab"])
  }

  @Test("A clone is filled from its run, the label set included, and has a name of its own")
  func cloning() throws {
    var state = RunsFixtures.state(rows: 40, columns: 140)
    let configuration = RunsFixtures.configuration(RunsFixtures.all[0])
    _ = update(&state, .runs(.clone(TrainingRequest(like: configuration))))
    _ = update(&state, .runs(.form(.facts(Self.facts))))
    let request = try #require(try form(state).request)
    #expect(request.labelSet == configuration.labelSet && request.network == "alexnet-28" && request.name != "fine")
    #expect(request["batch"] == "\(configuration.training.batchSize)" && request["rate"] == "\(configuration.training.solver.learningRate)")
    #expect(view(state).text.contains("Train like fine"))
  }

  @Test("A clone has the values of its run, not those of its net's recipe, and the last run of a net gives the form its values")
  func cloningValues() throws {
    var state = RunsFixtures.state(rows: 40, columns: 140)
    var configuration = RunsFixtures.configuration(RunsFixtures.all[0])
    configuration.training.solver.learningRate = 0.005
    configuration.training.batchSize = 48
    configuration.training.solver.schedule = .constant
    _ = update(&state, .runs(.clone(TrainingRequest(like: configuration))))
    _ = update(&state, .runs(.form(.facts(Self.facts))))
    var request = try #require(try form(state).request)
    #expect(request["rate"] == "0.005" && request["batch"] == "48" && request["schedule"] == "constant")
    state = RunsFixtures.state(rows: 40, columns: 140)
    _ = update(&state, .runs(.launch(nil)))
    var facts = Self.facts
    facts.last = TrainingRequest(like: configuration)
    _ = update(&state, .runs(.form(.facts(facts))))
    request = try #require(try form(state).request)
    #expect(request["rate"] == "0.005" && request["batch"] == "48")
  }

  @Test("What is like a run of imported weights begins with them, and so does a clone of what was begun with them; they are among the choices")
  func cloningImported() throws {
    let folder = TemporaryFolder()
    var configuration = RunsFixtures.configuration(RunsFixtures.all[0])
    let imported = try RunDirectory.create(configuration, in: folder.path)
    try RunJSON.write(RunResult(outcome: .finished, session: 1, time: 1e9, problem: nil, progress: RunProgress()), to: imported.resultFile)
    var state = RunsFixtures.state(rows: 40, columns: 140)
    _ = update(&state, .runs(.clone(try TrainingRequest(cloning: imported))))
    _ = update(&state, .runs(.form(.facts(Self.facts))))
    #expect(try form(state).request?["from"] == imported.id && view(state).text.contains("initial weights         \(imported.id)"), "\(view(state).text)")
    #expect(try abs(#require(form(state).request?["rate"].flatMap { Float($0) }) - configuration.training.solver.learningRate / 10) < 1e-8)
    #expect(try form(state).command.text().contains("--from \(imported.id)"))

    configuration.lineage = .init(from: imported.id, step: 0, hasNewHead: false)
    let tuned = try RunDirectory.create(configuration, in: folder.path)
    _ = update(&state, .runs(.clone(try TrainingRequest(cloning: tuned))))
    _ = update(&state, .runs(.form(.facts(Self.facts))))
    #expect(try form(state).request?["from"] == imported.id && form(state).request?["rate"] == "\(configuration.training.solver.learningRate)")

    var weights = RunsFixtures.all[0]
    (weights.id, weights.state, weights.progress) = (imported.id, .finished, RunProgress())
    let (made, _) = LaunchForm.make(labelSet: nil, session: state.session, runs: [weights])
    #expect(made.origins == [imported.id])
  }

  @Test("The command of a clone says everything in which the run differs from its net's recipe, with where things are kept")
  func cloningCommand() throws {
    var state = RunsFixtures.state(rows: 50, columns: 140)
    var configuration = RunsFixtures.configuration(RunsFixtures.all[0])
    configuration.training.solver.momentum = 0.8
    configuration.training.solver.labelSmoothing = 0.1
    configuration.training.convolution = .columns
    configuration.training.validateEveryIterations = 100
    configuration.keep = 5
    _ = update(&state, .runs(.clone(TrainingRequest(like: configuration))))
    _ = update(&state, .runs(.form(.facts(Self.facts))))
    focus(&state, .batch)
    _ = type(&state, "1,000")
    let words = try form(state).command.text(options: ["--home", "/a b"])
    for option in [
      "--batch 1000", "--momentum 0.8", "--label-smoothing 0.1", "--convolution columns", "--validate-every iterations:100", "--keep 5",
      "--home '/a b'",
    ] { #expect(words.contains(option), "\(option): \(words)") }
    #expect(try form(state).request?["batch"] == "1000")
  }

  @Test("Esc closes the form and starts nothing")
  func closing() {
    var state = Self.opened()
    #expect(update(&state, .key(.escape)).isEmpty)
    #expect(state.runs.form == nil)
  }

  @Test("A dataset that cannot be opened says why, in the form")
  func unreadable() {
    var state = RunsFixtures.state(rows: 24, columns: 120)
    _ = update(&state, .runs(.launch(nil)))
    let problem = Problem("Fashion-MNIST is not installed", advice: "install it")
    _ = update(&state, .runs(.form(.failed(dataset: "fashion-mnist", problem))))
    #expect(view(state).text.contains("✗ Fashion-MNIST is not installed"))
  }

  @Test("The first digit typed into a number replaces it, the next ones follow; after an arrow one edits")
  func numbers() throws {
    var state = Self.opened()
    for field in LaunchForm.Field.all where field.isNumber {
      focus(&state, field)
      _ = type(&state, "12")
      #expect(try form(state).texts[field]?.text == "12", "\(field)")
    }
    focus(&state, .batch)
    _ = update(&state, .key(.left))
    _ = type(&state, "0")
    #expect(try form(state).texts[.batch]?.text == "102")
    var dialog = RunsFixtures.state(rows: 24, columns: 80)
    _ = update(&dialog, .runs(.queueLimit(4)))
    _ = type(&dialog, "1")
    guard case .number(let open) = dialog.runs.mode else { Issue.record("no dialog"); return }
    #expect(open.field.text == "1")
  }

  @Test("Epochs that iterations rule out are struck through, and a word beside them says so where nothing can be struck")
  func unused() throws {
    var state = Self.opened(rows: 30, columns: 80)
    focus(&state, .iterations)
    _ = type(&state, "500")
    focus(&state, .batch)
    let canvas = view(state)
    #expect(canvas.text.contains("4  unused: iterations are given"))
    let row = try #require(canvas.text.split(separator: "\n", omittingEmptySubsequences: false).firstIndex { $0.contains("unused: iterations") })
    let struck = (0..<canvas.size.columns).filter { canvas[row, $0].style.attributes.contains(.strike) }
    #expect(struck.map { canvas[row, $0].scalar } == ["4"])
    #expect(try form(state).request?["epochs"] == nil && form(state).request?["iterations"] == "500")
  }
}

import Engine
import TUI
import Taxonomy
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
    #expect(
      view(Self.opened()).text == """
         imagenet-tui  1 Tree  2 Runs  3 Neighbours                      5 runs  2 live

         Train a network

           dataset         fashion-mnist
         › label set     ‹ fine-10 ›  10 classes, 1 of 2
           net             alexnet-28  28×28×1  AlexNet's small sibling for 28×28 grey
           epochs          4
           batch size      64
           learning rate   .01
           seed            1
           workers         all cores
           name            fine-10

         10 classes, 60,000 training images, 10,000 for validation, 1,876 steps, 1.04M
         parameters, about 210 MB of memory, about 4m 55s

         The same from a shell:
         imagenet-tui train --dataset fashion-mnist --net alexnet-28 --epochs 4 --batch
         64 --rate .01 --seed 1 --name fine-10 --detach



         Enter start  ↑↓ field  ←→ choose  Esc close
        """)
    let state = Self.opened()
    let form = try form(state)
    #expect(form.architecture.name == "alexnet-28")
    #expect(form.obstacles.isEmpty)
    #expect(form.request?.epochs == 4 && form.request?.labelSet?.name == "fine-10" && form.request?.workers == nil)
    #expect(
      form.command
        == "imagenet-tui train --dataset fashion-mnist --net alexnet-28 --epochs 4 --batch 64 --rate .01 --seed 1 "
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
      (.batch, "-1", "a number from 1 to 65,536"), (.rate, "0", "a number above 0, such as .01"),
      (.rate, "inf", "a number above 0, such as .01"), (.seed, "-1", "a whole number from 0"),
      (.workers, "3", "empty for all cores, or 1 to 2"), (.seed, "99999999999999999999999", "a whole number from 0"),
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
    #expect(try form(state).command.contains("--labels coarse-4"))
    focus(&state, .seed)
    _ = type(&state, "7")
    #expect(try form(state).texts[.name]?.text == "coarse-4-s17")
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
    guard case .runs(.form(.launch(let request, _))) = try #require(effects.first) else {
      Issue.record("no launch")
      return
    }
    #expect(request.name == "fine-10" && request.network == "alexnet-28")
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
    let effects = type(&state, "0")
    guard case .runs(.form(.check(let request, let ticket))) = try #require(effects.first) else {
      Issue.record("no check")
      return
    }
    #expect(request.epochs == 40)
    _ = update(&state, .runs(.form(.checked(ticket: ticket - 1, .failure(Problem("stale"))))))
    #expect(try form(state).outlook == nil)
    _ = update(&state, .runs(.form(.checked(ticket: ticket, .failure(Problem("fresh"))))))
    #expect(view(state).text.contains("✗ fresh"))
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
}

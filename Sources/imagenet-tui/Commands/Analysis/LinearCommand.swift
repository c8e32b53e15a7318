import Analysis
import ArgumentParser

struct LinearCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "linear", abstract: "Fit a linear probe to a network's features, and measure it.",
    discussion: """
      Softmax regression with L2 regularisation on the training images' features, standardised, fitted by L-BFGS; the validation images \
      tell its accuracy. The same features give the same bits for any number of cores.
      """)

  @OptionGroup var evaluated: EvaluatedRun
  @Option(help: "The strength of the L2 regularisation; scikit-learn's C is 1 / (strength × training images).")
  var l2 = 1e-3
  @Option(help: "The layer whose activation is classified, or features, scores: what each net calls them. (default: features)")
  var space: String?
  @Option(help: "The saved label set whose classes are recognised. (default: the dataset's fine classes)")
  var labels: String?
  @Flag(help: "Show every class.")
  var perClass = false

  func validate() throws {
    guard l2 >= 0, l2.isFinite else { throw ValidationError("--l2 takes 0 or more") }
  }

  func run() throws {
    let options = evaluated.options
    let result = try options.ask(LinearProbeRequest(run: evaluated.name, dataset: options.dataset, space: space, l2: l2, labels: labels))
    try options.show(result, result.report(perClass: perClass))
  }
}

import ArgumentParser
import Basics
import FoundationEssentials
import Kernels
import Networks

struct NetsShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a network's layers, shapes, parameters, cost and memory.",
    discussion: """
      Multiply-adds are of one image's forward pass; each is two floating-point operations (FLOP), and a training step takes \
      about three forward passes. Memory is for the whole batch.
      """)

  @OptionGroup var global: GlobalOptions
  @Argument(help: "The network's name.")
  var name: String
  @Option(help: "Number of target classes (outputs of the last layer).")
  var classes = 1000
  @Option(help: "Batch size. (default: the network's own)")
  var batch: Int?
  @Option(help: "Number of worker threads, each with its own scratch memory. (default: all cores)")
  var workers: Int?
  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let architecture = try Architecture.named(name)
    let table = try NetworkTable(
      architecture, classes: classes, batch: batch ?? architecture.recipe.batchSize,
      workers: workers ?? ProcessorCores.usable)
    if json { return try Output.json(table) }
    print("\(table.network): \(architecture.summary)")
    print("input \(Self.shape(table.input)), \(counted(classes, "class")), batch \(table.batch), features \(table.features)")
    print()
    Output.table(
      ["layer", "kind", "reads", "output", " parameters", " multiply-adds", " activations"],
      table.rows.map { row in
        [
          row.layer, row.kind, row.shortcut.map { "+ \($0)" } ?? row.source ?? "", Self.shape(row.output),
          row.parameters > 0 ? Output.grouped(row.parameters) : "",
          row.multiplyAdds > 0 ? Self.millions(row.multiplyAdds) : "",
          row.activationBytes > 0 ? Output.size(row.activationBytes) : "",
        ]
      })
    print()
    print("parameters     \(Output.grouped(table.parameters))")
    print("multiply-adds  \(Self.millions(table.multiplyAdds)) per image, forward pass (\(Self.millions(2 * table.multiplyAdds)) FLOP)")
    print(
      "memory         \(Output.size(table.trainingBytes)) for training, of which \(Output.size(table.trainingWorkspaceBytes)) "
        + "for activations and their gradients and \(Output.size(table.scratchBytes)) of scratch with \(counted(table.workers, "worker")); "
        + "\(Output.size(table.inferenceWorkspaceBytes)) of activations for inference")
  }

  static func shape(_ shape: [Int]) -> String { shape.map(String.init).joined(separator: "×") }

  /// 12537440 → "12.5 M".
  static func millions(_ count: Int) -> String {
    decimals(Double(count) / 1e6, count < 99_950_000 ? 1 : 0) + " M"
  }
}

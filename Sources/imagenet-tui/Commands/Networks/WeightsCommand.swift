import ArgumentParser
import Basics
import Weights

/// `weights …`: weights from other programs, and for them.
struct WeightsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "weights", abstract: "Import weights of torchvision and Caffe, and export them.",
    subcommands: [WeightsImportCommand.self, WeightsExportCommand.self])

  /// The report of an import or export, tensor by tensor.
  static func show(_ report: WeightReport) {
    Output.table(
      ["here", "in the file", "shape there", ""],
      report.lines.map {
        [$0.name ?? "–", $0.file, NetsShowCommand.shape($0.shape), $0.remark ?? ""].map(printable)
      })
    for remark in report.remarks { print(printable(remark)) }
  }
}

extension WeightFormat: ExpressibleByArgument {}

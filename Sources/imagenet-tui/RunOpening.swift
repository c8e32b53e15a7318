import Analysis
import Basics
import FoundationEssentials
import Kernels
import Runs

/// Opens runs for commands that look at several. A run may be followed by the step of its checkpoint, as in `coarse@640`.
struct RunOpening {
  let global: GlobalOptions
  /// Nil: each run's own.
  let dataset: String?
  let checkpoint, workers: Int?

  /// The run, and the checkpoint that was asked for.
  private func parts(_ text: String) -> (name: String, step: Int?) {
    guard let at = text.lastIndex(of: "@"), let step = Int(text[text.index(after: at)...]) else { return (text, checkpoint) }
    return (String(text[..<at]), step)
  }

  func run(_ text: String) throws(Problem) -> RunDirectory {
    let name = parts(text).name
    let reader = RunsReader(home: global.location)
    return reader.directory(of: try reader.find(name).id)
  }

  /// - Parameter space: a layer, or `features` or `scores`: what each net calls them.
  func features(_ text: String, space: String?) throws(Problem) -> RunFeatures {
    let run = try run(text)
    let configuration = try run.configuration()
    let name = dataset ?? configuration.dataset
    let space = space.map { NeighborSpace(rawValue: $0)?.layer(of: configuration.training.network) ?? $0 }
    let dataset = try global.catalog.open(name)
    return try RunFeatures(
      run, dataset: dataset, home: global.location, space: space, step: parts(text).step,
      workers: workers ?? ProcessorCores.usable)
  }

  func finder(_ name: String, space: String?) throws(Problem) -> NeighborFinder {
    NeighborFinder(try features(name, space: space))
  }

  /// The scores of a run's classifier on the validation images.
  func predictions(_ name: String) throws(Problem) -> (features: RunFeatures, predictions: RunPredictions) {
    let layer = try RunPredictions.classifier(of: try run(name).configuration().training.network)
    let features = try features(name, space: layer)
    let total = features.dataset.labels(.val).count
    let predictions = try RunPredictions(features) { done in
      RunProgressLine.show(work: "\(layer) of val", done, of: total)
    }
    RunProgressLine.end()
    return (features, predictions)
  }
}

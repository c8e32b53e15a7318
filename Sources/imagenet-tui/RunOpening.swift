import Engine
import FoundationEssentials
import Taxonomy

/// Opens runs for commands that look at several.
struct RunOpening {
  let global: GlobalOptions
  /// Nil: each run's own.
  let dataset: String?
  let checkpoint, workers: Int?

  func run(_ name: String) throws(Problem) -> RunDirectory {
    let reader = RunsReader(home: global.location)
    return reader.directory(of: try reader.find(name).id)
  }

  func features(_ name: String, space: String?) throws(Problem) -> RunFeatures {
    let run = try run(name)
    let name = if let dataset { dataset } else { try run.configuration().dataset }
    let dataset = try DatasetCatalog(home: global.location).open(name)
    return try RunFeatures(
      run, dataset: dataset, home: global.location, space: space, step: checkpoint,
      workers: workers ?? ProcessInfo.processInfo.activeProcessorCount)
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

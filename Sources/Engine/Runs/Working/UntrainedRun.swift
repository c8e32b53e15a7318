import Basics
import Datasets
import Files
import Kernels
import Networks
import Settings
import Taxonomy
import Training

/// A network with random weights, kept as a finished run of no steps, so that everything that takes a run takes it: what features are worth
/// that nothing was learned for.
package enum UntrainedRun {
  /// - Parameter request: as for a training; its seed decides the weights, its images the mean.
  /// - Throws: a ``Problem`` where the request does not fit, or the run cannot be written.
  package static func create(_ request: TrainingRequest, home: Home, program: String, command: [String]) throws(Problem) -> RunDirectory {
    let dataset = try DatasetCatalog(home: home).open(request.dataset)
    let labels = request.labelSet ?? .fineClasses(of: dataset)
    var (architecture, training) = try request.resolved(on: dataset, from: nil)
    let view = try TrainingView(dataset, labels)
    _ = training.fit(images: view.training.count)
    var small = training
    // Nothing passes through it.
    small.batchSize = 1
    let workers = request.workers ?? ProcessorCores.usable
    let trainer = try Trainer(
      configuration: small, dataset: dataset, labelSet: labels, backend: CPUBackend(workers: workers, for: training), workers: workers)
    let mean = try MeanCache(home: home).mean(
      dataset: dataset, samples: view.training, input: architecture.input, augmentation: training.augmentation, workers: workers, mayGoOn: { true })
    var snapshot = trainer.snapshot()
    snapshot.tensors.removeAll { $0.name.hasPrefix(Snapshot.momentum) || $0.name == Snapshot.mean }
    snapshot.tensors.append((Snapshot.mean, mean!))
    var configuration = RunConfiguration(
      name: request.name ?? "untrained", created: unixTime(), dataset: dataset.name, fingerprint: dataset.fingerprint, labelSet: labels,
      training: training, workers: nil, program: program, host: WorkerIdentity.hostName, command: command)
    configuration.isUntrained = true
    let notes = try request.notes.checked(at: configuration.name)
    return try RunDirectory.create(configuration, in: home.runs) { (run) throws(Problem) in
      if notes != RunNotes() { try RunJSON.write(notes, to: run.notesFile) }
      try run.checkpoints.save(snapshot, step: 0, .init())
      try RunJSON.write(RunResult(outcome: .finished, session: 1, time: unixTime(), problem: nil, progress: RunProgress()), to: run.resultFile)
    }
  }
}

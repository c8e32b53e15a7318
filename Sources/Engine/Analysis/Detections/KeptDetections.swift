import Basics
import Datasets
import Files
import Foundation
import Runs
import Training

extension HomeContext {
  /// What a run's detector finds, looked up where it was computed before.
  public func detections(_ run: String, set: String?, progress: EvaluationProgress) throws(Problem) -> RunDetections {
    let named = NamedRun(run)
    let reader = RunsReader(home: home)
    let directory = reader.directory(of: try reader.find(named.name).id)
    let configuration = try directory.configuration()
    guard let settings = configuration.training.detection else {
      throw Problem(
        "the run finds no objects", at: directory.id, expected: "a detector", found: "a net that tells whole images apart",
        advice: "train one with --task detection", kind: .usage)
    }
    let (step, set) = (try directory.chosenCheckpoint(named.step), set ?? settings.validationSet)
    let dataset = try catalog.objects(configuration.dataset, configuration.labelSet)
    let images = try dataset.images(in: set)
    let kept = KeptDetections(folder: "\(home.detections(of: directory.id))/\(step)-\(dataset.fingerprint.suffix(16))", set: set)
    if let known = kept.read(images, classes: dataset.objectClasses) {
      return RunDetections(run: directory.id, step: step, dataset: configuration.dataset, objects: known)
    }
    var validation = try RunValidation(directory, home: home, step: step, set: set, workers: workers)
    let total = validation.images
    _ = try validation.validate { (done) throws(Problem) in try progress("\(directory.id): detections in \(set)", done, total) }
    let found = validation.found!
    kept.write(found)
    return RunDetections(run: directory.id, step: step, dataset: configuration.dataset, objects: found)
  }
}

/// Detections of a set in a folder, as result files and a list of the images that could be decoded.
private struct KeptDetections {
  let folder: String
  let set: String

  private var list: String { "\(folder)/\(set.replacing("/", with: "-")).images" }

  /// Nil where they are not there, or not whole: then they are computed again.
  func read(_ images: [AnnotatedImage], classes: [String]) -> FoundObjects? {
    guard let text = try? String(contentsOfFile: list, encoding: .utf8) else { return nil }
    let names = Set(text.split(separator: "\n").map(String.init))
    let decoded = images.filter { names.contains($0.name) }
    guard decoded.count == names.count, let detections = try? ResultFolder(folder, set: set).readDetections(images: decoded.map(\.name), classes: classes) else { return nil }
    return FoundObjects(set: set, classes: classes, images: decoded, detections: detections)
  }

  /// A cache that cannot be written costs time, nothing else. The list comes last: without it nothing is there.
  func write(_ found: FoundObjects) {
    let names = found.images.map(\.name)
    guard (try? ResultFolder(folder, set: set).write(found.detections, images: names, classes: found.classes)) != nil else { return }
    try? AtomicFile.write(names.joined(separator: "\n"), to: list, durable: false)
  }
}

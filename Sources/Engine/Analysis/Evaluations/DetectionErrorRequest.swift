import Basics
import Datasets
import Training

/// Asks what a detector's errors are (Hoiem et al. 2012), of its result files.
public struct DetectionErrorRequest: Evaluation {
  /// The folder with `Main/comp4_det_…`.
  public var results: String
  public var dataset: String
  /// Of the dataset, as "test".
  public var set: String
  public var metric: DetectionMetric
  /// How many wrong detections of a class are looked at; nil: as many as it has objects.
  public var top: Int?
  /// Classes are similar below one node of the tree of this depth.
  public var depth: Int

  public init(results: String, dataset: String, set: String = "test", metric: DetectionMetric = .init(), top: Int? = nil, depth: Int = ObjectTree.usualDepth) {
    (self.results, self.dataset, self.set, self.metric, self.top, self.depth) = (results, dataset, set, metric, top, depth)
  }

  public func run(
    in context: some EvaluationContext, progress: EvaluationProgress, partial: (DetectionErrorResult) -> Void
  ) throws(Problem) -> DetectionErrorResult {
    let source = try context.annotated(dataset)
    let images = try source.images(in: set)
    let detections = try ResultFolder(results, set: set).readDetections(images: images.map(\.name), classes: source.objectClasses)
    let tree = try context.objectTree(source.objectClasses, depth: depth)
    return DetectionErrorResult(self, detections: detections, truths: images.map(\.objects), tree)
  }
}

/// What a detector's errors are, and its average precision beside.
public struct DetectionErrorResult: EvaluationResult {
  public struct Group: Codable, Hashable, Sendable {
    public var node: String
    public var classes: [String]
  }

  public var results, dataset, set: String
  public var precision: AveragePrecision
  public var errors: DetectionErrors
  public var depth: Int
  /// Classes that are similar, by their node; and those of which no synset is known.
  public var similar: [Group]
  public var unknown: [String]

  /// - Parameters:
  ///   - detections, truths: of each image of the set.
  public init(_ request: DetectionErrorRequest, detections: [[Detection]], truths: [[AnnotatedObject]], _ tree: ObjectTree) {
    let judged = JudgedDetections(detections, truths: truths, classes: tree.classes.count, request.metric)
    (results, dataset, set, depth) = (request.results, request.dataset, request.set, tree.depth)
    precision = AveragePrecision(judged, classes: tree.names, scoreThreshold: nil)
    errors = DetectionErrors(judged, detections: detections, truths: truths, on: tree, top: request.top)
    similar = tree.similar.map { Group(node: $0.node, classes: $0.classes) }
    unknown = tree.unknown
  }

  public var metrics: [(name: String, value: Double)] {
    [(name: "meanAP", value: precision.mean ?? .nan)] + DetectionErrors.Kind.allCases.map { (name: $0.rawValue, value: share(errors[$0], of: errors.wrong)) }
  }

  public var report: EvaluationReport {
    var report = EvaluationReport()
    report.add("errors of detection: \(results) on \(counted(precision.images, "image")) of \(dataset) \(set)")
    report.add(precision.note)
    let looked = errors.top.map { "the \(counted($0, "surest wrong detection")) of each class" } ?? "of each class as many of the surest wrong detections as it has objects"
    report.add("looked at: \(looked) (Hoiem et al. 2012); localisation: IoU ≥ \(DetectionErrors.least) with its own class, or a second time, similar and other: with those classes")
    report.add("similar: below one node of depth \(depth)" + (similar.isEmpty ? ": none" : ""))
    for group in similar { report.add("  \(group.node): \(group.classes.joined(separator: ", "))") }
    if !unknown.isEmpty { report.add("by name only, as no synset is known: \(unknown.joined(separator: ", "))") }
    report.add("")
    report.add(
      [
        .init("class", .text), .init("objects"), .init("AP"), .init("wrong"), .init("localisation"), .init("double"), .init("similar"), .init("other"), .init("background"),
        .init("confused with", .text),
      ],
      zip(precision.classes, errors.classes).map { found, wrong in
        row(found.name, wrong.objects, found.value, wrong.wrong, wrong.double, wrong.confusions) { wrong[$0] }
      } + [row("all", errors.classes.reduce(0) { $0 + $1.objects }, precision.mean, errors.wrong, errors.double, []) { errors[$0] }])
    return report
  }

  private func row(
    _ name: String, _ objects: Int, _ precision: Double?, _ wrong: Int, _ double: Int, _ confusions: [DetectionErrors.Confusion], _ count: (DetectionErrors.Kind) -> Int
  ) -> [EvaluationTable.Cell] {
    func cell(_ kind: DetectionErrors.Kind) -> EvaluationTable.Cell { .share(share(count(kind), of: wrong)) }
    return [
      .text(name), .count(objects), .share(precision ?? .nan), .count(wrong), cell(.localization), .share(share(double, of: wrong)), cell(.similar), cell(.other), cell(.background),
      .text(confusions.prefix(3).map { "\($0.name) \($0.detections)" }.joined(separator: ", ")),
    ]
  }

  private func share(_ count: Int, of all: Int) -> Double { all > 0 ? Double(count) / Double(all) : .nan }
}

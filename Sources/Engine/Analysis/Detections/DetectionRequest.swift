import Basics
import Datasets
import Pictures
import Training

/// Asks what a run's detector finds in a set of images, and how good that is.
public struct DetectionRequest: Evaluation {
  /// Its name, or `NAME@STEP`.
  public var run: String
  /// Of its dataset, as "test"; nil: the one it was validated on.
  public var set: String?
  public var metric: DetectionMetric
  /// How many wrong detections of a class are sorted by kind; nil: as many as it has objects.
  public var top: Int?
  /// Classes are similar below one node of the tree of this depth.
  public var depth: Int

  public init(run: String, set: String? = nil, metric: DetectionMetric = .init(), top: Int? = nil, depth: Int = ObjectTree.usualDepth) {
    (self.run, self.set, self.metric, self.top, self.depth) = (run, set, metric, top, depth)
  }

  public func run(
    in context: some EvaluationContext, progress: EvaluationProgress, partial: (DetectionResult) -> Void
  ) throws(Problem) -> DetectionResult {
    let found = try context.detections(run, set: set, progress: progress)
    return DetectionResult(found, metric, top: top, on: try context.objectTree(found.objects.classes, depth: depth))
  }
}

/// What a run has found, and where that is kept.
public struct RunDetections: Sendable {
  public var run: String
  public var step: Int
  public var dataset: String
  public var objects: FoundObjects

  public init(run: String, step: Int, dataset: String, objects: FoundObjects) {
    (self.run, self.step, self.dataset, self.objects) = (run, step, dataset, objects)
  }
}

/// What a detector has found, held against what is there: average precision, curves, kinds of errors, and each image with its boxes.
public struct DetectionResult: EvaluationResult {
  public let run: String
  public let step: Int
  public let summary: DetectionErrorResult
  public let curves: [PrecisionRecall]
  /// Images and detections, as they are needed to look at; nil where it was decoded.
  public private(set) var source: (found: FoundObjects, judged: JudgedDetections)?

  private enum CodingKeys: CodingKey { case run, step, summary, curves }

  package init(_ detections: RunDetections, _ metric: DetectionMetric = .init(), top: Int? = nil, on tree: ObjectTree) {
    let found = detections.objects
    let truths = found.images.map(\.objects)
    let judged = JudgedDetections(found.detections, truths: truths, classes: found.classes.count, metric)
    (run, step, source) = (detections.run, detections.step, (found, judged))
    let asked = DetectionErrorRequest(results: detections.run, dataset: detections.dataset, set: found.set, metric: metric, top: top, depth: tree.depth)
    summary = DetectionErrorResult(asked, detections: found.detections, truths: truths, tree)
    curves = found.classes.indices.map(judged.curve)
  }

  public var metrics: [(name: String, value: Double)] { summary.metrics }
  public var report: EvaluationReport { summary.report }

  /// Every image with its boxes; none where the result was decoded.
  /// - Parameters:
  ///   - least: detections of lower scores are not shown.
  ///   - label: of the one class that is shown; nil: all.
  public func images(least: Float, label: Int? = nil) -> [MarkedImage] {
    guard let (found, judged) = source else { return [] }
    return MarkedImage.all(found.detections, truths: found.images.map(\.objects), judged, least: least, label: label)
  }

  /// No curve has more points in a chart, and no chart more curves: finer ones cannot be seen, and more not told apart.
  private static let (most, mostCurves) = (400, 8)

  /// Precision against recall.
  /// - Parameter label: of the one class that is shown; nil: the classes with the most objects.
  public func chart(_ label: Int? = nil) -> ChartDrawing {
    let rows = summary.precision.classes
    let ranked = rows.indices.filter { rows[$0].value != nil }.sorted { (rows[$1].objects, $0) < (rows[$0].objects, $1) }
    let shown = label.map { [$0] } ?? ranked.prefix(Self.mostCurves).sorted()
    let series = shown.enumerated().map { number, label in
      let curve = curves[label]
      let step = max(1, (curve.recalls.count + Self.most - 1) / Self.most)
      let points = curve.recalls.indices.filter { $0 % step == 0 || $0 == curve.recalls.count - 1 }.map {
        ChartDrawing.Point(curve.recalls[$0], curve.precisions[$0])
      }
      return ChartDrawing.Series("\(rows[label].name) \(rows[label].value.map { decimals(100 * $0, 1) + " %" } ?? "–")", .line(hasMarkers: false), points, colour: number)
    }
    return ChartDrawing(
      title: "Precision and recall, \(summary.dataset) \(summary.set)", subtitle: ["\(run), step \(step)", summary.precision.note], base: .numbers(.init("recall", hasZero: true)),
      left: .init("precision", hasZero: true), series: series)
  }
}

/// Asks for one image of an annotated dataset.
public struct AnnotatedPictureRequest: Evaluation {
  public var dataset: String
  /// As "test", and the image's name in it.
  public var set, image: String

  public init(dataset: String, set: String, image: String) { (self.dataset, self.set, self.image) = (dataset, set, image) }

  public func run(in context: some EvaluationContext, progress: EvaluationProgress, partial: (Picture) -> Void) throws(Problem) -> Picture {
    let source = try context.annotated(dataset)
    guard let image = try source.images(in: set).first(where: { $0.name == image }) else {
      throw Problem("there is no such image", at: image, expected: "an image of \(dataset) \(set)", kind: .notFound)
    }
    return try source.pixels(of: image).picture
  }
}

import Analysis
import ArgumentParser
import Training

struct DetectionErrorsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "detection-errors", abstract: "Sort the wrong detections of result files: place, similar class, other class, background.",
    discussion: """
      RESULTS is a folder with Main/comp4_det_SET_CLASS.txt, as PASCAL VOC's devkit reads them (results/VOC2007 of it). Of each class as \
      many of the surest wrong detections are looked at as it has objects (Hoiem et al. 2012); classes are similar below one node of \
      WordNet's tree.
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var printed: EvaluationOutput
  @Argument(help: "The folder of the result files.")
  var results: String
  @Option(help: "The dataset with the annotated objects.")
  var dataset: String
  @Option(help: "The set of its images.")
  var set = "test"
  @Option(help: "The area below the curve: VOC07 or VOC10+.")
  var area = PrecisionArea.voc07
  @Option(help: "The intersection over union that a detection has to exceed.")
  var overlap = 0.5
  @Flag(help: "Take exactly that overlap too, as the devkit in MATLAB does.")
  var takesEqual = false
  @Option(help: "How many wrong detections of each class are looked at. (default: as many as it has objects)")
  var top: Int?
  @Option(help: "The depth of the nodes below which classes are similar, the root's being 0.")
  var depth = ObjectTree.usualDepth

  func validate() throws {
    guard 0...1 ~= overlap else { throw ValidationError("--overlap takes 0 to 1") }
    guard top ?? 1 >= 1, depth >= 0 else { throw ValidationError("--top takes 1 or more, --depth 0 or more") }
  }

  func run() throws {
    let request = DetectionErrorRequest(
      results: results, dataset: dataset, set: set, metric: DetectionMetric(area, overlap: overlap, takesEqual: takesEqual), top: top, depth: depth)
    try printed.show(request.run(in: global.context(workers: nil)))
  }
}

extension PrecisionArea: ExpressibleByArgument {}

import Basics
import Datasets
import Networks
import Settings

/// A task whose images have annotated objects, and sizes of their own. Each training image is two samples, 2 · i as it is and 2 · i + 1 mirrored.
package protocol AnnotatedTask: TrainingTask {
  associatedtype Regions: RegionNetwork
  var scaling: any ImageScaling { get }
  /// Those with something to learn from.
  var trainingImages: [AnnotatedImage] { get }
  var validationImages: [AnnotatedImage] { get }
  /// Training images without.
  var leftOut: Int { get }
  /// Height and width that the images of a batch fit, scaled.
  var largest: (height: Int, width: Int) { get }
  /// What is kept of the images and their boxes, in bytes.
  var listBytes: Int { get }
  /// - Throws: a ``Problem`` where the architecture cannot learn it.
  func network(_ architecture: Architecture) throws(Problem) -> Regions
}

extension AnnotatedTask {
  package func design(_ architecture: Architecture) throws(Problem) -> NetworkDesign { try network(architecture).design }
}

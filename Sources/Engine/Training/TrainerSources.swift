import Basics
import Datasets
import Kernels

extension Trainer {
  /// Where what a frozen backbone makes of images that are never augmented is kept.
  package struct KeptFeatures {
    var folder: String
    /// How an image is called.
    var name: (Split, Int32) -> String

    package init(folder: String, name: @escaping (Split, Int32) -> String) {
      self.folder = folder
      self.name = name
    }
  }

  /// Where a training's images come from.
  package struct Sources {
    /// The mean of the training images; asks now and then whether it may go on, and is nil where it may not.
    var mean: (_ mayGoOn: () throws(Problem) -> Bool) throws(Problem) -> Tensor?
    /// Sources of batches of so many images.
    var loaders:
      (_ mean: Tensor, _ batch: Int) throws(Problem) -> (training: any BatchSource, validation: any BatchSource)

    package init(
      mean: @escaping (_ mayGoOn: () throws(Problem) -> Bool) throws(Problem) -> Tensor?,
      loaders: @escaping (_ mean: Tensor, _ batch: Int) throws(Problem) -> (
        training: any BatchSource, validation: any BatchSource
      )
    ) {
      self.mean = mean
      self.loaders = loaders
    }
  }
}

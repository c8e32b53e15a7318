import Taxonomy

/// The datasets that can be named: the built-in ones, and those that `data add` registered in the home.
public struct DatasetCatalog: Sendable {
  public let home: Home

  public init(home: Home) { self.home = home }

  /// Opens a dataset with its images.
  /// - Throws: a ``Problem`` where the name is unknown, or the dataset's files are missing or do not fit together.
  public func open(_ name: String) throws(Problem) -> any Dataset {
    let classes = try classes(of: name)
    guard name == "fashion-mnist" else {
      throw Problem("the dataset has no images here", at: name, advice: "add them with `imagenet-tui data add`")
    }
    return try IDXDataset.fashionMNIST(classes: classes)
  }

  /// The fine classes of a dataset in index order. Works without its images: `imagenet-1k` is a list of classes until a
  /// dataset with images is added under that name.
  public func classes(of name: String) throws(Problem) -> [FineClass] {
    switch name {
    case "imagenet-1k":
      return try Assets.lines("imagenet-1k.wnids").map { FineClass(wnid: $0, name: $0) }
    case "fashion-mnist":
      return try Assets.lines("fashion-mnist.classes").map { line in
        let fields = line.split(separator: "\t")
        return FineClass(wnid: String(fields[1]), name: String(fields[0]))
      }
    default:
      throw Problem("there is no such dataset", at: name, advice: "see `imagenet-tui data list`")
    }
  }
}

import Basics
import Taxonomy

/// The objects of a dataset under a label set: classes are the target classes, and objects of classes that it leaves out are not there.
struct GroupedObjects: AnnotatedDataset {
  private let base: any AnnotatedDataset
  let objectClasses: [String]
  /// Of each class of the dataset its target class.
  private let targets: [Int?]

  /// - Throws: a ``Problem`` where the label set has classes that the dataset has not.
  init(_ base: any AnnotatedDataset, _ labelSet: LabelSet) throws(Problem) {
    self.base = base
    objectClasses = labelSet.classes.map { $0.wnid == $0.name ? $0.name : $0.name.replacing(" ", with: "_") }
    var targets = [Int?](repeating: nil, count: base.objectClasses.count)
    let places = Dictionary(uniqueKeysWithValues: base.objectClasses.enumerated().map { ($1, $0) })
    for (target, group) in labelSet.classes.enumerated() {
      for member in group.members {
        guard let place = places[member] else {
          throw Problem(
            "the label set has a class that no object is of", at: labelSet.name, expected: "classes as \(firstFew(base.objectClasses))", found: member, kind: .data)
        }
        targets[place] = target
      }
    }
    self.targets = targets
  }

  var name: String { base.name }
  var summary: String { base.summary }
  var fingerprint: String { base.fingerprint }
  var actionClasses: [String] { base.actionClasses }
  var sets: [String] { base.sets }

  func images(in set: String) throws(Problem) -> [AnnotatedImage] {
    try base.images(in: set).map { image in
      var image = image
      image.objects = image.objects.compactMap { object in
        guard let target = targets[object.label] else { return nil }
        var object = object
        object.label = target
        return object
      }
      return image
    }
  }

  func load(_ image: AnnotatedImage, into buffer: PixelBuffer) throws(Problem) { try base.load(image, into: buffer) }
}

extension DatasetCatalog {
  /// The objects of a dataset, under a label set where there is one.
  package func objects(_ name: String, _ labelSet: LabelSet?) throws(Problem) -> any AnnotatedDataset {
    let dataset = try annotated(name)
    guard let labelSet, labelSet.classes.map(\.wnid) != dataset.objectClasses else { return dataset }
    return try GroupedObjects(dataset, labelSet)
  }
}

import Basics

/// One object of an image: what it is and where.
public struct AnnotatedObject: Hashable, Sendable {
  /// An index into the dataset's object classes.
  public var label: Int
  public var box: Box
  /// Left out of training; in an evaluation neither right nor wrong.
  public var isDifficult: Bool
  /// Its place among all objects of the image, from 1, as PASCAL VOC's action files count.
  public var place: Int
  /// Indices of the actions the object, a person, does, in the order of the dataset's; nil where none were annotated.
  public var actions: [Int]?

  public init(label: Int, box: Box, isDifficult: Bool = false, place: Int, actions: [Int]? = nil) {
    (self.label, self.box, self.isDifficult, self.place, self.actions) = (label, box, isDifficult, place, actions)
  }
}

/// An image and the objects in it.
public struct AnnotatedImage: Hashable, Sendable {
  /// What lists and result files call it, such as "2007_000123".
  public var name: String
  /// In pixels.
  public var width, height: Int
  public var objects: [AnnotatedObject]

  public init(name: String, width: Int, height: Int, objects: [AnnotatedObject]) {
    (self.name, self.width, self.height, self.objects) = (name, width, height, objects)
  }

  /// The same image mirrored left to right, with the boxes where the objects then are.
  public var mirrored: AnnotatedImage {
    var image = self
    for index in objects.indices { image.objects[index].box = objects[index].box.mirrored(in: width) }
    return image
  }
}

/// Whether an object does an action, as the lists say by which actions are evaluated.
public struct ActionTruth: Hashable, Sendable {
  /// The image's name.
  public var image: String
  /// ``AnnotatedObject/place``.
  public var place: Int
  /// Above 0: it does; below 0: it does not; 0: neither counts.
  public var value: Int

  public init(image: String, place: Int, value: Int) { (self.image, self.place, self.value) = (image, place, value) }
}

/// Images with annotated objects, in sets such as "trainval" and "test". It never changes while it is open, and may be asked from many threads.
public protocol AnnotatedDataset: Sendable {
  var name: String { get }
  /// One sentence for people: what it is, where it lies.
  var summary: String { get }
  /// Changes whenever the images, their annotations or the sets do; runs keep it to detect other data.
  var fingerprint: String { get }
  /// In the order of their labels, without a background class.
  var objectClasses: [String] { get }
  /// In the order of ``AnnotatedObject/actions``; empty where the dataset has none.
  var actionClasses: [String] { get }
  /// The sets that there are, sorted; those of actions are called as "Action/train".
  var sets: [String] { get }
  /// The images of a set, in its order.
  /// - Throws: 66 where there is no such set; 65 where an annotation of it is wrong, with file and object.
  func images(in set: String) throws(Problem) -> [AnnotatedImage]
  /// The decoded pixels of an image, in a buffer of their own.
  /// - Throws: as ``load(_:into:)``.
  func pixels(of image: AnnotatedImage) throws(Problem) -> PixelBuffer
  /// Decodes an image into memory that is used again.
  /// - Throws: a ``Problem`` where it cannot be decoded, or is not of the annotated size.
  func load(_ image: AnnotatedImage, into buffer: PixelBuffer) throws(Problem)
  /// Who of a set of actions does an action, in the order of its list.
  /// - Parameter action: an index into ``actionClasses``.
  /// - Throws: 66 where there is no such set.
  func actionTruth(of action: Int, in set: String) throws(Problem) -> [ActionTruth]
}

extension AnnotatedDataset {
  public func pixels(of image: AnnotatedImage) throws(Problem) -> PixelBuffer {
    let buffer = PixelBuffer()
    try load(image, into: buffer)
    return buffer
  }

  public func actionTruth(of action: Int, in set: String) throws(Problem) -> [ActionTruth] { try annotatedTruth(of: action, in: set) }

  /// What the annotations say of an action, where there is no list.
  func annotatedTruth(of action: Int, in set: String) throws(Problem) -> [ActionTruth] {
    try images(in: set).flatMap { image in
      image.objects.compactMap { object in
        object.actions.map { ActionTruth(image: image.name, place: object.place, value: $0.contains(action) ? 1 : -1) }
      }
    }
  }
}

/// What a detector found.
public struct Detection: Hashable, Sendable {
  /// An index into ``AnnotatedDataset/objectClasses``.
  public var label: Int
  /// 0…1.
  public var score: Float
  public var box: Box

  public init(label: Int, score: Float, box: Box) { (self.label, self.score, self.box) = (label, score, box) }
}

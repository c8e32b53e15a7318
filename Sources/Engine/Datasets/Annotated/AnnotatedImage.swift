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
  /// Indices of the actions the object, a person, does; nil where none were annotated.
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
}

/// Images with annotated objects, in sets such as "trainval" and "test".
public protocol AnnotatedDataset: Sendable {
  /// In the order of their labels, without a background class.
  var objectClasses: [String] { get }
  /// In the order of ``AnnotatedObject/actions``; empty where the dataset has none.
  var actionClasses: [String] { get }
  /// The images of a set, in its order.
  /// - Throws: 66 where there is no such set.
  func images(in set: String) throws(Problem) -> [AnnotatedImage]
  /// The decoded pixels of an image.
  func pixels(of image: AnnotatedImage) throws(Problem) -> PixelBuffer
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

import Basics
import Files

/// A devkit laid out as PASCAL VOC's, in small: four images of 50×40 with objects, one of them difficult, one with parts, and people with actions.
package struct VOCStandIn {
  /// The folder that holds `Annotations`.
  package let root: String
  package static let width = 50, height = 40
  /// Those of PASCAL VOC.
  package static let classes = [
    "aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow", "diningtable", "dog", "horse", "motorbike", "person",
    "pottedplant", "sheep", "sofa", "train", "tvmonitor",
  ]

  /// - Parameter folder: the devkit's, below `path`.
  package init(at path: String, folder: String = "VOCdevkit/VOC2007") throws(Problem) {
    root = folder.isEmpty ? path : "\(path)/\(folder)"
    try annotate("000001", [Self.object("dog", 1, 1, 50, 40), Self.object("cat", 10, 12, 20, 30, "<difficult>1</difficult>")])
    try annotate("000002", [Self.object("person", 5, 6, 25, 36, Self.actions(["reading", "phoning"])), Self.object("sofa", 30, 20, 44, 38)])
    // As a part is annotated: with a name and a box of its own, in front of its object's.
    try annotate(
      "000003",
      [
        "<object><part><name>head</name><bndbox><xmin>2</xmin><ymin>3</ymin><xmax>9</xmax><ymax>9</ymax></bndbox></part>"
          + "<name>person</name><bndbox><xmin>2</xmin><ymin>3</ymin><xmax>22</xmax><ymax>33</ymax></bndbox></object>",
        Self.object("person", 24, 3, 40, 33, Self.actions([])),
      ])
    try annotate("000004", [Self.object("train", 3, 4, 30, 20)])
    for (set, ids) in [("train", ["000001", "000002"]), ("val", ["000003"]), ("trainval", ["000001", "000002", "000003"]), ("test", ["000004"])] {
      try write("ImageSets/Main/\(set).txt", ids)
    }
    for name in Self.classes {
      try write("ImageSets/Main/\(name)_train.txt", ["000001 -1", "000002  1"])
    }
    try write("ImageSets/Action/train.txt", ["000002"])
    try write("ImageSets/Action/val.txt", ["000003 2"])
    try write("ImageSets/Action/phoning_train.txt", ["000002 1  1"])
    try write("ImageSets/Action/jumping_train.txt", ["000002 1 -1"])
  }

  package static func object(_ name: String, _ x1: Int, _ y1: Int, _ x2: Int, _ y2: Int, _ more: String = "") -> String {
    "<object><name>\(name)</name>\(more)<bndbox><xmin>\(x1)</xmin><ymin>\(y1)</ymin><xmax>\(x2)</xmax><ymax>\(y2)</ymax></bndbox></object>"
  }

  package static func actions(_ done: [String]) -> String {
    let all = ["jumping", "phoning", "reading", "other"]
    return "<actions>" + all.map { "<\($0)>\(done.contains($0) ? 1 : 0)</\($0)>" }.joined() + "</actions>"
  }

  package static func annotation(_ objects: [String], width: Int = width, height: Int = height) -> String {
    "<annotation><size><width>\(width)</width><height>\(height)</height><depth>3</depth></size>" + objects.joined(separator: "\r\n") + "</annotation>"
  }

  /// Writes an annotation, and a picture beside it.
  package func annotate(_ id: String, _ objects: [String]) throws(Problem) {
    try put(Array(Self.annotation(objects).utf8), at: "Annotations/\(id).xml")
    try put(ImageFixtures.png(Self.width, Self.height), at: "JPEGImages/\(id).jpg")
  }

  /// With the ends of lines that Windows writes.
  package func write(_ name: String, _ lines: [String]) throws(Problem) { try put(Array((lines.joined(separator: "\r\n") + "\r\n").utf8), at: name) }

  package func put(_ bytes: [UInt8], at place: String) throws(Problem) { try AtomicFile.write(bytes, to: root + "/" + place, durable: false) }
}

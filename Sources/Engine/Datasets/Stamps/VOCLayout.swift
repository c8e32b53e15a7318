import Basics
import Files

/// The layout of PASCAL VOC 2007's devkit (Everingham et al. 2007): images, an XML file of boxes for each, and lists of both splits.
enum VOCLayout {
  static let images = "VOC2007/JPEGImages"
  static let annotations = "VOC2007/Annotations"
  private static let sets = "VOC2007/ImageSets/Main"

  /// The path of an image's annotation.
  static func annotation(_ job: StampJob) -> String { "\(annotations)/\(job.name).xml" }

  /// The annotation: boxes of what is visible, from 1 and inclusive; classes by wnid. An object of which less than 40 % is seen
  /// is difficult.
  static func text(_ job: StampJob, _ scene: StampScene, wnids: [String]) -> String {
    var lines = [
      "<annotation>", "\t<folder>VOC2007</folder>", "\t<filename>\(job.name).jpg</filename>",
      "\t<source><database>imagenet-tui stamps</database></source>",
      "\t<size><width>\(scene.side)</width><height>\(scene.side)</height><depth>3</depth></size>",
      "\t<segmented>0</segmented>",
    ]
    for object in scene.shown {
      lines += [
        "\t<object>", "\t\t<name>\(wnids[object.kind])</name>", "\t\t<pose>Unspecified</pose>",
        "\t\t<truncated>\(object.isTruncated ? 1 : 0)</truncated>",
        "\t\t<difficult>\(object.visible < 0.4 ? 1 : 0)</difficult>",
        "\t\t<bndbox><xmin>\(object.left + 1)</xmin><ymin>\(object.top + 1)</ymin>"
          + "<xmax>\(object.right + 1)</xmax><ymax>\(object.bottom + 1)</ymax></bndbox>",
        "\t</object>",
      ]
    }
    return lines.joined(separator: "\n") + "\n</annotation>\n"
  }

  /// The lists of identifiers. Detection trains on `trainval` and tests on `test`, which here are `train` and `val` again: no scene is
  /// in both.
  static func writeSets(_ jobs: [StampJob], below folder: String) throws(Problem) {
    let train = jobs.filter { $0.split == .train }.map(\.name), val = jobs.filter { $0.split == .val }.map(\.name)
    for (name, ids) in [("train", train), ("val", val), ("trainval", train), ("test", val)] {
      try AtomicFile.write(ids.map { $0 + "\n" }.joined(), to: "\(folder)/\(sets)/\(name).txt")
    }
  }
}

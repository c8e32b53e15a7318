import Basics
import Files

/// The layout of PASCAL VOC 2007's devkit (Everingham et al. 2007), and for actions that of 2012: images, an XML file of boxes for each, and lists of sets.
enum VOCLayout {
  static let images = "VOC2007/JPEGImages"
  static let annotations = "VOC2007/Annotations"
  private static let sets = "VOC2007/ImageSets"

  /// The path of an image's annotation.
  static func annotation(_ job: StampJob) -> String { "\(annotations)/\(job.name).xml" }

  /// The annotation: boxes of what is visible, from 1 and inclusive. An object of which less than 40 % is seen, or whose kind is left out, is
  /// difficult. In a scene of actions the first object does what the nearest other one is.
  /// - Parameter names: all classes, sorted.
  static func text(_ job: StampJob, _ scene: StampScene, wnids: [String], _ classes: StampClasses, _ names: [String]) -> String {
    var lines = [
      "<annotation>", "\t<folder>VOC2007</folder>", "\t<filename>\(job.name).jpg</filename>",
      "\t<source><database>imagenet-tui stamps</database></source>",
      "\t<size><width>\(scene.side)</width><height>\(scene.side)</height><depth>3</depth></size>",
      "\t<segmented>0</segmented>",
    ]
    // The marked one of a scene stands at any place among the others.
    let turn = job.kind == .action ? job.random.below(scene.shown.count, 50) : 0
    for object in scene.shown.dropFirst(turn) + scene.shown.prefix(turn) {
      let name = classes.name(of: wnids[object.kind])
      lines += [
        "\t<object>", "\t\t<name>\(name ?? wnids[object.kind])</name>", "\t\t<pose>Unspecified</pose>",
        "\t\t<truncated>\(object.isTruncated ? 1 : 0)</truncated>",
        "\t\t<difficult>\(object.visible < 0.4 || name == nil ? 1 : 0)</difficult>",
        "\t\t<bndbox><xmin>\(object.left + 1)</xmin><ymin>\(object.top + 1)</ymin>"
          + "<xmax>\(object.right + 1)</xmax><ymax>\(object.bottom + 1)</ymax></bndbox>",
      ]
      if job.kind == .action, object.object == 0, let nearest = scene.nearest(to: 0) {
        let action = classes.name(of: wnids[nearest.kind])
        lines += ["\t\t<actions>"] + names.map { "\t\t\t<\($0)>\($0 == action ? 1 : 0)</\($0)>" } + ["\t\t</actions>"]
      }
      lines.append("\t</object>")
    }
    return lines.joined(separator: "\n") + "\n</annotation>\n"
  }

  /// The lists of images, and for each class those that say in which of them it is (1), is only difficult (0) or is not (−1); for each action whether the
  /// marked object does it. No scene is in two of train, val and test; trainval is the first two.
  static func writeSets(_ jobs: [StampJob], _ names: [String], hasActions: Bool, below folder: String) throws(Problem) {
    let found = try jobs.map { job throws(Problem) in
      let annotation = try VOCAnnotation(file: "\(folder)/\(annotation(job))")
      if let fault = annotation.faults.first { throw fault }
      return (job: job, objects: annotation.objects)
    }
    for set in ["train", "val", "trainval", "test"] {
      let members = found.filter { $0.job.part.rawValue == set || set == "trainval" && $0.job.part != .test }
      func write(_ list: String, _ lines: [String]) throws(Problem) {
        try AtomicFile.write(lines.map { $0 + "\n" }.joined(), to: "\(folder)/\(sets)/\(list).txt", durable: false)
      }
      func value(_ value: Int) -> String { value < 0 ? "\(value)" : " \(value)" }
      let folders = hasActions ? ["Main", "Action"] : ["Main"]
      for folder in folders { try write("\(folder)/\(set)", members.map(\.job.name)) }
      for name in names {
        try write(
          "Main/\(name)_\(set)",
          members.map { job, objects in
            let all = objects.filter { $0.name == name }
            return "\(job.name) \(value(all.isEmpty ? -1 : all.allSatisfy(\.isDifficult) ? 0 : 1))"
          })
        guard hasActions else { continue }
        try write(
          "Action/\(name)_\(set)",
          members.flatMap { job, objects in
            objects.compactMap { object in
              object.actions.map { actions in "\(job.name) \(object.place) \(value(actions.contains { $0.name == name && $0.isDone } ? 1 : -1))" }
            }
          })
      }
    }
  }
}

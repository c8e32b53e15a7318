import Basics
import Files
import Glibc
import Kernels
import Synchronization

/// What a devkit holds: all annotations of all sets, read anew, with what is wrong with them.
struct VOCScan {
  struct Image: Equatable {
    var name: String
    /// Into ``VOCFolder/endings``.
    var ending: Int
    var width, height: Int
    var objects: [AnnotatedObject]
    /// What is wrong with it; its objects must not be used then.
    var faults: [Problem]

    var hasPicture: Bool { !faults.contains { $0.what == VOCScan.missingPicture } }
  }

  private static let missingPicture = "the image is missing"

  let objectClasses: [String]
  let actionClasses: [String]
  /// Each image once, in the order of the sets.
  let images: [Image]
  /// Sorted by name; numbers of images.
  let sets: [(name: String, images: [Int32])]
  /// Bytes of all images.
  let totalSize: Int
  let fingerprint: String

  /// The classes of PASCAL VOC since 2007, alphabetically.
  static let pascalObjects = [
    "aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow", "diningtable", "dog", "horse", "motorbike", "person",
    "pottedplant", "sheep", "sofa", "train", "tvmonitor",
  ]
  /// The actions of PASCAL VOC 2012 in the devkit's order.
  static let pascalActions = [
    "jumping", "phoning", "playinginstrument", "reading", "ridingbike", "ridinghorse", "running", "takingphoto", "usingcomputer", "walking", "other",
  ]

  /// What is read of one image.
  private struct Found {
    var annotation: VOCAnnotation?
    var faults: [Problem] = []
    var ending = 0
    var size = 0
    var hash: UInt64 = 0
  }

  /// - Throws: a ``Problem`` where a list cannot be read, no list names an image, or no image is without fault.
  init(_ folder: VOCFolder, boxes: BoxPolicy) throws(Problem) {
    let main = folder.lists(in: VOCFolder.main), action = folder.lists(in: VOCFolder.action)
    var hash = Fingerprint()
    var sets: [(name: String, images: [Int32])] = []
    var names: [String] = []
    var numbers: [String: Int32] = [:]
    for list in (main.sets + action.sets).sorted(by: { $0.name < $1.name }) {
      let text = try TextFile(list.path, "cannot read the list of images")
      let members = try VOCFolder.images(list, text).map { name in
        if let number = numbers[name] { return number }
        names.append(name)
        numbers[name] = Int32(names.count - 1)
        return Int32(names.count - 1)
      }
      guard !members.isEmpty else { continue }
      sets.append((list.name, members))
      hash.add(list.name)
      hash.add(text.bytes)
    }
    guard !names.isEmpty else {
      throw Problem("no list names an image", at: "\(folder.root)/ImageSets", expected: "\(VOCFolder.main)/train.txt and others", found: "none", kind: .data)
    }
    for list in action.truths {
      hash.add(list.name)
      hash.add(try TextFile(list.path, "cannot read the list of actions").bytes)
    }

    let found = Self.read(names, folder, boxes)
    var objectNames: Set<String> = [], actionNames = Set(action.classes)
    for annotation in found.compactMap(\.annotation) {
      for object in annotation.objects {
        if !object.isDifficult { objectNames.insert(object.name) }
        for action in object.actions ?? [] { actionNames.insert(action.name) }
      }
    }
    objectClasses =
      !main.classes.isEmpty ? main.classes : objectNames.isSubset(of: Self.pascalObjects) ? Self.pascalObjects : objectNames.sorted()
    actionClasses = actionNames.isEmpty ? [] : actionNames.isSubset(of: Self.pascalActions) ? Self.pascalActions : actionNames.sorted()
    let labels = Self.indices(objectClasses), actions = Self.indices(actionClasses)
    images = zip(names, found).map { name, found in Self.image(name, found, labels, actions, folder) }
    self.sets = sets
    totalSize = found.reduce(0) { $0 + $1.size }
    hash.add(boxes.rawValue)
    for name in objectClasses + actionClasses { hash.add(name) }
    for (name, found) in zip(names, found) {
      hash.add(name)
      hash.add(found.hash)
      hash.add(found.size)
    }
    fingerprint = hash.text
    if let first = images.first?.faults.first, images.allSatisfy({ !$0.faults.isEmpty }) { throw first }
  }

  private static func indices(_ names: [String]) -> [String: Int] {
    Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
  }

  /// Every annotation, and of every picture whether it is there.
  private static func read(_ names: [String], _ folder: VOCFolder, _ boxes: BoxPolicy) -> [Found] {
    let all = Mutex([Found](repeating: Found(), count: names.count))
    let stretch = 64
    parallelFor((names.count + stretch - 1) / stretch, workers: ProcessorCores.usable) { piece, _ in
      let range = piece * stretch..<min(names.count, (piece + 1) * stretch)
      let found = range.map { read(names[$0], folder, boxes) }
      all.withLock { $0.replaceSubrange(range, with: found) }
    }
    return all.withLock { $0 }
  }

  private static func read(_ name: String, _ folder: VOCFolder, _ boxes: BoxPolicy) -> Found {
    var found = Found()
    let path = folder.annotation(of: name)
    do throws(Problem) {
      let file = try TextFile(path, "cannot read the annotation", limit: XMLElement.largest)
      var hash = Fingerprint()
      hash.add(file.bytes)
      found.hash = hash.number
      let annotation = VOCAnnotation(try XMLElement(file.bytes, place: path), place: path, boxes: boxes)
      (found.annotation, found.faults) = (annotation, annotation.faults)
    } catch {
      found.faults = [error]
    }
    var status = stat()
    if let ending = VOCFolder.endings.indices.first(where: { stat(folder.picture(of: name, ending: $0), &status) == 0 }) {
      (found.ending, found.size) = (ending, Int(status.st_size))
    } else {
      found.faults.append(Problem(missingPicture, at: folder.picture(of: name, ending: 0), kind: .notFound))
    }
    return found
  }

  private static func image(_ name: String, _ found: Found, _ labels: [String: Int], _ actions: [String: Int], _ folder: VOCFolder) -> Image {
    var image = Image(
      name: name, ending: found.ending, width: found.annotation?.width ?? 0, height: found.annotation?.height ?? 0, objects: [], faults: found.faults)
    for object in found.annotation?.objects ?? [] {
      guard let label = labels[object.name] else {
        // What is difficult counts nowhere: it may be of any class.
        guard !object.isDifficult else { continue }
        let near = nearestWord(to: object.name, among: labels.keys).map { ", such as \($0)" } ?? ""
        image.faults.append(
          Problem(
            "an object is of no class of the dataset", at: "\(folder.annotation(of: name)), object \(object.place), \(object.name)",
            expected: "one of the \(labels.count) that have lists in \(VOCFolder.main)\(near)", found: object.name, kind: .data))
        continue
      }
      let done = object.actions.map { entries in Set(entries.filter(\.isDone).map { actions[$0.name]! }).sorted() }
      image.objects.append(AnnotatedObject(label: label, box: object.box, isDifficult: object.isDifficult, place: object.place, actions: done))
    }
    return image
  }
}

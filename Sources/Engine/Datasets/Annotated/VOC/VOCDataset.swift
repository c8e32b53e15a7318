import Basics
import Files
import Kernels
import Synchronization

/// A devkit of PASCAL VOC that was added by name. Its annotations are those of `data add`; pictures and lists of actions are read when they are asked for.
public final class VOCDataset: AnnotatedDataset {
  public let name: String
  public let summary: String
  public let fingerprint: String
  public let objectClasses: [String]
  public let actionClasses: [String]
  public let sets: [String]
  /// The folder that holds `Annotations`.
  public var root: String { folder.root }
  private let folder: VOCFolder
  private let boxes: BoxPolicy
  private let images: [VOCScan.Image]
  private let members: [String: [Int32]]
  private let endings: [String: Int]

  /// - Throws: a ``Problem`` where the index is damaged or the folder is gone.
  init(_ registration: Registration, _ devkit: Registration.Devkit, home: Home) throws(Problem) {
    try registration.checkFolder()
    name = registration.name
    fingerprint = registration.fingerprint
    objectClasses = registration.classes.map(\.name)
    actionClasses = devkit.actions
    (folder, boxes) = (VOCFolder(root: registration.recipe.root), registration.recipe.boxes ?? .checked)
    let index = try VOCIndex(path: registration.indexPath(in: home), objectClasses: objectClasses.count, actionClasses: actionClasses.count)
    images = index.images
    members = Dictionary(index.sets.map { ($0.name, $0.images) }) { first, _ in first }
    sets = index.sets.map(\.name)
    endings = Dictionary(index.images.map { ($0.name, $0.ending) }) { first, _ in first }
    summary =
      "\(name): \(counted(images.count, "annotated image")) with objects of \(counted(objectClasses.count, "class"))"
      + (actionClasses.isEmpty ? "" : " and \(counted(actionClasses.count, "action"))") + ", from \(registration.recipe.root)"
      + (registration.recipe.note.map { "; \($0)" } ?? "")
  }

  private func numbers(_ set: String) throws(Problem) -> [Int32] {
    guard let numbers = members[set] else {
      throw Problem(
        "the dataset \(name) has no such set", at: set, expected: "one of \(sets.joined(separator: ", "))",
        advice: nearestWord(to: set, among: sets).map { "did you mean `\($0)`?" }, kind: .notFound)
    }
    return numbers
  }

  public func images(in set: String) throws(Problem) -> [AnnotatedImage] {
    let members = try numbers(set).map { images[Int($0)] }
    if var fault = members.lazy.compactMap(\.faults.first).first {
      let bad = members.count { !$0.faults.isEmpty }
      let all = ShellCommand("data", "check", name).inSentence
      fault.advice = (fault.advice.map { $0 + "; " } ?? "") + "\(counted(bad, "image")) of the set \(set) \(bad == 1 ? "has" : "have") faults: \(all) lists them"
      throw fault
    }
    return members.map { AnnotatedImage(name: $0.name, width: $0.width, height: $0.height, objects: $0.objects) }
  }

  /// The number of images of all sets together.
  public var count: Int { images.count }

  /// The images of all sets, each once; what is wrong with one is not looked at.
  public var allImages: [AnnotatedImage] {
    images.filter { $0.width > 0 }.map { AnnotatedImage(name: $0.name, width: $0.width, height: $0.height, objects: $0.objects) }
  }

  /// How many images each set has.
  public var setSizes: [(name: String, count: Int)] { sets.map { ($0, members[$0]!.count) } }

  /// How many objects of each class a set has, and how many of them are difficult; images with faults count as far as they can be read.
  public func objectCounts(in set: String) throws(Problem) -> [(all: Int, difficult: Int)] {
    var counts = [(all: Int, difficult: Int)](repeating: (0, 0), count: objectClasses.count)
    for number in try numbers(set) {
      for object in images[Int(number)].objects {
        counts[object.label].all += 1
        counts[object.label].difficult += object.isDifficult ? 1 : 0
      }
    }
    return counts
  }

  public func load(_ image: AnnotatedImage, into buffer: PixelBuffer) throws(Problem) {
    guard let ending = endings[image.name] else {
      throw Problem("the dataset \(name) has no such image", at: image.name, kind: .notFound)
    }
    try decode(image.name, ending: ending, size: (image.width, image.height), into: buffer)
  }

  /// - Parameter size: what the picture has to be of; nil: whatever it is.
  private func decode(_ image: String, ending: Int, size: (width: Int, height: Int)?, into buffer: PixelBuffer) throws(Problem) {
    let path = folder.picture(of: image, ending: ending)
    try buffer.decode(file: Array(path.utf8CString), place: path)
    guard let size, size != (buffer.width, buffer.height) else { return }
    throw Problem(
      "the picture is not of its annotation's size", at: path, expected: "\(size.width)×\(size.height)", found: "\(buffer.width)×\(buffer.height)",
      advice: "the boxes would lie elsewhere: correct `<size>`, or the picture", kind: .data)
  }

  public func actionTruth(of action: Int, in set: String) throws(Problem) -> [ActionTruth] {
    _ = try numbers(set)
    if let truth = try folder.actionTruth(actionClasses[action], set) { return truth }
    return try annotatedTruth(of: action, in: set)
  }

  // MARK: Checking

  /// What is wrong with an annotation or its picture.
  public struct Fault: Codable, Equatable, Sendable {
    /// The image's name.
    public var image: String
    /// In one line, with file and object.
    public var reason: String
  }

  /// Reads every annotation anew and decodes every picture.
  /// - Parameter progress: called with the number of pictures done, from any worker, now and then.
  /// - Returns: all that is wrong, in the order of the images; and whether lists and annotations are still those that were added.
  /// - Throws: a ``Problem`` where the devkit cannot be read as a whole.
  public func check(workers: Int, progress: @Sendable (Int) -> Void = { _ in }) throws(Problem) -> (faults: [Fault], isCurrent: Bool) {
    let scan = try VOCScan(folder, boxes: boxes)
    let undecoded = Mutex<[Int: Problem]>([:])
    let buffers = (0..<max(1, workers)).map { _ in SharedBuffer() }
    let done = Atomic(0)
    parallelFor(scan.images.count, workers: buffers.count) { index, worker in
      let image = scan.images[index]
      if image.hasPicture {
        do throws(Problem) {
          try decode(image.name, ending: image.ending, size: image.width > 0 ? (image.width, image.height) : nil, into: buffers[worker].pixels)
        } catch {
          undecoded.withLock { $0[index] = error }
        }
      }
      let count = done.wrappingAdd(1, ordering: .relaxed).newValue
      if count % 256 == 0 { progress(count) }
    }
    let others = undecoded.withLock { $0 }
    let faults = scan.images.enumerated().flatMap { index, image in
      (image.faults + (others[index].map { [$0] } ?? [])).map { Fault(image: image.name, reason: "\($0)") }
    }
    return (faults, scan.fingerprint == fingerprint)
  }
}

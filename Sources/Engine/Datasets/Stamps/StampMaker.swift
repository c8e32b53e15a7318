import Basics
import Files
import FoundationEssentials
import Glibc
import Kernels
import Synchronization

/// What a made dataset of composites consists of. Equal recipes of equal photographs give equal files.
public struct StampRecipe: Codable, Equatable, Sendable {
  public enum Layout: String, Codable, Sendable {
    /// `train/<wnid>/…jpg` and `val/<wnid>/…jpg`, one object an image.
    case folders
    /// `VOC2007/{Annotations,JPEGImages,ImageSets/Main}`, one to four objects an image, with boxes.
    case voc
    /// The same with `ImageSets/Action`: in each image one object is marked, and what it does is the class of the one beside it.
    case actions

    var hasBoxes: Bool { self != .folders }
  }

  public var layout: Layout
  /// Pixels of a side.
  public var side: Int
  public var seed: UInt64
  /// Of each class: images, or in layouts with boxes objects; of each action: scenes.
  public var train, val: Int
  /// Of the JPEG files, 1 to 100.
  public var quality: Int
  /// Of layouts with boxes: objects of each class, or scenes of each action, to test on.
  public var test: Int?
  /// Of layouts with boxes: what the objects are called.
  public var classes: StampClasses?

  var sceneClasses: StampClasses { classes ?? .own }

  func count(_ part: StampJob.Part) -> Int {
    switch part {
    case .train: train
    case .val: val
    case .test: test ?? 0
    }
  }

  /// - Throws: a ``Problem`` naming what is out of range.
  public init(
    layout: Layout = .folders, side: Int = 96, seed: UInt64 = 1, train: Int, val: Int, test: Int? = nil, quality: Int = 90,
    classes: StampClasses = .own
  ) throws(Problem) {
    for (what, value, range) in [
      // Smaller scenes of actions would show specks.
      ("pixels a side", side, (layout == .actions ? 64 : 16)...256), ("training images a class", train, 1...100_000),
      ("validation images a class", val, 1...100_000), ("test objects a class", test ?? val, 1...100_000), ("quality", quality, 1...100),
    ] where !range.contains(value) {
      throw Problem("cannot make these images", at: what, expected: "\(range.lowerBound) to \(range.upperBound)", found: "\(value)", kind: .usage)
    }
    (self.layout, self.side, self.seed, self.train, self.val, self.quality) = (layout, side, seed, train, val, quality)
    if layout.hasBoxes { (self.test, self.classes) = (test ?? val, classes) }
  }
}

/// Makes a dataset of composites: photographs of ``StampCollection`` in front of made-up backdrops.
///
/// An image depends on the recipe, its class and its number alone, so that making may be interrupted at any moment, also by SIGKILL, and
/// goes on with what is missing; and the first images of more are those of fewer.
public struct StampMaker: Sendable {
  public struct Report: Codable, Equatable, Sendable {
    public var classes, photographs: Int
    /// Images in the folder.
    public var train, val: Int
    /// Of layouts with boxes.
    public var test: Int?
    /// Images that were there when making began.
    public var resumedAt: Int
    public var folder: String
  }

  let stamps: StampCollection
  let recipe: StampRecipe
  let folder: String
  let workers: Int
  /// Those of layouts with boxes, sorted.
  private let classNames: [String]
  /// Images that are made between two looks at errors and progress.
  private static let lot = 256
  /// Changes with what is made of a recipe.
  private var version: Int { recipe.layout.hasBoxes ? 2 : 1 }

  public init(_ stamps: StampCollection, recipe: StampRecipe, folder: String, workers: Int) {
    self.stamps = stamps
    self.recipe = recipe
    self.folder = folder
    self.workers = max(1, workers)
    classNames = recipe.sceneClasses.photographs(stamps).map(\.name)
  }

  /// What it is, said plainly: for people, in the folder and with the dataset.
  public var note: String {
    "composites made of \(stamps.kinds.reduce(0) { $0 + $1.photographs }) cut-out photographs (tuxpaint-stamps-default, GPL-2) of "
      + "\(counted(stamps.kinds.count, "class")), few a class and the same in both splits: it exercises the method, it is not ImageNet"
  }

  /// All images that the recipe asks for.
  var jobs: [StampJob] {
    switch recipe.layout {
    case .folders: StampJob.folders(stamps, recipe)
    case .voc: StampJob.scenes(stamps, recipe)
    case .actions: StampJob.actions(stamps, recipe)
    }
  }

  /// Makes what is not there yet.
  /// - Parameter progress: hears how many images there are, and of how many.
  /// - Throws: a ``Problem`` where the folder holds something else, another process makes images in it, or the disk takes no more;
  ///   what was made by then stays.
  public func run(progress: (_ done: Int, _ of: Int) -> Void = { _, _ in }) throws(Problem) -> Report {
    try AtomicFile.makeFolder(folder)
    let lock = try FolderLock("\(folder)/making.lock", doing: "makes images in")
    defer { lock.release() }
    try begin()
    let jobs = jobs
    for name in Set(jobs.map(\.folder)).sorted() { try AtomicFile.makeFolder("\(folder)/\(name)") }
    if recipe.layout.hasBoxes { try AtomicFile.makeFolder("\(folder)/\(VOCLayout.annotations)") }
    var resumedAt = 0
    for start in stride(from: 0, to: jobs.count, by: Self.lot) {
      let lot = jobs[start..<min(jobs.count, start + Self.lot)].filter { !isThere($0) }
      resumedAt += min(jobs.count - start, Self.lot) - lot.count
      try make(lot)
      progress(min(jobs.count, start + Self.lot), jobs.count)
    }
    if recipe.layout.hasBoxes { try VOCLayout.writeSets(jobs, classNames, hasActions: recipe.layout == .actions, below: folder) }
    try AtomicFile.write(note + "\n", to: "\(folder)/README.txt")
    return Report(
      classes: recipe.layout.hasBoxes ? classNames.count : stamps.kinds.count, photographs: stamps.kinds.reduce(0) { $0 + $1.photographs },
      train: jobs.count { $0.part == .train }, val: jobs.count { $0.part == .val },
      test: recipe.layout.hasBoxes ? jobs.count { $0.part == .test } : nil, resumedAt: resumedAt, folder: folder)
  }

  /// The first file that is written, so that a folder tells what is being made in it.
  private struct Description: Codable, Equatable {
    var made = "stamps"
    var version: Int
    var recipe: StampRecipe
    var photographs: String
  }

  private func begin() throws(Problem) {
    let path = "\(folder)/made.json"
    let wanted = Description(version: version, recipe: recipe, photographs: stamps.fingerprint)
    if access(path, F_OK) == 0 {
      let found = try RunJSON.read(Description.self, from: path, what: "the made dataset")
      guard found == wanted else {
        func text(_ of: Description) -> String {
          "\(of.recipe.layout.rawValue) of \(of.recipe.side) pixels, \(of.recipe.train) and \(of.recipe.val) a class, "
            + (of.recipe.classes?.names.map { "\(Set($0.values).count) classes, " } ?? "") + "seed \(of.recipe.seed), quality \(of.recipe.quality), photographs \(of.photographs)"
        }
        throw Problem(
          "the folder holds other made images", at: folder, expected: text(wanted), found: text(found),
          advice: "choose another folder with -o, or delete this one", kind: .cannotWrite)
      }
      return
    }
    let others = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
      .filter { $0 != "making.lock" && !$0.hasSuffix(AtomicFile.unfinishedSuffix) }
    guard others.isEmpty else {
      throw Problem(
        "cannot make images in this folder", at: folder, expected: "an empty folder", found: printable(others.sorted()[0]),
        advice: "choose another folder with -o", kind: .cannotWrite)
    }
    try RunJSON.write(wanted, to: path)
  }

  /// Of an image with an annotation, the annotation is written last. A power cut may leave empty files.
  private func isThere(_ job: StampJob) -> Bool {
    func isFilled(_ path: String) -> Bool {
      var status = stat()
      return stat("\(folder)/\(path)", &status) == 0 && status.st_size > 0
    }
    return isFilled(job.path) && (!recipe.layout.hasBoxes || isFilled(VOCLayout.annotation(job)))
  }

  private func make(_ jobs: [StampJob]) throws(Problem) {
    let failure = Mutex<Problem?>(nil)
    parallelFor(jobs.count, workers: workers) { place, _ in
      guard failure.withLock({ $0 == nil }) else { return }
      do throws(Problem) {
        try make(jobs[place])
      } catch {
        failure.withLock { $0 = error }
      }
    }
    if let problem = failure.withLock({ $0 }) { throw problem }
  }

  private func make(_ job: StampJob) throws(Problem) {
    let scene = job.scene(stamps, side: recipe.side)
    let bytes = scene.bytes
    let file = try bytes.withUnsafeBufferPointer { pixels throws(Problem) in
      try ImageCodec.jpeg(pixels, width: recipe.side, height: recipe.side, quality: recipe.quality)
    }
    // Whole without a flush for each: what a power cut takes is made again.
    try AtomicFile.write(file, to: "\(folder)/\(job.path)", durable: false)
    if recipe.layout.hasBoxes {
      let text = VOCLayout.text(job, scene, wnids: stamps.kinds.map(\.wnid), recipe.sceneClasses, classNames)
      try AtomicFile.write(text, to: "\(folder)/\(VOCLayout.annotation(job))", durable: false)
    }
  }
}

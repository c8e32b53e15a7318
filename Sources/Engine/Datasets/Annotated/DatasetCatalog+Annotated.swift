import Basics

/// Datasets whose images have objects with boxes, and no class of their own.
extension DatasetCatalog {
  /// Opens a dataset with annotated objects.
  /// - Throws: a ``Problem`` where the name is unknown, its images have classes instead, or its files are missing or do not fit together.
  public func annotated(_ name: String) throws(Problem) -> VOCDataset {
    guard let registration = hasImages(name) && Registration.exists(name, in: home) ? try registration(name) : nil, let devkit = registration.devkit else {
      // Whatever else is wrong with the name comes first.
      _ = try classes(of: name)
      throw Problem(
        "the dataset has no annotated objects", at: name, expected: "boxes, as a devkit of PASCAL VOC has them", found: "a class for each image",
        advice: "add a devkit, as with \(ShellCommand("data", "add", "voc2007", "PATH").inSentence)", kind: .usage)
    }
    return try VOCDataset(registration, devkit, home: home)
  }

  /// Whether a dataset has annotated objects instead of a class for each image.
  public func isAnnotated(_ name: String) -> Bool {
    DatasetName.isValid(name) && Registration.exists(name, in: home) && (try? registration(name))?.devkit != nil
  }

  /// The registration of a dataset whose images have a class each.
  /// - Throws: a ``Problem`` where there is none, or its images have boxes instead.
  func labelled(_ name: String) throws(Problem) -> Registration {
    let registration = try registration(name)
    guard registration.devkit == nil else {
      throw Problem(
        "the dataset has boxes of objects, and no class for each image", at: name, expected: "labelled images",
        found: "a devkit of PASCAL VOC", advice: "see \(ShellCommand("data", "list").inSentence) for another one; \(ShellCommand("data", "show", name).inSentence) lists its sets and objects", kind: .usage)
    }
    return registration
  }

  /// Reads a devkit and keeps it under `name`.
  /// - Throws: a ``Problem`` where the name cannot be used, or the devkit cannot (see ``VOCScan``).
  func addDevkit(_ name: String, _ recipe: FolderRecipe) throws(Problem) -> AddedDataset {
    guard name != Self.imageNet else {
      throw Problem("imagenet-1k has a class for each image", at: recipe.root, found: "a devkit of PASCAL VOC", advice: "choose another name", kind: .usage)
    }
    let scan = try VOCScan(VOCFolder(root: recipe.root), boxes: recipe.boxes!)
    let before = Registration.exists(name, in: home) ? try? registration(name) : nil
    let sizes = Dictionary(uniqueKeysWithValues: scan.sets.map { ($0.name, $0.images.count) })
    let registration = Registration(
      name: name, recipe: recipe, classes: scan.objectClasses.map { FineClass(wnid: $0, name: $0) }, train: sizes["train"] ?? sizes["trainval"] ?? 0,
      val: sizes["val"] ?? sizes["test"] ?? 0, size: scan.totalSize, fingerprint: scan.fingerprint,
      devkit: Registration.Devkit(actions: scan.actionClasses, sets: sizes))
    try registration.write(index: VOCIndex.encode(scan), in: home)
    let faulty = scan.images.filter { !$0.faults.isEmpty }
    var notes: [String] = []
    if let first = faulty.first?.faults.first { notes.append("\(counted(faulty.count, "image")) cannot be used, the first as: \(first)") }
    return AddedDataset(
      entry: entry(name), ignored: 0, notes: notes, isHeldOut: false,
      change: before.map { $0.fingerprint == registration.fingerprint ? .unchanged : .changed } ?? .new, faults: faulty.count)
  }
}

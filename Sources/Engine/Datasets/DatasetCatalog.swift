import Basics
import Files
import FoundationEssentials
import Glibc
import Taxonomy

/// The datasets that can be named: the built-in ones, and those that `data add` registered in the home.
public struct DatasetCatalog: Sendable {
  public let home: Home
  /// The folder of WordNet's files, where one was named (``WordNetFiles``).
  public let wordNet: String?

  public init(home: Home, wordNet: String? = nil) {
    self.home = home
    self.wordNet = wordNet
  }

  /// Opens a dataset with its images.
  /// - Throws: a ``Problem`` where the name is unknown, or the dataset's files are missing or do not fit together.
  public func open(_ name: String) throws(Problem) -> any Dataset {
    if name == Self.fashionMNIST { return try IDXDataset.fashionMNIST(classes: try classes(of: name)) }
    let registration = try labelled(name)
    return registration.recipe.isPacked
      ? try PackedDataset(registration, home: home) : try ImageFolderDataset(registration, home: home)
  }

  /// The fine classes of a dataset in index order. Works without its images: `imagenet-1k` is a list of classes until a
  /// dataset with images is added under that name.
  /// - Throws: a ``Problem`` where there is no such dataset, or its description cannot be read.
  public func classes(of name: String) throws(Problem) -> [FineClass] {
    switch name {
    case Self.imageNet where !Registration.exists(name, in: home):
      return named(try Assets.lines("imagenet-1k.wnids").map { FineClass(wnid: $0, name: $0) })
    case Self.fashionMNIST:
      return try Assets.lines("fashion-mnist.classes").map { line throws(Problem) in
        let fields = line.split(separator: "\t")
        guard fields.count == 2 else {
          throw Problem("the asset is damaged", at: "fashion-mnist.classes", expected: "name<TAB>wnid", found: line, kind: .data)
        }
        return FineClass(wnid: String(fields[1]), name: String(fields[0]))
      }
    case Self.wordNet:
      let nouns = try WordNetFiles.open(explicit: wordNet)
      return nouns.all().map { FineClass(wnid: $0.description, name: nouns.name(of: $0)) }
    default:
      let registration = try labelled(name)
      return registration.recipe.hierarchy == nil ? named(registration.classes) : registration.classes
    }
  }

  /// Classes that are called by their wnid get the first word of their synset, where WordNet is there.
  private func named(_ classes: [FineClass]) -> [FineClass] {
    guard classes.contains(where: { $0.name == $0.wnid }), let nouns = try? WordNetFiles.open(explicit: wordNet) else { return classes }
    return classes.map { fine in
      fine.name == fine.wnid ? FineClass(wnid: fine.wnid, name: nouns.id(ofWnid: fine.wnid).map { nouns.name(of: $0) } ?? fine.name) : fine
    }
  }

  /// Whether the dataset calls its classes by names of its own, beside the words of their synsets.
  public func hasOwnNames(_ name: String) -> Bool { name != Self.wordNet }

  /// The wnids of a dataset's fine classes in index order: ``classes(of:)`` without the names, which take a while for all of WordNet.
  /// - Throws: a ``Problem`` where there is no such dataset, or its description cannot be read.
  public func wnids(of name: String) throws(Problem) -> [String] {
    name == Self.wordNet ? try WordNetFiles.open(explicit: wordNet).all().map(\.description) : try classes(of: name).map(\.wnid)
  }

  /// Tells whether the classes of a dataset are still those that were read: the stamp of the file that lists them. Nil where there is
  /// none.
  package func classesStamp(_ name: String) -> FileStamp? {
    switch name {
    case Self.imageNet where !Registration.exists(name, in: home): (try? Assets.path("imagenet-1k.wnids")).flatMap { FileStamp($0) }
    case Self.fashionMNIST: (try? Assets.path("fashion-mnist.classes")).flatMap { FileStamp($0) }
    case Self.wordNet: FileStamp(WordNetFiles.folder(explicit: wordNet) + "/data.noun")
    default: DatasetName.isValid(name) ? FileStamp(Registration.path(name, in: home)) : nil
    }
  }

  /// Whether the dataset is more than a list of classes.
  public func hasImages(_ name: String) -> Bool {
    name == Self.fashionMNIST || DatasetName.isValid(name) && Registration.exists(name, in: home)
  }

  /// Every dataset that can be named, built-in ones first, then by name.
  public func list() -> [DatasetEntry] {
    let added = Set((try? FileManager.default.contentsOfDirectory(atPath: home.datasets)) ?? [])
      .filter { DatasetName.isValid($0) && Registration.exists($0, in: home) }
    let names = Self.builtIn + added.subtracting(Self.builtIn).sorted()
    return names.map(entry)
  }

  /// Reads the tree of images, or the packed dataset, that `recipe` describes and keeps it under `name`. Images are never copied. A name
  /// that is taken by an added dataset is given to the new tree.
  /// - Throws: a ``Problem`` where the name cannot be used, or the tree cannot (see ``ImageListing``).
  public func add(_ name: String, _ recipe: FolderRecipe, wordNet: WordNet?) throws(Problem) -> AddedDataset {
    try checkFree(name)
    if recipe.boxes != nil { return try addDevkit(name, recipe) }
    let hierarchy = try HierarchyFile.contents(recipe)
    let own = try hierarchy.map { text throws(Problem) in try UserHierarchy(text, at: recipe.hierarchy ?? name).wordNet() }
    let listing = try ImageListing(recipe, wordNet: own ?? wordNet)
    if name == Self.imageNet { try Self.checkImageNet(listing.classes) }
    let before = Registration.exists(name, in: home) ? try? registration(name) : nil
    let registration = Registration(
      name: name, recipe: recipe, classes: listing.classes, train: listing.files[.train]!.joined().count,
      val: listing.files[.val]!.joined().count, size: listing.totalSize, fingerprint: listing.fingerprint)
    if let text = hierarchy {
      try AtomicFile.makeFolder(Registration.folder(name, in: home))
      try AtomicFile.write(text, to: Registration.hierarchyPath(name, in: home))
    }
    try registration.write(index: FolderIndex.encode(listing), in: home)
    // So that the screens open it at once.
    if max(listing.classes.count, own?.ownCount ?? 0) >= TreeCache.fewestNodes { try? tree(of: name, .name).keep() }
    return AddedDataset(
      entry: entry(name), ignored: listing.ignored, notes: listing.notes, isHeldOut: listing.isHeldOut,
      change: before.map { $0.fingerprint == registration.fingerprint ? .unchanged : .changed } ?? .new)
  }

  /// - Throws: a ``Problem`` where no added dataset can have this name.
  public func checkFree(_ name: String) throws(Problem) {
    try DatasetName.check(name)
    guard name != Self.fashionMNIST, name != Self.wordNet else {
      throw Problem("this name belongs to a built-in dataset", at: name, advice: "choose another name", kind: .usage)
    }
  }

  /// Whether the files of an added dataset are still those that were added; always true for a built-in one.
  /// - Throws: a ``Problem`` where there is no such dataset, or its place cannot be read.
  public func isCurrent(_ name: String) throws(Problem) -> Bool {
    guard Registration.exists(name, in: home) else { return true }
    let registration = try registration(name)
    if let boxes = registration.recipe.boxes {
      return try VOCScan(VOCFolder(root: registration.recipe.root), boxes: boxes).fingerprint == registration.fingerprint
    }
    let own = try ownHierarchy(name)?.wordNet()
    return try ImageListing(registration.recipe, wordNet: own).fingerprint == registration.fingerprint
  }

  // MARK: Trees

  /// The tree of a dataset's classes: in its own hierarchy where it was added with one, else in WordNet.
  /// - Throws: a ``Problem`` where the dataset is unknown, or WordNet is not there or does not have the classes.
  public func hierarchy(of name: String, _ policy: HypernymPolicy = .name) throws(Problem) -> Hierarchy {
    let tree = try tree(of: name, policy)
    tree.keep()
    return tree.hierarchy
  }

  /// The same with what the dataset calls its classes, as soon as it can be had; large trees are kept when somebody asks for that.
  /// - Throws: as ``hierarchy(of:_:)``.
  public func tree(of name: String, _ policy: HypernymPolicy) throws(Problem) -> DatasetTree {
    let cache = TreeCache(home: home, dataset: name, wordNet: WordNetFiles.folder(explicit: wordNet), policy)
    if DatasetName.isValid(name), let kept = try cache.read(policy, wordNet: { () throws(Problem) in try WordNetFiles.open(explicit: wordNet) }) {
      return DatasetTree(hierarchy: kept.tree, classNames: kept.classNames) {}
    }
    let classes = hasOwnNames(name) ? try classes(of: name) : []
    let keptWords = try hasOwnHierarchy(name) ? cache.readWords() : nil
    let words =
      if let keptWords { keptWords }
      else if let own = try ownHierarchy(name) { try own.wordNet() }
      else { try WordNetFiles.open(explicit: wordNet) }
    let tree =
      name == Self.wordNet
      ? try Hierarchy(allOf: words, policy: policy) : try Hierarchy(fineClasses: classes.map(\.wnid), wordNet: words, policy: policy)
    let names = classes.map(\.name)
    return DatasetTree(hierarchy: tree, classNames: names) {
      guard name == Self.wordNet || max(tree.count, words.ownCount) >= TreeCache.fewestNodes else { return }
      if keptWords == nil { cache.keepWords(words) }
      cache.keep(tree, classNames: names)
    }
  }

  /// Whether the dataset was added with a hierarchy, so that its classes are not WordNet's.
  /// - Throws: a ``Problem`` where there is no such dataset, or its description cannot be read.
  public func hasOwnHierarchy(_ name: String) throws(Problem) -> Bool {
    guard Registration.exists(name, in: home) else { return false }
    return try registration(name).recipe.hierarchy != nil
  }

  private func ownHierarchy(_ name: String) throws(Problem) -> UserHierarchy? {
    guard try hasOwnHierarchy(name) else { return nil }
    return try HierarchyFile.read(Registration.hierarchyPath(name, in: home))
  }

  /// - Throws: a ``Problem`` unless `name` is a dataset that was added.
  public func checkRemovable(_ name: String) throws(Problem) {
    guard DatasetName.isValid(name), Registration.exists(name, in: home) else {
      guard !Self.builtIn.contains(name) else {
        throw Problem("a built-in dataset cannot be removed", at: name, kind: .usage)
      }
      throw unknown(name)
    }
  }

  /// Forgets an added dataset. Its images stay where they are.
  /// - Throws: a ``Problem`` where there is no such dataset, or the disk refuses.
  public func remove(_ name: String) throws(Problem) {
    try checkRemovable(name)
    // Out of sight at once: an interruption leaves no half of it behind.
    let folder = Registration.folder(name, in: home)
    let removed = "\(home.datasets)/.removed-\(name)-\(getpid())"
    guard rename(folder, removed) == 0 else { throw AtomicFile.failure("cannot remove the dataset", folder) }
    try? FileManager.default.removeItem(atPath: removed)
    TreeCache.forget(name, in: home)
  }

  private static let fashionMNIST = "fashion-mnist"
  static let imageNet = "imagenet-1k"
  /// All nouns: for looking around, and for label sets of datasets such as ImageNet-21k.
  private static let wordNet = "wordnet"
  private static let builtIn = [fashionMNIST, imageNet, wordNet]

  func entry(_ name: String) -> DatasetEntry {
    do throws(Problem) {
      if Registration.exists(name, in: home), name != Self.fashionMNIST {
        let registration = try registration(name)
        return DatasetEntry(
          name: name, isBuiltIn: false, classes: registration.classes.count, train: registration.train,
          val: registration.val, size: registration.size, place: registration.recipe.root,
          problem: isFolder(registration.recipe.root) ? nil : "the folder is gone", sets: registration.devkit?.sets)
      }
      let classes = try classes(of: name).count
      if name == Self.imageNet {
        return DatasetEntry(
          name: name, isBuiltIn: true, classes: classes, train: 0, val: 0, size: 0, place: nil,
          problem: "classes only: add images with `data add imagenet-1k PATH`")
      }
      if name == Self.wordNet {
        return DatasetEntry(
          name: name, isBuiltIn: true, classes: classes, train: 0, val: 0, size: 0, place: nil,
          problem: "all nouns of WordNet; classes only")
      }
      let dataset = try open(name)
      return DatasetEntry(
        name: name, isBuiltIn: true, classes: classes, train: dataset.labels(.train).count,
        val: dataset.labels(.val).count, size: (dataset as? IDXDataset)?.size ?? 0, place: nil, problem: nil)
    } catch {
      return DatasetEntry(
        name: name, isBuiltIn: Self.builtIn.contains(name), classes: 0, train: 0, val: 0,
        size: 0,
        place: nil, problem: "\(error)")
    }
  }

  func registration(_ name: String) throws(Problem) -> Registration {
    guard DatasetName.isValid(name), Registration.exists(name, in: home) else { throw unknown(name) }
    return try Registration.read(name, in: home)
  }

  private func unknown(_ name: String) -> Problem {
    if name == Self.wordNet {
      return Problem("wordnet is a list of classes without images", at: name, advice: "see `imagenet-tui data list`", kind: .notFound)
    }
    if name == Self.imageNet {
      return Problem(
        "the images of imagenet-1k are not here", at: name,
        advice: "add them with `imagenet-tui data add imagenet-1k PATH`", kind: .notFound)
    }
    let near = nearestWord(to: name, among: list().map(\.name)).map { "did you mean `\($0)`? " } ?? ""
    return Problem("there is no such dataset", at: name, advice: near + "see `imagenet-tui data list`", kind: .notFound)
  }

  private static func checkImageNet(_ found: [FineClass]) throws(Problem) {
    let wanted = Set(try Assets.lines("imagenet-1k.wnids"))
    let given = Set(found.map(\.wnid))
    guard wanted != given else { return }
    let missing = wanted.subtracting(given).sorted()
    let strange = given.subtracting(wanted).sorted()
    let facts = [
      missing.isEmpty ? nil : "\(missing.count) missing (\(missing.prefix(3).joined(separator: ", ")) …)",
      strange.isEmpty ? nil : "\(strange.count) others (\(strange.prefix(3).joined(separator: ", ")) …)",
    ].compactMap { $0 }
    throw Problem(
      "these are not the classes of imagenet-1k", expected: "exactly its 1000 wnids",
      found: facts.joined(separator: " and "), advice: "add a part of ImageNet under another name", kind: .data)
  }
}

/// The tree of a dataset's classes.
public struct DatasetTree: Sendable {
  public let hierarchy: Hierarchy
  /// What the dataset calls its classes; empty where it has no words of its own beside their synsets'.
  public let classNames: [String]
  /// Keeps it in the home's cache, where it is large and not from there.
  public let keep: @Sendable () -> Void
}

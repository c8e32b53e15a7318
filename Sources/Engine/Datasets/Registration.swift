import Basics
import Files
import FoundationEssentials
import Glibc
import Taxonomy

/// What the home keeps about a dataset that was added: `datasets/<name>/dataset.json`, beside the index of its images.
struct Registration: Codable, Equatable, Sendable {
  var name: String
  var recipe: FolderRecipe
  var classes: [FineClass]
  /// Images per split.
  @Bounded<Count> var train: Int
  @Bounded<Count> var val: Int
  /// Bytes of all images.
  @Bounded<ByteCount> var size: Int
  var fingerprint: String

  /// What a devkit has beside its objects' classes; nil where each image has a class of its own.
  var devkit: Devkit?

  struct Devkit: Codable, Equatable, Sendable {
    var actions: [String]
    /// The number of images of each set.
    var sets: [String: Int]
  }

  /// The version of this file and the index; another one is refused.
  @Bounded<SmallCount> var format = 1

  static func folder(_ name: String, in home: Home) -> String { "\(home.datasets)/\(name)" }
  static func path(_ name: String, in home: Home) -> String { folder(name, in: home) + "/dataset.json" }

  /// The index carries the fingerprint in its name, so that an interrupted re-scan never pairs a new index with an
  /// old description.
  func indexPath(in home: Home) -> String { "\(Self.folder(name, in: home))/images-\(fingerprint).index" }

  /// The copy of the dataset's own hierarchy.
  static func hierarchyPath(_ name: String, in home: Home) -> String { folder(name, in: home) + "/hierarchy.tsv" }

  static func exists(_ name: String, in home: Home) -> Bool {
    FileManager.default.fileExists(atPath: path(name, in: home))
  }

  static func read(_ name: String, in home: Home) throws(Problem) -> Registration {
    let path = path(name, in: home)
    let again = "remove it with \(ShellCommand("data", "rm", name).inSentence) and add it again"
    guard let data = FileManager.default.contents(atPath: path) else {
      throw Problem("cannot read the dataset's description", at: path, advice: again, kind: .data)
    }
    let what = "the dataset's description"
    let repair = "the file is damaged; " + again
    let registration = try RunJSON.decode(Registration.self, from: data, at: path, what: what, for: .owner, repair: repair)
    guard registration.format <= 1 else { throw RunJSON.newer(what, at: path, "format", found: "\(registration.format)") }
    guard registration.format == 1, registration.name == name, registration.fingerprint.allSatisfy(\.isHexDigit),
      (registration.devkit != nil) == (registration.recipe.boxes != nil),
      registration.recipe.hierarchy != nil || registration.devkit != nil || registration.classes.allSatisfy({ SynsetID($0.wnid) != nil })
    else {
      throw Problem("the dataset's description is damaged", at: path, expected: "what `data add` wrote", advice: again, kind: .data)
    }
    return registration
  }

  /// - Throws: a ``Problem`` where the folder that it was read from is gone.
  func checkFolder() throws(Problem) {
    guard !isFolder(recipe.root) else { return }
    throw Problem(
      "the dataset's folder is gone", at: recipe.root,
      advice: "mount it again, or give its new path with \(ShellCommand("data", "add", name, "PATH").inSentence)", kind: .notFound)
  }

  /// Writes the description and the index of what was scanned; an older index goes when both are in place.
  func write(index: [UInt8], in home: Home) throws(Problem) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(self) else { preconditionFailure("a registration is always JSON") }
    try AtomicFile.write(index, to: indexPath(in: home))
    try AtomicFile.write(data, to: Self.path(name, in: home))
    let folder = Self.folder(name, in: home)
    let current = indexPath(in: home)
    for file in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    where file.hasPrefix("images-") && file.hasSuffix(".index") && "\(folder)/\(file)" != current {
      try? FileManager.default.removeItem(atPath: "\(folder)/\(file)")
    }
  }
}

/// How a tree is to be read: what `data add` was told, kept so that it can be read again.
public struct FolderRecipe: Codable, Equatable, Sendable {
  /// Absolute, without symbolic links.
  public internal(set) var root: String
  /// The mapping file's content: folder → wnid.
  public internal(set) var map: [String: String]
  public internal(set) var followsLinks: Bool
  /// Of each class, the share of images held out where there is no folder `val`.
  public internal(set) var heldOutPercent: Int
  /// Random seed of the held-out split.
  public internal(set) var seed: UInt64
  /// The files that list a split's images (``ImageList``), as absolute paths; nil: its folders tell.
  public internal(set) var trainList, valList: String?
  /// What the lists' numbers stand for: label i is the i-th of these wnids; nil: the classes' wnids in ASCII order.
  public internal(set) var synsets: [String]?

  /// The file of the hierarchy that the classes are in, as an absolute path; nil: WordNet. The home keeps a copy, which is what counts.
  public internal(set) var hierarchy: String?

  /// Which partition of SUN397 (``SUNFolder``) the lists are; nil: it is no such folder. The hierarchy is then the list of its classes.
  public internal(set) var partition: Int?

  /// What is done with boxes, where the folder is a devkit of PASCAL VOC (``VOCFolder``); nil: it is none.
  public internal(set) var boxes: BoxPolicy?

  /// Whether the folder holds LMDB databases (``PackFolder``) instead of image files.
  public internal(set) var databases: Bool?

  /// What people should know about the images, in a sentence.
  public internal(set) var note: String?

  var isPacked: Bool { databases ?? false }

  /// - Parameters:
  ///   - hierarchyFile: a ``UserHierarchy`` that the classes are in; nil: WordNet.
  ///   - severalParents: whether its names may have several parents.
  ///   - partition: of SUN397, which a folder is where nothing else is said and it is laid out so; nil: the first.
  ///   - name: what the dataset will be called: it tells which of several devkits is meant (``VOCFolder``).
  ///   - boxes: what is done with boxes beyond their image, where the folder is such a devkit; nil: they are checked.
  ///   - synsetsFile: lines `n######## noun…`; line i names label i of the lists.
  /// - Throws: a ``Problem`` where `path` is no folder, a file is missing or wrong, or the share is not 1 to 90 percent.
  public init(
    path: String, mapFile: String? = nil, trainList: String? = nil, valList: String? = nil, synsetsFile: String? = nil,
    hierarchyFile: String? = nil, severalParents: Bool = false, partition: Int? = nil, followsLinks: Bool = false, heldOutPercent: Int = 10, seed: UInt64 = 1,
    note: String? = nil, named name: String? = nil, boxes: BoxPolicy? = nil
  ) throws(Problem) {
    guard let resolved = realpath(path, nil) else { throw FileFailure.reading("cannot read the folder", path) }
    defer { free(resolved) }
    guard let root = String(validatingCString: resolved) else {
      throw Problem("the folder's path is not UTF-8", at: path, advice: "rename the folder, or link to it", kind: .usage)
    }
    var isFolder = false
    guard FileManager.default.fileExists(atPath: root, isDirectory: &isFolder), isFolder else {
      throw Problem("cannot add the dataset", at: path, expected: "a folder", found: "a file", kind: .usage)
    }
    guard (1...90).contains(heldOutPercent) else {
      throw Problem(
        "the held-out share is out of range", expected: "1 to 90 percent", found: "\(heldOutPercent)", kind: .usage)
    }
    let isPlain = mapFile == nil && trainList == nil && valList == nil && synsetsFile == nil && hierarchyFile == nil
    guard isPlain || partition == nil else {
      throw Problem(
        "a partition is of SUN397 as it is downloaded", at: path, expected: "no lists, maps or hierarchy beside --partition", kind: .usage)
    }
    if isPlain, let sun = try SUNFolder(root) {
      self = try FolderRecipe(sun, partition: partition ?? 1, followsLinks: followsLinks, heldOutPercent: heldOutPercent, seed: seed)
      return
    }
    if isPlain, partition == nil, let devkit = try VOCFolder(root, named: name) {
      (self.root, self.boxes, self.note) = (devkit.root, boxes ?? .checked, note)
      (map, self.followsLinks, self.heldOutPercent, self.seed) = ([:], followsLinks, heldOutPercent, seed)
      return
    }
    guard boxes == nil else {
      throw Problem("only a devkit of PASCAL VOC has boxes", at: path, expected: "folders Annotations, ImageSets and JPEGImages", found: "neither", kind: .usage)
    }
    guard partition == nil else {
      throw Problem("this is no folder of SUN397", at: path, expected: "ClassName.txt, and Training_01.txt and Testing_01.txt", found: "neither", kind: .usage)
    }
    self.root = root
    func absolute(_ list: String) throws(Problem) -> String {
      guard let resolved = realpath(list, nil) else { throw FileFailure.reading("cannot read the file", list) }
      defer { free(resolved) }
      guard let path = String(validatingCString: resolved) else {
        throw Problem("the file's path is not UTF-8", at: list, advice: "rename the file or its folder", kind: .usage)
      }
      return path
    }
    self.trainList = try trainList.map { list throws(Problem) in try absolute(list) }
    self.valList = try valList.map { list throws(Problem) in try absolute(list) }
    hierarchy = try hierarchyFile.map { file throws(Problem) in try absolute(file) }
    let own = try hierarchyFile.map { file throws(Problem) in
      let hierarchy = try HierarchyFile.read(file)
      try hierarchy.check(severalParents: severalParents)
      return try hierarchy.wordNet()
    }
    try PackFolder(path: root).check()
    let isPacked = PackFolder(path: root).isPacked
    guard own == nil || !isPacked && synsetsFile == nil else {
      throw Problem(
        "cannot add the dataset", at: root, expected: "no packed images or --synsets beside a hierarchy of its own", kind: .usage)
    }
    databases = isPacked ? true : nil
    if isPacked {
      guard trainList == nil, valList == nil, mapFile == nil else {
        throw Problem("cannot add the dataset", at: root, expected: "no lists or maps beside packed images", kind: .usage)
      }
    }
    if let synsetsFile {
      guard trainList != nil || valList != nil || isPacked else {
        throw Problem("synsets name the labels of a list", at: synsetsFile, expected: "a list of images as well", kind: .usage)
      }
      synsets = try LabelOrder(file: synsetsFile).wnids
    }
    map = try mapFile.map { path throws(Problem) in try ClassNaming(file: path, own: own).map } ?? [:]
    self.followsLinks = followsLinks
    self.heldOutPercent = heldOutPercent
    self.seed = seed
    self.note = note
  }

  /// A partition of SUN397.
  private init(_ sun: SUNFolder, partition: Int, followsLinks: Bool, heldOutPercent: Int, seed: UInt64) throws(Problem) {
    let lists = try sun.lists(partition)
    (root, trainList, valList, hierarchy) = (sun.images, lists.train, lists.val, sun.classList)
    (map, self.partition, self.followsLinks, self.heldOutPercent, self.seed) = ([:], partition, followsLinks, heldOutPercent, seed)
    note = "partition \(partition) of SUN397"
    _ = try UserHierarchy(HierarchyFile.contents(self)!, at: sun.classList)
  }
}

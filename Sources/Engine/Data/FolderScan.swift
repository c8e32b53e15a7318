import Glibc
import Kernels
import Taxonomy

/// What an ImageFolder tree holds: `root/<class>/…/*.{jpg,jpeg,png}`, or `root/{train,val}/<class>/…`.
///
/// An image belongs to the deepest folder above it that names a class (``ClassNaming``). Classes are sorted by wnid,
/// images by class, then by path. Without a folder `val`, a share of each class's images is held out for validation:
/// those whose paths hash lowest under the seed, so that the choice hardly changes when files are added.
struct FolderScan {
  struct File: Equatable {
    /// Relative to the root.
    var path: [UInt8]
    var size: Int
  }

  let root: String
  private(set) var classes: [FineClass] = []
  /// Per split and class.
  private(set) var files: [Split: [[File]]] = [:]
  /// Whether `val` was held out of the training images.
  private(set) var isHeldOut = false
  /// Files that are no images, and images outside of all class folders of a tree that has some.
  private(set) var ignored = 0

  /// Walks through the tree.
  /// - Throws: a ``Problem`` where the tree is unreadable or holds no images, a folder with images names no class or a
  ///   wnid that WordNet does not have, or `val` has a class that `train` has not.
  init(_ recipe: FolderRecipe, wordNet: WordNet?) throws(Problem) {
    root = recipe.root
    let naming = ClassNaming(map: recipe.map)
    var walk = FolderWalk(root: root, followsLinks: recipe.followsLinks)
    let top = try walk.names(in: [])
    let hasTrain = top.contains(Array("train".utf8))
    let hasVal = top.contains(Array("val".utf8))
    var byClass: [Split: [String: [File]]] = [:]
    var folderNames: [String: String] = [:]
    if hasTrain {
      byClass[.train] = try Self.collect("train", &walk, naming, &folderNames, wordNet, &ignored)
      if hasVal { byClass[.val] = try Self.collect("val", &walk, naming, &folderNames, wordNet, &ignored) }
    } else {
      byClass[.train] = try Self.collect("", &walk, naming, &folderNames, wordNet, &ignored)
    }
    ignored += walk.ignored
    let wnids = byClass[.train]!.keys.sorted()
    guard !wnids.isEmpty else {
      throw Problem(
        "there are no images in class folders", at: root, expected: "<class>/*.jpg, *.jpeg or *.png",
        found: "\(ignored) other files", advice: "give the folder that holds the class folders")
    }
    if let stranger = byClass[.val]?.keys.sorted().first(where: { byClass[.train]![$0] == nil }) {
      throw Problem(
        "val has a class that train has not", at: "\(root)/val", expected: "only classes of train", found: stranger)
    }
    classes = wnids.map { wnid in
      let folder = folderNames[wnid]!
      let isMapped = SynsetID(folder) == nil
      let lemma = SynsetID(wnid).flatMap { wordNet?.name(of: $0) }
      return FineClass(wnid: wnid, name: isMapped ? folder : lemma ?? wnid)
    }
    files[.train] = wnids.map { byClass[.train]![$0]! }
    if let val = byClass[.val] {
      files[.val] = wnids.map { val[$0] ?? [] }
    } else {
      isHeldOut = true
      holdOut(recipe.heldOutPercent, seed: recipe.seed)
    }
  }

  /// Changes when a path, a size, a class or the split of any image does.
  var fingerprint: String {
    var hash = Fingerprint()
    for split in Split.allCases {
      for (fineClass, files) in zip(classes, files[split] ?? []) {
        hash.add(fineClass.wnid)
        hash.add(files.count)
        for file in files {
          hash.add(file.path)
          hash.add(file.size)
        }
      }
    }
    return hash.text
  }

  var totalSize: Int { files.values.joined().joined().reduce(0) { $0 + $1.size } }

  private mutating func holdOut(_ percent: Int, seed: UInt64) {
    var kept: [[File]] = []
    var heldOut: [[File]] = []
    for files in files[.train]! {
      // Rounded; a class of one image keeps it for training.
      let count = min((files.count * percent + 50) / 100, files.count - 1)
      let keys = files.map { file in
        var hash = Fingerprint()
        hash.add(file.path)
        return CounterRandom.mix(hash.number ^ CounterRandom.mix(seed))
      }
      let chosen = Set(files.indices.sorted { (keys[$0], $0) < (keys[$1], $1) }.prefix(count))
      kept.append(files.indices.filter { !chosen.contains($0) }.map { files[$0] })
      heldOut.append(files.indices.filter { chosen.contains($0) }.map { files[$0] })
    }
    files[.train] = kept
    files[.val] = heldOut
  }

  /// The images below one split's folder by wnid.
  private static func collect(
    _ base: String, _ walk: inout FolderWalk, _ naming: ClassNaming, _ folderNames: inout [String: String],
    _ wordNet: WordNet?, _ ignored: inout Int
  ) throws(Problem) -> [String: [File]] {
    var byClass: [String: [File]] = [:]
    var unknown: [String] = []
    var loose = 0
    var last: (folder: [UInt8], wnid: String?) = ([], nil)
    let prefix = base.isEmpty ? 0 : base.utf8.count + 1
    try walk.forEachImage(below: Array(base.utf8)) { folder, name, size throws(Problem) in
      let below = String(decoding: folder.dropFirst(prefix), as: UTF8.self)
      if below.isEmpty {
        loose += 1
        return
      }
      if folder != last.folder {
        let found = deepestClass(below, naming)
        if found == nil, !unknown.contains(below) { unknown.append(below) }
        if let found, folderNames[found.wnid] == nil { folderNames[found.wnid] = found.folder }
        last = (folder, found?.wnid)
      }
      guard let wnid = last.wnid else { return }
      byClass[wnid, default: []].append(File(path: folder + [UInt8(ascii: "/")] + name, size: size))
    }
    let place = base.isEmpty ? walk.root : "\(walk.root)/\(base)"
    guard unknown.isEmpty else {
      let more = unknown.count > 3 ? " and \(unknown.count - 3) more" : ""
      throw Problem(
        "\(unknown.count) folder\(unknown.count == 1 ? " of images names" : "s of images name") no class", at: place,
        expected: "folders named by wnid or by a mapping file",
        found: unknown.prefix(3).map { "`\($0)`" }.joined(separator: ", ") + more,
        advice: naming.advice(for: unknown, wordNet: wordNet))
    }
    if let wordNet, let wnid = byClass.keys.sorted().first(where: { !wordNet.contains(SynsetID($0)!) }) {
      throw Problem(
        "WordNet 3.0 has no such synset", at: place, expected: "wnids of WordNet 3.0", found: wnid,
        advice: "wnids of other versions differ; correct the folder's name or the mapping file")
    }
    if byClass.isEmpty, loose > 0 {
      throw Problem(
        "images lie outside of class folders", at: place, expected: "<class>/<image>", found: "\(loose) images",
        advice: "move each image into a folder named by its class (ILSVRC's validation images come without)")
    }
    ignored += loose
    for wnid in byClass.keys { byClass[wnid]!.sort { $0.path.lexicographicallyPrecedes($1.path) } }
    return byClass
  }

  private static func deepestClass(_ folder: String, _ naming: ClassNaming) -> (folder: String, wnid: String)? {
    var parts = folder.split(separator: "/")
    while !parts.isEmpty {
      let candidate = parts.joined(separator: "/")
      if let wnid = naming.wnid(of: candidate) {
        let isMapped = naming.map[candidate] != nil
        return (isMapped ? candidate : String(parts.last!), wnid)
      }
      parts.removeLast()
    }
    return nil
  }
}

import Taxonomy

/// What a tree of images holds: `root/<class>/…/*.{jpg,jpeg,png}`, or `root/{train,val}/<class>/…` (also under the names of
/// ILSVRC-2012's archives, `ILSVRC2012_img_train` and `ILSVRC2012_img_val`), or a split's images as a list names them.
///
/// An image belongs to the class that its list gives, else to the deepest folder above it that names one
/// (``ClassNaming``). Classes are sorted by wnid, images by class, then by path. Without validation images of its own, a
/// share of each class's images is held out for validation: those whose paths hash lowest under the seed, so that the
/// choice hardly changes when files are added.
struct FolderScan {
  typealias File = ImageListing.File

  /// What the tree holds. Ignored are files that are no images, and images outside of all class folders of a tree that has
  /// some.
  let listing: ImageListing

  /// Walks through the tree.
  /// - Throws: a ``Problem`` where the tree is unreadable or holds no images, a folder with images names no class or a
  ///   synset that WordNet (or the dataset's own hierarchy) does not have, or `val` has a class that `train` has not.
  init(_ recipe: FolderRecipe, wordNet: WordNet?) throws(Problem) {
    let root = recipe.root
    var ignored = 0
    let naming = ClassNaming(map: recipe.map, own: wordNet.flatMap { $0.isOwn ? $0 : nil })
    var walk = FolderWalk(root: root, followsLinks: recipe.followsLinks)
    let top = Set(try walk.names(in: []).map { String(decoding: $0, as: UTF8.self) })
    func folder(_ split: Split) -> String? { Self.folders[split]!.first { top.contains($0) } }
    var byClass: [Split: [String: [File]]] = [:]
    var folderNames: [String: String] = [:]
    if let list = recipe.trainList {
      let listing = ListedImages(list: list, bases: Self.bases(folder(.train)), naming: naming, order: recipe.synsets)
      byClass[.train] = try listing.files(&walk, classes: nil)
    } else {
      byClass[.train] = try Self.collect(folder(.train) ?? "", &walk, naming, &folderNames, wordNet, &ignored)
    }
    if let list = recipe.valList {
      let listing = ListedImages(list: list, bases: Self.bases(folder(.val)), naming: naming, order: recipe.synsets)
      // Two lists share their numbers; a list beside folders numbers the folders.
      byClass[.val] = try listing.files(
        &walk, classes: recipe.trainList == nil ? byClass[.train]!.keys.sorted() : nil)
    } else if let val = folder(.val), recipe.trainList != nil || folder(.train) != nil {
      byClass[.val] = try Self.collect(val, &walk, naming, &folderNames, wordNet, &ignored)
    }
    ignored += walk.ignored
    try Self.check(byClass, wordNet, root)
    let wnids = byClass[.train]!.keys.sorted()
    guard !wnids.isEmpty else {
      throw Problem(
        "there are no images in class folders", at: root, expected: "<class>/*.jpg, *.jpeg or *.png",
        found: counted(ignored, "other file"), advice: "give the folder that holds the class folders")
    }
    if let stranger = byClass[.val]?.keys.sorted().first(where: { byClass[.train]![$0] == nil }) {
      throw Problem(
        "val has a class that train has not", at: recipe.valList ?? "\(root)/val", expected: "only classes of train",
        found: stranger)
    }
    let classes = wnids.map { wnid in
      let folder = folderNames[wnid] ?? wnid
      let word = wordNet.flatMap { wordNet in wordNet.id(ofWnid: wnid).map { wordNet.name(of: $0) } }
      return FineClass(wnid: wnid, name: folder != wnid ? folder : word ?? wnid)
    }
    var listing = ImageListing(
      classes: classes,
      files: [.train: wnids.map { byClass[.train]![$0]! }, .val: wnids.map { byClass[.val]?[$0] ?? [] }], ignored: ignored)
    if byClass[.val] == nil { listing.holdOut(recipe.heldOutPercent, seed: recipe.seed) }
    self.listing = listing
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
        "\(counted(unknown.count, "folder")) of images \(unknown.count == 1 ? "names" : "name") no class", at: place,
        expected: naming.own == nil ? "folders named by wnid or by a mapping file" : "folders named as in the hierarchy",
        found: unknown.prefix(3).map { "`\($0)`" }.joined(separator: ", ") + more,
        advice: naming.advice(for: unknown, wordNet: wordNet))
    }
    if byClass.isEmpty, loose > 0 {
      throw Problem(
        "images lie outside of class folders", at: place, expected: "<class>/<image>", found: counted(loose, "image"),
        advice: base.hasSuffix("val")
          ? "give their labels with --val-list FILE (for ILSVRC-2012, Caffe's val.txt)"
          : "move each image into a folder named by its class, or give a list with --train-list FILE")
    }
    ignored += loose
    for wnid in byClass.keys { byClass[wnid]!.sort { $0.path.lexicographicallyPrecedes($1.path) } }
    return byClass
  }

  /// - Throws: a ``Problem`` where a class is no synset.
  private static func check(
    _ byClass: [Split: [String: [File]]], _ wordNet: WordNet?, _ root: String
  ) throws(Problem) {
    guard let wordNet else { return }
    for split in Split.allCases {
      guard let wnid = (byClass[split] ?? [:]).keys.sorted().first(where: { wordNet.id(ofWnid: $0) == nil }) else {
        continue
      }
      throw Problem(
        wordNet.isOwn ? "the hierarchy has no such class" : "WordNet 3.0 has no such synset", at: root,
        expected: wordNet.isOwn ? "names of the hierarchy" : "wnids of WordNet 3.0", found: wnid,
        advice: (wordNet.isOwn ? "" : "wnids of other versions differ; ") + "correct the folder's name, the list or the mapping file")
    }
  }

  /// What the folders of the splits may be called.
  private static let folders: [Split: [String]] = [
    .train: ["train", "ILSVRC2012_img_train"], .val: ["val", "ILSVRC2012_img_val"],
  ]

  /// The folders that a list's paths may begin in.
  private static func bases(_ folder: String?) -> [String] { (folder.map { [$0, $0 + "/images"] } ?? []) + [""] }

  /// The deepest part of a folder's path that names a class, as the folder is called, and the class's wnid.
  static func deepestClass(_ folder: String, _ naming: ClassNaming) -> (folder: String, wnid: String)? {
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

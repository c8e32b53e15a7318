import Basics
import Taxonomy

/// What a tree of images holds: `root/<class>/…/*.{jpg,jpeg,png,webp}`, or the same below the folders of its splits (``SplitFolders``),
/// or a split's images as a list names them.
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
  ///   synset that WordNet (or the dataset's own hierarchy) does not have, `val` has a class that `train` has not, or it could be read in
  ///   two ways.
  init(_ recipe: FolderRecipe, wordNet: WordNet?) throws(Problem) {
    let root = recipe.root
    let naming = ClassNaming(map: recipe.map, own: wordNet.flatMap { $0.isOwn ? $0 : nil })
    var walk = FolderWalk(root: root, followsLinks: recipe.followsLinks)
    // Folders of SUN's are letters.
    let splits = recipe.partition == nil ? try SplitFolders(walk, naming) : .nothing
    var images: [Split: [String: [File]]] = [:]
    var folders: [Split: ClassFolders] = [:]
    var notes: [String] = []
    var training, validation: [UInt8]?
    if let list = recipe.trainList {
      let listing = ListedImages(list: list, bases: Self.bases(splits, .train), naming: naming, order: recipe.synsets)
      images[.train] = try listing.files(&walk, numbering: nil)
    } else {
      try splits.refuseWithoutTrain(walk)
      training = try splits.folder(.train, &walk)
      folders[.train] = try ClassFolders(training ?? [], .train, &walk, naming, wordNet)
      images[.train] = folders[.train]!.images
    }
    if let list = recipe.valList {
      let listing = ListedImages(list: list, bases: Self.bases(splits, .val), naming: naming, order: recipe.synsets)
      // Two lists share their numbers; a list beside folders numbers the folders.
      images[.val] = try listing.files(&walk, numbering: folders[.train]?.numbering(walk))
      notes += try Self.checkApart(images, list, areBothListed: recipe.trainList != nil)
    } else {
      validation = try splits.folder(.val, &walk)
      if validation == nil, let test = try splits.folder(.test, &walk), SplitFolders.holdsClasses(test, walk, naming) {
        validation = test
        notes.append("no validation folder: `\(nameText(test))` is used for validation")
      }
    }
    if let validation {
      if let training, walk.areSame(training, validation) {
        throw Problem(
          "training and validation images are the same", at: walk.text(validation), expected: "images of their own",
          found: "a link to \(walk.text(training))", kind: .data)
      }
      folders[.val] = try ClassFolders(validation, .val, &walk, naming, wordNet)
      images[.val] = folders[.val]!.images
    }
    try Self.check(images, wordNet, root)
    let wnids = images[.train]!.keys.sorted()
    let ignored = walk.ignored + Split.allCases.reduce(0) { $0 + (folders[$1]?.loose ?? 0) }
    guard !wnids.isEmpty else { throw Self.noImages(folders, ignored, root) }
    if let stranger = images[.val]?.keys.sorted().first(where: { images[.train]![$0] == nil }) {
      throw Problem(
        "val has a class that train does not have", at: recipe.valList ?? walk.text(validation ?? []), expected: "only classes of train",
        found: stranger + (folders[.train]?.explanation(of: stranger).map { ", \($0)" } ?? ""), kind: .data)
    }
    let names = (folders[.val]?.names ?? [:]).merging(folders[.train]?.names ?? [:]) { $1 }
    let classes = wnids.map { wnid in
      let folder = names[wnid] ?? wnid
      let word = wordNet.flatMap { wordNet in wordNet.id(ofWnid: wnid).map { wordNet.name(of: $0) } }
      return FineClass(wnid: wnid, name: folder != wnid ? folder : word ?? wnid)
    }
    var listing = ImageListing(
      classes: classes, files: [.train: wnids.map { images[.train]![$0]! }, .val: wnids.map { images[.val]?[$0] ?? [] }],
      ignored: ignored)
    if images[.val] == nil { listing.holdOut(recipe.heldOutPercent, seed: recipe.seed) }
    let areListed = recipe.trainList != nil && recipe.valList != nil
    var passedOver = areListed ? [] : splits.passedOver([training, validation] + Self.listed(recipe, splits))
    if !splits.isEmpty, !areListed { passedOver += splits.hidden(walk) }
    // Where it goes without saying, it is not said.
    if let training, training.contains(UInt8(ascii: "/")) || SplitFolders.isUnusual(training) || validation.map(SplitFolders.isUnusual) ?? false {
      notes.insert("train is `\(nameText(training))`" + (validation.map { ", val is `\(nameText($0))`" } ?? ""), at: 0)
    }
    if !passedOver.isEmpty { notes.append("skipped the folder\(passedOver.count == 1 ? "" : "s") \(someNames(passedOver, 8))") }
    for split in Split.allCases { notes += folders[split]?.notes ?? [] }
    if let known = images[.val], case let missing = wnids.filter({ known[$0] == nil }), !missing.isEmpty {
      notes.append("no validation images of \(counted(missing.count, "class")): \(someNames(missing))")
    }
    if let partition = recipe.partition { notes.insert("partition \(partition) of SUN397: its training and test images", at: 0) }
    listing.notes = notes
    self.listing = listing
  }

  /// The folders that a list's paths may begin in.
  private static func bases(_ splits: SplitFolders, _ role: SplitFolders.Role) -> [[UInt8]] {
    let own = splits.candidates(role) + (role == .val ? splits.candidates(.test) : [])
    var bases: [[UInt8]] = []
    for base in own.flatMap({ [$0, $0 + Array("/images".utf8)] }) + [splits.base, []] where !bases.contains(base) { bases.append(base) }
    return bases
  }

  /// The folders of splits whose images a list names.
  private static func listed(_ recipe: FolderRecipe, _ splits: SplitFolders) -> [[UInt8]?] {
    (recipe.trainList == nil ? [] : splits.candidates(.train)) + (recipe.valList == nil ? [] : splits.candidates(.val))
  }

  /// What to say of images that are in both splits.
  /// - Throws: a ``Problem`` unless two lists name them.
  private static func checkApart(
    _ images: [Split: [String: [File]]], _ list: String, areBothListed: Bool
  ) throws(Problem) -> [String] {
    let validation = Set(images[.val]!.values.joined().lazy.map(\.path))
    let both = images[.train]!.values.joined().lazy.filter { validation.contains($0.path) }
    guard let first = both.first else { return [] }
    let count = both.reduce(0) { count, _ in count + 1 }
    if areBothListed { return ["\(count) image\(count == 1 ? " is" : "s are") in both lists, as \(nameText(first.path))"] }
    throw Problem(
      "the validation list contains training images", at: list, expected: "images of their own for validation",
      found: "\(count) of both, as \(nameText(first.path))",
      advice: "name the training images with --train-list FILE", kind: .data)
  }

  /// - Throws: a ``Problem`` where a class is no synset.
  private static func check(
    _ images: [Split: [String: [File]]], _ wordNet: WordNet?, _ root: String
  ) throws(Problem) {
    guard let wordNet else { return }
    for split in Split.allCases {
      guard let wnid = (images[split] ?? [:]).keys.sorted().first(where: { wordNet.id(ofWnid: $0) == nil }) else {
        continue
      }
      throw Problem(
        wordNet.isOwn ? "the hierarchy has no such class" : "WordNet 3.0 has no such synset", at: root,
        expected: wordNet.isOwn ? "names of the hierarchy" : "wnids of WordNet 3.0", found: wnid,
        advice: (wordNet.isOwn ? "" : "wnids of other versions differ; ") + "correct the folder's name, the list or the mapping file", kind: .data)
    }
  }

  private static func noImages(_ folders: [Split: ClassFolders], _ ignored: Int, _ root: String) -> Problem {
    let foreign = folders[.train]?.foreign ?? [:]
    return Problem(
      "no images in class folders", at: root, expected: "<class>/*.jpg, *.jpeg, *.png or *.webp",
      found: foreign.isEmpty ? counted(ignored, "other file") : ClassFolders.text(foreign),
      advice: foreign.isEmpty ? "give the folder that holds the class folders" : "convert them to one of \(ImageFormat.read)", kind: .data)
  }
}

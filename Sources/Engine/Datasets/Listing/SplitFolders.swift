import Basics
import Glibc

/// The folders of a dataset's splits, by their names: `train`, `Training`, `train_images`, `ILSVRC2012_img_train`, … and the same for
/// validation and test, below the root or in folders that wrap them.
///
/// What could be meant in two ways is refused: validation images must never be trained on without a sign.
struct SplitFolders {
  enum Role: String, CaseIterable {
    case train, val, test
  }

  /// Relative to the root; those of one role sorted by name.
  private let folders: [Role: [[UInt8]]]
  /// The folder that they lie in, relative to the root.
  let base: [UInt8]
  /// The folders beside them, and beside the folders around them.
  private let others: [[UInt8]]

  /// A folder with one subfolder wraps it, and these wrap further ones up to this depth.
  private static let deepest = 8

  /// - Throws: a ``Problem`` where several folders hold splits, or folders of classes lie beside folders of splits without `train`.
  init(_ walk: FolderWalk, _ naming: ClassNaming) throws(Problem) {
    self = try Self.find(in: [], walk, naming, depth: 0) ?? SplitFolders(folders: [:], base: [], others: [])
  }

  private init(folders: [Role: [[UInt8]]], base: [UInt8], others: [[UInt8]]) {
    (self.folders, self.base, self.others) = (folders, base, others)
  }

  var isEmpty: Bool { folders.isEmpty }

  /// Where lists say everything.
  static let nothing = SplitFolders(folders: [:], base: [], others: [])

  /// All folders that may be a role's.
  func candidates(_ role: Role) -> [[UInt8]] { folders[role] ?? [] }

  /// The folder of a role; nil where there is none.
  /// - Throws: a ``Problem`` where there are two, or a link leads nowhere or out of the root.
  func folder(_ role: Role, _ walk: inout FolderWalk) throws(Problem) -> [UInt8]? {
    guard let first = candidates(role).first else { return nil }
    // A link beside its target is the same folder.
    var different: [[UInt8]] = []
    for folder in candidates(role) {
      try walk.checkFolder(folder)
      if !different.contains(where: { walk.areSame($0, folder) }) { different.append(folder) }
    }
    guard different.count == 1 else {
      throw Problem(
        "several folders could be the \(role.rawValue) split", at: walk.text(base), expected: "one of them",
        found: different.map { "`\(Self.name($0))`" }.joined(separator: " and "),
        advice: "rename or move the ones that are not meant", kind: .data)
    }
    return first
  }

  /// What lies beside the splits and is not read, `used` aside.
  func passedOver(_ used: [[UInt8]?]) -> [String] {
    let all = others + Role.allCases.flatMap { candidates($0) }
    return all.filter { !used.contains($0) }.map { nameText($0) }.sorted()
  }

  /// Hidden folders with images beside the splits, which nothing else names.
  func hidden(_ walk: FolderWalk) -> [String] {
    walk.hiddenFolders(in: base).map { base.isEmpty ? $0 : base + [UInt8(ascii: "/")] + $0 }.filter { walk.seemsToHoldImages($0) }.map { nameText($0) }
  }

  /// - Throws: a ``Problem`` as there is no folder to train on.
  func refuseWithoutTrain(_ walk: FolderWalk) throws(Problem) {
    guard !isEmpty, candidates(.train).isEmpty else { return }
    let found = Role.allCases.flatMap { candidates($0) }
    throw Problem(
      "there is no folder of training images", at: walk.text(base), expected: "`train` beside it",
      found: found.map { "`\(Self.name($0))`" }.joined(separator: " and "),
      advice: "to train on these images, give \(walk.text(found[0])) itself", kind: .data)
  }

  // MARK: Finding

  private static func find(
    in folder: [UInt8], _ walk: FolderWalk, _ naming: ClassNaming, depth: Int
  ) throws(Problem) -> SplitFolders? {
    // Folders that cannot be read are told where they are needed.
    guard let all = depth == 0 ? try walk.folders(in: folder) : try? walk.folders(in: folder) else { return nil }
    let names = all.filter { !isSystem($0) }
    func path(_ name: [UInt8]) -> [UInt8] { folder.isEmpty ? name : folder + [UInt8(ascii: "/")] + name }
    func isClass(_ name: [UInt8]) -> Bool { naming.wnid(of: nameText(path(name))) != nil }
    let others = names.filter { role($0) == nil }
    let hasClasses = others.contains(where: isClass)
    var splits = names.filter { role($0) != nil }
    // A class may be called `train`, and lies among others then.
    if hasClasses || splits.count == 1 && others.isEmpty && !holdsClasses(path(splits[0]), walk, naming) {
      splits.removeAll(where: isClass)
    }
    var byRole = Dictionary(grouping: splits, by: { role($0)! })
    if byRole.isEmpty, !hasClasses { byRole = alike(others) }
    if !byRole.isEmpty {
      guard !hasClasses || byRole[.train] != nil else {
        throw Problem(
          "folders of classes and of a split lie side by side", at: walk.text(folder), expected: "train/<class>/… and val/<class>/…",
          found: "`\(nameText(others.first(where: isClass)!))` and " + splits.map { "`\(nameText($0))`" }.joined(separator: ", "),
          advice: "move the class folders into a folder `train`, or name the class of \(splits.count == 1 ? "the other" : "the others") with --map",
          kind: .data)
      }
      let rest = others.filter { !byRole.values.joined().contains($0) }
      return SplitFolders(folders: byRole.mapValues { $0.map(path) }, base: folder, others: rest.map(path))
    }
    guard !hasClasses, depth < deepest else { return nil }
    let folds = others.filter(isFold)
    if folds.count > 1, folds.allSatisfy({ holdsClasses(path($0), walk, naming) }) {
      throw Problem(
        "the folders of a cross-validation lie side by side", at: walk.text(folder), expected: "train/… and val/… beside each other",
        found: someNames(folds.map { nameText(path($0)) }),
        advice: "move or link those to train on into a folder `train` and the one to validate on into `val` (links out of it need --follow-links)",
        kind: .data)
    }
    var found: [(wrapper: [UInt8], splits: SplitFolders)] = []
    for name in others {
      if let splits = try find(in: path(name), walk, naming, depth: depth + 1) { found.append((name, splits)) }
    }
    if others.count > 1 {
      // As labels/train beside images/train, or ILSVRC's Annotations/CLS-LOC/train beside Data/CLS-LOC/train.
      found = found.filter { $0.splits.folders.values.joined().contains { walk.seemsToHoldImages($0) } }
    }
    guard found.count <= 1 else {
      throw Problem(
        "several folders hold splits", at: walk.text(folder), expected: "train/<class>/… and val/<class>/… of one dataset",
        found: someNames(found.map { nameText(path($0.splits.candidates(.train).first ?? $0.splits.base)) }),
        advice: "give one of them, as \(walk.text(path(found[0].wrapper))), or put the split above the classes: train/<class>/", kind: .data)
    }
    return found.first.map { wrapper, splits in
      SplitFolders(folders: splits.folders, base: splits.base, others: splits.others + others.filter { $0 != wrapper }.map(path))
    }
  }

  /// Whether a folder of a split, or one folder `images` in it, has folders of classes.
  static func holdsClasses(_ folder: [UInt8], _ walk: FolderWalk, _ naming: ClassNaming) -> Bool {
    let names = (try? walk.folders(in: folder)) ?? []
    if names.contains(where: { naming.wnid(of: nameText($0)) != nil }) { return true }
    // As archives unpack: `images`, or `test/test`.
    let last = Array(folder.split(separator: UInt8(ascii: "/")).last ?? [])
    return names.count == 1 && (isPlain(names[0]) || names[0] == last) && holdsClasses(folder + [UInt8(ascii: "/")] + names[0], walk, naming)
  }

  /// What archivers and systems leave behind.
  private static func isSystem(_ name: [UInt8]) -> Bool {
    ["__MACOSX", "lost+found", "@eaDir", "$RECYCLE.BIN", "System Volume Information"].contains(nameText(name))
  }

  private static func name(_ path: [UInt8]) -> String { nameText(path.split(separator: UInt8(ascii: "/")).last ?? []) }

  // MARK: Names

  /// What a folder's name says; nil where it is another name.
  static func role(_ name: some RandomAccessCollection<UInt8>) -> Role? {
    var roles: Set<Role> = []
    for word in words(name) where !plainWords.contains(word) {
      guard let role = role(ofWord: word) else { return nil }
      roles.insert(role)
    }
    // What is called `train_val` is trained on.
    return roles == [.train, .val] ? .train : roles.count == 1 ? roles.first : nil
  }

  /// Whether a folder of a split should be named to who has added it.
  static func isUnusual(_ folder: [UInt8]) -> Bool {
    !["train", "val", "test", "ILSVRC2012_img_train", "ILSVRC2012_img_val"].contains { $0.utf8.elementsEqual(folder) }
  }

  /// Whether a name says nothing but that there are images: `images`, `JPEGImages`.
  static func isPlain(_ name: some RandomAccessCollection<UInt8>) -> Bool {
    let words = words(name)
    return !words.isEmpty && words.allSatisfy { plainWords.contains($0) }
  }

  /// Its words, small; also those of `trainA` and `TestSet`.
  private static func words(_ name: some RandomAccessCollection<UInt8>) -> [String] {
    var spaced = ""
    var isSmall = false
    for letter in nameText(name) {
      if letter.isUppercase, isSmall { spaced += " " }
      spaced.append(letter)
      isSmall = letter.isLowercase
    }
    return spaced.lowercased().split { !$0.isLetter }.map(String.init)
  }

  private static func role(ofWord word: String) -> Role? {
    if let role = spellings[word] { return role }
    for end in endings where word.hasSuffix(end) {
      if let role = spellings[String(word.dropLast(end.count))] { return role }
    }
    return nil
  }

  /// Names that differ in the word for their split alone, by that: `places_train_256` and `places_val_256`.
  private static func alike(_ names: [[UInt8]]) -> [Role: [[UInt8]]] {
    let named = names.filter { roleAmongWords($0) != nil }
    let others = Set(named.map { words($0).filter { role(ofWord: $0) == nil } })
    let byRole = Dictionary(grouping: named, by: { roleAmongWords($0)! })
    return others.count == 1 && byRole[.train] != nil && byRole.count > 1 ? byRole : [:]
  }

  /// Whether a word of a name is one for a split.
  static func mentionsSplit(_ name: some RandomAccessCollection<UInt8>) -> Bool { words(name).contains { role(ofWord: $0) != nil } }

  /// Whether a folder is one of several that take turns in training and validation: `fold1`, `fold_02`, `cv3`, `split-1`.
  private static func isFold(_ name: [UInt8]) -> Bool {
    let words = words(name)
    return words.count == 1 && ["fold", "kfold", "cv", "split"].contains(words[0]) && nameText(name).contains(where: \.isNumber)
  }

  /// The role that one word of a name says, whatever the others are; nil where several do, or none: `mnist_train_lmdb`.
  static func roleAmongWords(_ name: some RandomAccessCollection<UInt8>) -> Role? {
    let roles = Set(words(name).compactMap(role(ofWord:)))
    return roles.count == 1 ? roles.first : nil
  }

  private static let spellings: [String: Role] = [
    "train": .train, "training": .train, "trainval": .train, "trn": .train,
    "val": .val, "valid": .val, "validation": .val, "validate": .val, "dev": .val, "development": .val, "eval": .val,
    "evaluation": .val, "holdout": .val, "heldout": .val,
    "test": .test, "testing": .test, "tst": .test,
  ]
  private static let endings = ["set", "sets", "data", "images", "image", "imgs", "img", "split"]
  private static let plainWords: Set<String> = [
    "set", "data", "dataset", "split", "folder", "images", "image", "imgs", "img", "jpeg", "jpegs", "jpg", "png", "jpegimages", "pictures",
    "photos", "ilsvrc", "imagenet",
  ]
}

/// The first few of some names, and how many more there are.
func someNames(_ names: [String], _ shown: Int = 3) -> String {
  names.prefix(shown).map { "`\($0)`" }.joined(separator: ", ") + (names.count > shown ? " and \(names.count - shown) more" : "")
}

import Basics
import Taxonomy

/// The class folders of one split, and the images in them.
struct ClassFolders {
  /// By wnid, sorted by path.
  private(set) var images: [String: [ImageListing.File]] = [:]
  /// How the folder of a wnid is called.
  private(set) var names: [String: String] = [:]
  /// Images outside of class folders.
  private(set) var loose = 0
  /// Images of formats that are not read.
  private(set) var foreign: [ImageFormat: Int] = [:]
  /// What should be known about what was left out, a sentence each.
  private(set) var notes: [String] = []
  /// Every folder that names a class itself, below the split's folder, with what there is of images in it.
  private var folders: [Folder] = []
  private let base: [UInt8]

  private struct Folder {
    var path: [UInt8]
    var wnid: String
    var images = 0
    var foreign: [ImageFormat: Int] = [:]
  }

  /// Reads the split's folder at `base`, relative to the root.
  /// - Throws: a ``Problem`` where it is unreadable, a folder with images names no class, all images lie outside of class folders, or
  ///   folders of another split lie in it.
  init(_ base: [UInt8], _ split: Split, _ walk: inout FolderWalk, _ naming: ClassNaming, _ wordNet: WordNet?) throws(Problem) {
    self.base = base
    walk.met = .init()
    let prefix = base.isEmpty ? 0 : base.count + 1
    var unknown: [String] = []
    var inner: [String] = []
    var counts: [String: Int] = [:]
    var last: (folder: [UInt8], found: (folder: String, path: String, wnid: String)?, isLoose: Bool) = ([], nil, true)
    try walk.forEachImage(below: base) { folder, name, size throws(Problem) in
      let below = folder.dropFirst(prefix)
      if folder != last.folder || below.isEmpty {
        let found = Self.deepestClass(below, naming)
        let isLoose = found == nil && below.split(separator: UInt8(ascii: "/")).allSatisfy { SplitFolders.isPlain($0) }
        if Self.hasOtherSplit(below, found?.path, split, isWhole: base.isEmpty, naming) { inner.append(nameText(below)) }
        if found == nil, !isLoose { unknown.append(nameText(below)) }
        if let found, names[found.wnid] == nil { names[found.wnid] = found.folder }
        last = (folder, found, isLoose)
      }
      if last.isLoose { loose += 1 }
      guard let found = last.found else { return }
      counts[found.path, default: 0] += 1
      images[found.wnid, default: []].append(.init(path: folder + [UInt8(ascii: "/")] + name, size: size))
    }
    let place = walk.text(base)
    guard inner.isEmpty else {
      throw Problem(
        "a folder of another split lies inside", at: place, expected: "train/<class>/… and val/<class>/…", found: someNames(inner),
        advice: "put the splits above the classes, or list the images with --train-list and --val-list", kind: .data)
    }
    guard unknown.isEmpty else {
      throw Problem(
        "\(unknown.count) folder\(unknown.count == 1 ? " of images names" : "s of images name") no class", at: place,
        expected: naming.own == nil ? "folders named by wnid or by a mapping file" : "folders named as in the hierarchy",
        found: someNames(unknown), advice: naming.advice(for: unknown, wordNet: wordNet), kind: .data)
    }
    if images.isEmpty, loose > 0 {
      throw Problem(
        "images lie outside of class folders", at: place, expected: "<class>/<image>", found: counted(loose, "image"),
        advice: split == .val
          ? Self.labelsAdvice(base, walk) : "move each image into a folder named by its class, or give a list with --train-list FILE", kind: .data)
    }
    for wnid in images.keys { images[wnid]!.sort { $0.path.lexicographicallyPrecedes($1.path) } }
    gather(walk.met, prefix, counts, naming)
    note(split)
    if !walk.met.hidden.isEmpty {
      notes.append("skipped the hidden folder\(walk.met.hidden.count == 1 ? "" : "s") \(someNames(walk.met.hidden.map { nameText($0) }))")
    }
  }

  /// Why a class has no images here; nil where there is nothing to say.
  func explanation(of wnid: String) -> String? {
    guard images[wnid] == nil, let folder = folders.first(where: { $0.wnid == wnid }) else { return nil }
    return folder.foreign.isEmpty ? "whose folder in train is empty" : "of which train has \(Self.text(folder.foreign)) only"
  }

  static func text(_ foreign: [ImageFormat: Int]) -> String {
    foreign.sorted { $0.key.rawValue < $1.key.rawValue }.map { "\($0.value) \($0.key.rawValue) image\($0.value == 1 ? "" : "s")" }
      .joined(separator: ", ")
  }

  // MARK: Numbers

  /// What a list's numbers stand for beside these folders: the wnids in order, or why that cannot be told.
  enum Numbering {
    case wnids([String])
    case ambiguous(String)
  }

  /// Lists beside folders come from programs that number the folders by name (torchvision's ImageFolder, for which an empty one is an
  /// error) or by a file of synsets, in which the empty ones have a number too.
  func numbering(_ walk: FolderWalk) -> Numbering {
    func named(_ folder: Folder) -> String { "`\(nameText(folder.path))`" }
    if let empty = folders.first(where: { $0.images == 0 }) {
      return .ambiguous("\(named(empty)) \(empty.foreign.isEmpty ? "holds no images" : "holds \(Self.text(empty.foreign)) only")")
    }
    let parents = Set(folders.map { Self.parent($0.path) })
    guard parents.count == 1, let parent = parents.first else { return .ambiguous("class folders at several depths") }
    let sorted = folders.sorted { $0.path.lexicographicallyPrecedes($1.path) }
    for (one, next) in zip(sorted, sorted.dropFirst()) where one.wnid >= next.wnid {
      return .ambiguous(
        one.wnid == next.wnid || folders.count > images.count
          ? "several folders of one class" : "folders in another order than their wnids: \(named(one)) is \(one.wnid), \(named(next)) is \(next.wnid)")
    }
    let whole = base + (base.isEmpty || parent.isEmpty ? [] : [UInt8(ascii: "/")]) + parent
    func below(_ name: [UInt8]) -> [UInt8] { whole.isEmpty ? name : whole + [UInt8(ascii: "/")] + name }
    let known = Set(sorted.map { $0.path.split(separator: UInt8(ascii: "/")).last.map(Array.init) ?? [] })
    if let other = ((try? walk.folders(in: whole)) ?? []).first(where: { !known.contains($0) }) {
      return .ambiguous("`\(nameText(other))`, which is not a class, among the class folders")
    }
    if let hidden = walk.hiddenFolders(in: whole).first(where: { walk.seemsToHoldImages(below($0)) }) {
      return .ambiguous("the hidden folder `\(nameText(hidden))` with images among the class folders")
    }
    return .wnids(sorted.map(\.wnid))
  }

  private static func parent(_ path: [UInt8]) -> [UInt8] { Array(path.prefix(path.lastIndex(of: UInt8(ascii: "/")) ?? 0)) }

  // MARK: Reading

  /// The deepest part of a folder's path that names a class: as the folder is called, its path, and the class's wnid.
  static func deepestClass(
    _ folder: some RandomAccessCollection<UInt8>, _ naming: ClassNaming
  ) -> (folder: String, path: String, wnid: String)? {
    var parts = folder.split(separator: UInt8(ascii: "/")).map { nameText($0) }
    while let last = parts.last {
      let path = parts.joined(separator: "/")
      if let wnid = naming.wnid(of: path) { return (naming.map[path] != nil ? path : last, path, wnid) }
      parts.removeLast()
    }
    return nil
  }

  /// Whether a part of the path, which is no class, is called like another split than this one.
  private static func hasOtherSplit(
    _ folder: some RandomAccessCollection<UInt8>, _ fineClass: String?, _ split: Split, isWhole: Bool, _ naming: ClassNaming
  ) -> Bool {
    var path = ""
    // All of `t/train_station/platform` is a class's name where a mapping file says so.
    let mapped = fineClass.flatMap { naming.map[$0] == nil ? nil : $0 }
    for part in folder.split(separator: UInt8(ascii: "/")) {
      path += (path.isEmpty ? "" : "/") + nameText(part)
      // Test images may be what is validated on.
      if let mapped, mapped == path || mapped.hasPrefix(path + "/") { continue }
      let isOther =
        isWhole && fineClass != nil ? SplitFolders.mentionsSplit(part) : SplitFolders.role(part).map { isWhole || ($0 == .train) != (split == .train) } ?? false
      if isOther, naming.wnid(of: path) == nil { return true }
    }
    return false
  }

  private mutating func gather(_ met: FolderWalk.Met, _ prefix: Int, _ counts: [String: Int], _ naming: ClassNaming) {
    var place: [String: Int] = [:]
    for folder in met.folders {
      let below = Array(folder.dropFirst(prefix))
      guard let found = Self.deepestClass(below, naming), found.path == nameText(below) else { continue }
      place[found.path] = folders.count
      folders.append(Folder(path: below, wnid: found.wnid, images: counts[found.path] ?? 0))
    }
    for (folder, formats) in met.foreign {
      foreign.merge(formats, uniquingKeysWith: +)
      guard let found = Self.deepestClass(folder.dropFirst(prefix), naming), let index = place[found.path] else { continue }
      folders[index].foreign.merge(formats, uniquingKeysWith: +)
    }
  }

  private mutating func note(_ split: Split) {
    let whose = split == .train ? "" : "validation "
    let lost = folders.filter { images[$0.wnid] == nil && !$0.foreign.isEmpty }
    for folder in lost.prefix(3) {
      notes.append(
        "\(whose)class `\(nameText(folder.path))` is left out: its \(Self.text(folder.foreign)) cannot be read, \(ImageFormat.read) can")
    }
    if lost.count > 3 { notes.append("\(lost.count - 3) more \(whose)classes are left out, whose images cannot be read") }
    let others = lost.reduce(into: foreign) { rest, folder in rest.merge(folder.foreign, uniquingKeysWith: -) }.filter { $0.value > 0 }
    if !others.isEmpty { notes.append("skipped \(Self.text(others)) of \(split.rawValue): readable formats are \(ImageFormat.read)") }
    let repeated = Dictionary(grouping: folders.filter { $0.images > 0 }, by: \.wnid).filter { $0.value.count > 1 }
    if let first = repeated.min(by: { $0.key < $1.key }) {
      let all = repeated.count == 1 ? "a \(whose)class has" : "\(repeated.count) \(whose)classes have"
      notes.append("\(all) images in several folders, all of which count: \(someNames(first.value.map { nameText($0.path) }))")
    }
    let empty = folders.filter { images[$0.wnid] == nil && $0.foreign.isEmpty }
    if !empty.isEmpty {
      notes.append(
        "\(empty.count) \(whose)class folder\(empty.count == 1 ? " is" : "s are") empty: \(someNames(empty.map { nameText($0.path) }))")
    }
  }

  /// How to label validation images without class folders: by the list that lies there, where one does.
  private static func labelsAdvice(_ base: [UInt8], _ walk: FolderWalk) -> String {
    let slash = UInt8(ascii: "/")
    var folder = base
    while true {
      for name in ["val_annotations.txt", "LOC_val_solution.csv", "val.txt", "val_list.txt"] {
        let path = walk.text(folder.isEmpty ? Array(name.utf8) : folder + [slash] + name.utf8)
        if hasFile(path) { return "their labels are in a list there: give --val-list \(ShellCommand.quoted(path))" }
      }
      if folder.isEmpty { return "give their labels with --val-list FILE (for ILSVRC-2012, Caffe's val.txt)" }
      folder = parent(folder)
    }
  }
}

import Basics
import Taxonomy

extension ImageListing {
  /// Reads the databases of a packed dataset: every entry's key and label, no pixels.
  ///
  /// The labels' order is read from `--synsets`, else from synset_words.txt beside the databases; without either it is that
  /// of ImageNet-1k's wnids, Caffe's own.
  /// - Throws: a ``Problem`` where packing was interrupted, a database is damaged, an entry is no image, or its label
  ///   contradicts its path.
  init(pack recipe: FolderRecipe, wordNet: WordNet?) throws(Problem) {
    let folder = PackFolder(path: recipe.root)
    try folder.checkWhole()
    let order: LabelOrder
    var isGuessed = false
    if let synsets = recipe.synsets {
      order = LabelOrder(wnids: synsets)
    } else if hasFile(folder.synsetFile) {
      order = try LabelOrder(file: folder.synsetFile)
    } else {
      order = LabelOrder(wnids: try Assets.lines("imagenet-1k.wnids"))
      isGuessed = !(folder.database(.train) ?? "").hasSuffix("ilsvrc12_train_lmdb")
    }
    var byClass: [Split: [Int: [File]]] = [:]
    for split in Split.allCases {
      guard let database = folder.database(split) else { continue }
      byClass[split] = try Self.entries(database, order)
    }
    if isGuessed, let found = byClass[.train], !found.isEmpty { try Self.checkImageNet(found, recipe.root) }
    let labels = byClass[.train]!.keys.sorted { order.wnids[$0] < order.wnids[$1] }
    guard !labels.isEmpty else {
      throw Problem("the packed dataset holds no images", at: recipe.root, advice: "pack it again", kind: .data)
    }
    if let stranger = (byClass[.val] ?? [:]).keys.sorted().first(where: { byClass[.train]![$0] == nil }) {
      throw Problem(
        "val has a class that train does not have", at: recipe.root, expected: "only classes of train",
        found: order.wnids[stranger], kind: .data)
    }
    self.init(
      classes: labels.map { label in
        let wnid = order.wnids[label]
        let word = order.words[label].split(separator: ",").first.map(String.init) ?? ""
        let lemma = SynsetID(wnid).flatMap { wordNet?.name(of: $0) }
        return FineClass(wnid: wnid, name: word.isEmpty ? lemma ?? wnid : word)
      },
      files: [.train: labels.map { byClass[.train]![$0]! }, .val: labels.map { byClass[.val]?[$0] ?? [] }])
    if byClass[.val] == nil { holdOut(recipe.heldOutPercent, seed: recipe.seed) }
  }

  /// Numbers without a file of synsets are ImageNet-1k's only where its images show it: by their names, or by all of its classes.
  private static func checkImageNet(_ found: [Int: [File]], _ root: String) throws(Problem) {
    guard found.count < 1000, !found.values.joined().contains(where: { PathClasses.known(name: PackKey.path($0.path)) != nil }) else { return }
    throw Problem(
      "the classes of the labels are not known", at: root, expected: "synset_words.txt beside the databases, or --synsets FILE",
      found: "labels \(found.keys.min()!) to \(found.keys.max()!)",
      advice: "write a file whose line i names the wnid of label i, and give it with --synsets", kind: .data)
  }

  /// The entries of one database by label: as "files" whose path is the key.
  private static func entries(_ database: String, _ order: LabelOrder) throws(Problem) -> [Int: [File]] {
    let reader = try LMDBReader(folder: database)
    var byLabel: [Int: [File]] = [:]
    try reader.forEach { key, value throws(Problem) in
      func place() -> String { "\(database), \(printable(nameText(key)))" }
      let datum: Datum.Head
      do throws(Problem) {
        datum = try Datum.Head(count: value.count) { place throws(Problem) in try value.bytes(from: place) }
      } catch {
        guard error.place == nil else { throw error }
        throw Problem(error.what, at: place(), expected: error.expected, found: error.found, kind: .data)
      }
      try order.check(label: datum.label, of: PackKey.path(key), at: place())
      byLabel[datum.label, default: []].append(File(path: Array(key), size: value.count))
    }
    return byLabel
  }
}

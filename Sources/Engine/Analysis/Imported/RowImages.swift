import Basics
import Datasets

/// Finds the image of every row of features from elsewhere: by its path, by its index in its split, or by the order of the classes, which has to be
/// the dataset's then, class by class.
struct RowImages {
  struct Image: Hashable {
    var split: Split
    var index: Int
  }

  private let dataset: any Dataset
  /// The splits that rows may be of.
  private let splits: [Split]
  private let labels: [Split: [Int32]]
  private let classOf: [String: Int32]
  private let paths: Paths

  /// - Parameter split: nil: either.
  init(_ dataset: any Dataset, _ split: Split?) {
    self.dataset = dataset
    splits = split.map { [$0] } ?? Split.allCases
    labels = Dictionary(uniqueKeysWithValues: Split.allCases.map { ($0, dataset.labels($0)) })
    var classOf: [String: Int32] = [:]
    var twice: Set<String> = []
    for (index, fine) in dataset.classes.enumerated() {
      if classOf.updateValue(Int32(index), forKey: fine.name) != nil { twice.insert(fine.name) }
    }
    for name in twice { classOf[name] = nil }
    // A wnid is never another class's name.
    for (index, fine) in dataset.classes.enumerated() { classOf[fine.wnid] = Int32(index) }
    self.classOf = classOf
    paths = Paths(dataset, labels)
  }

  /// The image of each row.
  /// - Throws: a ``Problem`` where an image or class is unknown, rows and images do not agree, or it could be meant in two ways.
  func images(of names: RowNames, as reading: FeatureImport.Reading?) throws(Problem) -> [Image] {
    switch names.content {
    case .numbers(let numbers): return try images(numbers, names, reading)
    case .words(let words):
      guard reading != .indices else {
        throw Problem("these are no indices", at: names.place(0), expected: "whole numbers", found: words[0], kind: .usage)
      }
      return try images(words, names, reading)
    case .table(let rows): return try images(rows, names)
    }
  }

  // MARK: Numbers

  private func images(_ numbers: [Int], _ names: RowNames, _ reading: FeatureImport.Reading?) throws(Problem) -> [Image] {
    let fitting = splits.filter { split in numbers.count == labels[split]!.count && zip(numbers, labels[split]!).allSatisfy { $0 == Int($1) } }
    let indexed = splits.filter { split in numbers.allSatisfy { labels[split]!.indices.contains($0) } && Set(numbers).count == numbers.count }
    switch reading {
    case .classes: return try ordered(numbers.map { Int32(clamping: $0) }, names)
    case .indices:
      let split = try only(splits, "indices", names)
      guard indexed.contains(split) else {
        var seen: Set<Int> = []
        let row = numbers.firstIndex { !labels[split]!.indices.contains($0) || !seen.insert($0).inserted }!
        throw wrongIndex(numbers[row], names, row, split)
      }
      return numbers.map { Image(split: split, index: $0) }
    case nil: break
    }
    if !fitting.isEmpty, indexed.isEmpty { return try ordered(numbers.map { Int32($0) }, names) }
    if fitting.isEmpty, !indexed.isEmpty {
      let split = try only(splits, "indices", names)
      return numbers.map { Image(split: split, index: $0) }
    }
    guard fitting.isEmpty else {
      throw Problem(
        "the numbers could be classes or indices of images", at: names.path, expected: "one of them",
        advice: "say --rows classes or --rows indices", kind: .usage)
    }
    // As classes they are told where their number is right.
    if let split = splits.first(where: { labels[$0]!.count == numbers.count }) {
      _ = try ordered(numbers.map { Int32(clamping: $0) }, names, in: split)
    }
    throw Problem(
      "the numbers tell no images", at: names.path,
      expected: "the classes of all images in the dataset's order (\(sizes)), or different indices of images", found: counted(numbers.count, "number"),
      advice: "name the images by their paths", kind: .data)
  }

  private func wrongIndex(_ number: Int, _ names: RowNames, _ row: Int, _ split: Split) -> Problem {
    Problem(
      "there is no such image, or it is there twice", at: names.place(row), expected: "an index below \(labels[split]!.count), once",
      found: "\(number)", kind: .data)
  }

  private var sizes: String { splits.map { "\(grouped(labels[$0]!.count)) of \($0.rawValue)" }.joined(separator: ", ") }

  /// The split that is meant where only one can be.
  private func only(_ splits: [Split], _ what: String, _ names: RowNames) throws(Problem) -> Split {
    if splits.count == 1 { return splits[0] }
    throw Problem("the \(what) could be of train or val", at: names.path, expected: "one of them", advice: "say it with --split", kind: .usage)
  }

  // MARK: Classes in order

  private func ordered(_ classes: [Int32], _ names: RowNames) throws(Problem) -> [Image] {
    let fitting = splits.filter { labels[$0]! == classes }
    if fitting.count == 1 { return try ordered(classes, names, in: fitting[0]) }
    guard fitting.isEmpty else { return try ordered(classes, names, in: try only(fitting, "classes", names)) }
    guard let split = splits.first(where: { labels[$0]!.count == classes.count }) else {
      throw Problem(
        "there are other images than rows", at: names.path, expected: sizes, found: counted(classes.count, "row"),
        advice: "classes alone tell images only where all of a split are there, in order; name the images by their paths", kind: .data)
    }
    return try ordered(classes, names, in: split)
  }

  private func ordered(_ classes: [Int32], _ names: RowNames, in split: Split) throws(Problem) -> [Image] {
    if let row = classes.indices.first(where: { classes[$0] != labels[split]![$0] }) {
      func name(_ label: Int32) -> String { dataset.classes.indices.contains(Int(label)) ? dataset.classes[Int(label)].wnid : "class \(label)" }
      throw Problem(
        "the rows are in another order than the dataset's \(split.rawValue) images", at: names.place(row), expected: name(labels[split]![row]),
        found: name(classes[row]), advice: "name the images by their paths", kind: .data)
    }
    return classes.indices.map { Image(split: split, index: $0) }
  }

  // MARK: Words

  private func images(_ words: [String], _ names: RowNames, _ reading: FeatureImport.Reading?) throws(Problem) -> [Image] {
    let areClasses = reading == .classes || classOf[words[0]] != nil && paths.found(words[0], splits).isEmpty
    guard areClasses else {
      var images: [Image] = []
      for (row, word) in words.enumerated() { images.append(try image(word, splits, names, row)) }
      return images
    }
    var classes: [Int32] = []
    for (row, word) in words.enumerated() { classes.append(try fineClass(word, names, row)) }
    return try ordered(classes, names)
  }

  private func fineClass(_ word: String, _ names: RowNames, _ row: Int) throws(Problem) -> Int32 {
    if let label = classOf[word] { return label }
    if let number = Int32(word), dataset.classes.indices.contains(Int(number)) { return number }
    throw Problem(
      "\(dataset.name) has no such class", at: names.place(row), expected: "a class by wnid or name, as \(dataset.classes.first?.wnid ?? "-")", found: word,
      kind: .data)
  }

  private func image(_ path: String, _ splits: [Split], _ names: RowNames, _ row: Int) throws(Problem) -> Image {
    let found = paths.found(path, splits)
    if found.count == 1 { return found[0] }
    guard found.isEmpty else {
      throw Problem(
        "several images are called so", at: names.place(row), expected: "the path of one below the dataset's folder",
        found: "\(path): \(found.prefix(2).map { "\($0.split.rawValue)/\($0.index)" }.joined(separator: ", "))", advice: "say --split, or more of the path",
        kind: .data)
    }
    let example = splits.first { !labels[$0]!.isEmpty }.map { nameText(dataset.path($0, 0)) } ?? "-"
    throw Problem(
      "\(dataset.name) has no such image" + (splits.count == 1 ? " in \(splits[0].rawValue)" : ""), at: names.place(row),
      expected: "an image's path, as \(example), or a class", found: path, kind: .data)
  }

  // MARK: Tables

  private func images(_ rows: [RowNames.Row], _ names: RowNames) throws(Problem) -> [Image] {
    var images: [Image] = []
    var pending: [(row: Int, split: Split?, label: Int32)] = []
    for (row, said) in rows.enumerated() {
      if let split = said.split, !splits.contains(split) {
        throw Problem("the row is of the other split", at: names.place(row), expected: splits[0].rawValue, found: split.rawValue, kind: .data)
      }
      let splits = said.split.map { [$0] } ?? splits
      var label: Int32?
      if let text = said.fineClass { label = try fineClass(text, names, row) }
      var image: Image?
      if let index = said.index {
        let split = try only(splits, "indices", names)
        guard labels[split]!.indices.contains(index) else { throw wrongIndex(index, names, row, split) }
        image = Image(split: split, index: index)
      } else if let path = said.path {
        image = try self.image(path, splits, names, row)
      }
      if let image {
        let truth = labels[image.split]![image.index]
        if let label, label != truth {
          throw Problem(
            "the image is of another class", at: names.place(row), expected: dataset.classes[Int(truth)].wnid, found: said.fineClass ?? "", kind: .data)
        }
        images.append(image)
      } else if let label {
        pending.append((row, splits.count == 1 ? splits[0] : nil, label))
      } else {
        throw Problem("the row tells no image", at: names.place(row), expected: "a path, index or class", kind: .data)
      }
    }
    guard !pending.isEmpty else { return images }
    guard images.isEmpty else {
      throw Problem("some rows name images and others classes alone", at: names.place(pending[0].row), expected: "a path or index in each", kind: .data)
    }
    guard pending.contains(where: { $0.split != nil }) else { return try ordered(pending.map(\.label), names) }
    // Each split by itself, in the order of its rows.
    var found = [Image?](repeating: nil, count: rows.count)
    for split in Split.allCases {
      let own = pending.filter { $0.split == split }
      guard !own.isEmpty else { continue }
      guard own.count == labels[split]!.count else {
        throw Problem(
          "there are other images than rows", at: names.path, expected: "\(grouped(labels[split]!.count)) of \(split.rawValue)", found: "\(grouped(own.count))",
          advice: "classes alone tell images only where all of a split are there, in order; name the images by their paths", kind: .data)
      }
      for (index, one) in own.enumerated() {
        guard one.label == labels[split]![index] else {
          throw Problem(
            "the rows are in another order than the dataset's \(split.rawValue) images", at: names.place(one.row),
            expected: dataset.classes[Int(labels[split]![index])].wnid, found: dataset.classes[Int(one.label)].wnid,
            advice: "name the images by their paths", kind: .data)
        }
        found[one.row] = Image(split: split, index: index)
      }
    }
    guard let images = found as? [Image] else {
      throw Problem("some rows have no split", at: names.path, expected: "train or val in each", advice: "say it with --split", kind: .data)
    }
    return images
  }

  // MARK: Paths

  /// The images by their paths below the dataset's folder, and by the ends of these.
  private final class Paths {
    private let dataset: any Dataset
    private let labels: [Split: [Int32]]
    /// Made when the first path is looked for: a million of them take seconds.
    private lazy var whole: [String: [Image]] = {
      var whole: [String: [Image]] = [:]
      for split in Split.allCases {
        for index in labels[split]!.indices { whole[nameText(dataset.path(split, index)), default: []].append(Image(split: split, index: index)) }
      }
      return whole
    }()
    private lazy var byName = Dictionary(grouping: whole.keys) { Self.name($0[...]) }

    init(_ dataset: any Dataset, _ labels: [Split: [Int32]]) { (self.dataset, self.labels) = (dataset, labels) }

    private static func name(_ path: Substring) -> Substring { path.lastIndex(of: "/").map { path[path.index(after: $0)...] } ?? path }

    /// The images of some splits that a path names: one below the dataset's folder, one that ends so, as an absolute one, or the end of one.
    func found(_ path: String, _ splits: [Split]) -> [Image] {
      func known(_ path: some StringProtocol) -> [Image] { (whole[String(path)] ?? []).filter { splits.contains($0.split) } }
      var rest = path[...]
      while true {
        let images = known(rest)
        if !images.isEmpty { return images }
        guard let slash = rest.firstIndex(of: "/") else { break }
        rest = rest[rest.index(after: slash)...]
      }
      let end = path.hasPrefix("./") ? path.dropFirst(2) : path[...]
      return (byName[Self.name(end)] ?? []).filter { $0.hasSuffix("/" + end) }.flatMap { known($0) }
    }
  }
}

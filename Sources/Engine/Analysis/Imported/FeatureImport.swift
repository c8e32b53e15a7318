import Basics
import Datasets
import Files
import FoundationEssentials
import Glibc
import Kernels
import Taxonomy

/// Takes features that another program computed into a home, where they stand beside those of runs. Every row is of an image of a dataset: files of
/// labels say which.
public struct FeatureImport: Sendable {
  /// A file of rows, and one that tells their images.
  public struct Source: Sendable {
    public var features, labels: String
    /// The split of its images; nil where the labels tell it.
    public var split: Split?

    public init(features: String, labels: String, split: Split? = nil) { (self.features, self.labels, self.split) = (features, labels, split) }
  }

  /// What the labels are, where their content does not tell.
  public enum Reading: String, CaseIterable, Sendable {
    /// Indices of images in their split.
    case indices
    /// Classes of all images of a split, in the dataset's order.
    case classes
  }

  public var name: String
  public var sources: [Source]
  /// The layer's name.
  public var space: String
  /// The classes that the network was taught, where these are classes of the dataset.
  public var taught: LabelSet?
  /// Whether the numbers are scores of these classes.
  public var areScores: Bool
  /// What labels are that could be either.
  public var reading: Reading?
  public var note: String?
  /// Whether features of this name go to the trash.
  public var mayReplace: Bool

  public init(
    name: String, sources: [Source], space: String = "features", taught: LabelSet? = nil, areScores: Bool = false, reading: Reading? = nil,
    note: String? = nil, mayReplace: Bool = false
  ) {
    (self.name, self.sources, self.space, self.taught) = (name, sources, space, taught)
    (self.areScores, self.reading, self.note, self.mayReplace) = (areScores, reading, note, mayReplace)
  }

  /// Reads, checks and keeps all of it, or nothing.
  /// - Parameters:
  ///   - program: what made them, for the description.
  ///   - progress: hears how many rows are written, and of how many; what it throws ends the work.
  /// - Throws: a ``Problem`` where a file cannot be read, holds what is not finite, or its rows do not fit the dataset's images.
  public func run(
    into store: FeatureStore, dataset: any Dataset, program: String, progress: (Int, Int) throws(Problem) -> Void = { _, _ in }
  ) throws(Problem) -> ImportedDescription {
    let target = try store.path(name)
    if store.contains(name), !mayReplace { throw taken }
    guard !space.isEmpty, space.utf8.count <= 64 else { throw Problem("invalid name of a layer", at: space, expected: "1 to 64 bytes", kind: .usage) }
    try taught?.check(fineClasses: dataset.classes.map(\.wnid))
    let arrays = try sources.map { source throws(Problem) in try Self.array(source.features) }
    let width = arrays[0].width
    if let other = arrays.first(where: { $0.width != width }) {
      throw Problem("the files have other numbers of columns", at: other.path, expected: "\(grouped(width)), as \(arrays[0].path)", found: grouped(other.width), kind: .data)
    }
    if areScores { try checkScores(width) }
    let rows = try rowsByImage(arrays, dataset)
    var description = ImportedDescription(
      program: program, dataset: dataset.name, fingerprint: dataset.fingerprint, space: space, width: width, areScores: areScores, taught: taught,
      train: rows[.train]?.count ?? 0, val: rows[.val]?.count ?? 0, sources: [], rowsSHA256: Self.digest(rows), created: Date().timeIntervalSince1970.rounded(.down), note: note)
    let folder = "\(store.home.features)/\(FeatureStore.unfinished)\(name)-\(UInt32.random(in: 0 ... .max))"
    try AtomicFile.makeFolder(folder)
    var isDone = false
    defer { if !isDone { try? FileManager.default.removeItem(atPath: folder) } }
    var written = 0
    let total = rows.values.reduce(0) { $0 + $1.count }
    for split in Split.allCases {
      guard let own = rows[split] else { continue }
      try write(own, arrays, width: width, to: folder + "/" + split.rawValue) { (count) throws(Problem) in
        written += count
        try progress(written, total)
      }
    }
    description.sources = zip(sources, arrays).map { source, array in
      var digest = SHA256()
      array.forEachPiece { digest.update($0) }
      return ImportedDescription.Source(file: Self.absolute(source.features), sha256: digest.finish(), labels: Self.absolute(source.labels), rows: array.rows)
    }
    try RunJSON.write(description, to: folder + FeatureStore.description)
    AtomicFile.flushFolder(folder)
    if store.contains(name) {
      guard mayReplace else { throw taken }
      try store.remove(name)
    }
    let code = FeatureStore.rename(folder, target)
    guard ![EEXIST, ENOTEMPTY].contains(code) else { throw taken }
    guard code == 0 else { throw AtomicFile.failure("cannot keep the features", target, code: code) }
    isDone = true
    AtomicFile.flushFolder(store.home.features)
    return description
  }

  private var taken: Problem {
    Problem("there are features of this name", at: name, advice: "choose another name, or add --replace", kind: .cannotWrite)
  }

  private static func absolute(_ path: String) -> String { path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path }

  // MARK: What is read

  private static func array(_ path: String) throws(Problem) -> NumPyArray {
    let array = try NumPyArray(path)
    guard array.isFloat else {
      throw Problem(
        "these are no features", at: path, expected: "floats of 16, 32 or 64 bits", found: array.elementText, advice: "convert them: a.astype(numpy.float32)",
        kind: .data)
    }
    guard array.shape.count > 1, array.width > 0, array.rows > 0 else {
      throw Problem("these are no features", at: path, expected: "a shape (rows, columns)", found: array.shapeText, kind: .data)
    }
    return array
  }

  private func checkScores(_ width: Int) throws(Problem) {
    guard let taught else {
      throw Problem("scores are of classes", at: name, expected: "the classes that the network was taught", advice: "name them with --trained-on", kind: .usage)
    }
    guard taught.classes.count == width else {
      throw Problem(
        "the columns are no scores of these classes", at: taught.name, expected: "\(grouped(taught.classes.count)) columns, a class each in the order of wnids",
        found: grouped(width), kind: .data)
    }
  }

  private struct Place {
    var image: Int
    var source: Int
    var row: Int
  }

  /// Of each split where the rows of its images stand, in the images' order.
  private func rowsByImage(_ arrays: [NumPyArray], _ dataset: any Dataset) throws(Problem) -> [Split: [Place]] {
    var places: [Split: [Place]] = [:]
    var names: [RowNames] = []
    for (number, source) in sources.enumerated() {
      let labels = try RowNames(source.labels, rows: arrays[number].rows)
      guard labels.count == arrays[number].rows else {
        throw Problem(
          "there are other labels than rows", at: source.labels, expected: "\(grouped(arrays[number].rows)), as \(source.features) has rows",
          found: grouped(labels.count), kind: .data)
      }
      for (row, image) in try RowImages(dataset, source.split).images(of: labels, as: reading).enumerated() {
        places[image.split, default: []].append(Place(image: image.index, source: number, row: row))
      }
      names.append(labels)
    }
    for split in Split.allCases {
      guard var own = places[split] else { continue }
      own.sort { ($0.image, $0.source, $0.row) < ($1.image, $1.source, $1.row) }
      if let twice = zip(own, own.dropFirst()).first(where: { $0.image == $1.image })?.1 {
        throw Problem(
          "an image has two rows", at: names[twice.source].place(twice.row), expected: "one for each image",
          found: nameText(dataset.path(split, twice.image)), kind: .data)
      }
      places[split] = own
    }
    return places
  }

  private static func digest(_ rows: [Split: [Place]]) -> String {
    var digest = SHA256()
    for (number, split) in Split.allCases.enumerated() {
      for place in rows[split] ?? [] {
        let numbers = [number, place.image, place.source, place.row].map { Int64($0).littleEndian }
        numbers.withUnsafeBytes { digest.update($0) }
      }
    }
    return digest.finish()
  }

  // MARK: What is written

  private func write(
    _ places: [Place], _ arrays: [NumPyArray], width: Int, to path: String, progress: (Int) throws(Problem) -> Void
  ) throws(Problem) {
    var sums = RowSummer(width: width)
    let block = max(1, min(4096, (8 << 20) / (4 * width)))
    try NumPyFile.write(width: width, to: path + ".npy") { (writer) throws(Problem) in
      var first = 0
      while first < places.count {
        // Rows of one file that follow each other.
        let source = places[first].source
        var end = first
        while end < places.count, end - first < block, places[end].source == source { end += 1 }
        let rows = Tensor([end - first, width])
        try arrays[source].copy(places[first..<end].map(\.row), into: rows)
        try writer.append(rows)
        sums.append(rows)
        try progress(end - first)
        first = end
      }
    }
    sums.finish()
    try RunJSON.write(ImportedRows(places.map { Int32($0.image) }, sums.checksums), to: path + ".json", isPretty: false)
  }
}

/// The images of the rows of a split, `train.json`.
struct ImportedRows: Codable {
  /// Rising.
  var images: [Int32]
  var rows: RowChecksums
  /// Of everything else here.
  var checksum: UInt32

  init(_ images: [Int32], _ rows: RowChecksums) {
    (self.images, self.rows, checksum) = (images, rows, 0)
    checksum = sum
  }

  private var sum: UInt32 {
    var sum = CRC32C()
    images.withUnsafeBytes { sum.update($0) }
    rows.sums.withUnsafeBytes { sum.update($0) }
    Array("\(rows.block)".utf8).withUnsafeBytes { sum.update($0) }
    return sum.value
  }

  /// Whether it is what was written, and of images that there are.
  func isSound(_ count: Int) -> Bool {
    checksum == sum && zip(images, images.dropFirst()).allSatisfy(<) && images.allSatisfy { (0..<count).contains(Int($0)) }
  }
}

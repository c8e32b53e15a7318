import Analysis
import Basics
import Datasets
import Files
import FoundationEssentials
import Kernels
import Taxonomy
import TestSupport
import Testing

/// Images that are names alone: two classes, four training and two validation images.
private struct NamedImages: Dataset {
  var name = "named"
  var fingerprint = "f"
  var train: [Int32] = [0, 0, 1, 1]
  var summary: String { name }
  var classes: [FineClass] { [FineClass(wnid: "n00000001", name: "cat"), FineClass(wnid: "n00000002", name: "dog, hound")] }
  var imageSize: (height: Int, width: Int, channels: Int)? { nil }

  func labels(_ split: Split) -> [Int32] { split == .train ? train : [0, 1] }
  func identifier(_ split: Split, _ index: Int) -> String { "\(split.rawValue)/\(classes[Int(labels(split)[index])].wnid)/\(index).jpg" }
  func picture(_ split: Split, _ index: Int) throws(Problem) -> Picture { throw Problem("there is no picture") }
}

@Suite struct FeatureImportTests {
  private let folder = TemporaryFolder()
  private let dataset = NamedImages()
  private var store: FeatureStore { FeatureStore(home: Home(explicit: folder.path + "/home")) }

  /// Row i holds i, 10 i.
  private func rows(_ count: Int) -> [UInt8] { numPyFile((0..<count).map { [Float($0), Float(10 * $0)] }) }

  /// Imports rows 0, 1, … under these labels.
  @discardableResult
  private func take(
    _ count: Int, _ labels: String, file: String = "labels.txt", split: Split? = nil, reading: FeatureImport.Reading? = nil, dataset: NamedImages? = nil,
    replacing: Bool = false
  ) throws -> ImportedDescription {
    folder.write(rows(count), to: "rows.npy")
    folder.write(Array(labels.utf8), to: file)
    return try FeatureImport(
      name: "x", sources: [.init(features: folder.path + "/rows.npy", labels: folder.path + "/" + file, split: split)], reading: reading,
      mayReplace: replacing
    ).run(into: store, dataset: dataset ?? self.dataset, program: "test")
  }

  /// The first number of each row of a split, by image.
  private func kept(_ split: Split) throws -> [Int: Float] {
    let matrix = try ImportedFeatures("x", in: store, dataset: dataset, workers: 1).matrix(split)
    return Dictionary(uniqueKeysWithValues: matrix.indices.enumerated().map { (Int($1), matrix.values.elements[$0 * 2]) })
  }

  // MARK: What rows are of

  @Test("Paths tell images and splits in any order: below the dataset's folder, longer, or as much as tells one", arguments: [
    "val/n00000002/1.jpg\ntrain/n00000002/2.jpg\ntrain/n00000001/0.jpg\n",
    "/data/imagenet/val/n00000002/1.jpg\r\n/data/imagenet/train/n00000002/2.jpg\r\n./train/n00000001/0.jpg\r\n",
    "n00000002/1.jpg\nn00000002/2.jpg\ntrain/n00000001/0.jpg",
    "path,split\nn00000002/1.jpg,val\n\"n00000002/2.jpg\",train\nn00000001/0.jpg,train\n",
  ])
  func paths(labels: String) throws {
    let found = try take(3, labels)
    #expect(found.train == 2 && found.val == 1 && found.width == 2)
    #expect(try kept(.train) == [0: 2, 2: 1])
    #expect(try kept(.val) == [1: 0])
    #expect(found.sources[0].sha256 == sha256(rows(3)) && found.sources[0].rows == 3)
  }

  @Test("Classes tell images where all of a split are there in order: by wnid, name or number", arguments: [
    ("n00000001\nn00000001\nn00000002\nn00000002\n", "labels.txt"), ("cat\ncat\ndog, hound\ndog, hound", "labels.txt"), ("0\n0\n1\n1\n", "labels.txt"),
    ("split,class\ntrain,cat\ntrain,cat\ntrain,1\ntrain,n00000002\n", "labels.csv"),
  ])
  func classes(labels: String, file: String) throws {
    #expect(try take(4, labels, file: file).train == 4)
    #expect(try kept(.train) == [0: 0, 1: 1, 2: 2, 3: 3])
  }

  @Test("Indices, as this program's own tables have them, with the class they must be of")
  func indices() throws {
    try take(2, "index\timage\twnid\tclass\n3\tx\tn00000002\tdog, hound\n0\ty\tn00000001\tcat\n", file: "labels.tsv", split: .train)
    #expect(try kept(.train) == [3: 0, 0: 1])
    try take(3, "3\n0\n2\n", split: .train, replacing: true)
    #expect(try kept(.train) == [3: 0, 0: 1, 2: 2])
    folder.write(numPyFile("<i4", "(2,)", littleEndian([Int32(2), 1])), to: "numbers.npy")
    folder.write(rows(2), to: "rows.npy")
    let source = FeatureImport.Source(features: folder.path + "/rows.npy", labels: folder.path + "/numbers.npy", split: .train)
    _ = try FeatureImport(name: "x", sources: [source], mayReplace: true).run(into: store, dataset: dataset, program: "test")
    #expect(try kept(.train) == [2: 0, 1: 1])
  }

  @Test("What could be meant in two ways, or does not fit, is refused with the line", arguments: [
    // Classes of both splits, or indices of train: a network's outputs would be of other images.
    (2, "0\n1\n", "labels.txt", nil, Problem.Kind.usage, "classes or indices"), (3, "3\n0\n2\n", "labels.txt", nil, .usage, "train or val"),
    (2, "0\n1\n", "labels.txt", Split.val, .usage, "--rows"), (4, "1\n0\n0\n1\n", "labels.txt", nil, .data, "another order"),
    (4, "cat\ndog, hound\ncat\ncat\n", "labels.txt", nil, .data, "line 2"), (3, "cat\ncat\ncat\n", "labels.txt", nil, .data, "other images than rows"),
    (3, "cat\ncat\n", "labels.txt", nil, .data, "other labels than rows"), (1, "bird\n", "labels.txt", nil, .data, "no such image"),
    (2, "train/n00000001/0.jpg\nval/none.jpg\n", "labels.txt", nil, .data, "line 2"), (1, "0.jpg\n", "labels.txt", nil, .data, "several images"),
    (2, "n00000001/1.jpg\ntrain/n00000001/1.jpg\n", "labels.txt", nil, .data, "two rows"), (1, "train/n00000001/0.jpg\n", "labels.txt", .val, .data, "in val"),
    (1, "path,class\ntrain/n00000001/0.jpg,n00000002\n", "labels.csv", nil, .data, "another class"), (1, "path,split\nn00000001/0.jpg,test\n", "labels.csv", nil, .data, "no such split"),
    (1, "a,b\nc,d\n", "labels.csv", nil, .data, "does not name its columns"), (1, "path,class\nx\n", "labels.csv", nil, .data, "other columns"),
    (2, "cat\n\ncat\n", "labels.txt", nil, .data, "empty"), (2, "9\n0\n", "labels.txt", .train, .data, "no images"),
  ] as [(Int, String, String, Split?, Problem.Kind, String)])
  func refused(count: Int, labels: String, file: String, split: Split?, kind: Problem.Kind, words: String) throws {
    let refusal = try #require(problem { try take(count, labels, file: file, split: split) })
    #expect(refusal.kind == kind && refusal.description.contains(words), "\(refusal)")
    #expect(store.names().isEmpty)
    // Nothing half is left.
    #expect((try? FileManager.default.contentsOfDirectory(atPath: store.home.features))?.isEmpty ?? true)
  }

  @Test("What numbers are may be said")
  func said() throws {
    try take(2, "1\n0\n", split: .val, reading: .indices)
    #expect(try kept(.val) == [1: 0, 0: 1])
    try take(2, "0\n1\n", split: .val, reading: .classes, replacing: true)
    #expect(try kept(.val) == [0: 0, 1: 1])
  }

  @Test("A file for each split makes one set of features; one of another width is refused")
  func twoFiles() throws {
    folder.write(rows(4), to: "train.npy")
    folder.write(rows(2), to: "val.npy")
    folder.write(Array("cat\ncat\n1\n1\n".utf8), to: "train.txt")
    folder.write(Array("cat\n1\n".utf8), to: "val.txt")
    var sources = ["train", "val"].map { FeatureImport.Source(features: "\(folder.path)/\($0).npy", labels: "\(folder.path)/\($0).txt") }
    let found = try FeatureImport(name: "x", sources: sources).run(into: store, dataset: dataset, program: "test")
    #expect(found.train == 4 && found.val == 2 && found.sources.count == 2)
    #expect(try kept(.train).count == 4 && kept(.val) == [0: 0, 1: 1])
    folder.write(numPyFile([[1], [2]]), to: "narrow.npy")
    sources[1].features = folder.path + "/narrow.npy"
    let refusal = problem { _ = try FeatureImport(name: "y", sources: sources).run(into: store, dataset: dataset, program: "test") }
    #expect(refusal?.description.contains("other numbers of columns") == true)
  }

  // MARK: In the home

  @Test("NaN is refused at import, with its row, and nothing is kept")
  func finite() throws {
    folder.write(numPyFile([[1, 2], [3, .nan]]), to: "rows.npy")
    folder.write(Array("0\n1\n".utf8), to: "labels.txt")
    let source = FeatureImport.Source(features: folder.path + "/rows.npy", labels: folder.path + "/labels.txt", split: .val)
    let refusal = problem {
      _ = try FeatureImport(name: "x", sources: [source], reading: .classes).run(into: store, dataset: dataset, program: "test")
    }
    #expect(refusal?.kind == .data && refusal?.place?.contains("row 1, column 1") == true)
    #expect((try FileManager.default.contentsOfDirectory(atPath: store.home.features)).isEmpty)
  }

  @Test("What identifies them changes with the numbers and with what they are of, not with name and time")
  func identity() throws {
    let paths = "train/n00000001/0.jpg\ntrain/n00000001/1.jpg\n"
    let first = try take(2, paths).contentHash
    #expect(try take(2, "n00000001/0.jpg\ntrain/n00000001/1.jpg\n", split: .train, replacing: true).contentHash == first)
    #expect(try take(2, "train/n00000001/1.jpg\ntrain/n00000001/0.jpg\n", replacing: true).contentHash != first)
    let again = try store.description("x")
    #expect(try take(3, paths + "train/n00000002/2.jpg\n", replacing: true).contentHash != again.contentHash)
    var renamed = again
    (renamed.created, renamed.note, renamed.sources[0].file) = (1, "x", "y")
    #expect(renamed.contentHash == again.contentHash && store.entry("x").problem != nil)
  }

  @Test("What a later version keeps of them is told as such, and left alone")
  func newer() throws {
    try take(1, "train/n00000001/0.jpg\n")
    let path = store.home.features + "/x/features.json"
    let text = try #require(FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) })
    try AtomicFile.write(text.replacing("\"width\"", with: "\"scale\" : 2, \"width\""), to: path)
    #expect(problem { _ = try store.description("x") }?.isOfNewerVersion == true)
    #expect(store.entry("x").problem?.contains("newer version") == true)
  }

  @Test("A name is given once; replaced and removed features lie in the trash, and come back")
  func names() throws {
    try take(4, "0\n0\n1\n1\n")
    #expect(problem { try take(4, "0\n0\n1\n1\n") }?.kind == .cannotWrite)
    try take(1, "train/n00000002/3.jpg\n", replacing: true)
    #expect(try kept(.train) == [3: 0])
    #expect(store.names() == ["x"] && store.removed().map(\.name) == ["x"])
    #expect(problem { try store.restore("x") }?.kind == .cannotWrite)
    try store.remove("x")
    #expect(store.names().isEmpty && problem { try store.remove("x") }?.kind == .notFound)
    try store.restore("x")
    #expect(try kept(.train) == [3: 0])
    #expect(try store.emptyTrash() == 1 && store.removed().isEmpty)
    try store.deleteForGood("x")
    #expect(problem { try store.restore("x") }?.kind == .notFound)
    #expect(problem { _ = try store.path("../x") }?.kind == .usage)
  }

  @Test("Features of other images are refused: of another dataset, or of this one since it changed")
  func otherImages() throws {
    try take(4, "0\n0\n1\n1\n")
    let other = problem { _ = try ImportedFeatures("x", in: store, dataset: NamedImages(name: "other", fingerprint: "g"), workers: 1) }
    #expect(other?.kind == .usage && other?.expected == "named")
    let changed = problem { _ = try ImportedFeatures("x", in: store, dataset: NamedImages(fingerprint: "g"), workers: 1) }
    #expect(changed?.kind == .data && changed?.description.contains("have changed") == true)
    // The same images under another name are the same.
    _ = try ImportedFeatures("x", in: store, dataset: NamedImages(name: "packed"), workers: 1)
  }

  @Test("There is no other layer, no split that was not imported, and no network to ask")
  func whatThereIsNot() throws {
    try take(1, "val/n00000002/1.jpg\n")
    let features = try ImportedFeatures("x", in: store, dataset: dataset, workers: 1)
    #expect(features.id == "features/x" && features.checkpoint == nil && features.labelSet.classes.isEmpty)
    #expect(problem { _ = try features.matrix(.train) }?.description.contains("no training images") == true)
    #expect(try features.matrix(.val, indices: [0, 1]).indices == [1])
    #expect(problem { _ = try features.features(of: dataset, .val, indices: [0]) }?.kind == .usage)
    #expect(try features.features(of: dataset, .val, indices: [1]).values.array == [0, 0])
    for space in ["fc7", "scores"] { #expect(problem { _ = try ImportedFeatures("x", in: store, dataset: dataset, space: space, workers: 1) }?.kind == .usage) }
  }

  @Test("Damaged rows are found, whole or searched, and not used", arguments: [true, false])
  func damage(isLazy: Bool) throws {
    try take(4, "0\n0\n1\n1\n")
    let path = store.home.features + "/x/train.npy"
    var bytes = try #require(FileManager.default.contents(atPath: path).map(Array.init))
    bytes[bytes.count - 3] ^= 1
    try AtomicFile.write(bytes, to: path)
    let features = try ImportedFeatures("x", in: store, dataset: dataset, workers: 1)
    let refusal = problem {
      _ = isLazy ? try NeighborFinder(features).nearest(to: .image(.train, 0), in: .train, k: 1, metric: .l2) : try { _ = try features.matrix(.train); return [] }()
    }
    #expect(refusal?.description.contains("imported features are damaged") == true, "\(String(describing: refusal))")
  }

  @Test("Scores are of classes, a column each")
  func scores() throws {
    folder.write(rows(2), to: "rows.npy")
    folder.write(Array("cat\n1\n".utf8), to: "labels.txt")
    let source = FeatureImport.Source(features: folder.path + "/rows.npy", labels: folder.path + "/labels.txt")
    func scores(_ taught: LabelSet?) throws -> ImportedDescription {
      try FeatureImport(name: "x", sources: [source], taught: taught, areScores: true).run(into: store, dataset: dataset, program: "test")
    }
    let one = LabelSet(
      name: "one", dataset: "named", policy: .name, recipe: [], classes: [TargetClass(wnid: "n00000001", name: "cat", members: ["n00000001"])],
      leftOut: ["n00000002"])
    #expect(problem { _ = try scores(nil) }?.kind == .usage)
    #expect(problem { _ = try scores(one) }?.kind == .data)
    _ = try scores(.init(name: "fine", dataset: "named", policy: .name, recipe: [], classes: dataset.classes.map { .init(wnid: $0.wnid, name: $0.name, members: [$0.wnid]) }, leftOut: []))
    let found = try RunPredictions(try ImportedFeatures("x", in: store, dataset: dataset, space: "scores", workers: 1))
    // Rows 0 0 and 1 10: the first of equal ones, and the second.
    #expect(found.truths == [0, 1] && found.predictions == [0, 1])
  }
}

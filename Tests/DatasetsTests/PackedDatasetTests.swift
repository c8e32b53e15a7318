import Basics
import CImageFixtures
import Datasets
import Files
import FoundationEssentials
import Glibc
import Kernels
import TestSupport
import Testing

@Suite struct PackedDatasetTests {
  let folder = TemporaryFolder()
  var root: String { folder.path + "/images" }
  var pack: String { folder.path + "/pack" }
  var catalog: DatasetCatalog { DatasetCatalog(home: Home(explicit: folder.path + "/home")) }
  static let (shark, tench) = ("n01484850", "n01440764")

  // MARK: Packing and training

  @Test("raw packed images of the packing size give a training the same numbers as the files", arguments: [1, 3])
  func equalNumbers(workers: Int) throws {
    try fill(side: 16)
    let files = try add("files")
    #expect(try packer(files, side: 16, quality: nil, workers: workers).run().bad.isEmpty)
    let packed = try add("packed", pack)
    #expect(packed.classes == files.classes && packed.labels(.train) == files.labels(.train))
    #expect(packed.labels(.val) == files.labels(.val))
    for split in Split.allCases {
      for index in files.labels(split).indices {
        #expect(packed.identifier(split, index) == files.identifier(split, index))
        // A file may be grey; a database holds three channels.
        let (one, other) = try (files.picture(split, index), packed.picture(split, index))
        #expect(other.pixels == (one.channels == 3 ? one.pixels : one.pixels.flatMap { [$0, $0, $0] }))
      }
    }
    #expect(try epoch(packed, workers: workers) == epoch(files, workers: 2))
  }

  @Test("JPEG packing keeps the pictures but for the loss that its quality allows, and warps to one size")
  func jpeg() throws {
    try fill(side: 40)
    let files = try add("files")
    _ = try packer(files, side: 24, quality: 95).run()
    let packed = try add("packed", pack)
    for index in files.labels(.train).indices {
      let picture = try packed.picture(.train, index)
      #expect([picture.width, picture.height, picture.channels] == [24, 24, 3])
      var resampler = Resampler()
      let source = try files.picture(.train, index)
      let row = Tensor([24 * 3 + 4])
      var error: Float = 0
      source.pixels.withUnsafeBufferPointer { pixels in
        resampler.forEachRow(
          of: pixels, width: 40, height: 40, channels: source.channels, targetWidth: 24, targetHeight: 24, x: 0..<24,
          y: 0..<24, row: row.elements
        ) { line, values in
          for place in 0..<24 * 3 {
            let value = values[source.channels == 3 ? place : place / 3]
            error += abs(value - Float(picture.pixels[line * 24 * 3 + place])) / (24 * 24 * 3)
          }
        }
      }
      withExtendedLifetime(row) {}
      // Colours are kept at half the resolution, which the fixtures' sharp edges show; a channel in the wrong place would
      // be off by 40.
      #expect(error < 10, "image \(index) is off by \(error) on average")
    }
  }

  @Test("images that cannot be decoded are left out and told; the rest keeps its numbers")
  func badImages() throws {
    try fill(side: 16)
    try folder.write(Array("no image".utf8), at: "images/train/\(Self.tench)/1.png")
    try folder.write([], at: "images/val/\(Self.shark)/1.png")
    let report = try packer(add("files"), side: 16, quality: 90).run()
    #expect(report.bad.map(\.image) == ["train/\(Self.tench)/1.png", "val/\(Self.shark)/1.png"])
    #expect(report.bad.map(\.reason) == ["neither PNG, JPEG, WebP nor GIF", "an empty file"])
    #expect(report.train == 9 && report.val == 3)
    let packed = try add("packed", pack)
    #expect(packed.labels(.train) == [0, 0, 0, 0, 1, 1, 1, 1, 1] && packed.labels(.val) == [0, 0, 1])
    #expect(packed.identifier(.train, 1) == "train/\(Self.tench)/2.png")
    #expect(try DatasetCheck.run(packed, workers: 2).isEmpty)
  }

  @Test("packing again does nothing where it is whole, and refuses other images, sizes and folders")
  func again() throws {
    try fill(side: 16)
    let files = try add("files")
    let first = try packer(files, side: 16, quality: nil).run()
    #expect(first.resumedAt == 0)
    let second = try packer(files, side: 16, quality: nil).run()
    #expect(second.resumedAt == 14 && second.train == first.train)
    let size = #expect(throws: Problem.self) { try packer(files, side: 17, quality: nil).run() }
    #expect(size?.what == "the folder holds another packed dataset" && size?.found?.contains("16 pixels") == true)
    #expect(throws: Problem.self) { try packer(files, side: 16, quality: 95).run() }
    try folder.write(ImageFixtures.png(16, 16), at: "images/train/\(Self.tench)/new.png")
    #expect(throws: Problem.self) { try packer(add("files"), side: 16, quality: nil).run() }
    try folder.write([1], at: "other/note")
    let other = #expect(throws: Problem.self) {
      try DatasetPacker(dataset: files, folder: folder.path + "/other", workers: 1).run()
    }
    #expect(other?.expected == "an empty folder" && other?.found == "note")
  }

  @Test("a database that was left at any lot goes on there and ends as one that never stopped")
  func resumes() throws {
    try fill(side: 8, images: 300)
    let files = try add("files")
    _ = try packer(files, side: 8, quality: nil).run()
    let whole = try entries(pack + "/train_lmdb") + entries(pack + "/val_lmdb")
    #expect(whole.count == 604)
    for kept in [0, 1, 256, 600] {
      let part = folder.path + "/part-\(kept)"
      try AtomicFile.makeFolder(part)
      for name in ["synset_words.txt", "pack.json"] {
        let text = String(decoding: folder.bytes(of: "pack/" + name), as: UTF8.self)
        try AtomicFile.write(text.replacing("\"isWhole\" : true", with: "\"isWhole\" : false"), to: "\(part)/\(name)")
      }
      let interrupted = #expect(throws: Problem.self) {
        if kept == 0 { try AtomicFile.makeFolder(part + "/train_lmdb") }
        try LMDBWriter(folder: part + "/train_lmdb", mapSize: 64 << 20).append(Array(whole.prefix(kept)))
        _ = try add("part", part)
      }
      #expect(interrupted?.advice?.contains("data pack files") == true)
      let report = try DatasetPacker(dataset: files, folder: part, side: 8, quality: nil, workers: 2).run()
      #expect(report.resumedAt == kept)
      let after = try entries(part + "/train_lmdb") + entries(part + "/val_lmdb")
      #expect(after.map(\.key) == whole.map(\.key) && after.map(\.value) == whole.map(\.value))
    }
  }

  // MARK: Other people's databases

  @Test("any LMDB reader opens the databases: Python's lmdb finds Caffe's keys and messages")
  func python() throws {
    guard system("/usr/bin/python3 -c 'import lmdb' 2>/dev/null") == 0 else {
      return print("skipped: Python's lmdb is missing (Debian's python3-lmdb)")
    }
    try fill(side: 16)
    _ = try packer(add("files"), side: 16, quality: nil).run()
    let script = """
      import lmdb, sys
      def varint(b, i):
          n = s = 0
          while True:
              n |= (b[i] & 127) << s; s += 7; i += 1
              if b[i - 1] < 128: return n, i
      for split in ("train", "val"):
          env = lmdb.open(sys.argv[1] + "/" + split + "_lmdb", readonly=True, lock=False)
          with env.begin() as t:
              for key, value in t.cursor():
                  i, fields = 0, {}
                  while i < len(value):
                      tag, i = varint(value, i)
                      n, i = varint(value, i)
                      if tag & 7 == 2: fields[tag >> 3] = value[i:i + n]; i += n
                      else: fields[tag >> 3] = n
                  d = fields[4]
                  print(key.decode(), fields[1], fields[2], fields[3], len(d), fields[5], d[0], d[256], d[512])
      """
    folder.write(Array(script.utf8), to: "read.py")
    #expect(system("/usr/bin/python3 '\(folder.path)/read.py' '\(pack)' > '\(folder.path)/out'") == 0)
    let lines = String(decoding: folder.bytes(of: "out"), as: UTF8.self).split(separator: "\n")
    #expect(lines.count == 14)
    // The first picture's first pixel is red 20, green 60, blue 100: Caffe's planes begin with blue.
    #expect(lines[0] == "00000000_train/\(Self.tench)/0.png 3 16 16 768 0 100 60 20")
    #expect(lines[5].hasPrefix("00000005_train/\(Self.shark)/0.png 3 16 16 768 1"))
    #expect(lines[10].hasPrefix("00000000_val/\(Self.tench)/0.png"))
  }

  @Test("Caffe's own databases: labels in the order of the synset words, else of ImageNet-1k's wnids")
  func foreign() throws {
    let pixels = ImageFixtures.pixels(4, 4, 3)
    func datum(_ label: Int) -> [UInt8] {
      pixels.withUnsafeBufferPointer { Datum.message(pixels: $0, side: 4, label: label) }
    }
    for (split, labels) in [("train", [2, 0]), ("val", [0])] {
      let writer = try LMDBWriter(folder: "\(pack)/ilsvrc12_\(split)_lmdb", mapSize: 1 << 20)
      try writer.append(labels.enumerated().map { (Array("0000000\($0)_\(split)\($0).JPEG".utf8), datum($1)) })
    }
    let plain = try add("plain", pack)
    #expect(plain.classes.map(\.wnid) == [Self.tench, Self.shark] && plain.labels(.val) == [0])
    folder.write(Array("\(Self.shark) shark\nn01443537 goldfish\n\(Self.tench) tench, Tinca tinca\n".utf8), to: "words")
    _ = try catalog.add("ordered", FolderRecipe(path: pack, synsetsFile: folder.path + "/words"), wordNet: nil)
    let ordered = try catalog.open("ordered")
    #expect(ordered.classes.map(\.wnid) == [Self.tench, Self.shark])
    #expect(ordered.labels(.val) == [1])
    #expect(ordered.identifier(.train, 0) == "train0.JPEG")
    #expect(try ordered.picture(.val, 0).pixels == pixels)
  }

  @Test("entries whose labels contradict their paths, or have no class, are refused by their key", arguments: [
    ("00000000_n01440764_10.JPEG", 1), ("00000000_ILSVRC2012_val_00000001.JPEG", 489), ("00000000_x.JPEG", 1000),
  ])
  func wrongLabels(key: String, label: Int) throws {
    let message = ImageFixtures.pixels(4, 4, 3).withUnsafeBufferPointer { Datum.message(pixels: $0, side: 4, label: label) }
    try LMDBWriter(folder: pack + "/train_lmdb", mapSize: 1 << 20).append([(Array(key.utf8), message)])
    #expect(#expect(throws: Problem.self) { try add("x", pack) }?.place?.contains(key) == true)
  }

  @Test("LevelDB is told from a tree of images, beside others and by itself", arguments: ["", "/ilsvrc12_train_leveldb"])
  func levelDB(inside: String) throws {
    for name in ["CURRENT", "MANIFEST-000002", "000005.ldb"] { try folder.write([1], at: "pack\(inside)/\(name)") }
    let problem = #expect(throws: Problem.self) { try add("x", pack) }
    #expect(problem?.found == "LevelDB" && problem?.place?.hasSuffix("/pack" + inside) == true)
  }

  // MARK: Damage

  @Test("a database cut short is refused, wherever it was cut; what can be opened is read without a crash")
  func cut() throws {
    try fill(side: 16)
    let files = try add("files")
    _ = try packer(files, side: 16, quality: nil).run()
    _ = try add("packed", pack)
    let whole = folder.bytes(of: "pack/train_lmdb/data.mdb")
    for length in stride(from: 0, to: whole.count, by: 1021) {
      folder.write(Array(whole.prefix(length)), to: "pack/train_lmdb/data.mdb")
      if let dataset = try? catalog.open("packed") {
        for index in dataset.labels(.train).indices { _ = try? dataset.picture(.train, index) }
        #expect(whole.count - length < 4096 * 2, "\(length) of \(whole.count) bytes were taken for a database")
      }
    }
    folder.write(Array("not a database".utf8), to: "pack/train_lmdb/data.mdb")
    #expect(throws: Problem.self) { try catalog.open("packed") }
  }

  @Test("a message cut or changed anywhere is refused or an image, never a crash")
  func damagedMessages() {
    let message = ImageFixtures.pixels(4, 4, 3).withUnsafeBufferPointer { Datum.message(pixels: $0, side: 4, label: 7) }
    func parse(_ bytes: [UInt8]) -> Int? { bytes.withUnsafeBytes { try? Datum($0).head.label } }
    #expect(parse(message) == 7)
    for length in 0..<message.count - 2 { #expect(parse(Array(message.prefix(length))) == nil) }
    for place in message.indices {
      for value in [0, 1, 0x7F, 0x80, 0xFF] as [UInt8] {
        var bytes = message
        bytes[place] = value
        _ = parse(bytes)
      }
    }
  }

  // MARK: Helpers

  /// Five training and two validation pictures of each class; some grey.
  private func fill(side: Int, images: Int = 5) throws {
    for wnid in [Self.shark, Self.tench] {
      for (split, count) in [("train", images), ("val", 2)] {
        for number in 0..<count {
          let grey = number % 5 == 3
          let bytes =
            grey
            ? ImageFixtures.png(ImageFixtures.pixels(side, side, 1, phase: number), side, side, depth: 8, colourType: 0)
            : ImageFixtures.png(side, side, phase: number)
          try folder.write(bytes, at: "images/\(split)/\(wnid)/\(number).png")
        }
      }
    }
  }

  private func add(_ name: String, _ path: String? = nil) throws(Problem) -> any Dataset {
    _ = try catalog.add(name, FolderRecipe(path: path ?? root), wordNet: nil)
    return try catalog.open(name)
  }

  private func packer(
    _ dataset: any Dataset, side: Int, quality: Int?, workers: Int = 2
  ) throws(Problem) -> DatasetPacker {
    try DatasetPacker(dataset: dataset, folder: pack, side: side, quality: quality, workers: workers)
  }

  private func entries(_ folder: String) throws -> [(key: [UInt8], value: [UInt8])] {
    var entries: [(key: [UInt8], value: [UInt8])] = []
    try LMDBReader(folder: folder).forEach { key, value throws(Problem) in entries.append((Array(key), try value.all())) }
    return entries
  }

  /// All that a loader delivers of one epoch.
  private func epoch(_ dataset: any Dataset, workers: Int) throws -> [Float] {
    let loader = try Loader(
      dataset: dataset, split: .train, input: (12, 12, 3), batchSize: 4,
      augmentation: .init(resize: .warp, resizeTo: 16, padding: 0, mirror: true, mean: .channel, scale: 1), mean: nil,
      training: true, seed: 3, workers: workers)
    let count = dataset.labels(.train).count
    loader.begin((0..<count).map { Sample(index: Int32($0), label: 0) }, epoch: 0)
    var all: [Float] = []
    let input = Tensor([4, 12, 12, 3])
    var labels = [Int32](repeating: 0, count: 4)
    for _ in 0..<(count + 3) / 4 {
      let batch = try loader.next(into: input, labels: &labels)
      all += input.elements.prefix(batch.count * 12 * 12 * 3)
    }
    return all
  }
}

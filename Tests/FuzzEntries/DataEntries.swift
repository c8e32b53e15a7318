import CImageFixtures
import CZlib
import Datasets
import Files
import Glibc
import TestSupport

/// Images, and the files that sets of them come in.
extension FuzzPlace {
  /// A WordNet of few words; the dataset's two classes are its last two nouns.
  static let words = MadeUpWordNet([
    (["entity"], []), (["animal"], [0]), (["artifact"], [0]), (["fish", "swimmer"], [1]), (["tench"], [3]), (["shark"], [3]),
  ])
  static var classes: [String] { Array(words.wnids.suffix(2)) }

  static func pixels(_ width: Int, _ height: Int, _ channels: Int) -> [UInt8] {
    (0..<width * height * channels).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ $0 / 7) }
  }

  private func jpeg(_ kind: fixture_jpeg, _ channels: Int) -> [UInt8] {
    var file: UnsafeMutablePointer<UInt8>?
    var size = 0
    fixture_write_jpeg(Self.pixels(24, 18, channels), 24, 18, kind, 90, &file, &size)
    defer { free(file) }
    return Array(UnsafeBufferPointer(start: file, count: size))
  }

  private func png(depth: Int, _ type: Int, interlaced: Bool = false) -> [UInt8] {
    var file: UnsafeMutablePointer<UInt8>?
    var size = 0
    let palette = type == 3 ? Self.pixels(16, 16, 3) : []
    palette.withUnsafeBufferPointer { palette in
      fixture_write_png(
        Self.pixels(24, 18, 8), 24, 18, Int32(depth), Int32(type), interlaced ? 1 : 0, type == 3 ? palette.baseAddress : nil, [1, 2],
        type == 3 ? 2 : 0, &file, &size)
    }
    defer { free(file) }
    return Array(UnsafeBufferPointer(start: file, count: size))
  }

  func imageEntries() throws -> [FuzzEntry] {
    let jpegs = [
      jpeg(FIXTURE_GREY, 1), jpeg(FIXTURE_RGB, 3), jpeg(FIXTURE_CMYK, 4), jpeg(FIXTURE_ADOBE_YCCK, 4), jpeg(FIXTURE_PROGRESSIVE, 3),
      jpeg(FIXTURE_PLAIN_RGB, 3), jpeg(FIXTURE_ARITHMETIC, 3), jpeg(FIXTURE_422, 3), jpeg(FIXTURE_TWO, 2),
    ]
    let pngs = [
      png(depth: 8, 2), png(depth: 16, 6, interlaced: true), png(depth: 1, 0), png(depth: 4, 3), png(depth: 8, 4), png(depth: 16, 0),
    ]
    return [
      FuzzEntry("jpeg", weight: 8, seeds: jpegs) { _ = try ImageCodec.decode($0) },
      FuzzEntry("gif", weight: 8, seeds: [gif(false), gif(true)]) { _ = try ImageCodec.decode($0) },
      FuzzEntry("webp", weight: 8, seeds: [webp(false), webp(true)], seal: Self.sealWebP) { _ = try ImageCodec.decode($0) },
      FuzzEntry("png", weight: 8, seeds: pngs, seal: Self.sealPNG) { _ = try ImageCodec.decode($0) },
    ]
  }

  private func gif(_ isInterlaced: Bool) -> [UInt8] {
    ImageFixtures.gif(
      (0..<24 * 18).map { UInt8($0 * 5 / 3 % 4) }, 24, 18, palette: Self.pixels(2, 2, 3), transparent: isInterlaced ? 1 : -1, interlaced: isInterlaced, at: (1, 2),
      screen: (30, 20))
  }

  private func webp(_ isLossless: Bool) -> [UInt8] {
    var file: UnsafeMutablePointer<UInt8>?
    var size = 0
    fixture_write_webp(Self.pixels(24, 18, 4), 24, 18, isLossless ? 1 : 0, &file, &size)
    defer { free(file) }
    return Array(UnsafeBufferPointer(start: file, count: size))
  }

  /// The length in front is that of what follows.
  private static func sealWebP(_ bytes: inout [UInt8]) {
    guard bytes.count >= 12 else { return }
    bytes.replaceSubrange(4..<8, with: little(UInt32(bytes.count - 8)))
  }

  /// Every chunk's checksum is put right, as long as lengths lead from one to the next.
  private static func sealPNG(_ bytes: inout [UInt8]) {
    var place = 8
    while place + 12 <= bytes.count {
      let length = bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
      guard length <= bytes.count - place - 12 else { return }
      let sum = bytes[place + 4..<place + 8 + length].withUnsafeBufferPointer { crc32(0, $0.baseAddress, UInt32($0.count)) }
      for index in 0..<4 { bytes[place + 8 + length + index] = UInt8(truncatingIfNeeded: sum >> UInt(8 * (3 - index))) }
      place += 12 + length
    }
  }

  /// A gzip file with its content as it is.
  private static func gzip(_ content: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]
    let parts = stride(from: 0, to: max(1, content.count), by: 65_535).map { content[$0..<min(content.count, $0 + 65_535)] }
    for (index, part) in parts.enumerated() {
      bytes += [index == parts.count - 1 ? 1 : 0] + little(UInt16(part.count)) + little(~UInt16(part.count)) + part
    }
    let sum = content.withUnsafeBufferPointer { crc32(0, $0.baseAddress, UInt32($0.count)) }
    return bytes + little(UInt32(sum)) + little(UInt32(content.count))
  }

  func dataEntries() throws -> [FuzzEntry] {
    for name in ["idx", "pack/train_lmdb", "plain"] { try makeFolder(name) }
    let images: [UInt8] = [0, 0, 8, 3, 0, 0, 0, 6, 0, 0, 0, 4, 0, 0, 0, 4] + Self.pixels(4, 4, 6)
    let labels: [UInt8] = [0, 0, 8, 1, 0, 0, 0, 6, 0, 1, 1, 0, 0, 1]
    for prefix in ["train", "t10k"] {
      put(Self.gzip(images), "idx/\(prefix)-images-idx3-ubyte.gz")
      put(Self.gzip(labels), "idx/\(prefix)-labels-idx1-ubyte.gz")
    }
    let classes = Self.classes.map { FineClass(wnid: $0, name: $0) }
    let idx = { [self] in
      let dataset = try IDXDataset(name: "i", summary: "i", classes: classes, folder: path + "/idx")
      try dataset.prepare(.train)
      for index in dataset.labels(.train).indices.prefix(10) { _ = try dataset.picture(.train, index) }
    }

    let side = 20
    let pixels = Self.pixels(side, side, 3)
    let planes = pixels.withUnsafeBufferPointer { Datum.message(pixels: $0, side: side, label: 1) }
    let encoded = Datum.message(file: png(depth: 8, 2), side: 24, label: 0)
    // Longer values have pages of their own; long keys make a branch.
    let long = Self.pixels(60, 60, 3).withUnsafeBufferPointer { Datum.message(pixels: $0, side: 60, label: 1) }
    try LMDBWriter(folder: path + "/pack/train_lmdb", mapSize: 4 << 20).append(
      (0..<40).map { number in
        (Array("000000\(10 + number)_\(String(repeating: "x", count: 200))\(number)".utf8), number % 20 == 0 ? long : number % 2 == 0 ? planes : encoded)
      })
    let database = get("pack/train_lmdb/data.mdb")
    put(Array("\(Self.classes[0]) one\n\(Self.classes[1]) two\n".utf8), "pack/synset_words.txt")
    let catalog = DatasetCatalog(home: home)
    let lmdb = { [self] (bytes: [UInt8]) in
      put(bytes, "pack/train_lmdb/data.mdb")
      let reader = try LMDBReader(folder: path + "/pack/train_lmdb")
      var keys: [[UInt8]] = []
      try? reader.forEach { key, _ in keys.append(Array(key)) }
      for key in keys {
        let name = UnsafeMutableRawBufferPointer.allocate(byteCount: key.count, alignment: 1)
        defer { name.deallocate() }
        name.copyBytes(from: key)
        try? reader.withValue(of: UnsafeRawBufferPointer(name)) { _ in }
      }
      _ = try catalog.add("packed", FolderRecipe(path: path + "/pack"), wordNet: nil)
    }
    let index = "home/datasets/plain"
    for wnid in Self.classes {
      try makeFolder("plain/\(wnid)")
      for number in 0..<3 { put(png(depth: 8, 2), "plain/\(wnid)/\(number).png") }
    }
    _ = try catalog.add("plain", FolderRecipe(path: path + "/plain"), wordNet: nil)
    let description = get(index + "/dataset.json")
    let indexFile = try FileNames.of(path + "/" + index).first { $0.hasSuffix(".index") }!
    let indexBytes = get("\(index)/\(indexFile)")
    let openPlain = {
      let dataset = try catalog.open("plain")
      for split in Split.allCases {
        for image in dataset.labels(split).indices.prefix(20) {
          _ = dataset.identifier(split, image)
          _ = try? dataset.picture(split, image)
        }
      }
    }
    let devkit = try VOCStandIn(at: path + "/voc", folder: "")
    _ = try catalog.add("boxes", FolderRecipe(path: path + "/voc"), wordNet: nil)
    let boxesIndex = try FileNames.of(path + "/home/datasets/boxes").first { $0.hasSuffix(".index") }!
    let boxesBytes = get("home/datasets/boxes/\(boxesIndex)")
    let annotations = ["000001", "000002", "000003"].map { get("voc/Annotations/\($0).xml") }
    let annotated = try catalog.annotated("boxes").allImages
    put(Array("000001 1 1 50 40\n000001 2 2 3 3\n000002 1 1 9 9\n000003 1 1 9 9\n000004 3 4 20 30\n".utf8), "candidates.txt")
    _ = try CandidateStore(home: home, dataset: "boxes").keep("y", file: path + "/candidates.txt", firstPixel: 1, images: annotated)
    let candidates = get("home/datasets/boxes/candidates/y.boxes")
    let openBoxes = {
      let dataset = try catalog.annotated("boxes")
      for set in dataset.sets {
        for image in (try? dataset.images(in: set)) ?? [] { _ = try? dataset.pixels(of: image) }
        for action in dataset.actionClasses.indices { _ = try? dataset.actionTruth(of: action, in: set) }
      }
    }
    return [
      FuzzEntry("annotation", weight: 2, isText: true, seeds: annotations) {
        try devkit.put($0, at: "Annotations/000002.xml")
        defer { try? devkit.put(annotations[1], at: "Annotations/000002.xml") }
        _ = try catalog.add("changed", FolderRecipe(path: devkit.root), wordNet: nil)
        let dataset = try catalog.annotated("changed")
        for image in try dataset.images(in: "train") {
          for box in image.objects.map(\.box) { precondition(box == box.clipped(width: image.width, height: image.height), "a box beyond its image") }
        }
      },
      FuzzEntry("action list", weight: 2, isText: true, seeds: [Array("000002 1  1\n000003 2 -1\n".utf8)]) {
        try devkit.put($0, at: "ImageSets/Action/reading_train.txt")
        try devkit.put($0, at: "ImageSets/Action/more.txt")
        defer { unlink(devkit.root + "/ImageSets/Action/reading_train.txt") }
        defer { unlink(devkit.root + "/ImageSets/Action/more.txt") }
        _ = try catalog.add("changed", FolderRecipe(path: devkit.root), wordNet: nil)
        _ = try catalog.annotated("changed").actionTruth(of: 2, in: "Action/train")
      },
      FuzzEntry("candidate list", weight: 4, isText: true, seeds: [Array("000001 1 1 50 40\n000002 3 4 20 30\r\n000009 1 1 2 2\n".utf8)]) { [self] in
        put($0, "candidates.txt")
        unlink(path + "/home/datasets/boxes/candidates/x.boxes")
        _ = try CandidateStore(home: home, dataset: "boxes").keep("x", file: path + "/candidates.txt", firstPixel: 1, images: annotated)
      },
      FuzzEntry("candidates", weight: 4, seeds: [candidates], seal: Self.sealCandidates) { [self] in
        put($0, "home/datasets/boxes/candidates/y.boxes")
        let dataset = try catalog.annotated("boxes")
        let boxes = try CandidateStore(home: home, dataset: "boxes").open("y").boxes(of: annotated, in: dataset, workers: 1) { _ in }
        for (image, boxes) in zip(annotated, boxes) {
          precondition(boxes.allSatisfy { $0 == $0.clipped(width: image.width, height: image.height) }, "a box beyond its image")
        }
      },
      FuzzEntry("boxes index", weight: 2, seeds: [boxesBytes], seal: Self.sealBoxes) { [self] in
        put($0, "home/datasets/boxes/\(boxesIndex)")
        defer { put(boxesBytes, "home/datasets/boxes/\(boxesIndex)") }
        try openBoxes()
      },
      FuzzEntry("idx images", weight: 2, seeds: [images]) { [self] in
        put(Self.gzip($0), "idx/train-images-idx3-ubyte.gz")
        defer { put(Self.gzip(images), "idx/train-images-idx3-ubyte.gz") }
        try idx()
      },
      FuzzEntry("idx labels", weight: 2, seeds: [labels]) { [self] in
        put(Self.gzip($0), "idx/train-labels-idx1-ubyte.gz")
        defer { put(Self.gzip(labels), "idx/train-labels-idx1-ubyte.gz") }
        try idx()
      },
      FuzzEntry("idx gzip", weight: 2, seeds: [Self.gzip(images)]) { [self] in
        put($0, "idx/train-images-idx3-ubyte.gz")
        defer { put(Self.gzip(images), "idx/train-images-idx3-ubyte.gz") }
        try idx()
      },
      FuzzEntry("lmdb", weight: 2, seeds: [database], seal: Self.keepMeta(of: database)) { try lmdb($0) },
      FuzzEntry("datum", weight: 40, seeds: [planes, encoded]) { bytes in
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
        defer { memory.deallocate() }
        memory.copyBytes(from: bytes)
        if case .encoded(let file) = try Datum(UnsafeRawBufferPointer(memory)).content { _ = try ImageCodec.decode(Array(file)) }
      },
      FuzzEntry("dataset.json", weight: 2, isText: true, seeds: [description]) { [self] in
        put($0, index + "/dataset.json")
        defer { put(description, index + "/dataset.json") }
        _ = try catalog.classes(of: "plain")
        try openPlain()
      },
      FuzzEntry("dataset index", weight: 2, seeds: [indexBytes]) { [self] in
        put($0, "\(index)/\(indexFile)")
        defer { put(indexBytes, "\(index)/\(indexFile)") }
        try openPlain()
      },
    ]
  }

  /// Every record's checksum is put right, as long as lengths lead from one to the next.
  private static func sealCandidates(_ bytes: inout [UInt8]) {
    var place = 12
    while place + 12 <= bytes.count {
      let length = bytes[place..<place + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
      guard length <= UInt64(bytes.count - place - 12) else { return }
      let end = place + 12 + Int(length)
      bytes.replaceSubrange(place + 8..<place + 12, with: little(bytes[(place + 12)..<end].withUnsafeBytes { CRC32C($0).value }))
      place = end
    }
  }

  /// The checksum behind the magic is that of what follows.
  private static func sealBoxes(_ bytes: inout [UInt8]) {
    guard bytes.count > 12 else { return }
    bytes.replaceSubrange(8..<12, with: little(bytes[12...].withUnsafeBytes { CRC32C($0).value }))
  }

  /// A damaged meta page ends all: mostly it is put right, so that what lies behind it is seen.
  private static func keepMeta(of database: [UInt8]) -> (inout [UInt8]) -> Void {
    { bytes in
      guard bytes.count >= 8192, bytes.count % 3 > 0 else { return }
      for page in [0, 4096] { bytes.replaceSubrange(page..<page + 152, with: database[page..<page + 152]) }
    }
  }
}

enum FileNames {
  static func of(_ folder: String) throws -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      names.append(withUnsafePointer(to: &entry.pointee.d_name) { $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) } })
    }
    return names.sorted()
  }
}

import Basics
import CZlib
import Datasets
import Files
import Kernels
import TestSupport
import Testing

@Suite struct IDXDatasetTests {
  @Test("Fashion-MNIST opens with its images, labels and classes")
  func fashionMNIST() throws {
    let dataset = try DatasetCatalog(home: Home(explicit: "/nonexistent")).open("fashion-mnist")
    #expect(dataset.classes.map(\.wnid).prefix(2) == ["n03595614", "n04489008"])
    for (split, count) in [(Split.train, 60_000), (.val, 10_000)] {
      let labels = dataset.labels(split)
      #expect(labels.count == count)
      for label in 0..<Int32(10) { #expect(labels.count { $0 == label } == count / 10) }
    }
    #expect(dataset.labels(.train).prefix(5) == [9, 0, 0, 3, 0])
    let picture = try dataset.picture(.train, 59_999)
    #expect((picture.width, picture.height, picture.channels) == (28, 28, 1))
    #expect(dataset.identifier(.val, 7) == "val/7")
  }

  @Test("images and labels come as they were written, compressed or not", arguments: [true, false])
  func roundTrip(compressed: Bool) throws {
    let folder = TemporaryFolder()
    let pixels = (0..<3 * 2 * 5).map { UInt8($0 * 8) }
    write(to: folder, train: pixels, compressed: compressed)
    let dataset = try open(folder)
    #expect(dataset.imageSize! == (2, 5, 1))
    #expect(dataset.labels(.train) == [1, 0, 1])
    #expect(try dataset.picture(.train, 1).pixels == Array(pixels[10..<20]))
    let buffer = PixelBuffer()
    try dataset.load(.train, 2, .everything, into: buffer)
    #expect(buffer.picture == (try dataset.picture(.train, 2)))
  }

  @Test("the fingerprint follows the content")
  func fingerprint() throws {
    let one = TemporaryFolder()
    let same = TemporaryFolder()
    let other = TemporaryFolder()
    var pixels = (0..<30).map { UInt8($0) }
    write(to: one, train: pixels)
    write(to: same, train: pixels)
    pixels[17] ^= 1
    write(to: other, train: pixels)
    #expect(try open(one).fingerprint == open(same).fingerprint)
    #expect(try open(one).fingerprint != open(other).fingerprint)
  }

  @Test("a missing dataset says how to install it")
  func missing() {
    let problem = #expect(throws: Problem.self) {
      try IDXDataset.fashionMNIST(classes: Self.classes, folder: "/nonexistent/fashion")
    }
    #expect(problem?.advice?.contains("apt-get install dataset-fashion-mnist") == true)
  }

  @Test(
    "what is wrong with a file is told when it is opened",
    arguments: [
      ("magic", [UInt8(0), 0, 9, 3, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 5], "not an IDX file of images"),
      (
        "sizes beyond the file", [0, 0, 8, 3, 0x7F, 0xFF, 0xFF, 0xFF, 0, 0, 0, 28, 0, 0, 0, 28],
        "the header of the IDX file is wrong"
      ),
      (
        "overflow", [0, 0, 8, 3, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
        "the header of the IDX file is wrong"
      ),
      ("no images", [0, 0, 8, 3, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 5], "the header of the IDX file is wrong"),
      ("half a header", [0, 0, 8, 3, 0, 0], "the file ends early"),
      ("nothing", [], "the file ends early"),
      (
        "too many for the labels", [0, 0, 8, 3, 0, 0, 0, 4, 0, 0, 0, 2, 0, 0, 0, 5], "the labels do not fit the images"
      ),
    ])
  func wrongHeaders(what: String, header: [UInt8], message: String) {
    let folder = TemporaryFolder()
    write(to: folder, train: (0..<30).map { UInt8($0) })
    gzip(header + (0..<30).map { UInt8($0) }.prefix(header.count < 16 ? 0 : 30), folder, "train-images-idx3-ubyte.gz")
    let problem = #expect(throws: Problem.self) { try open(folder) }
    #expect(problem?.what == message)
    #expect(problem?.place?.contains(folder.path) == true)
  }

  @Test("images that are short, long or damaged are told when the split is prepared")
  func damagedImages() throws {
    let folder = TemporaryFolder()
    let name = "train-images-idx3-ubyte.gz"
    let header: [UInt8] = [0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 5]
    let pixels = CounterRandom(9)
    let noise = (0..<30).map { UInt8(pixels.below(256, $0)) }
    write(to: folder, train: noise)
    let good = folder.bytes(of: name)

    gzip(header + noise.dropLast(), folder, name)
    #expect(what(folder) == "the file ends early")
    gzip(header + noise + [0], folder, name)
    #expect(what(folder) == "the IDX file is longer than its header says")
    folder.write(good.dropLast(12), to: name)
    #expect(what(folder) == "the file ends early")
    var flipped = good
    flipped[flipped.count - 6] ^= 0x10  // the checksum
    folder.write(flipped, to: name)
    #expect(what(folder) == "the compressed file is damaged")
    folder.write(good, to: name)
    #expect(what(folder) == nil)
  }

  @Test("a label beyond the classes is refused with its place")
  func labelRange() {
    let folder = TemporaryFolder()
    write(to: folder, train: (0..<30).map { UInt8($0) }, labels: [1, 2, 0])
    let problem = #expect(throws: Problem.self) { try open(folder) }
    #expect(problem?.place?.hasSuffix("image 1") == true)
    #expect(problem?.found == "2")
  }

  @Test("four hundred damaged files open, or throw")
  func fuzz() {
    let folder = TemporaryFolder()
    write(to: folder, train: (0..<30).map { UInt8($0 * 7) })
    let random = CounterRandom(3)
    for name in ["train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"] {
      let good = folder.bytes(of: name)
      for round in 0..<200 {
        var file = good
        for change in 0...random.below(4, round) {
          file[random.below(file.count, 10_000 + 8 * round + change)] = UInt8(
            random.below(256, 50_000 + 8 * round + change))
        }
        folder.write(file, to: name)
        if let dataset = try? open(folder) { try? dataset.prepare(.train) }
      }
      folder.write(good, to: name)
    }
    #expect(what(folder) == nil)
  }

  private static let classes = [FineClass(wnid: "n00000001", name: "one"), FineClass(wnid: "n00000002", name: "two")]

  private func open(_ folder: TemporaryFolder) throws(Problem) -> IDXDataset {
    try IDXDataset(name: "small", summary: "small", classes: Self.classes, folder: folder.path)
  }

  private func what(_ folder: TemporaryFolder) -> String? {
    do throws(Problem) {
      try open(folder).prepare(.train)
      return nil
    } catch { return error.what }
  }

  /// Three training images and one for validation, of 2 × 5 pixels.
  private func write(to folder: TemporaryFolder, train: [UInt8], labels: [UInt8] = [1, 0, 1], compressed: Bool = true) {
    let size: [UInt8] = [0, 0, 0, 2, 0, 0, 0, 5]
    for (name, bytes) in [
      ("train-images-idx3", [0, 0, 8, 3, 0, 0, 0, 3] + size + train),
      ("train-labels-idx1", [0, 0, 8, 1, 0, 0, 0, 3] + labels),
      ("t10k-images-idx3", [0, 0, 8, 3, 0, 0, 0, 1] + size + train.prefix(10)),
      ("t10k-labels-idx1", [0, 0, 8, 1, 0, 0, 0, 1, 0]),
    ] {
      if compressed { gzip(bytes, folder, name + "-ubyte.gz") } else { folder.write(bytes, to: name + "-ubyte.gz") }
    }
  }

  private func gzip(_ bytes: [UInt8], _ folder: TemporaryFolder, _ name: String) {
    let file = gzopen(folder.path + "/" + name, "wb")
    if !bytes.isEmpty { gzwrite(file, bytes, UInt32(bytes.count)) }
    gzclose(file)
  }
}

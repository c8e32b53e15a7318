import Basics
import Datasets
import Files
import Glibc
import TestSupport
import Testing

/// Databases by the names that Caffe's examples give them.
@Suite struct FoundDatabasesTests {
  let folder = TemporaryFolder()
  var catalog: DatasetCatalog { DatasetCatalog(home: Home(explicit: folder.path + "/home")) }

  private func database(_ name: String, _ labels: [Int], keys: String = "") throws {
    let writer = try LMDBWriter(folder: folder.path + "/" + name, mapSize: 1 << 20)
    let pixels = [UInt8](repeating: 7, count: 3 * 4 * 4)
    try writer.append(labels.enumerated().map { number, label in
      (Array("000000\(number / 10)\(number % 10)\(keys)".utf8), pixels.withUnsafeBufferPointer { Datum.message(pixels: $0, side: 4, label: label) })
    })
  }

  private func words() -> String {
    folder.write(Array("n01440764 tench\nn01484850 shark\n".utf8), to: "words")
    return folder.path + "/words"
  }

  private func add(_ place: String, synsets: Bool = true) throws(Problem) -> AddedDataset {
    try catalog.add("made", FolderRecipe(path: folder.path + place, synsetsFile: synsets ? words() : nil), wordNet: nil)
  }

  @Test("Pairs are known by the split in their names", arguments: [
    ("mnist_train_lmdb", "mnist_test_lmdb"), ("cifar10_train_lmdb", "cifar10_val_lmdb"), ("train_lmdb", "val_lmdb"), ("train_db", "val_db"),
    ("Training-LMDB", "Validation-LMDB"),
  ])
  func pairs(train: String, val: String) throws {
    try database("d/" + train, [0, 1, 1])
    try database("d/" + val, [1])
    let added = try add("/d")
    #expect(added.entry.train == 3 && added.entry.val == 1 && !added.isHeldOut)
    #expect(try catalog.open("made").picture(.val, 0).width == 4)
    // The folder of one of them leads to both.
    let problem = #expect(throws: Problem.self) { try add("/d/" + train) }
    #expect(problem?.what == "this is one database of several" && problem?.advice?.hasSuffix("/d") == true)
  }

  @Test("A folder that is one database is a dataset, whose validation images are held out")
  func alone() throws {
    try database("images", (0..<20).map { $0 % 2 })
    let added = try add("/images")
    #expect(added.isHeldOut && added.entry.train == 18 && added.entry.val == 2)
    #expect(try catalog.open("made").picture(.val, 1).width == 4)
  }

  @Test("Numbers of databases are ImageNet's only where something shows it")
  func numbers() throws {
    try database("d/mnist_train_lmdb", [0, 1])
    try database("d/mnist_test_lmdb", [1])
    let problem = #expect(throws: Problem.self) { try add("/d", synsets: false) }
    #expect(problem?.what == "the classes of the labels are not known" && problem?.found == "labels 0 to 1")
    try database("named/train_lmdb", [0, 1], keys: "_n01440764/n01440764_1.JPEG")
    #expect(#expect(throws: Problem.self) { try add("/named", synsets: false) }?.what == "the labels contradict the paths")
    try database("good/train_lmdb", [0, 0], keys: "_n01440764/n01440764_1.JPEG")
    #expect(try add("/good", synsets: false).entry.classes == 1)
  }

  @Test("Databases that make no dataset are refused with their names")
  func refused() throws {
    try database("d/mnist_test_lmdb", [0])
    #expect(#expect(throws: Problem.self) { try add("/d") }?.found == "`mnist_test_lmdb`")
    try database("d/mnist_train_lmdb", [0])
    try database("d/cifar10_train_lmdb", [0])
    let problem = #expect(throws: Problem.self) { try add("/d") }
    #expect(problem?.what == "several databases could be the train split" && problem?.found == "`cifar10_train_lmdb` and `mnist_train_lmdb`")
  }
}

import CImageFixtures
import Files
import FoundationEssentials
import Glibc
import TestSupport
import Testing

/// What `data add` says.
@Suite struct DataAddTests {
  let home: TinyHome

  init() throws { home = try TinyHome() }

  private func link(_ places: String...) throws {
    for place in places {
      let path = home.folder.path + "/" + place
      try AtomicFile.makeFolder(path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/"))
      Glibc.link(home.folder.path + "/train/n02774152/0.png", path)
    }
  }

  @Test("Splits under other names are read and named, with what is passed over and left out")
  func notes() throws {
    try link(
      "x/imagenet/Training/n02774152/a.png", "x/imagenet/Training/n02774152/b.png", "x/imagenet/Valid/n02774152/c.png",
      "x/imagenet/test/n02774152/d.png")
    home.folder.write([0x49, 0x49, 0x2A, 0, 8, 0, 0, 0], to: "x/imagenet/Training/n02774152/e.tif")
    let added = try home.run("data", "add", "x", home.folder.path + "/x")
    #expect(added.code == 0, "\(added.errors)")
    #expect(added.output.contains("2 training images, 1 validation image, "), "\(added.output)")
    #expect(added.output.contains("note: train is `imagenet/Training`, val is `imagenet/Valid`\nnote: skipped the folder `imagenet/test`\n"))
    #expect(added.output.contains("note: skipped 1 TIFF image of train: readable formats are JPEG, PNG, WebP and GIF\n"))
    let json = try home.run("data", "add", "x", home.folder.path + "/x", "--json")
    #expect(json.output.hasPrefix("{") && json.errors.contains("note: skipped the folder `imagenet/test`"))
  }

  @Test("SUN397 as it lies on disk: a partition is added, checked, trained on, validated and searched")
  func sun() throws {
    _ = try SUNStandIn(at: home.folder.path + "/sun", each: 6, side: 28)
    let added = try home.run("data", "add", "sun397", home.folder.path + "/sun")
    #expect(added.code == 0 && added.output.contains("5 classes, 30 training images, 30 validation images"), "\(added.errors)")
    #expect(added.output.contains("note: partition 1 of SUN397"))
    #expect(try home.run("data", "add", "sun397", home.folder.path + "/sun", "--partition", "2").output.contains("updated sun397"))
    #expect(try home.run("data", "check", "sun397").code == 0)
    #expect(try home.run("tree", "show", "bakery/shop", "--dataset", "sun397").output.contains("scene category"))
    let trained = try home.start(
      ["train", "--dataset", "sun397", "--net", "alexnet-28", "--epochs", "2", "--batch", "6", "--name", "scenes", "--workers", "1", "--rate", "0.001"])
    #expect(trained.wait() == 0, "\(trained.errors)")
    #expect(try home.run("runs", "validate", "scenes").code == 0)
    let classified = try home.run("knn", "scenes", "-k", "1", "--per-class")
    #expect(classified.code == 0 && classified.output.contains("bakery/shop"), "\(classified.errors)")
    for (arguments, code, words) in [
      (["--partition", "9"], 66, "no such partition"), (["--partition", "1", "--train-list", "x"], 64, "beside --partition"), (["--partition", "x"], 64, "partition"),
    ] {
      let refused = try home.start(["data", "add", "sun397", home.folder.path + "/sun"] + arguments)
      #expect(refused.wait() == code && refused.errors.contains(words), "\(refused.errors)")
    }
    unlink(home.folder.path + "/sun/SUN397/z/zen_garden/sun_a0.jpg")
    let absent = try home.run("data", "add", "sun397", home.folder.path + "/sun")
    #expect(absent.code == 65 && absent.errors.contains("no /z/zen_garden/sun_a0.jpg"), "\(absent.errors)")
  }

  @Test("WebP is checked, packed as JPEG and as pixels, and trained on")
  func webp() throws {
    var file: UnsafeMutablePointer<UInt8>?
    var size = 0
    let pixels: [UInt8] = (0..<28 * 28).flatMap { place -> [UInt8] in [UInt8(place % 200), 90, 20, 255] }
    fixture_write_webp(pixels, 28, 28, 0, &file, &size)
    defer { free(file) }
    for number in 0..<3 {
      for wnid in ["n02774152", "n03057021"] {
        try AtomicFile.write(Data(UnsafeBufferPointer(start: file, count: size)), to: "\(home.folder.path)/w/train/\(wnid)/\(number).webp")
        try AtomicFile.write(Data(UnsafeBufferPointer(start: file, count: size)), to: "\(home.folder.path)/w/val/\(wnid)/\(number).JPEG")
      }
    }
    #expect(try home.run("data", "add", "w", home.folder.path + "/w").output.contains("6 training images, 6 validation images"))
    #expect(try home.run("data", "check", "w").code == 0)
    for kind in ["--raw", "--jpeg"] {
      let packed = try home.run("data", "pack", "w", "--size", "28", kind, "-o", home.folder.path + "/packed\(kind)")
      #expect(packed.output.contains("6 training images, 6 validation images"), "\(packed.errors)")
    }
  }

  @Test("What cannot be read or written outside of the home is not about --home")
  func advice() throws {
    let missing = try home.run("data", "add", "x", home.folder.path, "--val-list", "/no/list")
    #expect(missing.code == 66 && !missing.errors.contains("--home"))
    let export = try home.run("labels", "bottom-up", "--dataset", "imagenet-1k", "--depth", "3", "--save", "three")
    #expect(export.code == 0, "\(export.errors)")
    let written = try home.run("labels", "export", "three", "--format", "csv", "-o", "/proc/x.csv")
    #expect(written.code == 73 && !written.errors.contains("--home"), "\(written.errors)")
  }
}

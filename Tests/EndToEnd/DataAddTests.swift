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
    home.folder.write(Array("GIF89a".utf8), to: "x/imagenet/Training/n02774152/e.gif")
    let added = try home.run("data", "add", "x", home.folder.path + "/x")
    #expect(added.code == 0, "\(added.errors)")
    #expect(added.output.contains("2 training images, 1 validation image, "), "\(added.output)")
    #expect(added.output.contains("note: train is `imagenet/Training`, val is `imagenet/Valid`\nnote: skipped the folder `imagenet/test`\n"))
    #expect(added.output.contains("note: skipped 1 GIF image of train: readable formats are JPEG, PNG and WebP\n"))
    let json = try home.run("data", "add", "x", home.folder.path + "/x", "--json")
    #expect(json.output.hasPrefix("{") && json.errors.contains("note: skipped the folder `imagenet/test`"))
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

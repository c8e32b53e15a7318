import TestSupport
import Testing

/// Result files of a detector, as the program sorts their errors.
@Suite struct DetectionErrorsCommandTests {
  private let home: TinyHome
  private var folder: TemporaryFolder { home.folder }

  init() throws { home = try TinyHome() }

  private static let pascal = [
    "aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow", "diningtable", "dog", "horse", "motorbike", "person", "pottedplant", "sheep", "sofa",
    "train", "tvmonitor",
  ]

  /// Two images: a cat and a dog, a car.
  private func devkit() throws {
    func image(_ name: String, _ objects: [(String, [Int])]) throws {
      let boxes = objects.map { name, box in
        "<object><name>\(name)</name><bndbox><xmin>\(box[0])</xmin><ymin>\(box[1])</ymin><xmax>\(box[2])</xmax><ymax>\(box[3])</ymax></bndbox></object>"
      }
      try folder.write(
        Array("<annotation><filename>\(name).png</filename><size><width>100</width><height>100</height><depth>3</depth></size>\(boxes.joined())</annotation>".utf8),
        at: "kit/VOC2007/Annotations/\(name).xml")
      try folder.write(ImageFixtures.png([UInt8](repeating: 90, count: 30000), 100, 100, depth: 8, colourType: 2), at: "kit/VOC2007/JPEGImages/\(name).png")
    }
    try image("000001", [("cat", [1, 1, 40, 40]), ("dog", [51, 51, 90, 90])])
    try image("000002", [("car", [1, 1, 60, 60])])
    try folder.write(Array("000001\n000002\n".utf8), at: "kit/VOC2007/ImageSets/Main/test.txt")
  }

  private func results(_ cat: String) throws {
    for name in Self.pascal { try folder.write(name == "cat" ? Array(cat.utf8) : [], at: "results/Main/comp4_det_test_\(name).txt") }
  }

  @Test("A cat that is a dog is confused with a similar class, and the table says by which node")
  func told() throws {
    try devkit()
    try results("000001 0.9 51 51 90 90\n000002 0.8 80 80 95 95\n")
    let added = try home.run("data", "add", "voc", folder.path + "/kit/VOC2007")
    try #require(added.code == 0, "\(added.errors)")
    let told = try home.run("detection-errors", folder.path + "/results", "--dataset", "voc")
    #expect(told.code == 0, "\(told.errors)")
    #expect(told.output.contains("AP VOC07, IoU > 0.5") && told.output.contains("animal n00015388: ") && told.output.contains("dog 1"))
    let all = try home.run("detection-errors", folder.path + "/results", "--dataset", "voc", "--top", "5", "--json")
    #expect(all.code == 0 && all.output.contains("\"similar\" : 1") && all.output.contains("\"background\" : 1"), "\(all.output)")
  }

  @Test("A damaged line ends it with file and line, an unknown set with its name")
  func refusals() throws {
    try devkit()
    try results("000001 0.9 51\n")
    try #require(home.run("data", "add", "voc", folder.path + "/kit/VOC2007").code == 0)
    let damaged = try home.run("detection-errors", folder.path + "/results", "--dataset", "voc")
    #expect(damaged.code == 65 && damaged.errors.contains("comp4_det_test_cat.txt, line 1"), "\(damaged.errors)")
    #expect(try home.run("detection-errors", folder.path + "/results", "--dataset", "voc", "--set", "nosuch").code == 66)
  }
}

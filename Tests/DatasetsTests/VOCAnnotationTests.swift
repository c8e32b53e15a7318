import Basics
import Datasets
import TestSupport
import Testing

@Suite struct VOCAnnotationTests {
  private func read(_ text: String, _ boxes: BoxPolicy = .checked) throws -> VOCAnnotation {
    VOCAnnotation(try XMLElement(Array(text.utf8), place: "a.xml"), place: "a.xml", boxes: boxes)
  }

  private func read(objects: String..., boxes: BoxPolicy = .checked) throws -> VOCAnnotation { try read(VOCStandIn.annotation(objects), boxes) }

  @Test("Boxes count from 0, both corners inside; a missing `difficult` is 0, and places count from 1")
  func objects() throws {
    let annotation = try read(objects: VOCStandIn.object("dog", 1, 2, 50, 40), VOCStandIn.object("cat", 3, 3, 3, 3, "<difficult>1</difficult>"))
    #expect(annotation.faults.isEmpty && annotation.width == 50 && annotation.height == 40)
    #expect(annotation.objects.map(\.box) == [Box(0, 1, 49, 39), Box(2, 2, 2, 2)])
    #expect(annotation.objects.map(\.isDifficult) == [false, true] && annotation.objects.map(\.place) == [1, 2])
    #expect(annotation.objects[1].box.area == 1 && annotation.objects[0].actions == nil)
  }

  @Test("The box and the name of an object are its own, whatever parts it has and wherever they stand")
  func parts() throws {
    let part = "<part><name>head</name><difficult>1</difficult><bndbox><xmin>2</xmin><ymin>2</ymin><xmax>3</xmax><ymax>3</ymax></bndbox></part>"
    let box = "<bndbox><xmin>5</xmin><ymin>6</ymin><xmax>7</xmax><ymax>8</ymax></bndbox>"
    for inner in ["\(part)\(part)<name>person</name>\(box)", "<name>person</name>\(box)\(part)"] {
      let object = try #require(read(objects: "<object>\(inner)</object>").objects.first)
      #expect(object.name == "person" && object.box == Box(4, 5, 6, 7) && !object.isDifficult)
    }
    #expect(try read(objects: "<object><name>person</name>\(part)</object>").faults.first?.what == "an object has no box")
  }

  @Test("Ends of lines, tags on one line, comments and a byte order mark change nothing, and numbers may be fractions")
  func forms() throws {
    let text = VOCStandIn.annotation([VOCStandIn.object("dog", 2, 3, 20, 30, VOCStandIn.actions(["phoning"]))])
    let plain = try read(text).objects
    let spread = text.replacing("><", with: ">\r\n\t<").replacing("<xmin>2", with: "<!-- x --><xmin> 2\r\n")
    #expect(try read(spread).objects == plain)
    #expect(try read("\u{FEFF}<?xml version=\"1.0\"?>\n" + text).objects == plain)
    #expect(plain[0].actions?.filter(\.isDone).map(\.name) == ["phoning"] && plain[0].actions?.count == 4)
    let fractions = text.replacing("<xmin>2<", with: "<xmin>2.25<").replacing("<ymax>30<", with: "<ymax>40.5<")
    #expect(try read(fractions).objects[0].box == Box(1.25, 2, 19, 39))
  }

  @Test("A box that counts from 0 where 1 is the first pixel is refused with file and object, never wrapped round")
  func zeroBased() throws {
    let annotation = try read(objects: VOCStandIn.object("dog", 1, 1, 9, 9), VOCStandIn.object("cat", 0, 5, 20, 30))
    #expect(annotation.objects.count == 1)
    let fault = try #require(annotation.faults.first)
    #expect(fault.place?.hasPrefix("a.xml, object 2, cat (line ") == true && fault.found == "xmin 0, ymin 5, xmax 20, ymax 30")
    #expect(fault.kind == .data && fault.advice?.contains("count from 0") == true)
  }

  @Test("A box beyond the image is refused, or clipped where that was asked for; one that holds nothing is refused always", arguments: [
    (VOCStandIn.object("dog", 10, 5, 51, 30), Box(9, 4, 49, 29)), (VOCStandIn.object("dog", 10, 5, 20, 4000), Box(9, 4, 19, 39)),
    (VOCStandIn.object("dog", -7, 0, 20, 30), Box(0, 0, 19, 29)), (VOCStandIn.object("dog", 20, 5, 19, 30), nil), (VOCStandIn.object("dog", 2, 9, 9, 8), nil),
    (VOCStandIn.object("dog", 60, 5, 70, 30), nil), (VOCStandIn.object("dog", 2, -20, 9, -10), nil),
  ])
  func beyond(object: String, clipped: Box?) throws {
    let checked = try read(objects: object)
    #expect(checked.objects.isEmpty && checked.faults.map(\.place) == ["a.xml, object 1, dog (line 1)"])
    let read = try read(objects: object, boxes: .clipped)
    #expect(read.objects.map(\.box) == (clipped.map { [$0] } ?? []) && read.faults.count == (clipped == nil ? 1 : 0))
  }

  @Test("What is no number, no flag or has no name is a fault of its object alone", arguments: [
    ("<xmin>3<", "<xmin>nan<", "`nan`"), ("<xmin>3<", "<xmin>1e99<", "`1e99`"), ("<xmin>3</xmin>", "", "none"), ("<xmin>3<", "<xmin>3 4<", "`3 4`"),
    ("<name>dog</name>", "", "no name"), ("<name>dog</name>", "<name>dog</name><difficult>maybe</difficult>", "`maybe`"),
    ("<name>dog</name>", "<name>dog</name><actions><a>2</a></actions>", "`2`"),
  ])
  func values(from: String, to: String, words: String) throws {
    let text = VOCStandIn.annotation([VOCStandIn.object("cat", 1, 1, 9, 9), VOCStandIn.object("dog", 3, 4, 9, 9).replacing(from, with: to)])
    let annotation = try read(text)
    #expect(annotation.objects.map(\.name) == ["cat"])
    #expect(annotation.faults.count == 1 && annotation.faults[0].description.contains(words), "\(annotation.faults)")
  }

  @Test("What is no annotation is refused with line and column", arguments: [
    ("", "line 1, column 1"), ("<annotation>\n <size>", "line 2"), ("<annotation></annotations>", "column"), ("no", "line 1, column 1"),
    ("<annotation>&name;</annotation>", "undefined entity"), ("<annotation/><annotation/>", "line 1, column 14"), ("<annotation>\u{1}</annotation>", "line 1"),
  ])
  func noXML(text: String, words: String) throws {
    let refusal = problem { _ = try read(text) }
    #expect(refusal?.kind == .data && refusal?.description.contains(words) == true, "\(String(describing: refusal))")
  }

  @Test("Without a size in pixels there is no annotation")
  func size() throws {
    for text in ["<annotation/>", "<html/>", VOCStandIn.annotation([], width: 0), VOCStandIn.annotation([], height: 99_999_999)] {
      #expect(try read(text).faults.first?.what == "this is no annotation")
    }
  }

  @Test("Entities, of which few lines make gigabytes or other files, are refused before they are read")
  func entities() throws {
    let bomb = (1..<12).reduce("<!DOCTYPE a [<!ENTITY e0 \"ha\">") { $0 + "<!ENTITY e\($1) \"" + String(repeating: "&e\($1 - 1);", count: 20) + "\">" }
    for text in [bomb + "]><annotation>&e11;</annotation>", "<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><annotation/>"] {
      let refusal = problem { _ = try read(text) }
      #expect(refusal?.found?.contains("<!DOCTYPE") == true, "\(String(describing: refusal))")
    }
    #expect(try read("<annotation>&lt;&#65;</annotation>").faults.count == 1)
  }

  @Test("Elements 32 deep are read, deeper ones and files of more than 4 MB refused")
  func limits() throws {
    func nested(_ depth: Int) -> String { String(repeating: "<a>", count: depth) + String(repeating: "</a>", count: depth) }
    #expect(try XMLElement(Array(nested(32).utf8), place: "a").name == "a")
    for depth in [33, 100_000] {
      #expect(problem { _ = try XMLElement(Array(nested(depth).utf8), place: "a") }?.expected == "elements at most 32 deep")
    }
    let large = "<annotation>" + String(repeating: " ", count: 4 << 20) + "</annotation>"
    #expect(problem { _ = try XMLElement(Array(large.utf8), place: "a") }?.expected == "4 MB at most")
    let folder = TemporaryFolder()
    folder.write(Array(large.utf8), to: "a.xml")
    #expect(problem { _ = try VOCAnnotation(file: folder.path + "/a.xml") }?.expected == "4 MB at most")
  }

  @Test("Ten thousand changed annotations are read or refused with a place, and no box of theirs leaves its image")
  func edits() throws {
    let seeds = [
      VOCStandIn.annotation([VOCStandIn.object("dog", 1, 1, 50, 40), VOCStandIn.object("person", 5, 6, 25, 36, VOCStandIn.actions(["reading"]))]),
      "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n" + VOCStandIn.annotation([VOCStandIn.object("cat", 3, 4, 20, 30, "<difficult>0</difficult>")]).replacing("><", with: ">\n<"),
    ].map { Array($0.utf8) }
    let parts = ["<", ">", "</", "/>", "<object>", "</object>", "<bndbox>", "<part>", "&amp;", "&#0;", "&x;", "<!DOCTYPE a>", "<![CDATA[", "]]>", "<!--", "0", "-1", "99999999999", "1e38", "\0", "\u{FF}"]
      .map { Array($0.utf8) }
    var state: UInt64 = 21
    func below(_ count: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return count > 0 ? Int((state >> 33) % UInt64(count)) : 0
    }
    var read = 0
    for _ in 0..<10_000 {
      var bytes = seeds[below(seeds.count)]
      for _ in 0...below(2) {
        let place = below(bytes.count), length = min(bytes.count - place, 1 + below(12))
        switch below(5) {
        case 0: bytes[place] = UInt8(below(256))
        case 1: bytes.removeSubrange(place..<place + length)
        case 2: bytes.insert(contentsOf: parts[below(parts.count)], at: place)
        case 3: bytes.insert(contentsOf: bytes[place..<place + length], at: below(bytes.count))
        default:
          let digits = bytes.indices.filter { bytes[$0].digit != nil }
          if !digits.isEmpty { bytes[digits[below(digits.count)]] = UInt8(ascii: "-") + UInt8(below(13)) }
        }
      }
      let refusal = problem {
        let annotation = VOCAnnotation(try XMLElement(bytes, place: "a.xml"), place: "a.xml")
        read += 1
        for object in annotation.objects {
          #expect(object.box.x1 >= 0 && object.box.y1 >= 0 && object.box.x2 <= Float(annotation.width) - 1 && object.box.y2 <= Float(annotation.height) - 1)
          #expect(object.box.x1 <= object.box.x2 && object.box.y1 <= object.box.y2)
        }
        #expect(annotation.faults.allSatisfy { $0.place?.hasPrefix("a.xml") == true })
      }
      if let refusal { #expect(refusal.kind == .data && refusal.place?.contains("line") == true) }
    }
    #expect(read > 1_000 && read < 9_000)
  }
}

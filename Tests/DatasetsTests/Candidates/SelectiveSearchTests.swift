import Basics
import Datasets
import Files
import Synchronization
import TestSupport
import Testing

@Suite struct SelectiveSearchTests {
  // MARK: Images

  /// Blocks of colour on a wall of little noise, each an object.
  private func scene(_ seed: UInt64, side: Int = 64) -> (picture: Picture, objects: [Box]) {
    var random = SeededGenerator(seed: seed)
    var pixels = (0..<side * side * 3).map { _ in UInt8.random(in: 96...104, using: &random) }
    var objects: [Box] = []
    for _ in 0..<4 {
      let (width, height) = (Int.random(in: 10...24, using: &random), Int.random(in: 10...24, using: &random))
      let (x, y) = (Int.random(in: 0...side - width, using: &random), Int.random(in: 0...side - height, using: &random))
      let box = Box(Float(x), Float(y), Float(x + width - 1), Float(y + height - 1))
      guard objects.allSatisfy({ $0.overlap(with: box) == 0 }) else { continue }
      objects.append(box)
      let color = (0..<3).map { _ in UInt8.random(in: 0...255, using: &random) }
      for row in y..<y + height {
        for column in x..<x + width { for channel in 0..<3 { pixels[(row * side + column) * 3 + channel] = color[channel] } }
      }
    }
    return (Picture(width: side, height: side, channels: 3, pixels: pixels), objects)
  }

  private func boxes(_ picture: Picture, _ search: SelectiveSearch = .init()) -> [Box] {
    let buffer = PixelBuffer()
    buffer.copy(picture)
    return search.boxes(of: buffer)
  }

  private func mirrored(_ picture: Picture) -> Picture {
    var result = picture
    for y in 0..<picture.height {
      for x in 0..<picture.width {
        for channel in 0..<picture.channels {
          result.pixels[(y * picture.width + x) * picture.channels + channel] = picture.pixels[(y * picture.width + picture.width - 1 - x) * picture.channels + channel]
        }
      }
    }
    return result
  }

  private func planes(_ picture: Picture, _ space: SelectiveSearch.ColorSpace = .hsv) -> ColorPlanes {
    ColorPlanes(picture.pixels.map { Float($0) }, width: picture.width, height: picture.height, channels: picture.channels, space)
  }

  /// Few different colours, so that many edges weigh the same.
  private func coarse(_ seed: UInt64, _ width: Int, _ height: Int) -> Picture {
    var random = SeededGenerator(seed: seed)
    return Picture(width: width, height: height, channels: 3, pixels: (0..<width * height * 3).map { _ in UInt8(Int.random(in: 0...3, using: &random) * 40) })
  }

  // MARK: Colours

  @Test("Colours are those of the definitions: hue, saturation and value, and CIE's Lab of sRGB")
  func colors() {
    func values(_ color: [UInt8], _ space: SelectiveSearch.ColorSpace) -> [Float] { planes(Picture(width: 1, height: 1, channels: color.count, pixels: color), space).values }
    func near(_ one: [Float], _ other: [Float], _ distance: Float = 0.2) -> Bool { zip(one, other).allSatisfy { abs($0 - $1) < distance } }
    #expect(near(values([255, 0, 0], .hsv), [0, 255, 255]) && near(values([0, 255, 0], .hsv), [85, 255, 255]) && near(values([0, 0, 255], .hsv), [170, 255, 255]))
    #expect(near(values([200, 100, 100], .hsv), [0, 127.5, 200]) && near(values([77], .hsv), [0, 0, 77]))
    #expect(near(values([255, 255, 255], .lab), [255, 128, 128]) && near(values([0, 0, 0], .lab), [0, 128, 128]))
    // L* 53.24, a* 80.09, b* 67.20.
    #expect(near(values([255, 0, 0], .lab), [53.24 * 2.55, 208.09, 195.2]))
  }

  @Test("Smoothing keeps a plain image, and a slope is as steep as the image in every row")
  func filters() {
    let plain = planes(Picture(width: 9, height: 7, channels: 1, pixels: [UInt8](repeating: 90, count: 63)))
    #expect(plain.smoothed(0.8).values.suffix(63).allSatisfy { abs($0 - 90) < 1e-3 })
    #expect(plain.gradients().across.values.allSatisfy { abs($0) < 1e-3 })
    let ramp = planes(Picture(width: 21, height: 5, channels: 1, pixels: (0..<105).map { UInt8($0 % 21 * 10) }))
    let (across, down) = ramp.gradients()
    for y in 0..<5 { #expect(abs(across.values[210 + y * 21 + 10] - 10) < 0.05 && abs(down.values[210 + y * 21 + 10]) < 1e-3) }
  }

  // MARK: Regions

  /// Felzenszwalb and Huttenlocher's words with a list of regions that is painted over at every merge.
  private func naiveRegions(_ planes: ColorPlanes, k: Float, least: Int) -> [Int32] {
    let (width, height, count) = (planes.width, planes.height, planes.count)
    var edges: [(weight: Float, place: Int, one: Int, other: Int)] = []
    for pixel in 0..<count {
      let (x, y) = (pixel % width, pixel / width)
      for (direction, step) in [(1, 0), (0, 1), (1, 1), (1, -1)].enumerated() where x + step.0 < width && (0..<height).contains(y + step.1) {
        let other = (y + step.1) * width + x + step.0
        let squares = (0..<3).map { (planes.values[$0 * count + pixel] - planes.values[$0 * count + other]) * (planes.values[$0 * count + pixel] - planes.values[$0 * count + other]) }
        edges.append(((squares[0] + squares[1] + squares[2]).squareRoot(), 4 * pixel + direction, pixel, other))
      }
    }
    edges.sort { ($0.weight, $0.place) < ($1.weight, $1.place) }
    var regions = Array(0..<count)
    var heaviest = [Float](repeating: 0, count: count)
    func size(_ region: Int) -> Int { regions.count { $0 == region } }
    func paint(_ one: Int, _ other: Int) { for pixel in 0..<count where regions[pixel] == other { regions[pixel] = one } }
    for edge in edges {
      let (one, other) = (regions[edge.one], regions[edge.other])
      guard one != other, edge.weight <= heaviest[one] + k / Float(size(one)), edge.weight <= heaviest[other] + k / Float(size(other)) else { continue }
      paint(one, other)
      heaviest[one] = edge.weight
    }
    for edge in edges {
      let (one, other) = (regions[edge.one], regions[edge.other])
      if one != other, size(one) < least || size(other) < least { paint(one, other) }
    }
    var numbers: [Int: Int32] = [:]
    return regions.map { region in
      if numbers[region] == nil { numbers[region] = Int32(numbers.count) }
      return numbers[region]!
    }
  }

  @Test("Regions are those of a plain list of regions, with many edges of equal weight, whatever k and the least size", arguments: 1...8 as ClosedRange<UInt64>)
  func regions(seed: UInt64) {
    let (width, height) = (5 + Int(seed), 14 - Int(seed))
    let planes = planes(coarse(seed, width, height), seed % 2 == 0 ? .hsv : .lab)
    for image in [planes, planes.smoothed(0.8)] {
      let graph = GraphSegmentation(image)
      for (k, least) in [(30, 1), (100, 3), (300, 10), (0, 1), (1, 1000)] as [(Float, Int)] {
        let map = graph.regions(k: k, least: least)
        #expect(map.regions == naiveRegions(image, k: k, least: least))
        #expect(map.count == Set(map.regions).count)
      }
    }
  }

  @Test("A pixel, a row and a column have regions too", arguments: [(1, 1), (7, 1), (1, 7)])
  func narrow(width: Int, height: Int) {
    let planes = planes(coarse(1, width, height))
    #expect(GraphSegmentation(planes).regions(k: 20, least: 2).regions == naiveRegions(planes, k: 20, least: 2))
    #expect(boxes(coarse(1, width, height)).first == Box(0, 0, Float(width - 1), Float(height - 1)))
  }

  // MARK: Grouping

  /// Every pair of neighbours is looked at anew before each merge.
  private func naiveHierarchy(_ grouping: RegionGrouping, _ kind: SelectiveSearch.Likeness) -> [RegionGrouping.Corners] {
    var grouping = grouping
    var boxes = grouping.corners
    var touching = Set(grouping.neighbors.map { [Int($0.0), Int($0.1)] })
    while !touching.isEmpty {
      let ranked = touching.map { (pair: $0, likeness: grouping.likeness($0[0], $0[1], by: kind)) }
      let best = ranked.min { $0.likeness != $1.likeness ? $0.likeness > $1.likeness : $0.pair.lexicographicallyPrecedes($1.pair) }!.pair
      grouping.merge(best[1], into: best[0])
      boxes.append(grouping.corners[best[0]])
      touching = Set(
        touching.compactMap { pair in
          let renamed = pair.map { $0 == best[1] ? best[0] : $0 }
          return renamed[0] == renamed[1] ? nil : renamed.sorted()
        })
    }
    return boxes
  }

  @Test("Merging is what looking at every pair anew before each merge gives", arguments: 1...6 as ClosedRange<UInt64>)
  func grouping(seed: UInt64) {
    let planes = planes(seed % 2 == 0 ? coarse(seed, 14, 11) : scene(seed, side: 40).picture, .lab)
    let map = GraphSegmentation(planes).regions(k: 4, least: 2)
    let grouping = RegionGrouping(map, planes)
    #expect(grouping.sizes.reduce(0, +) == Int32(planes.count) && map.count > 4)
    for kind in SelectiveSearch.Likeness.allCases {
      let boxes = grouping.hierarchy(by: kind)
      #expect(boxes == naiveHierarchy(grouping, kind))
      #expect(boxes.count == 2 * map.count - 1)
      #expect(boxes.last == [0, 0, Int32(planes.width - 1), Int32(planes.height - 1)])
    }
  }

  @Test("Likeness of two halves is what is counted by hand: two of three colours in common, all of the image, no gap")
  func likeness() {
    let halves = planes(Picture(width: 8, height: 4, channels: 1, pixels: (0..<32).map { $0 % 8 < 4 ? 0 : 255 }))
    let grouping = RegionGrouping(GraphSegmentation(halves).regions(k: 1, least: 1), halves)
    #expect(grouping.sizes == [16, 16] && grouping.neighbors.map { [$0.0, $0.1] } == [[0, 1]])
    let (all, without) = (grouping.likeness(0, 1, by: .colorTextureSizeFill), grouping.likeness(0, 1, by: .textureSizeFill))
    #expect(abs(all - without - 2 / 3) < 1e-5)
    // Size 0, fill 1, and textures that mirror each other.
    #expect(without > 1 && without <= 2.0001)
  }

  // MARK: Boxes

  @Test("The image comes first, boxes are whole pixels inside it, each once, none with a side below the least, no more than asked for")
  func shape() {
    var search = SelectiveSearch()
    search.scales = [10, 20]
    search.leastSide = 0.1
    for seed in 1...3 as ClosedRange<UInt64> {
      let all = boxes(scene(seed).picture, search)
      #expect(all[0] == Box(0, 0, 63, 63) && Set(all).count == all.count && all.count > 10)
      for box in all {
        #expect(box == box.clipped(width: 64, height: 64) && box.x1 == box.x1.rounded())
        #expect(box.width >= 7 && box.height >= 7)
      }
      search.most = 10
      #expect(boxes(scene(seed).picture, search) == Array(all.prefix(10)))
      search.most = 2000
    }
  }

  @Test("Every block on a quiet wall has a box that overlaps it by a half, and so has it in the mirror")
  func recall() {
    var search = SelectiveSearch()
    search.scales = [20, 40]
    var (objects, found, foundInMirror) = (0, 0, 0)
    for seed in 1...8 as ClosedRange<UInt64> {
      let (picture, truth) = scene(seed)
      let (all, inMirror) = (boxes(picture, search), boxes(mirrored(picture), search))
      objects += truth.count
      found += truth.count { object in all.contains { $0.overlap(with: object) > 0.5 } }
      foundInMirror += truth.count { object in inMirror.contains { $0.overlap(with: object.mirrored(in: 64)) > 0.5 } }
    }
    #expect(objects > 15 && Double(found) >= 0.9 * Double(objects))
    #expect(abs(found - foundInMirror) <= 2)
  }

  @Test("A large image is reduced, and its boxes are boxes of itself")
  func large() {
    let (small, truth) = scene(4)
    // Each pixel twice as wide and three times as high.
    var pixels: [UInt8] = []
    for y in 0..<192 {
      for x in 0..<128 {
        let source = (y / 3 * 64 + x / 2) * 3
        pixels += small.pixels[source..<source + 3]
      }
    }
    var search = SelectiveSearch()
    search.scales = [20]
    search.longestSide = 64
    let all = boxes(Picture(width: 128, height: 192, channels: 3, pixels: pixels), search)
    #expect(all[0] == Box(0, 0, 127, 191))
    #expect(all.allSatisfy { $0.x2 <= 127 && $0.y2 <= 191 && $0.x1 <= $0.x2 && $0.y1 <= $0.y2 })
    for one in truth {
      let object = Box(one.x1 * 2, one.y1 * 3, one.x2 * 2 + 1, one.y2 * 3 + 2)
      #expect(all.contains { $0.overlap(with: object) > 0.4 })
    }
  }

  // MARK: Kept

  /// Scenes in memory, which count how often they are asked for.
  private final class Scenes: AnnotatedDataset {
    let name = "scenes", summary = "scenes", objectClasses = ["block"], actionClasses: [String] = [], sets = ["all"]
    let fingerprint: String
    let pictures: [Picture]
    let isDamaged: Bool
    private let count = Mutex(0)
    var asked: Int { count.withLock { $0 } }

    init(_ pictures: [Picture], fingerprint: String = "f", isDamaged: Bool = false) { (self.pictures, self.fingerprint, self.isDamaged) = (pictures, fingerprint, isDamaged) }

    var all: [AnnotatedImage] { pictures.indices.map { AnnotatedImage(name: "\($0)", width: pictures[$0].width, height: pictures[$0].height, objects: []) } }
    func images(in set: String) throws(Problem) -> [AnnotatedImage] { all }
    func load(_ image: AnnotatedImage, into buffer: PixelBuffer) throws(Problem) {
      count.withLock { $0 += 1 }
      if isDamaged, image.name == "1" { throw Problem("cannot decode the image", at: image.name, kind: .data) }
      buffer.copy(pictures[Int(image.name)!])
    }
  }

  @Test("Boxes are the same for any number of workers, and computed once for a dataset and settings")
  func kept() throws {
    let folder = TemporaryFolder()
    let pictures = (1...5 as ClosedRange<UInt64>).map { scene($0, side: 40).picture }
    var search = SelectiveSearch()
    search.scales = [20]
    let scenes = Scenes(pictures)
    let expected = pictures.map { boxes($0, search) }
    func kept(_ scenes: Scenes, _ search: SelectiveSearch, workers: Int = 1) throws -> [[Box]] {
      try KeptCandidates(home: Home(explicit: folder.path), search).boxes(of: scenes.all, in: scenes, workers: workers)
    }
    #expect(try kept(scenes, search) == expected && scenes.asked == 5)
    #expect(try kept(scenes, search) == expected && scenes.asked == 5)
    for workers in 2...3 {
      #expect(try KeptCandidates(home: Home(explicit: "\(folder.path)/\(workers)"), search).boxes(of: scenes.all, in: Scenes(pictures), workers: workers) == expected)
    }
    // Another dataset of that name, other settings, a file with a changed byte, one that is cut short.
    let other = Scenes(pictures, fingerprint: "g")
    #expect(try kept(other, search) == expected && other.asked == 5)
    var settings = search
    settings.most = 3
    #expect(try kept(scenes, settings).allSatisfy { $0.count == 3 } && scenes.asked == 10)
    for (place, name) in folder.contents(of: "cache/candidates").keys.sorted().enumerated() {
      var bytes = folder.bytes(of: "cache/candidates/" + name)
      bytes[bytes.count - 3] ^= 1
      try folder.write(place % 2 == 0 ? bytes : bytes.dropLast(5), at: "cache/candidates/" + name)
    }
    #expect(try kept(scenes, search) == expected && scenes.asked == 15)
  }

  @Test("An image that cannot be decoded is told by name, and what it was kept with is not")
  func undecodable() throws {
    let folder = TemporaryFolder()
    let scenes = Scenes((1...3 as ClosedRange<UInt64>).map { scene($0, side: 40).picture }, isDamaged: true)
    #expect(problem { _ = try KeptCandidates(home: Home(explicit: folder.path)).boxes(of: scenes.all, in: scenes, workers: 2) }?.place == "1")
    #expect(folder.contents(of: "cache").isEmpty)
  }
}

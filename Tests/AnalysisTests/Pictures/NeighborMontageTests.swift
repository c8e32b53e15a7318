import Analysis
import Basics
import Datasets
import Pictures
import Testing

@Suite struct NeighborMontageTests {
  private func plain(_ value: UInt8) -> Picture {
    Picture(width: 20, height: 20, channels: 1, pixels: [UInt8](repeating: value, count: 400))
  }

  private func montage(_ knows: [Bool?], verdicts: [Verdict?] = Verdict.allCases) throws -> NeighborMontage {
    try NeighborMontage(
      query: plain(128), queryName: "sock",
      rows: knows.map { knows in
        .init(
          title: ["net", "10 classes"], tiles: verdicts.map { .init(picture: plain(40), verdict: $0, name: "sandal", distance: 1.5) },
          knowsQuery: knows)
      }, size: 32)
  }

  private func pixel(_ picture: Picture, _ x: Int, _ y: Int) -> PixelColour {
    let place = (y * picture.width + x) * 3
    return PixelColour(picture.pixels[place], picture.pixels[place + 1], picture.pixels[place + 2])
  }

  @Test("Every border is of its verdict's colour on all four sides, around the image's own pixels")
  func borders() throws {
    let montage = try montage([true, false])
    let picture = try montage.compose()
    for row in 0..<2 {
      for (column, verdict) in Verdict.allCases.enumerated() {
        let (x, y) = montage.corner(row: row, column: column)
        let side = 32 + 2 * NeighborMontage.border
        for at in 0..<side {
          for (dx, dy) in [(at, 0), (at, side - 1), (0, at), (side - 1, at), (at, NeighborMontage.border - 1)] {
            #expect(pixel(picture, x + dx, y + dy) == verdict.pixelColour)
          }
        }
        #expect(pixel(picture, x + NeighborMontage.border, y + NeighborMontage.border) == PixelColour(40, 40, 40))
        #expect(pixel(picture, x + side, y + side / 2) == PixelColour(255, 255, 255))
      }
    }
  }

  @Test("A sign of the verdict's colour stands under each image, so that colour is not alone")
  func signs() throws {
    let montage = try montage([nil])
    let picture = try montage.compose()
    var shapes: Set<[Bool]> = []
    for (column, verdict) in Verdict.allCases.enumerated() {
      let (x, y) = montage.corner(row: 0, column: column)
      let top = y + 32 + 2 * NeighborMontage.border + 3
      shapes.insert((0..<35).map { pixel(picture, x + $0 % 5, top + $0 / 5) == verdict.pixelColour })
    }
    #expect(shapes.count == 3 && shapes.allSatisfy { $0.contains(true) })
  }

  @Test("The dotted line stands where the query's class stops being one of its own, and only there", arguments: [
    ([true, true, false] as [Bool?], 2), ([true, false, false], 1), ([false, false], nil), ([true, true], nil), ([nil, nil], nil),
    ([false, true], nil),
  ] as [([Bool?], Int?)])
  func divided(knows: [Bool?], before: Int?) throws {
    let montage = try montage(knows)
    #expect(montage.dividedBefore == before)
    let picture = try montage.compose()
    // Grey dashes in the left margin, between the rows.
    let dashed = (0..<picture.height).filter { y in
      pixel(picture, 10, y) == PixelColour(120, 120, 120) && pixel(picture, 13, y) == PixelColour(255, 255, 255)
        && pixel(picture, 16, y) == PixelColour(120, 120, 120)
    }
    #expect(dashed.isEmpty == (before == nil))
    if let before, let y = dashed.first {
      #expect(y < montage.corner(row: before, column: 0).y)
      #expect(y > montage.corner(row: before - 1, column: 0).y + 32)
    }
  }

  @Test("A query without a class has grey borders, and a size out of range is refused")
  func others() throws {
    let montage = try montage([nil], verdicts: [nil])
    let (x, y) = montage.corner(row: 0, column: 0)
    #expect(pixel(try montage.compose(), x, y) == PixelColour(120, 120, 120))
    #expect(throws: Problem.self) { try NeighborMontage(query: plain(1), queryName: "", rows: [], size: 8) }
  }

  @Test("Maps and bars of nothing, of one and of NaN are pictures too")
  func extremes() throws {
    for points in [[], [(x: 1.0, y: 2.0)], [(x: .nan, y: 0), (x: 0, y: 0), (x: 3, y: .infinity)]] as [[(x: Double, y: Double)]] {
      let map = ScatterPicture(title: ["t"], points: points, labels: points.map { _ in 0 }, groups: ["g"])
      #expect(try map.compose(side: 100).channels == 3)
      #expect(map.text(columns: 20, rows: 5).count >= 5)
    }
    let map = ScatterPicture(title: [], points: [(x: 0, y: 0), (x: 1, y: 1), (x: 1, y: 1)], labels: [0, 1, 1], groups: ["few", "many"])
    let lines = map.text(columns: 4, rows: 3)
    #expect(lines[0] == "   A" && lines[2] == "B   " && lines[3] == "A  many  2")
    let bars = BarPicture(title: ["t"], unit: "%", bars: [.init(name: "a", value: .nan), .init(name: "b", value: -3, low: -4, high: 2, mark: 1)])
    #expect(try bars.compose().height > 40)
    #expect(try BarPicture(title: [], unit: "", bars: []).compose().width > 0)
  }
}

import Basics
import Datasets

/// Points on a plane, coloured by group, with a legend, as a picture; and in text, a letter a group.
public struct ScatterPicture: Sendable {
  public var title: [String]
  /// Two numbers a point.
  public var points: [(x: Double, y: Double)]
  /// Of each point, an index into `groups`; −1: none.
  public var labels: [Int]
  public var groups: [String]

  public init(title: [String], points: [(x: Double, y: Double)], labels: [Int], groups: [String]) {
    precondition(points.count == labels.count, "\(points.count) points with \(labels.count) labels")
    (self.title, self.points, self.labels, self.groups) = (title, points, labels, groups)
  }

  /// How many groups a legend names; the largest.
  static let named = 36

  /// The groups by their number of points, the largest first.
  private var order: [(group: Int, count: Int)] {
    var counts = [Int](repeating: 0, count: groups.count)
    for label in labels where label >= 0 { counts[label] += 1 }
    return counts.indices.filter { counts[$0] > 0 }.map { ($0, counts[$0]) }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }
  }

  /// Where a point lies, 0…1 in both directions.
  private var places: [(x: Double, y: Double)?] {
    let finite = points.filter { $0.x.isFinite && $0.y.isFinite }
    guard let first = finite.first else { return points.map { _ in nil } }
    var (left, right, bottom, top) = (first.x, first.x, first.y, first.y)
    for point in finite {
      (left, right) = (min(left, point.x), max(right, point.x))
      (bottom, top) = (min(bottom, point.y), max(top, point.y))
    }
    let (width, height) = (max(right - left, 1e-12), max(top - bottom, 1e-12))
    return points.map { point in
      point.x.isFinite && point.y.isFinite ? ((point.x - left) / width, (top - point.y) / height) : nil
    }
  }

  /// - Parameter side: of the map in pixels.
  /// - Throws: a ``Problem`` where the picture would be too large.
  public func compose(side: Int = 720) throws(Problem) -> Picture {
    let (margin, legend, head) = (12, 240, 12 * title.count + 16)
    var sheet = try Picture.white(width: side + legend + 3 * margin, height: side + head + margin)
    for (line, text) in title.enumerated() { sheet.write(text, x: margin, y: margin / 2 + line * 12, line == 0 ? .black : .grey) }
    sheet.frame(x: margin, y: head, width: side, height: side, thickness: 1, .pale)
    var colour = [PixelColour](repeating: .pale, count: groups.count)
    for (rank, entry) in order.enumerated() { colour[entry.group] = .distinct(rank) }
    let radius = points.count > 20_000 ? 1 : points.count > 2000 ? 2 : 3
    for (label, place) in zip(labels, places) {
      guard let place else { continue }
      let (x, y) = (margin + 4 + Int(place.x * Double(side - 8)), head + 4 + Int(place.y * Double(side - 8)))
      sheet.disc(x: x, y: y, radius: radius, label >= 0 ? colour[label] : .pale)
    }
    for (rank, entry) in order.prefix(Self.named).enumerated() {
      let (x, y) = (side + 2 * margin, head + rank * 16)
      sheet.disc(x: x + 5, y: y + 6, radius: 5, .distinct(rank))
      sheet.write(Picture.fitting("\(groups[entry.group])  \(entry.count)", legend - 24), x: x + 16, y: y + 3)
    }
    if order.count > Self.named {
      sheet.write("and \(order.count - Self.named) more", x: side + 2 * margin, y: head + Self.named * 16 + 3, .grey)
    }
    return sheet
  }

  /// A raster of cells, row by row from the top: of each the rank of the group with the most points in it, nil where there are none.
  package func cells(columns: Int, rows: Int) -> [Int?] {
    var rankOf = [Int](repeating: -1, count: groups.count)
    for (rank, entry) in order.enumerated() { rankOf[entry.group] = rank }
    var cells = [[Int: Int]](repeating: [:], count: columns * rows)
    for (label, place) in zip(labels, places) {
      guard let place, label >= 0 else { continue }
      let cell = min(rows - 1, Int(place.y * Double(rows))) * columns + min(columns - 1, Int(place.x * Double(columns)))
      cells[cell][rankOf[label], default: 0] += 1
    }
    return cells.map { cell in cell.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key }
  }

  /// The groups that have points, by rank: the largest first.
  package var legend: [(name: String, group: Int, points: Int)] { order.map { (groups[$0.group], $0.group, $0.count) } }

  /// What stands for the group of a rank where there are no colours.
  package static func letter(_ rank: Int) -> Character { rank < letters.count ? letters[rank] : "·" }

  private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")

  /// Lines of `columns` letters: of each cell the letter of the group with the most points in it; then the legend.
  public func text(columns: Int = 78, rows: Int = 24) -> [String] {
    let cells = cells(columns: columns, rows: rows)
    var lines = (0..<rows).map { row in
      String((0..<columns).map { column -> Character in cells[row * columns + column].map(Self.letter) ?? " " })
    }
    for (rank, entry) in legend.prefix(Self.letters.count).enumerated() {
      lines.append("\(Self.letter(rank))  \(entry.name)  \(entry.points)")
    }
    if legend.count > Self.letters.count { lines.append("·  \(legend.count - Self.letters.count) smaller groups") }
    return lines
  }
}

extension ScatterPicture {
  /// The points as a chart; groups beyond the largest have no name in it, points without a group are grey.
  public var chart: ChartDrawing {
    var rank = [Int](repeating: -1, count: groups.count)
    for (place, entry) in order.enumerated() { rank[entry.group] = place }
    var members = [[ChartDrawing.Point]](repeating: [], count: order.count + 1)
    for (label, point) in zip(labels, points) { members[label >= 0 ? rank[label] : order.count].append(.init(point.x, point.y)) }
    // The small groups lie on the large ones.
    var series = order.enumerated().map { place, entry in
      ChartDrawing.Series(place < Self.named ? "\(groups[entry.group]), \(grouped(entry.count))" : "", .dots, members[place], colour: place)
    }
    if !members[order.count].isEmpty { series.insert(.init("", .dots, members[order.count], colour: -1), at: 0) }
    return ChartDrawing(
      title: title.first ?? "", subtitle: Array(title.dropFirst()), base: .plane, left: .init(""), series: series,
      notes: order.count > Self.named ? ["and \(counted(order.count - Self.named, "smaller group")) without a name here"] : [])
  }
}

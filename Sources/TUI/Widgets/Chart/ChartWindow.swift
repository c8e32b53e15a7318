/// Which part of the runs the charts show, and over what: the same for all charts beside each other.
package struct ChartWindow: Equatable, Sendable {
  package enum Part: Equatable, Sendable {
    /// From the beginning, to the end as it grows.
    case all
    /// The newest part, so wide: goes along with the end.
    case live(width: Double)
    /// Stays, whatever arrives.
    case frozen(ClosedRange<Double>)
  }

  package private(set) var unit = ChartUnit.step
  package private(set) var part = Part.all
  /// Where the crosshair stands; nil while there is none.
  package private(set) var cursor: Double?

  package init(unit: ChartUnit = .step) { self.unit = unit }

  /// What is shown of runs of which the longest has come to `end` of a planned `limit`.
  package func range(end: Double, limit: Double?) -> ClosedRange<Double> {
    switch part {
    case .all: return 0...unit.end(holding: end, limit: limit)
    case .live(let width):
      // The end climbs by eighths of the width: moving on at every step would draw every cell anew.
      let eighth = width / 8
      let last = max((end / eighth).rounded(.up) * eighth, width)
      return last - width...last
    case .frozen(let range): return range
    }
  }

  // MARK: Keys

  package mutating func nextUnit() { self = ChartWindow(unit: unit.next) }

  package mutating func removeCursor() { cursor = nil }

  /// - Parameter columns: of cells that the charts are wide.
  package mutating func moveCursor(by cells: Int, columns: Int, end: Double, limit: Double?) {
    let range = range(end: end, limit: limit)
    let width = (range.upperBound - range.lowerBound) / Double(max(1, columns - 1))
    let last = max(range.lowerBound, min(end, range.upperBound))
    guard let now = cursor, range.contains(now) else {
      cursor = cells < 0 ? last : range.lowerBound
      return
    }
    cursor = min(max(now + Double(cells) * width, range.lowerBound), last)
  }

  package mutating func zoomIn(end: Double, limit: Double?) {
    let shown = shown(end, limit)
    let width = max((shown.upperBound - shown.lowerBound) / 2, unit.finest)
    guard width < shown.upperBound - shown.lowerBound else { return }
    if let cursor, shown.contains(cursor) {
      freeze(at: cursor - (cursor - shown.lowerBound) / 2, width, end)
    } else if case .frozen = part {
      freeze(at: shown.lowerBound + width / 2, width, end)
    } else {
      part = .live(width: width)
    }
  }

  package mutating func zoomOut(end: Double, limit: Double?) {
    let shown = shown(end, limit)
    let width = 2 * (shown.upperBound - shown.lowerBound)
    if part == .all || width >= end {
      part = .all
    } else if case .live = part {
      part = .live(width: width)
    } else {
      let centre = cursor.flatMap { shown.contains($0) ? $0 : nil } ?? (shown.lowerBound + shown.upperBound) / 2
      freeze(at: centre - 2 * (centre - shown.lowerBound), width, end)
    }
  }

  /// By half of what is shown; beyond the end it goes along with it again.
  package mutating func pan(by halves: Int, end: Double, limit: Double?) {
    guard part != .all else { return }
    let shown = shown(end, limit)
    let width = shown.upperBound - shown.lowerBound
    let start = shown.lowerBound + Double(halves) * width / 2
    if halves > 0 && start + width >= end {
      part = .live(width: width)
    } else {
      freeze(at: start, width, end)
    }
  }

  package mutating func showAll() { part = .all }

  /// Goes along with the end, at the present width.
  package mutating func follow(end: Double, limit: Double?) {
    let shown = shown(end, limit)
    part = .live(width: part == .all ? max(end / 4, unit.finest) : shown.upperBound - shown.lowerBound)
  }

  /// Stays where it is, or goes on as before.
  package mutating func toggleFrozen(end: Double, limit: Double?) {
    if case .frozen(let range) = part {
      part = range.lowerBound <= 0 ? .all : .live(width: range.upperBound - range.lowerBound)
    } else {
      let shown = shown(end, limit)
      part = .frozen(shown.lowerBound...max(min(shown.upperBound, end), shown.lowerBound + unit.finest))
    }
  }

  /// What there is to see: of all history not the room that is kept for what comes.
  private func shown(_ end: Double, _ limit: Double?) -> ClosedRange<Double> {
    let range = range(end: end, limit: limit)
    let last = max(min(range.upperBound, end), range.lowerBound + unit.finest)
    return part == .all ? range.lowerBound...last : range
  }

  private mutating func freeze(at start: Double, _ width: Double, _ end: Double) {
    let low = max(0, min(start, end - width))
    part = .frozen(low...low + width)
  }
}

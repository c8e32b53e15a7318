/// Windows of one block of memory, each needed for a while: those whose times do not meet may share floats.
package struct WindowPacking {
  package struct Window {
    /// In floats.
    package var count: Int
    /// The first and the last step at which its content matters.
    package var time: ClosedRange<Int>

    package init(count: Int, time: ClosedRange<Int>) {
      self.count = count
      self.time = time
    }
  }

  /// Where each window begins, on a cache line of its own.
  package let offsets: [Int]
  /// The floats of the whole block.
  package let count: Int

  /// Places the largest first, each as low as is free throughout its time ("greedy by size for offset calculation": Pisarchyk
  /// and Lee 2020, arXiv:2001.03288).
  package init(_ windows: [Window]) {
    let line = 16
    func rounded(_ count: Int) -> Int { (count + line - 1) / line * line }
    var offsets = windows.map { _ in 0 }
    var placed: [Int] = []
    var count = 0
    for index in windows.indices.sorted(by: { (-windows[$0].count, $0) < (-windows[$1].count, $1) }) {
      let window = windows[index]
      let size = rounded(window.count)
      var offset = 0
      for other in placed.sorted(by: { offsets[$0] < offsets[$1] }) where windows[other].time.overlaps(window.time) {
        if offset + size <= offsets[other] { break }
        offset = max(offset, offsets[other] + rounded(windows[other].count))
      }
      offsets[index] = offset
      count = max(count, offset + size)
      placed.append(index)
    }
    self.offsets = offsets
    self.count = count
  }
}

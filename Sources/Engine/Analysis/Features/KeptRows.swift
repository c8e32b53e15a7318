import Basics
import Files
import FoundationEssentials
import Kernels
import Synchronization

/// The checksums of the rows of a features file, block by block.
struct RowChecksums: Codable, Equatable {
  /// Rows of a block.
  var block: Int
  var sums: [UInt32] = []

  /// Blocks of about a megabyte.
  init(width: Int) { block = max(1, (1 << 20) / (MemoryLayout<Float>.stride * max(1, width))) }
}

/// Sums rows up as they come.
struct RowSummer {
  private(set) var checksums: RowChecksums
  private var current = CRC32C()
  private var rows = 0

  init(width: Int) { checksums = RowChecksums(width: width) }

  /// - Parameter matrix: the next rows.
  mutating func append(_ matrix: Tensor) {
    var first = 0
    while first < matrix.shape[0] {
      let count = min(matrix.shape[0] - first, checksums.block - rows)
      current.update(UnsafeRawBufferPointer(matrix.rows(first..<first + count).elements))
      (first, rows) = (first + count, rows + count)
      if rows == checksums.block { finish() }
    }
  }

  /// Ends the last block, where one has begun.
  mutating func finish() {
    guard rows > 0 else { return }
    checksums.sums.append(current.value)
    (current, rows) = (CRC32C(), 0)
  }
}

/// Rows that were kept in a file and are looked at there: a block is held against its checksum when it is first asked for, so that a search
/// through more rows than the memory holds reads them once.
final class KeptRows: Sendable {
  private let values: Tensor
  private let checksums: RowChecksums
  private let state: Mutex<State>

  private struct State {
    var isSound: [Bool]
    var isDamaged = false
  }

  /// Nil where there are not as many checksums as blocks.
  init?(_ values: Tensor, _ checksums: RowChecksums) {
    guard checksums.block > 0, checksums.sums.count == ceilDivide(values.shape[0], checksums.block) else { return nil }
    (self.values, self.checksums) = (values, checksums)
    state = Mutex(State(isSound: Array(repeating: false, count: checksums.sums.count)))
  }

  var isDamaged: Bool { state.withLock { $0.isDamaged } }

  /// Checks the blocks of some rows that nobody asked for before.
  /// - Throws: a ``Problem`` where one is damaged.
  func check(_ rows: some Collection<Int>) throws(Problem) {
    let wanted = state.withLock { state in
      var blocks: [Int] = []
      for row in rows where !state.isSound[row / checksums.block] && blocks.last != row / checksums.block {
        blocks.append(row / checksums.block)
      }
      return Set(blocks).sorted()
    }
    guard !wanted.isEmpty else { return }
    let bad = Atomic(0)
    parallelFor(wanted.count, workers: ProcessorCores.usable) { [values, checksums] place, _ in
      let first = wanted[place] * checksums.block
      let block = values.rows(first..<min(values.shape[0], first + checksums.block))
      if CRC32C(UnsafeRawBufferPointer(block.elements)).value != checksums.sums[wanted[place]] { bad.add(1, ordering: .relaxed) }
    }
    let isDamaged = bad.load(ordering: .relaxed) > 0
    state.withLock { state in
      if isDamaged { state.isDamaged = true } else { for block in wanted { state.isSound[block] = true } }
    }
    if isDamaged { throw Problem("the cached features are damaged", advice: "try again: they will be recomputed", kind: .data) }
  }
}

import Basics
import Files
import Synchronization

/// A cache file of curves, mapped, and whether a look at its blocks found one damaged: what was made of such curves is not to be shown.
final class CurveFile: Sendable {
  private let mapped: MappedFile
  private let damage = Atomic(false)

  init(path: String) throws(Problem) { mapped = try MappedFile(path: path) }

  var bytes: UnsafeRawBufferPointer { mapped.bytes }
  var isDamaged: Bool { damage.load(ordering: .relaxed) }
  func reportDamage() { damage.store(true, ordering: .relaxed) }
}

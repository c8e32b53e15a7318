import Files
import FoundationEssentials

/// Where features of runs are kept that can be computed again: `cache/features/`, files named by the run.
package struct FeatureFolder: Sendable {
  package let path: String

  package init(home: Home) { path = home.cache + "/features" }

  /// Deletes everything that is kept of a run.
  package func remove(run: String) {
    let manager = FileManager.default
    let prefix = Self.digest(run)
    for name in (try? manager.contentsOfDirectory(atPath: path)) ?? [] where name.hasPrefix(prefix) {
      try? manager.removeItem(atPath: path + "/" + name)
    }
  }

  /// 64 bits of FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv) as 16 hexadecimal digits, with which the names of a run's files
  /// begin; a collision is found by comparing the keys.
  package static func digest(_ text: String) -> String {
    let hash = text.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

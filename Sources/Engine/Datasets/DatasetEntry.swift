import Basics
import FoundationEssentials

/// One line of the list of datasets.
public struct DatasetEntry: Codable, Equatable, Sendable {
  public var name: String
  public var isBuiltIn: Bool
  public var classes: Int
  /// Images per split.
  public var train, val: Int
  /// Bytes on the disk.
  public var size: Int
  /// The folder of an added dataset.
  public var place: String?
  /// Why it cannot be used now.
  public var problem: String?
  /// Of a dataset with annotated objects, how many images each set has; `train` and `val` are two of them.
  public var sets: [String: Int]? = nil

  /// Whether its images have objects with boxes, and no class of their own.
  public var isAnnotated: Bool { sets != nil }
}

/// What `data add` has to tell.
public struct AddedDataset: Equatable, Sendable {
  public enum Change: String, Codable, Sendable { case new, changed, unchanged }
  public var entry: DatasetEntry
  /// Files in the tree that belong to no class or are no images.
  public var ignored: Int
  /// What people should know of how the place was read, a sentence each.
  public var notes: [String]
  /// Whether `val` was held out of the training images.
  public var isHeldOut: Bool
  /// Against what was known under this name before.
  public var change: Change
  /// Images whose annotation or picture is wrong, so that their sets cannot be used.
  public var faults = 0
}

/// Names that people give to datasets.
package enum DatasetName {
  /// A letter or digit, then up to 63 letters, digits, `.`, `_`, `-`.
  package static func isValid(_ name: String) -> Bool {
    func isPlain(_ byte: UInt8) -> Bool {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: false
      }
    }
    guard let first = name.utf8.first, isPlain(first), name.utf8.count <= 64 else { return false }
    return name.utf8.allSatisfy { isPlain($0) || ".-_".utf8.contains($0) }
  }

  static func check(_ name: String) throws(Problem) {
    guard isValid(name) else {
      throw Problem(
        "invalid dataset name", at: name,
        expected: "up to 64 letters, digits, `.`, `_`, `-`, beginning with a letter or digit", kind: .usage)
    }
  }
}

import Basics
import Datasets

/// Pictures in memory; those whose index is in `bad` cannot be decoded.
package struct MemoryDataset: Dataset {
  package var pictures: [Picture]
  package var bad: Set<Int> = []

  package init(pictures: [Picture], bad: Set<Int> = []) {
    self.pictures = pictures
    self.bad = bad
  }

  package var name: String { "memory" }
  package var summary: String { "pictures in memory" }
  package var classes: [FineClass] { [FineClass(wnid: "n00000001", name: "one"), FineClass(wnid: "n00000002", name: "two")] }
  package var fingerprint: String { "memory" }
  package var imageSize: (height: Int, width: Int, channels: Int)? { nil }

  package func labels(_ split: Split) -> [Int32] { pictures.indices.map { Int32($0 % 2) } }
  package func identifier(_ split: Split, _ index: Int) -> String { "picture \(index)" }

  package func picture(_ split: Split, _ index: Int) throws(Problem) -> Picture {
    if bad.contains(index) { throw Problem("cannot decode the image", at: "picture \(index)", found: "noise") }
    return pictures[index]
  }

  package var samples: [Sample] { pictures.indices.map { Sample(index: Int32($0), label: Int32($0 % 2)) } }
}

import Basics
import Glibc
import Kernels
import Taxonomy

/// What a scan of a dataset's place found: its classes, and the images of each.
struct ImageListing {
  struct File: Equatable {
    /// Relative to the root; the key of an entry in a database.
    var path: [UInt8]
    var size: Int
  }

  /// Sorted by wnid.
  let classes: [FineClass]
  /// Per split and class.
  private(set) var files: [Split: [[File]]]
  /// Whether `val` was held out of the training images.
  private(set) var isHeldOut = false
  /// Files that belong to no class or are no images.
  let ignored: Int
  /// What people should know of how the place was read, a sentence each.
  var notes: [String] = []

  init(classes: [FineClass], files: [Split: [[File]]], ignored: Int = 0) {
    self.classes = classes
    self.files = files
    self.ignored = ignored
  }

  /// Reads the place that a recipe names: a tree of images, or a packed dataset.
  /// - Throws: a ``Problem`` (see ``FolderScan`` and ``init(pack:wordNet:)``).
  init(_ recipe: FolderRecipe, wordNet: WordNet?) throws(Problem) {
    if recipe.isPacked {
      try self.init(pack: recipe, wordNet: wordNet)
    } else {
      if recipe.trainList == nil { try LevelDBFolder.refuse(below: recipe.root) }
      self = try FolderScan(recipe, wordNet: wordNet).listing
    }
  }

  /// Changes when a path, a size, a class or the split of any image does.
  var fingerprint: String {
    var hash = Fingerprint()
    for split in Split.allCases {
      for (fineClass, files) in zip(classes, files[split] ?? []) {
        hash.add(fineClass.wnid)
        hash.add(files.count)
        for file in files {
          hash.add(file.path)
          hash.add(file.size)
        }
      }
    }
    return hash.text
  }

  var totalSize: Int { files.values.joined().joined().reduce(0) { $0 + $1.size } }

  /// Moves a share of each class's training images to `val`: those whose paths hash lowest under the seed, so that the
  /// choice hardly changes when files are added.
  mutating func holdOut(_ percent: Int, seed: UInt64) {
    isHeldOut = true
    var kept: [[File]] = []
    var heldOut: [[File]] = []
    for files in files[.train]! {
      // Rounded; a class of one image keeps it for training.
      let count = min((files.count * percent + 50) / 100, files.count - 1)
      let keys = files.map { file in
        var hash = Fingerprint()
        hash.add(file.path)
        return CounterRandom.mix(hash.number ^ CounterRandom.mix(seed))
      }
      let chosen = Set(files.indices.sorted { (keys[$0], $0) < (keys[$1], $1) }.prefix(count))
      kept.append(files.indices.filter { !chosen.contains($0) }.map { files[$0] })
      heldOut.append(files.indices.filter { chosen.contains($0) }.map { files[$0] })
    }
    files[.train] = kept
    files[.val] = heldOut
  }
}

func hasFile(_ path: String) -> Bool { access(path, F_OK) == 0 }

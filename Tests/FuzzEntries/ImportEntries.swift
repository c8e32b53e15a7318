import Analysis
import Basics
import Datasets
import Files
import Kernels
import TestSupport

/// Features that other programs computed, and what is kept of them.
extension FuzzPlace {
  func importEntries() throws -> [FuzzEntry] {
    let dataset = try DatasetCatalog(home: home).open("plain")
    let store = FeatureStore(home: home)
    let count = dataset.labels(.train).count
    let rows = numPyFile((0..<count).map { [Float($0), 1, 2] })
    let halves = numPyFile("<f2", "(\(count), 2)", isFortran: true, version: 2, littleEndian([UInt16](repeating: 0x3C00, count: 2 * count)))
    let paths = (0..<count).map { nameText(dataset.path(.train, $0)) }
    let lines = paths.joined(separator: "\n")
    let table = "path,split,class\n" + paths.enumerated().map { "\($1),train,\(dataset.classes[Int(dataset.labels(.train)[$0])].wnid)\n" }.joined()
    let classes = dataset.labels(.train).map { "\($0)\n" }.joined()
    try makeFolder("import")
    func take(_ labels: String, name: String = "x") throws {
      let source = FeatureImport.Source(features: path + "/import/rows.npy", labels: path + "/import/" + labels, split: .train)
      _ = try FeatureImport(name: name, sources: [source], mayReplace: true).run(into: store, dataset: dataset, program: "fuzz")
      try store.emptyTrash()
    }
    func reset() {
      put(rows, "import/rows.npy")
      put(Array(lines.utf8), "import/labels")
    }
    reset()
    try take("labels", name: "kept")
    func kept(_ file: String) -> FuzzEntry {
      let seed = get("home/features/kept/" + file)
      precondition(!seed.isEmpty, "\(file) is kept")
      return FuzzEntry("imported \(file)", weight: 4, isText: true, seeds: [seed]) { [self] in
        put($0, "home/features/kept/" + file)
        defer { put(seed, "home/features/kept/" + file) }
        _ = store.entry("kept")
        let matrix = try ImportedFeatures("kept", in: store, dataset: dataset, workers: 1).matrix(.train)
        withExtendedLifetime(matrix) { _ = matrix.values.elements.reduce(0, +) }
      }
    }
    return [
      FuzzEntry("foreign npy", weight: 4, seeds: [rows, halves]) { [self] in
        reset()
        put($0, "import/rows.npy")
        try take("labels")
      },
      FuzzEntry("row labels", weight: 4, isText: true, seeds: [Array(lines.utf8), Array(table.utf8), Array(classes.utf8)]) { [self] in
        reset()
        put($0, "import/labels")
        try take("labels")
      },
      FuzzEntry("row label npy", weight: 4, seeds: [numPyFile("<i4", "(\(count),)", littleEndian(dataset.labels(.train)))]) { [self] in
        reset()
        put($0, "import/labels.npy")
        try take("labels.npy")
      },
      kept("features.json"), kept("train.json"), kept("train.npy"),
    ]
  }
}

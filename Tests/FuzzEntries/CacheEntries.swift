import Engine
import Glibc
import Kernels
import TUI
import Taxonomy

/// What the program keeps for itself, which a crash, a full disk or another version may have left in any state; and what is typed.
extension FuzzPlace {
  func cacheEntries() throws -> [FuzzEntry] {
    let cache = FeatureCache(home: home)
    let key = FeatureCache.Key(run: "r", step: 1, space: "pool", fingerprint: "f", split: .train)
    let rows = Tensor([3, 4])
    for index in 0..<12 { rows.elements[index] = Float(index) }
    func features(_ compute: Bool) throws -> FeatureMatrix {
      try cache.features(for: key, rows: 3, width: 4) {
        (_: ExtractedPart, _: (ExtractedPart) -> Void, take: (Tensor) throws(Problem) -> Void) throws(Problem) -> ExtractedImages in
        guard compute else { throw Problem("what is kept was not taken") }
        try take(rows)
        return ExtractedImages(indices: [0, 1, 2])
      }
    }
    _ = try features(true)
    let names = try FileNames.of(home.cache + "/features")
    let (table, floats) = (names.first { $0.hasSuffix(".json") }!, names.first { $0.hasSuffix(".npy") }!)
    func kept(_ file: String, isText: Bool, seal: @escaping (inout [UInt8]) -> Void = { _ in }) -> FuzzEntry {
      let seed = get("home/cache/features/" + file)
      return FuzzEntry("features .\(file.split(separator: ".").last!)", weight: 4, isText: isText, seeds: [seed], seal: seal) { [self] in
        put($0, "home/cache/features/" + file)
        defer { put(seed, "home/cache/features/" + file) }
        let matrix = try features(false)
        _ = matrix.values.elements.reduce(0, +)
      }
    }
    let screens = #"""
      {"screen": "tree", "policy": "name", "selected": "n00000001", "unfolded": ["n00000001"], "isSaved": false, "bookmarks": [],
       "draft": {"name": "x", "steps": [{"collapse": {"_0": ["n00000001"]}}], "title": "t"}, "done": [], "undone": []}
      """#
    return [
      kept(table, isText: true), kept(floats, isText: true),
      FuzzEntry("screens", weight: 6, isText: true, seeds: [Array(screens.utf8)]) { [self] in
        try makeFolder("home/screens")
        put($0, "home/screens/plain.json")
        _ = Remembered.read("plain", home)
      },
      try runIndexEntry(),
    ]
  }

  /// The index of runs that are over: a magic, a checksum of 8 bytes, the runs.
  private func runIndexEntry() throws -> FuzzEntry {
    let other = Home(explicit: path + "/indexed")
    let example = get("home/runs/" + (try FileNames.of(home.runs).first { $0.hasSuffix("good") }!) + "/run.json")
    let result = get("home/runs/" + (try FileNames.of(home.runs).first { $0.hasSuffix("good") }!) + "/result.json")
    for number in 0..<50 {
      try makeFolder("indexed/runs/20151213-09460\(number % 10)-\(number)")
      put(example, "indexed/runs/20151213-09460\(number % 10)-\(number)/run.json")
      put(result, "indexed/runs/20151213-09460\(number % 10)-\(number)/result.json")
      // What was written just now may still change, and is not indexed.
      let then = [timeval(tv_sec: 1_450_000_000, tv_usec: 0), timeval(tv_sec: 1_450_000_000, tv_usec: 0)]
      utimes(path + "/indexed/runs/20151213-09460\(number % 10)-\(number)", then)
    }
    _ = RunsReader(home: other).refresh()
    let seed = get("indexed/cache/runs-index")
    precondition(!seed.isEmpty, "fifty runs that are over are indexed")
    return FuzzEntry("runs index", weight: 2, seeds: [seed]) { bytes in
      guard bytes.count >= 16 else { return }
      let sum = bytes[16...].withUnsafeBytes { CRC32C($0).value }
      bytes.replaceSubrange(8..<16, with: Self.little(UInt64(sum)))
    } run: { [self] in
      put($0, "indexed/cache/runs-index")
      _ = RunIndex.load(other).count
    }
  }

  // MARK: What is typed

  func inputEntries() throws -> [FuzzEntry] {
    func text(_ name: String, _ seeds: String..., run: @escaping (String) throws -> Void) -> FuzzEntry {
      FuzzEntry(name, weight: 40, isText: true, seeds: seeds.map { Array($0.utf8) }) { try run(String(decoding: $0, as: UTF8.self)) }
    }
    return [
      text("filter", "loss<0.5 epochs>=3 dataset:imagenet -tag:bad \"two words\"", "age<3d speed>1e3 state:running", "top1>50%") {
        let filter = try RunFilter($0)
        _ = filter.fitting([])
      },
      text("order", "top1", "-created", "loss") { _ = try RunOrder($0) },
      text("schedule", "step:30:0.1", "cosine", "poly:0.5", "fixed", "30,60,80:0.1") { _ = try TrainingConfiguration.Schedule($0) },
      text("length", "90", "+10", "450000", "+1e3") {
        _ = try? RunLength(epochs: $0)
        _ = try RunLength(iterations: $0)
      },
      text("key script", "/dog<Enter>c<Esc>jjk<C-d>gg", "<Up><Down><PageDown>x<F1> <Space>") { _ = try KeyScript.keys($0, at: "x") },
    ]
  }
}

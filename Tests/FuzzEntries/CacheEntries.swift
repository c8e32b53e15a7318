import Analysis
import Basics
import Datasets
import Files
import Glibc
import Kernels
import Networks
import Runs
import Settings
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
      try runIndexEntry(), try unfinishedEntry(), try curvesEntry(), try treeEntry(), try meansEntry(),
    ]
  }

  /// How far features are that were being computed when the program ended.
  private func unfinishedEntry() throws -> FuzzEntry {
    let cache = FeatureCache(home: home)
    let key = FeatureCache.Key(run: "u", step: 1, space: "pool", fingerprint: "f", split: .train)
    func compute(through last: Int) throws {
      _ = try cache.features(for: key, rows: 3, width: 4) {
        (done: ExtractedPart, keep: (ExtractedPart) -> Void, take: (Tensor) throws(Problem) -> Void) throws(Problem) -> ExtractedImages in
        for image in done.images..<max(done.images, last) {
          try take(Tensor([1, 2, 3, Float(image)], shape: [1, 4]))
          keep(ExtractedPart(images: image + 1, skipped: done.skipped))
        }
        guard last == 3 else { throw Problem("ended") }
        let skipped = Set(done.skipped.map(\.index))
        return ExtractedImages(indices: [0, 1, 2].filter { !skipped.contains($0) }, skipped: done.skipped)
      }
    }
    let before = Set(try FileNames.of(home.cache + "/features"))
    try? compute(through: 2)
    let names = try FileNames.of(home.cache + "/features").filter { !before.contains($0) }
    let (note, rows) = (names.first { $0.hasSuffix(".unfinished.json") }!, names.first { $0.hasSuffix(".unfinished") }!)
    let (seed, floats) = (get("home/cache/features/" + note), get("home/cache/features/" + rows))
    return FuzzEntry("features .unfinished.json", weight: 2, isText: true, seeds: [seed]) { [self] in
      put($0, "home/cache/features/" + note)
      put(floats, "home/cache/features/" + rows)
      defer { for end in [".npy", ".json"] { unlink("\(home.cache)/features/\(rows.dropLast(".unfinished".count))\(end)") } }
      try compute(through: 3)
    }
  }

  /// What was read of a run's event files: its head has a checksum.
  private func curvesEntry() throws -> FuzzEntry {
    let run = try FileNames.of(home.runs).first { $0.hasSuffix("good") }!
    let cache = CurveCache(home: home)
    try cache.keep(try RunsReader(home: home).checkedCurves(of: run), run: run)
    let seed = get("home/cache/curves/\(run).curves")
    precondition(!seed.isEmpty, "curves are kept")
    return FuzzEntry("curves", weight: 4, isText: true, seeds: [seed]) { bytes in
      let lengths = [8, 16].map { place in bytes.count < place + 8 ? UInt64.max : bytes[place..<place + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) } }
      guard lengths.allSatisfy({ $0 <= UInt64(bytes.count) }), lengths.reduce(32, +) <= UInt64(bytes.count) else { return }
      let sum = bytes[32..<32 + Int(lengths[0] + lengths[1])].withUnsafeBytes { CRC32C($0).value }
      bytes.replaceSubrange(24..<32, with: Self.little(UInt64(sum)))
    } run: { [self] in
      put($0, "home/cache/curves/\(run).curves")
      guard let curves = cache.open(run: run, in: home.runs) else { return }
      curves.lookAtAll()
      for tag in curves.tags {
        let series = curves.series(tag: tag)
        guard !series.isEmpty else { continue }
        let (first, last) = (series.position(0, on: .steps(each: 1)), series.position(series.count - 1, on: .steps(each: 1)))
        if first <= last { _ = series.spans(in: first...last, on: .steps(each: 1), columns: 120) }
      }
    }
  }

  /// A tree as it was built once: stamps of what it was made of, a checksum, and the tree.
  private func treeEntry() throws -> FuzzEntry {
    let wordNet = try Self.words.open()
    let tree = try Hierarchy(fineClasses: Self.classes, wordNet: wordNet)
    let cache = TreeCache(home: home, dataset: "plain", wordNet: path + "/none", .name)
    cache.keep(tree, classNames: ["one", "two"])
    let seed = get("home/cache/trees/plain-name")
    // Version and four stamps, of which two files are there.
    guard let sum = (8..<seed.count - 4).first(where: { place in
      seed[(place + 4)...].withUnsafeBytes { Self.little(CRC32C($0).value) } == Array(seed[place..<place + 4])
    }) else { preconditionFailure("a kept tree has a checksum") }
    return FuzzEntry("tree cache", weight: 6, seeds: [seed]) { bytes in
      guard bytes.count > sum + 4 else { return }
      bytes.replaceSubrange(0..<sum, with: seed[0..<sum])
      let value = bytes[(sum + 4)...].withUnsafeBytes { CRC32C($0).value }
      bytes.replaceSubrange(sum..<sum + 4, with: Self.little(value))
    } run: { [self] in
      put($0, "home/cache/trees/plain-name")
      guard let (tree, names) = try cache.read(.name, wordNet: { () throws(Problem) in wordNet }) else { return }
      _ = (names.count, Partition(tree).targets.count)
      for node in tree.nodes { _ = (tree.name(node), tree.children(node).count, tree.fineClassesBelow(node)) }
    }
  }

  private func meansEntry() throws -> FuzzEntry {
    let dataset = try DatasetCatalog(home: home).open("plain")
    let cache = MeanCache(home: home)
    let augmentation = try Architecture.named("alexnet-28").recipe.augmentation
    let samples = dataset.labels(.train).enumerated().map { Sample(index: Int32($0), label: $1) }
    func mean() throws {
      _ = try cache.mean(dataset: dataset, samples: samples, input: (28, 28, 1), augmentation: augmentation, workers: 1) { () throws(Problem) in true }
    }
    try mean()
    let name = try FileNames.of(home.cache + "/means").first { $0.hasSuffix(".safetensors") }!
    return FuzzEntry("means", weight: 2, isText: true, seeds: [get("home/cache/means/" + name)], seal: Self.sealHeader) { [self] in
      put($0, "home/cache/means/" + name)
      try mean()
    }
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
    let keys: [[UInt8]] = [
      "\u{1B}[<0;12;5M\u{1B}[<0;12;5m\u{1B}[<64;1;1M", "\u{1B}[200~two\nlines\u{1B}[201~jk\u{1B}", "\u{1B}[1;5A\u{1B}OP\u{1B}[[A\u{1B}[15~\u{1B}[Z", "é犬😀\u{1B}b\u{3}\u{7F}\t\r",
      "\u{1B}[M !!\u{1B}]11;rgb:0000/0000/0000\u{7}\u{1B}P>|xterm\u{1B}\\\u{1B}[0n\u{1B}[?62;c",
    ].map { Array($0.utf8) }
    return [
      FuzzEntry("terminal input", weight: 40, isText: true, seeds: keys) { bytes in
        var decoder = InputDecoder()
        var (now, rest) = (ContinuousClock.now, bytes[...])
        // In pieces, some of them after a pause.
        while let first = rest.first {
          _ = decoder.take(rest.prefix(1 + Int(first % 9)), at: now)
          rest = rest.dropFirst(1 + Int(first % 9))
          now += .milliseconds(first % 5 == 0 ? 2000 : 1)
          if first % 5 == 0 { _ = decoder.expire(at: now) }
        }
        _ = decoder.expire(at: now + .seconds(60))
      },
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

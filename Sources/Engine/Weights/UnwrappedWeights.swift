import Basics
import Files
import Kernels

/// A file whose names are the network's behind what wrappers put there: `module.` of DataParallel, `model.` of Lightning, `_orig_mod.` of
/// torch.compile, whatever attribute held the network, and several of them.
struct UnwrappedWeights: WeightFile {
  private let base: any WeightFile
  /// The name here → the file's.
  private let originals: [String: String]
  /// What was stripped from how many names.
  let remark: String

  /// Stand anywhere in a name: a part of a network may be wrapped alone.
  private static let wrappers: Set<Substring> = ["module", "_orig_mod"]
  /// In the prefixes of averaged and other second copies of a network.
  private static let seconds = ["ema", "averag", "swa", "teacher", "target", "momentum", "shadow", "encoder_k"]

  /// The file with the names that `wanted` are, where stripping makes them fit: all of them, or at least most, so that what is still
  /// missing can be named; nil where there is nothing to strip.
  /// - Throws: a ``Problem`` where the file holds the network several times and does not tell which one is meant.
  init?(_ base: any WeightFile, wanted: Set<String>) throws(Problem) {
    let names = base.names
    let asIs = names.count { wanted.contains($0) }
    guard asIs < wanted.count else { return nil }
    // Without wrappers, then by what stands in front of the network's names.
    var plain: [String: String] = [:]
    for name in names {
      let bare = name.split(separator: ".", omittingEmptySubsequences: false).filter { !Self.wrappers.contains($0) }.joined(separator: ".")
      plain[plain[bare] == nil ? bare : name] = name
    }
    var found: [String: Int] = [:]
    for name in plain.keys {
      for place in [name.startIndex] + name.indices.filter({ name[$0] == "." }).map({ name.index(after: $0) })
      where wanted.contains(String(name[place...])) {
        found[String(name[..<place]), default: 0] += 1
      }
    }
    let whole = found.filter { $0.value == wanted.count }.keys.sorted()
    let prefix: String
    if let one = try Self.choose(whole, base) {
      prefix = one
    } else if let most = found.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }), most.value > max(asIs, wanted.count / 2) {
      prefix = most.key
    } else {
      return nil
    }
    var originals: [String: String] = [:]
    var stripped = 0
    for (name, original) in plain {
      let isInside = name.hasPrefix(prefix)
      originals[isInside ? String(name.dropFirst(prefix.count)) : original] = original
      if isInside, wanted.contains(String(name.dropFirst(prefix.count))) { stripped += 1 }
    }
    // Names that something outside has as well stay as the file has them.
    guard originals.count == names.count, stripped > asIs else { return nil }
    let parts = Self.wrappers.filter { part in names.contains { $0.split(separator: ".").contains(part) } }.map { "\($0)." }.sorted()
    remark = "\((parts + (prefix.isEmpty ? [] : [prefix])).map { "`\($0)`" }.joined(separator: " and ")) stripped from the names of "
      + "\(stripped) tensors"
    (self.base, self.originals) = (base, originals)
  }

  /// The one copy of the network that is meant; nil where there is none.
  private static func choose(_ prefixes: [String], _ file: any WeightFile) throws(Problem) -> String? {
    if prefixes.count < 2 { return prefixes.first }
    let firsts = prefixes.filter { prefix in !seconds.contains { prefix.lowercased().contains($0) } }
    guard firsts.count == 1 else {
      throw Problem(
        "the file holds the network several times", at: file.path, expected: "once",
        found: prefixes.map { "`\($0)`" }.joined(separator: " and "),
        advice: "save those tensors alone whose names begin with the one that you mean", kind: .data)
    }
    return firsts[0]
  }

  var path: String { base.path }
  var metadata: [String: String] { base.metadata }
  var names: [String] { originals.keys.sorted() }
  func shape(of name: String) -> [Int]? { originals[name].flatMap { base.shape(of: $0) } }
  func format(of name: String) -> FloatFormat? { originals[name].flatMap { base.format(of: $0) } }
  func original(_ name: String) -> String { originals[name] ?? name }
  func read(_ name: String, into tensor: Tensor) throws(Problem) { try base.read(original(name), into: tensor) }
}

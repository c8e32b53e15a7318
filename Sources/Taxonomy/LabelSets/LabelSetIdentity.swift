import Basics

extension LabelSet {
  /// What identifies the classes of a label set, whatever its name and however they were made: `sha256:` and the digest
  /// of ``canonicalText``.
  public var contentHash: String { "sha256:" + sha256(canonicalText.utf8) }

  /// The text that is hashed, one line each, fields separated by tabs:
  /// ```
  /// imagenet-tui label set 1
  /// dataset   <name>
  /// policy    name|file
  /// images    all | <per class>  <seed>
  /// class     <wnid>  <member wnids…>        (a line per class; classes and members in ASCII order)
  /// out       <wnids of what is left out…>   (in ASCII order; the line is there even where nothing is)
  /// ```
  public var canonicalText: String {
    var lines = [["imagenet-tui label set 1"], ["dataset", dataset], ["policy", policy.rawValue]]
    lines.append(["images"] + (imageBudget.map { ["\($0.perClass)", "\($0.seed)"] } ?? ["all"]))
    lines += classes.sorted { $0.wnid < $1.wnid }.map { ["class", $0.wnid] + $0.members.sorted() }
    lines.append(["out"] + leftOut.sorted())
    return lines.map { $0.joined(separator: "\t") + "\n" }.joined()
  }

  /// Checks that this is a partition of exactly `fineClasses`, left-out ones counted.
  /// - Throws: a ``Problem`` that names the classes which are missing, unknown, or there twice.
  public func check(fineClasses: [String]) throws(Problem) {
    func fail(_ expected: String, _ found: [String]) -> Problem {
      Problem(
        "the label set does not fit its dataset \(dataset)", at: name, expected: expected,
        found: "\(found.count): \(firstFew(found))")
    }
    guard !classes.isEmpty else {
      throw Problem("the label set is empty", at: name, expected: "at least one class", found: "none")
    }
    let names = Self.repeated(classes.map(\.wnid))
    if !names.isEmpty { throw fail("each class once", names) }
    let hollow = classes.filter(\.members.isEmpty).map(\.wnid)
    if !hollow.isEmpty { throw fail("fine classes in every class", hollow) }
    let held = classes.flatMap(\.members) + leftOut
    let twice = Self.repeated(held)
    if !twice.isEmpty { throw fail("each fine class in one place", twice) }
    let fine = Set(fineClasses)
    let unknown = held.filter { !fine.contains($0) }
    if !unknown.isEmpty { throw fail("only the dataset's classes", unknown) }
    let heldSet = Set(held)
    let missing = fineClasses.filter { !heldSet.contains($0) }
    if !missing.isEmpty { throw fail("every fine class of the dataset, but some are missing", missing) }
    if let imageBudget, imageBudget.perClass < 1 {
      throw fail("at least 1 image per class", ["\(imageBudget.perClass)"])
    }
  }

  private static func repeated(_ wnids: [String]) -> [String] {
    var seen: Set<String> = []
    return wnids.filter { !seen.insert($0).inserted }
  }
}

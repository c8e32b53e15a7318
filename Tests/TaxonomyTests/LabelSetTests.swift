import Basics
import Taxonomy
import TestSupport
import Testing

@Suite("A label set knows what it is, whether it fits, and how it differs")
struct LabelSetTests {
  private func set(_ classes: [(String, [String])], out: [String] = [], budget: ImageBudget? = nil) -> LabelSet {
    LabelSet(
      name: "x", dataset: "d", policy: .name, recipe: [],
      classes: classes.map { TargetClass(wnid: $0.0, name: $0.0, members: $0.1) }, leftOut: out, imageBudget: budget)
  }

  @Test("The hash is that of the documented text")
  func hash() {
    let some = set([("b", ["d", "c"]), ("a", ["a"])], out: ["z"], budget: ImageBudget(perClass: 50, seed: 1))
    let text = "imagenet-tui label set 1\ndataset\td\npolicy\tname\nimages\t50\t1\nclass\ta\ta\nclass\tb\tc\td\nout\tz\n"
    #expect(some.canonicalText == text)
    #expect(some.contentHash == "sha256:" + sha256(text.utf8))
  }

  @Test(
    "SHA-256 gives the digests of FIPS 180-4",
    arguments: [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
      (String(repeating: "a", count: 1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
    ])
  func digests(message: String, digest: String) {
    #expect(sha256(message.utf8) == digest)
    // In pieces of any length the same.
    for length in [1, 63, 64, 65, 1000] where message.utf8.count < 100 || length > 64 {
      var pieces = SHA256()
      let bytes = Array(message.utf8)
      for start in stride(from: 0, to: bytes.count, by: length) { bytes[start..<min(bytes.count, start + length)].withUnsafeBytes { pieces.update($0) } }
      #expect(pieces.finish() == digest)
    }
  }

  @Test("The hash changes with the classes, the dataset, the policy and the budget, not with name or recipe")
  func hashChanges() {
    let base = set([("a", ["a", "b"]), ("c", ["c"])])
    var renamed = base
    renamed.name = "y"
    renamed.recipe = [.bottomUp(depth: 3)]
    #expect(renamed.contentHash == base.contentHash)
    var (otherData, otherPolicy, budgeted) = (base, base, base)
    otherData.dataset = "e"
    otherPolicy.policy = .file
    budgeted.imageBudget = ImageBudget(perClass: 5, seed: 0)
    let moved = set([("a", ["a"]), ("c", ["b", "c"])])
    let left = set([("a", ["a"]), ("c", ["c"])], out: ["b"])
    let all = [base, otherData, otherPolicy, budgeted, moved, left].map(\.contentHash)
    #expect(Set(all).count == all.count)
  }

  @Test("A label set that does not fit its dataset is refused with the classes")
  func misfits() {
    let fine = ["a", "b", "c"]
    func found(_ set: LabelSet) -> String? {
      do throws(Problem) {
        try set.check(fineClasses: fine)
        return nil
      } catch { return error.found }
    }
    #expect(found(set([("a", ["a", "b"])], out: ["c"])) == nil)
    #expect(found(set([("a", ["a", "b"])])) == "1: c")
    #expect(found(set([("a", ["a", "b", "c", "d"])])) == "1: d")
    #expect(found(set([("a", ["a", "b"]), ("c", ["b", "c"])])) == "1: b")
    #expect(found(set([("a", ["a", "b", "c"])], out: ["c"])) == "1: c")
    #expect(found(set([("a", ["a", "b"]), ("a", ["c"])])) == "1: a")
    #expect(found(set([("a", ["a", "b", "c"]), ("z", [])])) == "1: z")
    #expect(found(set([], out: fine)) == "none")
    let many = (0..<200).map { "n\($0)" }
    #expect(found(set([("a", fine + many)])) == "200: n0, n1, n10 and 197 more")
  }

  @Test("Relations between label sets")
  func relations() throws {
    let fine = set([("a", ["a"]), ("b", ["b"]), ("c", ["c"])])
    let coarse = set([("x", ["a", "b"]), ("c", ["c"])])
    let other = set([("a", ["a"]), ("y", ["b", "c"])])
    #expect(try LabelSetDiff(fine, coarse).relation == .finer)
    #expect(try LabelSetDiff(coarse, fine).relation == .coarser)
    #expect(try LabelSetDiff(coarse, other).relation == .crossing)
    #expect(try LabelSetDiff(fine, fine).relation == .equal)
    #expect(try LabelSetDiff(set([("a", ["a"])], out: ["b"]), set([("b", ["b"])], out: ["a"])).relation == .disjoint)
    let diff = try LabelSetDiff(fine, coarse)
    #expect(diff.onlyInA == ["a", "b"] && diff.onlyInB == ["x"])
    #expect(diff.moved.map(\.fine) == ["a", "b"] && diff.moved.map(\.to) == ["x", "x"])
    let part = try LabelSetDiff(fine, set([("a", ["a"])], out: ["b", "c"]))
    #expect(part.heldOnlyByA == ["b", "c"] && part.heldOnlyByB.isEmpty && part.relation == .equal)
    var elsewhere = fine
    elsewhere.dataset = "e"
    #expect(throws: Problem.self) { try LabelSetDiff(fine, elsewhere) }
  }

  @Test("What a label set means for a training")
  func consequences() {
    let facts = Consequences(targets: [4, 4, 9, -1, 2], imagesPerFine: [100, 50, 30, 1000, 10])
    #expect(facts.classes == 3 && facts.fineClasses == 4 && facts.leftOut == 1 && facts.singletons == 2)
    #expect(facts.imagesPerClass == [10, 30, 150] && facts.images == 190 && facts.imbalance == 15)
    #expect(facts.chance == 1.0 / 3)
    let budget = ImageBudget(perClass: 40, seed: 1)
    #expect(Consequences(targets: [0, 0, 1], imagesPerFine: [100, 30, 5], budget: budget).imagesPerClass == [5, 70])
    #expect(Consequences(targets: [0, 1], imagesPerFine: [0, 5]).imbalance == nil)
    #expect(facts.largest?.target == 4 && facts.largest?.size == 150 && facts.smallest?.target == 2)
    let unknown = Consequences(targets: [3, 3, 1, 5, 5], imagesPerFine: nil)
    #expect(unknown.largest?.target == 3 && unknown.largest?.size == 2 && unknown.smallest?.target == 1)
    let nothing = Consequences(targets: [-1, -1], imagesPerFine: nil)
    #expect(nothing.classes == 0 && nothing.chance == 0 && nothing.images == nil)
  }
}

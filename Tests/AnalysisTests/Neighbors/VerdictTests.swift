import Analysis
import Datasets
import Taxonomy
import Testing

@Suite struct VerdictTests {
  private let classes = ["n01", "n02", "n03", "n04", "n05"].map { FineClass(wnid: $0, name: $0) }
  private var judge: Judge {
    let set = LabelSet(
      name: "two", dataset: "five", policy: .name, recipe: [],
      classes: [
        TargetClass(wnid: "n10", name: "ten", members: ["n01", "n02"]),
        TargetClass(wnid: "n03", name: "three", members: ["n03"]),
      ], leftOut: ["n04", "n05"])
    return Judge(set, classes: classes)
  }

  @Test("the same fine class is fine, the same coarse class coarse, anything else wrong")
  func verdicts() {
    #expect(judge.verdict(query: 0, neighbor: 0) == .fine)
    #expect(judge.verdict(query: 0, neighbor: 1) == .coarse)
    #expect(judge.verdict(query: 1, neighbor: 0) == .coarse)
    #expect(judge.verdict(query: 2, neighbor: 2) == .fine)
    #expect(judge.verdict(query: 2, neighbor: 0) == .wrong)
  }

  @Test("classes that the label set leaves out are not one coarse class")
  func leftOut() {
    #expect(judge.verdict(query: 3, neighbor: 3) == .fine)
    #expect(judge.verdict(query: 3, neighbor: 4) == .wrong)
    #expect(judge.verdict(query: 3, neighbor: 0) == .wrong)
  }

  @Test("labels that the dataset does not have are wrong, and no trouble")
  func unknownLabels() {
    for (query, neighbor) in [(-1, -1), (5, 5), (0, 99), (Int32.min, 0)] {
      #expect(judge.verdict(query: Int32(query), neighbor: Int32(neighbor)) == .wrong)
    }
  }

  @Test("each verdict has a glyph of its own")
  func glyphs() {
    #expect(Verdict.allCases.map(\.glyph) == ["✓", "≈", "✗"])
  }
}

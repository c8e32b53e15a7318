import Analysis
import TestSupport
import Testing

@Suite struct SurprisingQueryTests {
  @Test("Images that one net has right and the other wrong, the largest difference first, those of the coarser net before the reverse")
  func ranked() {
    let found = SurprisingQuery.ranked(
      images: [10, 11, 12, 13, 14], labels: [0, 1, 2, 3, 4],
      fine: [[9, 9], [1, 1], [9, 2], [9, 9], [4, 4]], coarse: [[0, 0], [9, 9], [2, 9], [3, 3], [4, 9]], limit: 9)
    // 14 is right under both.
    #expect(found.map(\.image) == [10, 13, 12, 11])
    #expect(found.map(\.isCoarseRight) == [true, true, true, false])
    #expect(found[2] == SurprisingQuery(image: 12, label: 2, fine: 1, coarse: 1, isCoarseRight: true))
  }

  @Test("At most so many of either kind; a query without neighbours is wrong", arguments: 0..<20 as Range<UInt64>)
  func limit(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let count = 60
    let labels = (0..<count).map { _ in Int32.random(in: 0..<4, using: &random) }
    func answers() -> [[Int32]] { labels.map { _ in (0..<Int.random(in: 0...5, using: &random)).map { _ in Int32.random(in: 0..<4, using: &random) } } }
    let (fine, coarse) = (answers(), answers())
    let all = SurprisingQuery.ranked(images: Array(0..<count), labels: labels, fine: fine, coarse: coarse, limit: count)
    let few = SurprisingQuery.ranked(images: Array(0..<count), labels: labels, fine: fine, coarse: coarse, limit: 3)
    for kind in [true, false] {
      let expected = (0..<count).filter { (coarse[$0].first == labels[$0]) == kind && (fine[$0].first == labels[$0]) != kind }
      #expect(Set(all.filter { $0.isCoarseRight == kind }.map(\.image)) == Set(expected))
      #expect(few.filter { $0.isCoarseRight == kind } == Array(all.filter { $0.isCoarseRight == kind }.prefix(3)))
    }
  }
}

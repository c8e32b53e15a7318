import Analysis
import Pictures
import Taxonomy
import TestSupport
import Testing

@Suite struct FeatureMapTests {
  @Test("At every depth of any tree each image has the colour of its ancestor there, and deeper levels part what upper ones join", arguments: 0..<20 as Range<UInt64>)
  func levels(seed: UInt64) throws {
    let tree = try Hierarchy.random(seed: seed)
    let fines = Array(tree.fineClasses.indices)
    let map = FeatureMap(
      run: "r", step: 1, space: "fc7", dataset: "d", points: fines.map { (Double($0), Double($0 * $0 % 7)) }, fines: fines, shares: [0.5, 0.2])
    var above: FeatureMap.Colouring?
    for depth in 0...tree.deepest {
      let colouring = FeatureMap.Colouring(depth: depth, of: tree)
      for fine in fines {
        let node = tree.ancestor(Int(tree.nodeOfFine[fine]), atDepth: depth)
        #expect(colouring.groups[colouring.groupOfFine[fine]] == tree.name(node))
        for other in fines where colouring.groupOfFine[fine] == colouring.groupOfFine[other] {
          #expect(above.map { $0.groupOfFine[fine] == $0.groupOfFine[other] } ?? true)
        }
      }
      let picture = map.picture(colouring)
      #expect(picture.legend.reduce(0) { $0 + $1.points } == fines.count)
      #expect(picture.legend.map(\.points) == picture.legend.map(\.points).sorted(by: >))
      above = colouring
    }
    #expect(above?.groups.count == tree.fineClasses.count)
  }

  @Test("A cell is of the group with the most points in it, and cells without any are empty")
  func cells() {
    let picture = ScatterPicture(
      title: [], points: [(0, 0), (0, 0), (0, 0), (1, 1), (.nan, 0)], labels: [0, 1, 1, 0, 1], groups: ["a", "b"])
    // b has three points and so the first rank.
    #expect(picture.cells(columns: 2, rows: 2) == [nil, 1, 0, nil])
  }
}

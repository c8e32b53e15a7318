import Basics

extension Partition {
  /// Leaves out the fine classes that lie at or below any of `synsets` by any path of hypernyms, the tree's or another.
  /// - Throws: a ``Problem`` naming what is no synset.
  public func without(below synsets: [String]) throws(Problem) -> Partition {
    let ids = synsets.compactMap { hierarchy.wordNet.id(ofWnid: $0) }
    guard ids.count == synsets.count else {
      let known = Set(ids.map { hierarchy.wordNet.wnid(of: $0) })
      throw Problem(
        "cannot leave out what is not there", expected: hierarchy.wordNet.wnidsInWords,
        found: firstFew(synsets.filter { !known.contains($0) }), advice: "see `imagenet-tui tree search`", kind: .usage)
    }
    var isBelow = Dictionary(ids.map { ($0, true) }) { first, _ in first }
    var result = self
    for (fine, node) in hierarchy.nodeOfFine.enumerated()
    where hierarchy.wordNet.reaches(hierarchy.id(Int(node)), &isBelow) {
      result.targets[fine] = -1
    }
    return result
  }

  /// Leaves out exactly these fine classes.
  /// - Throws: a ``Problem`` naming those that the dataset does not have.
  public func leavingOut(_ fineClasses: [String]) throws(Problem) -> Partition {
    var unwanted = Set(fineClasses)
    var result = self
    for (fine, wnid) in hierarchy.fineClasses.enumerated() where unwanted.remove(wnid) != nil {
      result.targets[fine] = -1
    }
    guard unwanted.isEmpty else {
      throw Problem(
        "cannot leave out what is not there", expected: "fine classes of the dataset",
        found: firstFew(unwanted.sorted()), kind: .usage)
    }
    return result
  }
}

extension WordNet {
  /// Whether a hypernym path leads from `id` to a synset that `known` holds as true; `known` collects the answers.
  fileprivate func reaches(_ id: SynsetID, _ known: inout [SynsetID: Bool]) -> Bool {
    if let answer = known[id] { return answer }
    // Walked with a stack of our own: a hostile file may chain synsets deeper than the machine's stack, or in circles.
    var path = [(id: id, rest: hypernyms(of: id)[...])]
    known[id] = false
    while let last = path.indices.last {
      guard let next = path[last].rest.popFirst() else {
        path.removeLast()
        continue
      }
      if known[next] == true {
        for step in path { known[step.id] = true }
        return true
      }
      if known[next] == nil {
        known[next] = false
        path.append((next, hypernyms(of: next)[...]))
      }
    }
    return false
  }
}

import Basics
import Datasets
import TestSupport
import Testing
import Training

@Suite struct ActionPrecisionTests {
  private func truth(_ values: [Int]) -> [ActionTruth] { values.enumerated().map { ActionTruth(image: "i\($0 / 2)", place: $0 % 2 + 1, value: $1) } }

  private func score(_ person: Int, _ score: Float) -> ActionScore { ActionScore(image: "i\(person / 2)", place: person % 2 + 1, score: score) }

  private func row(_ values: [Int], _ scores: [ActionScore]) throws -> ActionPrecision.ActionRow {
    try ActionPrecision.ActionRow("running", truth: truth(values), scores: scores)
  }

  @Test("People are ranked by score; those of whom it counts neither way leave no trace")
  func ranking() throws {
    // Right, ignored, wrong, right of 2: 1 · ½ + ⅔ · ½.
    let found = try row([1, -1, 0, 1], [score(1, 0.5), score(0, 0.9), score(3, 0.1), score(2, 0.8)])
    #expect(found.value == 0.5 + 0.5 * 2 / 3)
    #expect(found.people == 2 && found.ignored == 1 && found.missing == 0)
  }

  @Test("A person without a score stands behind everybody, in the order of the list")
  func missing() throws {
    // The third is found, the others follow as listed: wrong, right.
    let found = try row([-1, 1, 1], [score(2, -5)])
    #expect(found.value == 0.5 + 0.5 * 2 / 3 && found.missing == 2)
    #expect(try ActionPrecision.ActionRow.curve("running", truth: truth([-1, 1, 1]), scores: [score(2, -5)]).order == [2, 0, 1])
  }

  @Test("A score of somebody who is not in the set, a second score, and a person listed twice are errors with their names")
  func refusals() {
    let unknown = problem { _ = try row([1, -1], [score(7, 1)]) }
    #expect(unknown?.kind == .data && unknown?.place == "running, i3, object 2")
    let double = problem { _ = try row([1, -1], [score(0, 1), score(0, 2)]) }
    #expect(double?.place == "running, i0, object 1" && double?.found == "two")
    let listed = problem { _ = try ActionPrecision.ActionRow("running", truth: truth([1]) + truth([1]), scores: []) }
    #expect(listed?.place == "running, i0, object 1")
  }

  @Test("The mean is over actions that somebody does, and is not accuracy: each action ranks everybody")
  func mean() throws {
    let rows = [try row([1, -1], [score(0, 0.2), score(1, 0.1)]), try row([-1, 1], [score(0, 0.9), score(1, 0.8)]), try row([-1, -1], [score(0, 1), score(1, 0)])]
    let all = ActionPrecision(rows)
    #expect(rows.map(\.value) == [1, 0.5, nil] && all.mean == 0.75)
    #expect(all.note == "AP VOC10+, people's boxes given; nobody does running: left out")
    #expect(ActionPrecision([]).mean == nil)
  }

  @Test("Equal scores are ranked as the list has them, whatever the order of the results")
  func ties() throws {
    var random = SeededGenerator(seed: 3)
    let values = (0..<40).map { _ in Int.random(in: -1...1, using: &random) }
    let scores = values.indices.map { score($0, Float(Int.random(in: 0...3, using: &random))) }
    let expected = try row(values, scores)
    for _ in 0..<5 { #expect(try row(values, scores.shuffled(using: &random)) == expected) }
  }
}

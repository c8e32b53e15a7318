import Kernels
import Testing
import Training

@Suite struct ClassificationTallyTests {
  @Test("top-1, top-5, mean class accuracy and loss are what counting by hand gives")
  func counts() {
    var tally = ClassificationTally(classes: 7)
    // Ranks of the labels: 0, 1, 5, 0.
    let logits = Tensor(
      [9, 1, 2, 3, 4, 5, 6, 9, 8, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 0, 0, 0, 0, 0, 0, 1], shape: [4, 7])
    tally.add(logits: logits, labels: [0, 1, 1, 6], count: 4, loss: 2)
    tally.add(logits: logits, labels: [0, 9, 9, 9], count: 1, loss: 7)
    let report = tally.report(tally.classResults(step: 3, epoch: 1), skipped: 2)
    #expect(report.images == 5 && report.skipped == 2 && report.step == 3)
    #expect(report[.top1] == 3.0 / 5 && report[.top5] == 4.0 / 5)
    // Class 0: 2 of 2, class 1: 0 of 2, class 6: 1 of 1; the others have no images and do not count.
    #expect(report[.meanClass] == 2.0 / 3)
    #expect(report.loss == 3)
    let results = tally.classResults(step: 3, epoch: 1)
    #expect(results.images == [2, 2, 0, 0, 0, 0, 1] && results.right == [2, 0, 0, 0, 0, 0, 1])
    #expect(Array(results.confusions) == [.init(label: 1, prediction: 0, count: 1), .init(label: 1, prediction: 6, count: 1)])
    #expect(results.accuracy(of: 1) == 0 && results.accuracy(of: 2) == nil)
  }

  @Test("equal scores go to the lower class, so that a constant network is right by chance alone")
  func ties() {
    var tally = ClassificationTally(classes: 6)
    tally.add(logits: Tensor([6, 6]), labels: [0, 1, 2, 3, 4, 5], count: 6, loss: 1)
    let report = tally.report(tally.classResults(step: 0, epoch: 0), skipped: 0)
    #expect(report[.top1] == 1.0 / 6 && report[.top5] == 5.0 / 6)
  }

  @Test("a score that is no number is never right")
  func notANumber() {
    var tally = ClassificationTally(classes: 2)
    tally.add(logits: Tensor([.nan, .nan, .nan, 1], shape: [2, 2]), labels: [0, 0], count: 2, loss: 1)
    #expect(tally.report(tally.classResults(step: 0, epoch: 0), skipped: 0)[.top1] == 0)
    #expect(tally.report(tally.classResults(step: 0, epoch: 0), skipped: 0)[.top5] == 0)
    #expect(
      Array(tally.classResults(step: 0, epoch: 0).confusions)
        == [.init(label: 0, prediction: 1, count: 1), .init(label: 0, prediction: nil, count: 1)])
  }
}

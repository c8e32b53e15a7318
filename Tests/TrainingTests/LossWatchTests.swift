import Testing
import Training

@Suite struct LossWatchTests {
  /// Four classes of equal size: guessing costs log 4 = 1.386 nats.
  private let even = LossWatch(imagesPerClass: [10, 10, 10, 10])

  private func verdicts(_ watch: LossWatch, _ losses: [Float]) -> [LossWatch.Verdict] {
    var watch = watch
    return losses.map { watch.take($0) }
  }

  @Test("guessing costs the entropy of the classes, not the logarithm of their number")
  func guessing() {
    #expect(abs(even.guessing! - 1.386294) < 1e-6)
    #expect(abs(LossWatch(imagesPerClass: [900, 100, 0]).guessing! - 0.325083) < 1e-6)
  }

  @Test("a loss that stays where guessing is counts as flat at step 200, not before")
  func flat() {
    let verdicts = verdicts(even, Array(repeating: 1.38, count: 250))
    #expect(verdicts.prefix(199).allSatisfy { $0 == .well })
    #expect(verdicts.dropFirst(199).allSatisfy { if case .flat = $0 { true } else { false } })
  }

  @Test("a loss that falls is well, however slowly it began and wherever it settles")
  func falling() {
    let losses = (0..<400).map { Float(max(0.7, 1.4 - 0.004 * Double($0))) }
    #expect(verdicts(even, losses).allSatisfy { $0 == .well })
  }

  @Test("flat ends when the loss has clearly fallen, and does not flicker at the threshold")
  func hysteresis() {
    var watch = even
    for _ in 0..<200 { _ = watch.take(1.39) }
    for _ in 0..<100 { _ = watch.take(1.345) }
    #expect(watch.flatMean != nil, "1.345 is 0.97 of guessing: not yet better by enough")
    for _ in 0..<100 { _ = watch.take(1.30) }
    #expect(watch.flatMean == nil)
  }

  @Test("a loss far above its beginning for ten steps explodes; a spike does not")
  func exploding() {
    let spike = Array(repeating: Float(1.4), count: 20) + [60] + Array(repeating: 1.4, count: 20)
    #expect(verdicts(even, spike).allSatisfy { $0 == .well })
    let growing = (0..<60).map { Float(1.4) * Float(1 << min($0 / 2, 20)) }
    let first = verdicts(even, growing).firstIndex { if case .exploding = $0 { true } else { false } }
    #expect(first != nil && first! < 30)
    // A network that begins with a huge loss has that for its measure.
    #expect(verdicts(even, Array(repeating: 90, count: 50)).allSatisfy { $0 == .well })
  }

  @Test("a watch restored from its text judges on as if nothing had happened, at any step")
  func text() {
    let losses = (0..<330).map { Float(1.39 - ($0 > 220 ? 0.0012 * Double($0 - 220) : 0)) }
    let whole = verdicts(even, losses)
    #expect(whole.contains { if case .flat = $0 { true } else { false } } && whole.last == .well)
    for cut in stride(from: 1, to: losses.count, by: 7) {
      var first = even
      for loss in losses[..<cut] { _ = first.take(loss) }
      var second = even
      second.restore(first.text)
      #expect(second.text == first.text)
      #expect(losses[cut...].map { second.take($0) } == Array(whole[cut...]))
    }
  }

  @Test("text that is none leaves a fresh watch", arguments: [
    "", "1", "5 0", "-1 0 3f800000 3f800000", "5 0 zz 3f800000", "5 0 7f800000 3f800000",
    "5 0 " + String(repeating: "3f800000 ", count: 102),
  ])
  func damaged(text: String) {
    var watch = even
    watch.restore(text)
    #expect(watch.text == even.text)
  }
}

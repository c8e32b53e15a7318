import TUI
import Testing

@Suite struct PicturePaceTests {
  private let start = ContinuousClock.now

  @Test("Nothing goes out before the answer to the part before; soon answers double the parts, late ones halve them")
  func parts() {
    var (pace, now) = (PicturePace(), start)
    for (wait, part) in [(10, 512), (100, 512), (900, 256), (151, 128), (49, 256)] {
      pace.ask(at: now)
      #expect(pace.allowance(at: now) == 0 && pace.isWaiting(at: now))
      now += .milliseconds(wait)
      #expect(pace.allowance(at: now) == 0)
      pace.answered(at: now)
      #expect(pace.allowance(at: now) == part && !pace.isWaiting(at: now))
    }
  }

  @Test("A terminal that has never answered gets everything at once; a late answer brings the parts back")
  func silence() {
    var (pace, now) = (PicturePace(), start)
    pace.ask(at: now)
    now = pace.deadline!
    #expect(!pace.isWaiting(at: now))
    pace.giveUp()
    #expect(pace.allowance(at: now) == .max)
    pace.answered(at: now)
    #expect(pace.allowance(at: now) == 32)
  }

  @Test("One that has answered before gets a small part when an answer is lost")
  func lostAnswer() {
    var pace = PicturePace()
    pace.ask(at: start)
    pace.answered(at: start)
    pace.ask(at: start)
    pace.giveUp()
    #expect(pace.allowance(at: start) == 32)
  }
}

import TUI
import Testing

@Suite struct PicturePaceTests {
  private let start = ContinuousClock.now

  @Test("Nothing goes out before the answer to the part before; soon answers double the parts, late ones halve them")
  func parts() {
    var (pace, now) = (PicturePace(), start)
    for (wait, part) in [(10, 3000), (100, 3000), (55, 6000), (900, 3000), (161, 1500), (49, 3000)] {
      let asks = pace.send(pace.part, at: now)
      #expect(asks)
      #expect(pace.allowance(at: now) == 0 && pace.isWaiting(at: now))
      now += .milliseconds(wait)
      #expect(pace.allowance(at: now) == 0)
      pace.answered(at: now)
      #expect(pace.allowance(at: now) == part && !pace.isWaiting(at: now))
    }
  }

  @Test("Where all answers take long, parts grow as where none does: the way is no queue")
  func farAway() {
    var (pace, now) = (PicturePace(), start)
    for _ in 0..<6 {
      _ = pace.send(pace.part, at: now)
      now += .milliseconds(280)
      pace.answered(at: now)
    }
    #expect(pace.part == 12_000)
  }

  @Test("Nothing goes out until nobody has pressed a key for 300 ms")
  func rest() {
    var pace = PicturePace()
    #expect(pace.allowance(at: start) > 0 && pace.deadline == nil)
    pace.touch(at: start)
    pace.touch(at: start + .milliseconds(250))
    #expect(pace.allowance(at: start + .milliseconds(549)) == 0 && pace.deadline == start + .milliseconds(550))
    #expect(pace.allowance(at: start + .milliseconds(550)) > 0)
  }

  @Test("A terminal that has never answered is taken for a line of 20 kB a second; a late answer is believed")
  func silence() {
    var (pace, now) = (PicturePace(), start)
    _ = pace.send(1500, at: now)
    now = pace.deadline!
    #expect(!pace.isWaiting(at: now))
    var sent = 0
    while now < start + .seconds(6) {
      let allowance = pace.allowance(at: now)
      if allowance > 0, !pace.send(allowance, at: now) { sent += allowance }
      now += .milliseconds(1)
    }
    #expect((60_000...100_000).contains(sent), "\(sent) bytes in five seconds")
    pace.answered(at: now)
    _ = pace.allowance(at: now + .seconds(1))
    let asks = pace.send(500, at: now + .seconds(1))
    #expect(asks)
  }

  @Test("In tmux and screen, here or where one came from, nothing is asked, and 15 kB go a second")
  func multiplexer() {
    for environment in [["TERM": "tmux-256color"], ["TERM": "screen"], ["TERM": "xterm", "TMUX": "/tmp/x,1,0"], ["TERM": "xterm", "STY": "1.pts"]] {
      #expect(PicturePace.isLocal(environment: environment))
    }
    #expect(!PicturePace.isLocal(environment: ["TERM": "xterm-256color", "TMUX": ""]))
    var (pace, now, sent) = (PicturePace(isLocal: true), start, 0)
    while now < start + .seconds(1) {
      let allowance = pace.allowance(at: now)
      if allowance > 0 {
        let asks = pace.send(allowance, at: now)
        #expect(!asks)
        sent += allowance
      }
      now += .milliseconds(1)
    }
    #expect((14_000...16_000).contains(sent))
  }

  @Test("One that has answered before gets a small part when an answer is lost")
  func lostAnswer() {
    var pace = PicturePace()
    _ = pace.send(1500, at: start)
    pace.answered(at: start)
    _ = pace.send(3000, at: start)
    #expect(pace.allowance(at: start + .seconds(1)) == 500)
    let asks = pace.send(500, at: start + .seconds(1))
    #expect(asks)
  }
}

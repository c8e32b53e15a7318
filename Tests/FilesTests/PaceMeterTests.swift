import Files
import Testing

@Suite struct PaceMeterTests {
  @Test("A pace is that of the last seconds, known from the second sample on")
  func pace() {
    var meter = PaceMeter()
    meter.add(6400, at: 100)
    #expect(meter.rate == nil && meter.left(of: 10_000) == nil)
    // What was done before counts for nothing.
    meter.add(6464, at: 100.25)
    #expect(meter.rate == 256)
    for second in 1...100 { meter.add(6464 + second * 100, at: 100.25 + Double(second)) }
    #expect(meter.rate == 100 && meter.left(of: 16_964) == 5)
    // It became slower: after a while that is what counts.
    for second in 1...30 { meter.add(16_464 + second * 10, at: 200.25 + Double(second)) }
    #expect(meter.rate == 10)
    meter.add(0, at: 240)
    #expect(meter.rate == nil)
  }
}

import CPeak

enum FloatingPointPeak {
  /// The most floating-point operations a second that one core was seen to do.
  static func measure() -> Double {
    (0..<5).map { _ in
      let start = ContinuousClock.now
      let operations = cpeak_multiply_add(2_000_000)
      return operations / ((ContinuousClock.now - start) / .seconds(1))
    }.max()!
  }
}

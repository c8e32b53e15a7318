import Basics
import Kernels
import Networks
import Testing

@Suite struct WiringTests {
  private let stem: [any Layer] = [
    Convolution("a", outputs: 4, kernel: 3, padding: 1, weight: .he),
    Convolution("b", outputs: 4, kernel: 3, padding: 1, weight: .he),
    Sum("c", with: "a"),
    ReLU("d"),
  ]

  @Test("a layer reads the one in front of it, or the one that it names")
  func sources() throws {
    let layers = stem + [
      Convolution("e", from: "a", outputs: 6, kernel: 1, stride: 2, weight: .he),
      Convolution("f", from: "d", outputs: 6, kernel: 3, stride: 2, padding: 1, weight: .he),
      Sum("g", with: "e"),
    ]
    let wiring = try Wiring(layers, input: [8, 8, 3])
    #expect(wiring.shapes.map { $0.map(String.init).joined(separator: "×") } == [
      "8×8×3", "8×8×4", "8×8×4", "8×8×4", "8×8×4", "4×4×6", "4×4×6", "4×4×6",
    ])
    #expect((0..<7).map(wiring.inputShape(of:)).map { $0[2] } == [3, 4, 4, 4, 4, 4, 6])
    #expect(wiring.inputs == [0, 1, 2, 3, 1, 4, 6])
    #expect(try wiring.index(of: "f") == 5)
  }

  @Test("a sum of different shapes is refused")
  func misfit() {
    let layers = stem + [Convolution("e", outputs: 4, kernel: 3, weight: .he), Sum("f", with: "d")]
    let problem = #expect(throws: Problem.self) { try Wiring(layers, input: [8, 8, 3]) }
    #expect(problem?.place == "f" && problem?.expected == "6×6×4" && problem?.found == "8×8×4")
  }
}

@Suite struct WindowPackingTests {
  private func windows(_ seed: UInt64, count: Int) -> [WindowPacking.Window] {
    let random = CounterRandom(seed)
    return (0..<count).map { index in
      let first = random.below(20, 3 * index)
      return .init(count: random.below(500, 3 * index + 1), time: first...first + random.below(8, 3 * index + 2))
    }
  }

  @Test("windows that are needed at the same time never overlap", arguments: 0..<50)
  func disjoint(seed: Int) {
    let windows = windows(UInt64(seed), count: 40)
    let packing = WindowPacking(windows)
    for (a, first) in windows.enumerated() {
      #expect(packing.offsets[a] % 16 == 0 && packing.offsets[a] + first.count <= packing.count)
      for (b, second) in windows[..<a].enumerated() where first.time.overlaps(second.time) {
        let apart =
          packing.offsets[a] + first.count <= packing.offsets[b] || packing.offsets[b] + second.count <= packing.offsets[a]
        #expect(apart)
      }
    }
  }

  @Test("the block is as small as what is needed at one time, where windows follow one another")
  func chain() {
    // Each needed together with the next one only.
    let windows = (0..<12).map { WindowPacking.Window(count: 16 * (1 + $0 * 7 % 5), time: $0...$0 + 1) }
    let most = zip(windows, windows.dropFirst()).map { $0.count + $1.count }.max()!
    #expect(WindowPacking(windows).count == most)
  }
}

import Basics
import FoundationEssentials
import Glibc
import Kernels
import TestSupport
import Testing

/// The work of a training step in instructions, which a slow machine does not change as it changes seconds.
@Suite struct InstructionCountTests {
  /// Instructions of one step of alexnet-28 with two images, forward, backward and update, on one thread with the loops for AVX2: valgrind
  /// knows no wider vectors.
  private static let known = 35_680_000
  private static let tolerance = 0.03

  let folder = TemporaryFolder()

  /// What valgrind counts in a run of so many steps; nil where it could not run it.
  private func instructions(steps: Int) -> Int? {
    let report = "\(folder.path)/\(steps)"
    let count = "valgrind --tool=cachegrind --cache-sim=no --cachegrind-out-file=/dev/null"
    system("\(count) '\(folder.path)/step-player' \(steps) 2> '\(report)' > '\(report).out'")
    let text = FileManager.default.contents(atPath: report).map { String(decoding: $0, as: UTF8.self) } ?? ""
    guard let line = text.split(separator: "\n").first(where: { $0.contains("I   refs:") }) else { return nil }
    return Int(line.split(separator: ":").last!.filter(\.isNumber))
  }

  @Test("A training step takes as many instructions as it did when somebody last looked")
  func step() throws {
    guard ProcessorVectors.supported.contains(where: { $0.name == "avx2" }) else {
      return print("skipped: the known count is that of a processor with AVX2")
    }
    guard system("command -v valgrind strip > /dev/null") == 0 else {
      return print("skipped: counting instructions needs valgrind and strip (apt-get install valgrind binutils)")
    }
    // Valgrind stumbles over Swift's debugging information.
    try #require(system("strip -o '\(folder.path)/step-player' '\(Program.folder)/step-player'") == 0)
    let one = try #require(instructions(steps: 1), "valgrind counted nothing")
    let three = try #require(instructions(steps: 3), "valgrind counted nothing")
    let count = (three - one) / 2
    let change = Double(count) / Double(Self.known) - 1
    #expect(
      abs(change) <= Self.tolerance,
      """
      a step takes \(count) instructions, \((change * 1000).rounded() / 10) % more (less, where negative) than the \(Self.known) known ones; where that is \
      meant (a faster way may take more instructions: see `make bench`), set `known` to it
      """)
  }
}

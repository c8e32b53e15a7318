import Kernels
import Runs
import Testing

@Suite struct MachineTests {
  private func machine(_ matrix: MatrixLibrary = .own, _ vectors: ProcessorVectors = .best) -> RunConfiguration.Machine {
    RunConfiguration.Machine(CPUBackend(workers: 1, matrix: matrix, vectors: vectors))
  }

  @Test("a run says what computes it, on which processor")
  func text() {
    let text = machine().text
    #expect(text.hasPrefix("own matrix product, \(ProcessorVectors.best.name), on "))
    #expect(text.hasSuffix(ProcessorCores.name))
  }

  @Test("a run that goes on with other vectors goes on in the same bits, and nothing is said of others")
  func sameBits() {
    #expect(machine(.own, ProcessorVectors.supported.last!).remarks(begunOn: machine()).count == 1)
    #expect(machine().remarks(begunOn: nil).count == 1)
  }

  @Test("a run that goes on with another matrix product says that its last bits are others")
  func otherBits() throws {
    try #require(MatrixLibrary.openBLASError == nil, "OpenBLAS is a package that the set-up installs")
    let lines = machine().remarks(begunOn: machine(.openBLAS))
    #expect(lines.contains { $0.contains("was started with OpenBLAS for") && $0.contains("not bit-for-bit reproducible") })
  }
}

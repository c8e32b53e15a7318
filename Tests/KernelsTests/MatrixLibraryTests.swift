import COpenBLAS
import Kernels
import Testing

@Suite struct MatrixLibraryTests {
  @Test("OpenBLAS runs the best kernels that the processor has, whatever it would choose", arguments: [
    ("Prescott", true, true, "SKYLAKEX"), ("Prescott", true, false, "HASWELL"), ("Prescott", false, false, nil),
    ("Haswell", true, true, "SKYLAKEX"), ("Haswell", true, false, nil), ("Zen", true, false, nil), ("Zen", true, true, "SKYLAKEX"),
    ("SkylakeX", true, true, nil), ("Cooperlake", true, true, nil), ("SapphireRapids", true, true, nil), ("Sandybridge", true, false, "HASWELL"),
    ("Excavator", true, false, nil),
  ] as [(String, Bool, Bool, String?)])
  func kernels(chosen: String, avx2: Bool, avx512: Bool, wanted: String?) {
    #expect(openblas_better_kernels(chosen, avx2, avx512).map { String(cString: $0) } == wanted)
  }

  @Test("every processor has the plain loops, last, and no kind twice")
  func supported() {
    let names = ProcessorVectors.supported.map(\.name)
    #expect(names.last == "plain" && Set(names).count == names.count)
    #expect(ProcessorVectors.best.name == names[0])
  }
}

import Glibc
import TestSupport
import Testing

/// What this machine cannot run is at least compiled for it.
@Suite struct OtherProcessorTests {
  let folder = TemporaryFolder()

  @Test("On aarch64 the loops are NEON's, with its fused multiply-add")
  func neon() {
    let source = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/") + "/Sources/CKernels"
    let compiler = "\"$(dirname \"$(realpath \"$(command -v swift)\")\")/clang\""
    guard system("test -x \(compiler)") == 0 else { return print("skipped: there is no clang beside swift") }
    let command = "\(compiler) --target=aarch64-linux-gnu -O2 -Wall -Werror -nostdlibinc -I '\(source)/include' -S '\(source)/plain.c' -o '\(folder.path)/plain.s'"
    #expect(system(command) == 0)
    // 24 sums of a tile, multiplied by a lane.
    #expect(system("test $(grep -c 'fmla' '\(folder.path)/plain.s') -gt 100") == 0)
    // Nothing is left to a library's fmaf.
    #expect(system("! grep -q 'fmaf' '\(folder.path)/plain.s'") == 0)
  }
}

import FoundationEssentials
import Glibc
import TestSupport
import Testing

/// Curves of runs as figures.
@Suite struct CurveFigureTests {
  let home: TinyHome

  init() throws { home = try TinyHome() }

  private func file(_ name: String) -> String { home.folder.path + "/" + name }
  private func text(_ name: String) -> String { String(decoding: home.folder.bytes(of: name), as: UTF8.self) }

  @Test("Curves of runs are drawn, alone and as the mean over seeds") func curves() throws {
    for seed in ["1", "2"] {
      #expect(try home.start(TinyHome.training("run\(seed)", epochs: 3) + ["--seed", seed, "--group", "pair"]).wait() == 0)
    }
    let plain = try home.run("runs", "plot", "run1", "run2")
    let both = try SVGReading(plain.output)
    #expect(plain.code == 0 && both.texts.count { $0.string == "run1" } == 2, "\(plain.errors)")
    #expect(both.texts.contains { $0.string == "training loss" } && both.texts.contains { $0.string == "validation accuracy, top-1" })
    let mean = try home.run("runs", "plot", "run1", "run2", "--metric", "val/top1", "--mean", "--x", "epochs", "-o", file("mean.svg"))
    #expect(mean.code == 0 && mean.errors.contains("mean.svg"), "\(mean.errors)")
    let read = try SVGReading(text("mean.svg"))
    #expect(read.elements.contains { $0.attributes["fill-opacity"] != nil } && read.texts.contains { $0.string == "epochs" })
    #expect(read.texts.contains { $0.string.contains("mean ± sample standard deviation") })
    #expect(try home.run("runs", "plot", "--group", "pair", "--by", "group", "--metric", "train/loss", "--smooth", ".9", "--log", "--x", "hours").code == 0)
    #expect(try home.run("runs", "plot", "run1", "run2", "--metric", "val/top1", "--mean", "--x", "epochs", "--theme", "light").output.contains("chart-") == false)
    for (arguments, word) in [
      (["--metric", "val/top9", "run1"], "val/top1"), (["run1", "-o", file("x.jpg")], ".svg"), (["--group", "nobody"], "pair"), (["run1", "--smooth", "1"], "--smooth"), ([], "--group"),
    ] {
      let program = try home.start(["runs", "plot"] + arguments)
      #expect(program.wait() != 0 && program.errors.contains(word), "\(arguments): \(program.errors)")
    }
    if access("/usr/bin/gnuplot", X_OK) == 0 {
      #expect(try home.run("runs", "plot", "run1", "-o", file("curves.pdf")).code == 0)
      #expect(home.folder.bytes(of: "curves.pdf").starts(with: Array("%PDF".utf8)) && text("curves.dat").contains("run1"))
    }
  }
}

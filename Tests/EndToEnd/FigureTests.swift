import Files
import FoundationEssentials
import Glibc
import TestSupport
import Testing

/// Figures of studies, by the commands that write them.
@Suite struct FigureTests {
  let home: TinyHome

  init() throws { home = try TinyHome() }

  private static let study = """
    study: 1
    title: Images
    dataset: tiny
    train: {net: alexnet-28, batch: 8, rate: .001, epochs: 1, seeds: [1, 2]}
    nets: {fine: all, few: images 6 seed 1}
    reports:
      fig-1: {rows: [fine, few], columns: [own], plot: {x: images, left: [own]}, paper: {fine: {own: 58.3 ± .3}}}
      fig-9: {rows: [fine, few], columns: [own, own.top5], plot: {bars: columns}}
      table: {rows: [fine], columns: [own]}
    """

  private func file(_ name: String) -> String { home.folder.path + "/" + name }
  private func text(_ name: String) -> String { String(decoding: home.folder.bytes(of: name), as: UTF8.self) }

  @Test("A study's figures are SVG, PNG, PDF and parts of a page, complete or not, and are kept beside it") func figures() throws {
    try AtomicFile.write(Self.study, to: file("images.yaml"))
    let study = file("images.yaml")
    let before = try home.run("study", "report", study, "fig-1", "--format", "svg")
    #expect(before.code == 0, "\(before.errors)")
    #expect(try SVGReading(before.output).texts.contains { $0.string == "not finished: 2 of 2 numbers" })
    let ran = try home.run("study", "run", study, "--yes")
    #expect(ran.code == 0, "\(ran.errors)")
    let one = try home.run("study", "report", "images", "fig-1", "--format", "svg")
    let read = try SVGReading(one.output)
    #expect(read.titles.contains { $0.hasPrefix("fine, own: ") && $0.hasSuffix("(2)") } && read.titles.contains("fine, own, the paper: 58.3 ± 0.3"), "\(read.titles)")
    #expect(home.folder.bytes(of: "home/studies/images/report/fig-1.svg") == Array(one.output.utf8))
    // Several need a folder.
    let several = try home.run("study", "report", "images", "--format", "svg")
    #expect(several.code == 64 && several.errors.contains("fig-1, fig-9"), "\(several.errors)")
    #expect(try home.run("study", "report", "images", "--format", "svg", "-o", file("all.svg")).code == 64)
    let folder = try home.run("study", "report", "images", "--format", "svg", "--theme", "dark", "-o", file("pictures"))
    #expect(folder.code == 0 && home.folder.contents(of: "pictures").keys.sorted() == ["fig-1.svg", "fig-9.svg"], "\(folder.errors)")
    #expect(!text("pictures/fig-1.svg").contains("prefers-color-scheme") && one.output.contains("prefers-color-scheme"))
    #expect(try home.run("study", "report", "images", "fig-9", "--format", "svg", "-o", file("nine.svg")).code == 0)
    #expect(try SVGReading(text("nine.svg")).texts.contains { $0.string == "own.top5" })
    let none = try home.run("study", "report", "images", "table", "--format", "svg")
    #expect(none.code == 64 && none.errors.contains("plot"), "\(none.errors)")
    let page = try home.run("study", "report", "images", "--format", "html")
    #expect(page.output.contains("<h1>Images</h1>") && page.output.contains("<figure aria-label=\"fig-1\">\n<svg") && page.output.contains("nets: {fine: all"))
    #expect(try home.run("study", "report", "images", "nothing", "--format", "svg").code == 64)
    // gnuplot's.
    let png = try home.run("study", "report", "images", "--format", "png")
    #expect(png.code == 64 && png.errors.contains("-o"), "\(png.errors)")
    for format in ["png", "pdf"] {
      let drawn = try home.run("study", "report", "images", "--format", format, "-o", file(format))
      guard access("/usr/bin/gnuplot", X_OK) == 0 else {
        #expect(drawn.code == 66 && drawn.errors.contains("gnuplot-nox"), "\(drawn.errors)")
        continue
      }
      #expect(drawn.code == 0 && home.folder.contents(of: format).keys.sorted() == ["dat", "gp", format].flatMap { end in ["fig-1.\(end)", "fig-9.\(end)"] }.sorted(), "\(drawn.errors)")
      #expect(home.folder.bytes(of: "\(format)/fig-9.\(format)").starts(with: format == "pdf" ? Array("%PDF".utf8) : [0x89, 0x50]))
    }
    let lacking = try ProgramRun(["study", "report", "images", "fig-1", "--format", "pdf", "-o", file("no")], environment: home.environment.merging(["PATH": "/nonexistent"]) { $1 })
    #expect(lacking.wait() == 66 && lacking.errors.contains("apt-get install gnuplot-nox") && !home.folder.names.contains("no"), "\(lacking.errors)")
  }
}

import Basics
import FoundationEssentials
import Glibc
import TestSupport
import Testing
import Pictures

@Suite("Figures by gnuplot") struct GnuplotFigureTests {
  private static var hasGnuplot: Bool { ["/usr/bin/gnuplot", "/usr/local/bin/gnuplot"].contains { (path: String) in access(path, X_OK) == 0 } }

  private func isPicture(_ bytes: [UInt8], _ format: GnuplotFigure.Format) -> Bool {
    format == .pdf ? bytes.starts(with: Array("%PDF-".utf8)) : bytes.starts(with: [0x89, 0x50, 0x4E, 0x47])
  }

  @Test("gnuplot draws every kind of chart, and its script and data stay beside the picture", arguments: GnuplotFigure.Format.allCases)
  func draws(format: GnuplotFigure.Format) throws {
    guard Self.hasGnuplot else { return print("skipped: gnuplot is missing (Debian's gnuplot-nox)") }
    let folder = TemporaryFolder()
    for name in ["lines", "bars", "lying"] {
      let written = try GnuplotFigure([ChartLayoutTests.golden(name)], name: name, format: format).write(to: folder.path)
      #expect(written == ["\(name).\(format.rawValue)", "\(name).gp", "\(name).dat"].map { folder.path + "/" + $0 })
      #expect(isPicture(folder.bytes(of: "\(name).\(format.rawValue)"), format))
    }
    let map = ScatterPicture(title: ["map"], points: [(0, 1), (1, 0)], labels: [0, -1], groups: ["g"]).chart
    let empty = ChartDrawing(title: "empty", base: .numbers(.init("x", scale: .logarithmic)), left: .init("y"), series: [.init("a", .points, [.init(.nan, 1)], colour: 0)])
    var curve = ChartLayoutTests.golden("lines")
    curve.series[0].hasBand = true
    _ = try GnuplotFigure([map, empty, curve], name: "several", format: format).write(to: folder.path + "/new/folder")
    #expect(isPicture(folder.bytes(of: "new/folder/several.\(format.rawValue)"), format))
    #expect(!folder.contents(of: "").keys.contains { $0.hasSuffix(".part") })
  }

  @Test("What names say is text, and never a command of gnuplot or of the shell")
  func hostile() throws {
    let name = "it's `touch made` \"$(touch made)\" @x \\"
    let chart = ChartDrawing(
      title: name, subtitle: [name], base: .categories([name, "b"], title: name), left: .init(name, hasZero: true), series: [.init(name, .bars, [.init(0, 1), .init(1, 2)], colour: 0)], notes: [name])
    #expect(GnuplotFigure.quoted("it's") == "'it''s'")
    #expect(!GnuplotFigure([chart], name: "x", format: .pdf).script.contains("\\\nset"))
    guard Self.hasGnuplot else { return print("skipped: gnuplot is missing (Debian's gnuplot-nox)") }
    let folder = TemporaryFolder()
    _ = try GnuplotFigure([chart], name: "it's `touch made`", format: .pdf).write(to: folder.path)
    #expect(folder.names == ["it's `touch made`.dat", "it's `touch made`.gp", "it's `touch made`.pdf"])
  }

  @Test("The same chart gives the same script, data and picture")
  func again() throws {
    guard Self.hasGnuplot else { return print("skipped: gnuplot is missing (Debian's gnuplot-nox)") }
    let (one, two) = (TemporaryFolder(), TemporaryFolder())
    for folder in [one, two] { _ = try GnuplotFigure([ChartLayoutTests.golden("bars")], name: "f", format: .pdf).write(to: folder.path) }
    #expect(one.contents(of: "") == two.contents(of: ""))
  }
}

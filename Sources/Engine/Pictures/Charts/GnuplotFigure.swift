import Basics
import Files
import FoundationEssentials
import Glibc

/// Charts as a script for gnuplot and its data, both made to be read and changed.
public struct GnuplotFigure: Sendable {
  public enum Format: String, CaseIterable, Sendable { case png, pdf }

  /// Of the files, without their ends.
  public let name: String
  public let drawings: [ChartDrawing]
  public let format: Format

  public init(_ drawings: [ChartDrawing], name: String, format: Format) { (self.drawings, self.name, self.format) = (drawings, name, format) }

  /// A block for each series: x, y, and the ends of its error bar.
  public var data: String {
    let blocks = drawings.flatMap { drawing in
      Self.shown(drawing).map { series in
        Self.comment("\(drawing.title): \(series.name.isEmpty ? "values" : series.name)") + "# x y low high\n"
          + series.points.filter(\.isFinite).map { "\($0.x) \($0.y) \(Self.end($0.low, $0.y)) \(Self.end($0.high, $0.y))\n" }.joined()
      }
    }
    return blocks.joined(separator: "\n\n")
  }

  public var script: String {
    var text = Self.comment("`gnuplot \(name).gp` draws this anew; \(name).dat has the numbers.")
    text += "if (!exists('out')) out = \(Self.quoted("./\(name).\(format.rawValue)"))\n"
    let many = drawings.map { max(0, $0.categories.count - 12) }.max() ?? 0
    switch format {
    case .pdf: text += "set terminal pdfcairo noenhanced color size \(16 + many / 2)cm,\(11 * max(1, drawings.count))cm font 'Helvetica,11'\n"
    case .png: text += "set terminal pngcairo noenhanced color size \(1280 + 40 * many),\(880 * max(1, drawings.count)) font 'Helvetica,22' linewidth 2 pointscale 2\n"
    }
    text += "set encoding utf8\nset output out\n"
    if drawings.count > 1 { text += "set multiplot layout \(drawings.count),1\n" }
    var index = 0
    for drawing in drawings { text += panel(drawing, &index) }
    if drawings.count > 1 { text += "unset multiplot\n" }
    return text + "unset output\n"
  }

  // MARK: A chart

  private static func shown(_ drawing: ChartDrawing) -> [ChartDrawing.Series] { drawing.series.filter { $0.points.contains(where: \.isFinite) } }

  private func panel(_ drawing: ChartDrawing, _ index: inout Int) -> String {
    let all: (ChartTicks) -> Bool = { _ in true }
    let left = ChartTicks(drawing.left, drawing.values(isRight: false), most: 8, isSnug: false, fit: all)
    var text = "\nreset\n" + (drawing.subtitle + drawing.notes).map(Self.comment).joined()
    if !drawing.title.isEmpty { text += "set title \(Self.quoted(drawing.title))\n" }
    text += "set key tmargin left horizontal Left reverse\nset border 3\nset tics nomirror out\nset style fill solid\nset grid \(drawing.isLying ? "x" : "y")tics lc rgb '#E4E6EA' lt 1\n"
    func range(_ axis: String, _ ticks: ChartTicks) -> String {
      (ticks.scale == .logarithmic ? "set logscale \(axis)\n" : "") + "set \(axis)range [\(ticks.range.lowerBound):\(ticks.range.upperBound)]\n"
    }
    func names(_ axis: String, _ names: [String]) -> String {
      "set \(axis)tics \(axis == "x" && names.contains { $0.count > 60 / max(1, names.count) } ? "rotate by 40 right " : "")("
        + names.enumerated().map { "\(Self.quoted($1)) \($0)" }.joined(separator: ", ") + ")\n"
    }
    let vertical = drawing.isLying ? "x" : "y"
    text += "set \(vertical)label \(Self.quoted(drawing.left.title))\n" + range(vertical, left)
    switch drawing.base {
    case .numbers(let axis):
      let ticks = ChartTicks(axis, drawing.extent, most: 9, isSnug: true, fit: all)
      text += "set xlabel \(Self.quoted(axis.title))\n" + range("x", ticks)
      if axis.scale == .logarithmic { text += "set xtics (" + ticks.ticks.map { "\(Self.quoted($0.text)) \($0.value)" }.joined(separator: ", ") + ")\n" }
    case .categories(let words, let title):
      let count = Double(max(1, words.count))
      text += "set \(drawing.isLying ? "y" : "x")label \(Self.quoted(title))\n" + names(drawing.isLying ? "y" : "x", words)
      text += drawing.isLying ? "set yrange [\(count - 0.5):-0.5]\n" : "set xrange [-0.5:\(count - 0.5)]\n"
    case .plane: text += "unset tics\nset border 15\nset key outside right vertical\n"
    }
    if let axis = drawing.right {
      let ticks = ChartTicks(axis, drawing.values(isRight: true), most: 8, isSnug: false, fit: all)
      text += "set y2label \(Self.quoted(axis.title))\n" + range("y2", ticks) + "set y2tics\nset border 11\n"
    }
    var plots: [String] = []
    for series in Self.shown(drawing) {
      plots += Self.plots(series, drawing).map { "\(Self.quoted("./\(name).dat")) index \(index) \($0)" }
      index += 1
    }
    if plots.isEmpty {
      text += "set label 'no numbers yet' at graph 0.5, graph 0.5 center\n"
      plots = ["NaN notitle"]
    }
    return text + "plot \(plots.joined(separator: ", \\\n  "))\n"
  }

  /// What is drawn of a series: areas and error bars besides its values.
  private static func plots(_ series: ChartDrawing.Series, _ drawing: ChartDrawing) -> [String] {
    let colour = "lc rgb '\(ChartInk(series.colour).colour.light)'"
    let kinds: [(full: Int, hollow: Int)] = [(7, 6), (5, 4), (9, 8), (13, 12), (11, 10)]
    let marker = kinds[max(0, series.colour) % kinds.count]
    let point = "pt \(series.isHollow ? marker.hollow : marker.full)"
    let title = series.name.isEmpty ? "notitle" : "title \(quoted(series.name + (series.isRight ? " (right axis)" : "")))"
    let axes = series.isRight ? "axes x1y2 " : ""
    let width = 0.8 / Double(drawing.slots)
    let shift = (Double(series.slot) - Double(drawing.slots - 1) / 2) * width
    let place = drawing.categories.isEmpty ? "1" : "($1+\(shift))"
    let hasEnds = series.points.contains { $0.low?.isFinite == true && $0.high?.isFinite == true }
    var parts: [String] = []
    if series.hasBand, hasEnds { parts.append("using 1:3:4 \(axes)with filledcurves \(colour) fs transparent solid 0.2 notitle") }
    if drawing.isLying {
      switch series.form {
      case .bars: parts.append("using 2:\(place):(0):2:(\(place)-\(0.45 * width)):(\(place)+\(0.45 * width)) with boxxyerror \(colour) \(title)")
      case .marks: parts.append("using 2:(\(place)-\(width / 2)):(0):(\(width)) with vectors nohead lw 3 \(colour) \(title)")
      default: parts.append("using 2:\(place) with points \(point) \(colour) \(title)")
      }
      if hasEnds { parts.append("using 2:\(place):3:4 with xerrorbars pt -1 lw 1.2 lc rgb '#1A1C20' notitle") }
      return parts
    }
    switch series.form {
    case .line(let hasMarkers):
      parts.append("using \(place):2 \(axes)with \(hasMarkers ? "linespoints \(point)" : "lines") lw 2 \(series.isDashed ? "dt 2 " : "")\(colour) \(title)")
    case .points: parts.append("using \(place):2 \(axes)with points \(point) \(colour) \(title)")
    case .dots: parts.append("using 1:2 with points pt 7 ps 0.3 \(colour) \(title)")
    case .bars: parts.append("using \(place):2:(\(0.9 * width)) \(axes)with boxes \(colour) \(title)")
    case .marks: parts.append("using (\(place)-\(width / 2)):2:(\(width)):(0) \(axes)with vectors nohead lw 3 \(colour) \(title)")
    }
    if hasEnds, !series.hasBand {
      parts.append("using \(place):2:3:4 \(axes)with yerrorbars pt -1 lw 1.2 lc rgb '\(series.form == .bars ? "#1A1C20" : ChartInk(series.colour).colour.light)' notitle")
    }
    return parts
  }

  // MARK: Texts

  private static func end(_ value: Double?, _ otherwise: Double) -> Double { value.flatMap { $0.isFinite ? $0 : nil } ?? otherwise }

  /// Within these quotes nothing has a meaning for gnuplot.
  package static func quoted(_ text: String) -> String { "'" + printable(text).replacing("'", with: "''") + "'" }

  /// A line that ends with a backslash would go on.
  private static func comment(_ text: String) -> String { "# \(printable(text))\(text.hasSuffix("\\") ? " " : "")\n" }
}

extension GnuplotFigure {
  /// Writes the data and the script into a folder, and has gnuplot draw the picture beside them.
  /// - Returns: the paths of the picture, the script and the data.
  /// - Throws: a ``Problem`` where gnuplot is missing or fails, or a file cannot be written.
  public func write(to folder: String) throws(Problem) -> [String] {
    let program = try Self.program()
    try AtomicFile.makeFolder(folder)
    let (picture, scriptFile, dataFile) = ("\(name).\(format.rawValue)", "\(name).gp", "\(name).dat")
    try AtomicFile.write(data, to: "\(folder)/\(dataFile)", durable: false)
    try AtomicFile.write(script, to: "\(folder)/\(scriptFile)", durable: false)
    let unfinished = "\(picture).\(getpid())\(AtomicFile.unfinishedSuffix)"
    defer { unlink("\(folder)/\(unfinished)") }
    var environment = ProcessInfo.processInfo.environment
    // No date goes into the picture.
    environment["SOURCE_DATE_EPOCH"] = "0"
    let words = ["-d", "-e", "cd \(Self.quoted(folder.hasPrefix("/") ? folder : "./" + folder)); out = \(Self.quoted("./\(unfinished)"))", "./\(scriptFile)"]
    guard let ended = ChildProcess.run(program, words, environment: environment, limit: .infinity) else {
      throw Problem("cannot start gnuplot", at: program, found: String(cString: strerror(errno)))
    }
    guard ended.code == 0, rename("\(folder)/\(unfinished)", "\(folder)/\(picture)") == 0 else {
      let said = ended.errors.split(separator: "\n").suffix(3).joined(separator: " ")
      throw Problem(
        "gnuplot could not draw the figure", at: "\(folder)/\(scriptFile)", found: said.isEmpty ? "exit status \(ended.code)" : said,
        advice: "run `gnuplot \(scriptFile)` there to see why")
    }
    return [picture, scriptFile, dataFile].map { "\(folder)/\($0)" }
  }

  /// - Throws: a ``Problem`` that says what to install.
  private static func program() throws(Problem) -> String {
    if let path = ChildProcess.find("gnuplot") { return path }
    throw Problem(
      "gnuplot is missing, which draws PNG and PDF", expected: "the command `gnuplot` in PATH",
      advice: "install Debian's package gnuplot-nox (`apt-get install gnuplot-nox`), or take SVG, which needs no other program", kind: .notFound)
  }
}

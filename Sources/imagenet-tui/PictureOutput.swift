import ArgumentParser
import Basics
import Files
import Pictures

/// Charts as a file, of the kind that its name ends with.
enum PictureOutput {
  /// - Returns: the paths of what was written.
  static func write(_ drawings: [ChartDrawing], _ theme: ChartTheme, to path: String) throws(Problem) -> [String] {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    let name = parts.last ?? ""
    let end = name.split(separator: ".", omittingEmptySubsequences: false).last.map { $0.lowercased() } ?? ""
    if end == "svg" || !name.contains(".") && isDevice(path) {
      try AtomicFile.write(drawings.svg(theme), to: path)
      return [path]
    }
    guard let format = GnuplotFigure.Format(rawValue: end), name.count > end.count + 1 else {
      throw Problem("unknown kind of picture", at: path, expected: "a name that ends with .svg, .png or .pdf", kind: .usage)
    }
    let folder = parts.count == 1 ? "." : parts.dropLast().joined(separator: "/")
    return try GnuplotFigure(drawings, name: String(name.dropLast(end.count + 1)), format: format).write(to: folder.isEmpty ? "/" : folder)
  }

  private static func isDevice(_ path: String) -> Bool { path.hasPrefix("/dev/") }
}

extension ChartTheme: ExpressibleByArgument {}

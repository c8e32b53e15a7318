import Basics
import Datasets
import Files

/// A picture as a file: SVG where its name ends so, else PNG.
public enum ChartFile {
  /// - Throws: a ``Problem`` where the file cannot be written, or the picture is too large for a PNG.
  public static func write(to path: String, _ chart: () -> ChartDrawing, otherwise picture: () throws(Problem) -> Picture) throws(Problem) {
    if isSVG(path) { try AtomicFile.write(chart().svg(), to: path) } else { try AtomicFile.write(ImageCodec.png(picture()), to: path) }
  }

  package static func isSVG(_ path: String) -> Bool { path.lowercased().hasSuffix(".svg") }
}

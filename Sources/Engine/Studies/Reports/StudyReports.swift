import Basics
import Files
import FoundationEssentials

/// The reports that are kept beside a study, and written anew whenever it has changed.
public enum StudyReports {
  /// - Throws: a ``Problem`` where a file cannot be written.
  public static func write(_ file: StudyFile, _ plan: StudyPlan, _ standing: StudyStanding, home: Home, program: String) throws(Problem) {
    let document = StudyDocument(plan, standing, program: program, source: file.text)
    let folder = "\(file.folder(in: home))/report"
    for format in StudyDocument.Format.allCases where !format.isFigure {
      try AtomicFile.write(document.text(format), to: "\(folder)/\(file.name).\(format.suffix)", durable: false)
    }
    for figure in document.figures { try AtomicFile.write(figure.svg(), to: "\(folder)/\(figure.fileName).svg", durable: false) }
  }
}

extension StudyFile {
  /// The file as it is; nil where it cannot be read any more.
  public var text: String? { FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } }
}

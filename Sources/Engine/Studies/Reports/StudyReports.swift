import Basics
import Files

/// The reports that are kept beside a study, and written anew whenever it has changed.
public enum StudyReports {
  /// - Throws: a ``Problem`` where a file cannot be written.
  public static func write(_ file: StudyFile, _ plan: StudyPlan, _ standing: StudyStanding, home: Home, program: String) throws(Problem) {
    let document = StudyDocument(plan, standing, program: program)
    for format in StudyDocument.Format.allCases {
      try AtomicFile.write(document.text(format), to: "\(file.folder(in: home))/report/\(file.name).\(format.suffix)", durable: false)
    }
  }
}

extension StudyFile {
  /// Is written to ask whoever runs the study to end.
  public func stopFile(in home: Home) -> String { folder(in: home) + "/stop" }
}

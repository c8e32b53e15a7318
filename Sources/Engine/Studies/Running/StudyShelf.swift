import Basics
import Files
import Runs
import Synchronization

/// A study of a home as a list shows it.
public struct StudyEntry: Codable, Equatable, Sendable, Identifiable {
  public var id: String
  public var title = ""
  public var dataset = ""
  public var nets = 0, tests = 0, reports = 0
  /// What is wrong with its file.
  public var problem: String?

  package init(id: String) { self.id = id }

  private enum CodingKeys: String, CodingKey { case id = "name", title, dataset, nets, tests, reports, problem }

  /// The studies of a home, by name, damaged ones too.
  public static func all(in home: Home) -> [StudyEntry] {
    StudyFile.names(in: home).map { name in
      var entry = StudyEntry(id: name)
      do throws(Problem) {
        let study = try StudyFile(name, home: home).study
        (entry.title, entry.dataset) = (study.title, study.dataset)
        (entry.nets, entry.tests, entry.reports) = (study.nets.count, study.tests.count, study.reports.count)
      } catch {
        entry.problem = ([error.description] + error.details.prefix(1)).joined(separator: ": ")
      }
      return entry
    }
  }
}

/// The studies of a home, for a screen that looks again and again: a plan is made anew when its file has changed, or is old.
public final class StudyShelf: Sendable {
  public let home: Home
  private let wordNet: String?
  private let known: Mutex<Known>

  private struct Known {
    var plans: [String: (stamp: FileStamp?, made: Double, plan: StudyPlan)] = [:]
    var observer: StudyObserver
  }

  /// Seconds after which data may have been added.
  private static let patience = 20.0

  public init(home: Home, wordNet: String?, reader: RunsReader) {
    (self.home, self.wordNet) = (home, wordNet)
    known = Mutex(Known(observer: StudyObserver(home: home, reader: reader)))
  }

  public func list() -> [StudyEntry] { StudyEntry.all(in: home) }

  /// - Throws: a ``Problem`` where the study cannot be read or planned.
  public func look(_ name: String) throws(Problem) -> StudyView {
    try known.withLock { (known) throws(Problem) in
      let stamp = FileStamp("\(home.studies)/\(name)/study.yaml")
      let now = steadyTime()
      if let kept = known.plans[name], kept.stamp == stamp, now - kept.made < Self.patience {} else {
        known.plans[name] = (stamp, now, try StudyPlan(StudyFile(name, home: home), home: home, wordNet: wordNet))
      }
      let plan = known.plans[name]!.plan
      let standing = try known.observer.look(at: plan, withJobs: false)
      return StudyView(plan, standing, speeds: known.observer.speeds, isRun: StudyProcess.isRun(name, home: home))
    }
  }

  /// Writes a study of saved label sets under a free name.
  /// - Returns: the name.
  /// - Throws: a ``Problem`` where it cannot be written.
  public func make(labelSets: [String], dataset: String) throws(Problem) -> String {
    let stem = String("sets-\(labelSets.first ?? "")".prefix(20))
    let taken = Set(StudyFile.names(in: home))
    let name = ([stem] + (2...999).map { "\(stem)-\($0)" }).first { !taken.contains($0) } ?? stem
    try AtomicFile.write(StudyTemplate.text(labelSets: labelSets, dataset: dataset), to: "\(home.studies)/\(name)/study.yaml")
    return name
  }
}

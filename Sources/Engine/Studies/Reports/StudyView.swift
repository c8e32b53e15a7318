import Basics
import Runs

/// A study as it stands: its tables, and each piece of work.
public struct StudyView: Sendable {
  public struct Work: Equatable, Sendable {
    public var title: String
    public var state: WorkState
    /// The run's directory name.
    public var run: String?
    /// How far a run is, 0…1.
    public var share: Double?
  }

  public var name: String
  public var title: String
  public var tables: [StudyTable]
  /// Of each cell of each table, by row and column, its works in the order of ``StudyTable/Cell/values``.
  public var cells: [[[[Int]]]]
  /// Of the reports that have a plot.
  public var figures: [StudyFigure]
  public var works: [Work]
  public var estimate: StudyEstimate
  /// Columns of which nothing can be computed, and why.
  public var obstacles: [String]
  /// Whether somebody is running it on this machine.
  public var isRun: Bool

  public func count(_ holds: (WorkState) -> Bool) -> Int { works.count { holds($0.state) } }

  package init(_ plan: StudyPlan, _ standing: StudyStanding, speeds: [StudyEstimate.Pace: Double], isRun: Bool) {
    (name, title) = (plan.name, plan.study.title)
    tables = plan.grids.map { StudyTable($0, plan: plan, standing: standing) }
    figures = StudyFigure.all(tables, plan, standing)
    cells = plan.grids.map { $0.cells.map { $0.map(\.all) } }
    works = zip(plan.works, standing.works).map { work, found in
      let progress = found.run?.progress
      return Work(
        title: work.title, state: found.state, run: found.run?.id,
        share: progress.flatMap { $0.steps > 0 ? Double($0.step) / Double($0.steps) : nil })
    }
    estimate = StudyEstimate(plan, standing, speeds: speeds)
    obstacles = plan.obstacles
    self.isRun = isRun
  }
}

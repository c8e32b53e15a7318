import Glibc

/// The job of a cluster (Slurm) that this process is a part of.
public struct ClusterJob: Equatable, Sendable {
  /// The job's own number, also where it is one of an array.
  public var id: String
  /// The array and the place in it, as `12_3`.
  public var array: String?
  /// How often it was begun again.
  public var restarts: Int

  /// As Slurm tells its jobs.
  package init?(environment: (String) -> String?) {
    guard let id = environment("SLURM_JOB_ID"), !id.isEmpty else { return nil }
    self.id = id
    if let whole = environment("SLURM_ARRAY_JOB_ID"), let place = environment("SLURM_ARRAY_TASK_ID") { array = "\(whole)_\(place)" }
    restarts = environment("SLURM_RESTART_COUNT").flatMap { Int($0) } ?? 0
  }

  /// Nil outside of jobs.
  public static let current = ClusterJob { name in getenv(name).map { String(cString: $0) } }

  /// That of a script, whose processes end with it; nil in an interactive one.
  public static var batch: ClusterJob? { isatty(STDERR_FILENO) == 1 ? nil : current }
}

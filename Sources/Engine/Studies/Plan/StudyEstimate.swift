import Basics
import Files
import Kernels
import Networks
import Runs
import Settings

/// What is left to do of a study, and what it takes.
public struct StudyEstimate: Sendable {
  /// Trainings and measures that are to be made, and those that are there.
  public var trainings = 0, measures = 0, untrained = 0, done = 0
  /// Works that more than one cell asks for.
  public var shared = 0
  /// Of the trainings that are left, one after another on this machine.
  public var seconds = 0.0
  /// Whether the speed of some network was not measured here, but counted by its multiply-adds.
  public var isCounted = false
  /// The checkpoints of what is left, in bytes.
  public var disk = 0

  /// "10 trainings, 2 untrained nets, 8 measures".
  public var words: String {
    var parts = [counted(trainings, "training"), counted(measures, "measure")]
    if untrained > 0 { parts.insert(counted(untrained, "untrained net"), at: 1) }
    return parts.joined(separator: ", ")
  }

  /// Multiply-adds a second of a core and of forward and backward together, where no run tells better.
  private static let perCore = 20e9

  /// How fast a network trains on this machine: whole, or its classifier alone.
  public struct Pace: Hashable, Sendable {
    var network: String
    var isHead: Bool
  }

  /// - Parameter speeds: in images a second (``StudyObserver/speeds``).
  public init(_ plan: StudyPlan, _ standing: StudyStanding, speeds: [Pace: Double]) {
    var asked = [Int](repeating: 0, count: plan.works.count)
    for grid in plan.grids { for row in grid.cells { for cell in row { for index in Set(cell.all) { asked[index] += 1 } } } }
    shared = asked.count { $0 > 1 }
    var costs: [String: (parameters: Int, multiplyAdds: Int)] = [:]
    for (work, state) in zip(plan.works, standing.works.map(\.state)) {
      guard state != .done else {
        done += 1
        continue
      }
      switch work.kind {
      case .existing, .features: break
      case .measure: measures += 1
      case .untrained, .weights: untrained += 1
      case .training:
        trainings += 1
        if costs[work.network] == nil, let architecture = try? Architecture.named(work.network), let table = try? NetworkTable(architecture, classes: 1000, batch: 1) {
          costs[work.network] = (table.parameters, table.multiplyAdds)
        }
        guard let cost = costs[work.network] else { continue }
        // Two checkpoints, the best, and one in the making, each with its momentum.
        disk += 4 * 2 * cost.parameters * (Checkpoints.kept + 1)
        let images = Double(work.steps) * Double(work.batch)
        let isHead = work.configuration?.tuning?.part == .last
        if let speed = speeds[Pace(network: work.network, isHead: isHead)] {
          seconds += images / speed
        } else {
          isCounted = true
          seconds += images * Double(cost.multiplyAdds) * (isHead ? 0.05 : 3) / (Self.perCore * Double(ProcessorCores.usable))
        }
      }
    }
  }
}

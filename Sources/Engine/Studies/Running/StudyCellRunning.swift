import Basics
import Files
import Glibc
import Runs

/// What came of a cell that a job was to do.
public enum StudyCellOutcome: Equatable, Sendable {
  /// It is there, since now or before.
  case done
  /// What it needs is not there: each with its state.
  case blocked(String)
  /// It left at a checkpoint.
  case stopped
  case failed(String)

  /// 0 where nothing more is to be done by this job, 3 stopped, 4 failed.
  public var exitCode: Int32 {
    switch self {
    case .done, .blocked: 0
    case .stopped: 3
    case .failed: 4
    }
  }
}

extension StudyRunner {
  /// Does one piece of work to its end, in this process: what a cluster's job does. May be repeated, and may run several times at once: then
  /// one does it, and the others wait for it.
  /// - Throws: a ``Problem`` where the home cannot be read or written, or the plan has no work of this key.
  public func cell(_ key: String) throws(Problem) -> StudyCellOutcome {
    guard let index = plan.works.firstIndex(where: { $0.key == key }) else {
      throw Problem(
        "the study has no such cell", at: String(key.prefix(12)), found: "a study or a dataset that was changed since the cells were listed",
        advice: "make new lists with `imagenet-tui study slurm`", kind: .data)
    }
    StopSignal.listen()
    let work = plan.works[index]
    // Whoever holds its key makes its run in moments.
    let begun = steadyTime()
    while steadyTime() - begun < 120 {
      let standing = try look()
      let found = standing.works[index]
      if found.state == .done { return .done }
      if found.state == .waiting || found.state == .blocked {
        let missing = work.parents.filter { standing.works[$0].state != .done }
        return .blocked(missing.map { "\(plan.works[$0].title) is \(standing.works[$0].state.word)" }.joined(separator: ", "))
      }
      if found.state == .diverged { return .failed("it diverged, and with the same settings would again") }
      // That it could not be done before is no result.
      if case .failed = found.state, found.run == nil { StudyResults(home: home).forget(key) }
      do throws(Problem) {
        switch work.kind {
        case .existing, .features: return .failed("what the study names is gone")
        case .measure(let measure):
          try self.measure(measure, index, standing) { (_, _, _) throws(Problem) in if StopSignal.isRaised { throw Problem.cancelled } }
          return .done
        case .untrained, .weights: try keep(work)
        case .training(let request):
          if let run = found.run { return try train(RunDirectory(run.path)) }
          try claim(work) { () throws(Problem) in _ = try make(request, work, from: start(of: work, standing)) }
        }
      } catch where error.kind == .cancelled {
        if StopSignal.isTimeUp, let job = ClusterJob.current { try Slurm().requeue(job.id) }
        return .stopped
      } catch where error.kind == .temporary {
        throw error
      } catch {
        if found.run == nil {
          try StudyResults(home: home).write(.init(text: work.text, metrics: [:], program: program, problem: error.description), key: key)
        }
        return .failed(error.description)
      }
      if StopSignal.isRaised { return .stopped }
      usleep(50_000)
    }
    throw Problem("another process holds the cell", at: work.title, advice: "try again", kind: .temporary)
  }

  private func train(_ run: RunDirectory) throws(Problem) -> StudyCellOutcome {
    let result = try RunWorker(run, home: home).work()
    switch result.outcome {
    case .finished: return .done
    case .stopped: return .stopped
    case .failed: return .failed(result.problem ?? "it failed")
    }
  }
}

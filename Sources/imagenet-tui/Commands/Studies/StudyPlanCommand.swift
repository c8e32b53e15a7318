import ArgumentParser
import Basics
import Files
import Runs
import Studies

struct StudyPlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan", abstract: "Show what a study needs, what of it is there, and what the rest takes.",
    discussion: "Marks: + to make, = there, − made for the study before and no longer asked for (kept). Example: imagenet-tui study plan fig-2 --rows 1000,486")

  @OptionGroup var options: StudyOptions
  @Flag(help: "Show every piece of work with its key.")
  var all = false
  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let (file, plan) = try options.open()
    let observer = StudyObserver(home: options.home)
    let standing = try observer.look(at: plan, withJobs: true)
    let estimate = StudyEstimate(plan, standing, speeds: observer.speeds)
    if json { return try Output.json(StudyPlanJSON(plan, standing, estimate)) }
    Self.show(file, plan, standing, estimate, all: all)
    for id in StudyLeftovers.runs(of: file, plan, observer) { print("− \(id)") }
  }

  static func show(_ file: StudyFile, _ plan: StudyPlan, _ standing: StudyStanding, _ estimate: StudyEstimate, all: Bool) {
    if all {
      Output.table(
        ["", "work", "state", " steps", "key", "run"],
        plan.order.map { index in
          let (work, found) = (plan.works[index], standing.works[index])
          return [
            found.state == .done ? "=" : "+", printable(work.title), found.state.word, work.isTraining ? grouped(work.steps) : "", String(work.key.prefix(12)),
            found.run.map { printable($0.id) } ?? "",
          ]
        })
    } else {
      var groups: [(name: String, made: Int, there: Int, steps: Int)] = []
      for (work, found) in zip(plan.works, standing.works) {
        let name = work.test ?? "nets"
        let place = groups.firstIndex { $0.name == name } ?? groups.count
        if place == groups.count { groups.append((name, 0, 0, work.steps)) }
        if found.state == .done { groups[place].there += 1 } else { groups[place].made += 1 }
      }
      Output.table(["work", " + to make", " = there"], groups.map { [printable($0.name), grouped($0.made), grouped($0.there)] })
    }
    for obstacle in plan.obstacles { print("– \(printable(obstacle))") }
    print(plan.summary(estimate))
    if estimate.trainings > 0 {
      let time = RunProgressLine.duration(estimate.seconds)
      print("about \(time) of training on this machine\(estimate.isCounted ? " (by multiply-adds: no run of some network tells its speed here)" : ""), \(Output.size(estimate.disk)) of checkpoints")
    }
  }
}

/// Runs that a study made and no longer asks for.
enum StudyLeftovers {
  static func runs(of file: StudyFile, _ plan: StudyPlan, _ observer: StudyObserver) -> [String] {
    let keys = Set(plan.works.map(\.key))
    return observer.reader.refresh().filter { run in
      guard run.group?.hasPrefix(file.name + "/") == true else { return false }
      guard let key = observer.key(of: run) else { return false }
      return !keys.contains(key)
    }.map(\.id)
  }
}

struct StudyPlanJSON: Encodable {
  struct Work: Encodable {
    var title, net: String
    var test: String?
    var seed: UInt64
    var repeated, steps: Int
    var key, text, state: String
    var run: String?
  }

  var study: String
  var trainings, measures, untrained, done: Int
  var seconds: Double
  var bytes: Int
  var works: [Work]
  var obstacles: [String]

  init(_ plan: StudyPlan, _ standing: StudyStanding, _ estimate: StudyEstimate) {
    study = plan.name
    (trainings, measures, untrained, done) = (estimate.trainings, estimate.measures, estimate.untrained, estimate.done)
    (seconds, bytes) = (estimate.seconds, estimate.disk)
    obstacles = plan.obstacles
    works = plan.order.map { index in
      let (work, found) = (plan.works[index], standing.works[index])
      return Work(
        title: work.title, net: work.net, test: work.test, seed: work.seed, repeated: work.repeated, steps: work.steps, key: work.key, text: work.text,
        state: found.state.word, run: found.run?.id)
    }
  }
}

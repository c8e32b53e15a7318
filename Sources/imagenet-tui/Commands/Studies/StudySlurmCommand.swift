import ArgumentParser
import Basics
import Runs
import Studies

struct StudySlurmCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "slurm", abstract: "Write what gives a study to Slurm: lists of cells by level, and a script that submits them as arrays.",
    discussion: """
      Nothing is submitted. The folder's submit.sh does it, and submitting again is the way to try again what failed: cells that are done end at once. \
      Lists are written once; a study that was changed gets a folder of its own. Example: imagenet-tui study slurm fig-2 --time 24:00:00 --cpus 16
      """)

  @OptionGroup var options: StudyOptions
  @OptionGroup var request: SlurmRequest
  @Option(name: .short, help: ArgumentHelp("The folder to write into. (default: one in the study's own)", valueName: "dir"))
  var output: String?
  @Option(help: ArgumentHelp("How many jobs of an array may be at work at a time.", valueName: "n"))
  var limit = 50

  func validate() throws {
    if limit < 1 { throw ValidationError("--limit takes a number of jobs from 1") }
  }

  func run() throws {
    let (file, plan) = try options.open()
    try file.adopt(into: options.home)
    let (folder, levels) = try SlurmCells.write(
      plan, of: file, home: options.home, wordNet: options.global.wordnet, folder: output, options: try request.options(), limit: limit)
    for (level, found) in levels.enumerated() { print("level \(level): \(counted(found.cells, "cell")) in \(counted(found.arrays, "array"))") }
    print("submit them with `\(folder)/submit.sh`, now and whenever something is to be tried again")
  }
}

struct StudyCellCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cell", abstract: "Do one cell of a study in this process, as a cluster's job does.",
    discussion: "May be repeated: what is done ends at once, and what was begun goes on. Exit codes: 0 done, or blocked by a cell that is not; 3 stopped; 4 failed.")

  @OptionGroup var global: GlobalOptions
  @Argument(help: "The study: its name, or the path of its file.")
  var study: String
  @Option(help: ArgumentHelp("The list that the cell is in.", valueName: "n"))
  var level: Int?
  @Option(help: ArgumentHelp("Its line in the list, from 0.", valueName: "n"))
  var index: Int?
  @Option(name: .customLong("in"), help: ArgumentHelp("The folder of the lists, which study slurm wrote.", valueName: "dir"))
  var folder: String?
  @Option(help: ArgumentHelp("In place of level and index: the cell's key.", valueName: "hash"))
  var key: String?
  @Option(help: "Number of worker threads of measures. (default: all cores)")
  var workers: Int?

  func validate() throws {
    guard (key == nil) == (level != nil && index != nil) else { throw ValidationError("expected --level and --index, or --key") }
    if let level, level < 0 { throw ValidationError("--level counts from 0") }
  }

  func run() throws {
    let home = global.location
    let file = try StudyFile(study, home: home)
    let plan = try StudyPlan(file, home: home, wordNet: global.wordnet)
    let wanted = try key ?? SlurmCells.key(folder ?? SlurmCells.folder(of: file, plan, home), level: level!, index: index!)
    let runner = StudyRunner(
      file, plan: plan, context: global.context(workers: workers), program: ImagenetTUI.nameAndVersion, command: CommandLine.arguments)
    let outcome = try runner.cell(wanted)
    let title = plan.works.first { $0.key == wanted }?.title ?? wanted
    switch outcome {
    case .done: print("\(title): done")
    case .blocked(let reason): print("\(title): blocked: \(reason)")
    case .stopped: print("\(title): stopped at a checkpoint")
    case .failed(let reason): print("\(title): failed: \(reason)")
    }
    if outcome.exitCode != 0 { throw ExitCode(outcome.exitCode) }
  }
}

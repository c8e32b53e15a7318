import ArgumentParser
import Basics
import Runs

/// What is asked of a cluster for a job.
struct SlurmRequest: ParsableArguments {
  @Option(help: ArgumentHelp("Slurm: the partition.", valueName: "name"))
  var partition: String?
  @Option(help: ArgumentHelp("Slurm: the time limit, as 24:00:00. A training that takes longer goes on in the same job later.", valueName: "limit"))
  var time: String?
  @Option(help: ArgumentHelp("Slurm: processors, which are the training's threads.", valueName: "n"))
  var cpus: Int?
  @Option(help: ArgumentHelp("Slurm: memory, as 8G.", valueName: "size"))
  var memory: String?
  @Option(help: ArgumentHelp("Slurm: GPUs of the job, for partitions that want some; trainings use none.", valueName: "n"))
  var gpus: Int?
  @Option(parsing: .unconditional, help: ArgumentHelp("Slurm: further options of sbatch, as '--account=lab --exclude=n3'.", valueName: "options"))
  var sbatch: String?

  func validate() throws {
    for (name, number) in [("cpus", cpus), ("gpus", gpus)] {
      if let number, number < (name == "cpus" ? 1 : 0) { throw ValidationError("--\(name) takes a number of them") }
    }
  }

  /// As they were given.
  var words: [String] {
    let numbers = [("--cpus", cpus), ("--gpus", gpus)].map { ($0, $1.map(String.init)) }
    return ([("--partition", partition), ("--time", time), ("--memory", memory), ("--sbatch", sbatch)] + numbers).flatMap { name, value in value.map { [name, $0] } ?? [] }
  }

  /// Whether or not there is a cluster.
  func options() throws(Problem) -> SlurmOptions {
    var options = SlurmOptions()
    (options.partition, options.time, options.cpus, options.memory, options.gpus) = (partition, time, cpus, memory, gpus)
    if let sbatch { try options.add(sbatch) }
    return options
  }
}

/// Who works: this machine, or a cluster, and what is asked of it.
struct SlurmArguments: ParsableArguments {
  enum Executor: String, ExpressibleByArgument, CaseIterable { case local, slurm }

  @Option(help: "Where to train: local, or slurm, as a job of the cluster that this machine belongs to.")
  var executor = Executor.local
  @OptionGroup var request: SlurmRequest

  var isAsked: Bool { executor == .slurm }

  func validate() throws {
    if !isAsked, !request.words.isEmpty {
      throw ValidationError("--partition, --time, --cpus, --memory, --gpus and --sbatch need --executor slurm")
    }
  }

  /// Nil where this machine works.
  /// - Throws: a ``Problem`` where there is no cluster to ask.
  func options() throws(Problem) -> SlurmOptions? {
    guard isAsked else { return nil }
    let options = try request.options()
    try Slurm().check()
    return options
  }
}

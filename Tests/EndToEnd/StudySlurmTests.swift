import Files
import FoundationEssentials
import Glibc
import Runs
import Studies
import TestSupport
import Testing

/// Studies that are given to Slurm: cells as jobs of arrays, in any order and more than once.
@Suite(.serialized) struct StudySlurmTests {
  let home: TinyHome
  let slurm = StubSlurm()

  init() throws { home = try TinyHome() }

  /// Two nets, a test that trains, one that measures, and one that measures what was trained.
  private static let study = """
    study: 1
    dataset: tiny
    train: {net: alexnet-28, batch: 8, rate: .001, epochs: 2}
    nets: {fine: all, few: images 6 seed 1, random: untrained}
    tests: {tuned: {tune: last, labels: all, epochs: 1, rate: .001, batch: 8}, near: {measure: knn, k: 3}}
    reports:
      r: {rows: [fine, few], columns: [own, tuned, near]}
      s: {rows: [random, fine], columns: [near]}
    """
  private static let cells = [3, 5]

  private func write(_ name: String = "x", _ text: String = study, in home: TinyHome? = nil) throws -> String {
    let path = (home ?? self.home).folder.path + "/\(name).yaml"
    try AtomicFile.write(text, to: path)
    return path
  }

  private func run(_ arguments: [String], _ environment: [String: String]? = nil, in home: TinyHome? = nil) throws -> (code: Int, output: String, errors: String) {
    let program = try ProgramRun(arguments, environment: environment ?? slurm.environment(home ?? self.home))
    return (program.wait(), program.output, program.errors)
  }

  /// The last checkpoints of a home's runs but for what names runs, by the runs' names.
  private func ends(_ home: TinyHome) throws -> [String: RunProgress] {
    var found: [String: RunProgress] = [:]
    for run in home.reader.refresh() {
      var progress = run.progress
      (progress.imagesPerSecond, progress.dataWait) = (nil, nil)
      found[run.name] = progress
    }
    return found
  }

  private struct Task {
    var job: Int
    var place: Int
    var script: [String]
  }

  /// The jobs of the arrays that were submitted after the first so many.
  private func tasks(after first: Int = 0) throws -> [Task] {
    try (first..<slurm.jobs).flatMap { number -> [Task] in
      let words = slurm.job(number + 1)
      let array = try #require(words.first { $0.hasPrefix("--array=0-") })
      let last = try #require(Int(array.dropFirst("--array=0-".count).prefix { $0 != "%" }))
      let script = Array(words.suffix(3))
      return (0...last).map { Task(job: number + 1, place: $0, script: script) }
    }
  }

  private func begin(_ task: Task) throws -> ProgramRun {
    let variables = ["SLURM_JOB_ID": "\(1000 * task.job + task.place)", "SLURM_ARRAY_JOB_ID": "\(task.job)", "SLURM_ARRAY_TASK_ID": "\(task.place)"]
    return try ProgramRun([], environment: slurm.environment(home, variables), wrapper: ["/bin/sh"] + task.script)
  }

  /// Submits what `study slurm` wrote.
  private func submit(_ folder: String) throws {
    #expect(access(folder + "/submit.sh", X_OK) == 0)
    let ended = try #require(ChildProcess.run("/usr/bin/env", ["PATH=\(slurm.folder.path):/usr/bin:/bin", "bash", folder + "/submit.sh"], limit: 60))
    try #require(ended.code == 0, "\(ended.errors)")
  }

  @Test("Jobs in any order, each twice and two at a time, do every cell once, and the study ends in the bits of one that ran by itself")
  func anyOrder() throws {
    let quiet = try TinyHome()
    #expect(try run(["study", "run", write(in: quiet), "--yes"], quiet.environment, in: quiet).code == 0)
    let written = try run(["study", "slurm", write(), "--time", "1:00:00", "--limit", "7"])
    #expect(written.code == 0 && written.output.contains("level 0: 3 cells in 1 array") && written.output.contains("level 1: 5 cells in 1 array"), "\(written)")
    let folder = try #require(FileManager.default.contentsOfDirectory(atPath: home.path + "/studies/x/slurm").first.map { home.path + "/studies/x/slurm/" + $0 })
    var random = SystemRandomNumberGenerator()
    var rounds = 0
    // Submitting again is the way to go on with what was blocked.
    repeat {
      let before = slurm.jobs
      try submit(folder)
      rounds += 1
      let words = (1...2).map { slurm.job(before + $0) }
      #expect(words[0].contains("--array=0-2%7") && words[1].contains("--array=0-4%7") && words[1].contains("--dependency=afterany:\(before + 1)"), "\(words)")
      #expect(words.allSatisfy { $0.contains("--requeue") && $0.contains("--signal=B:USR1@120") && $0.contains("--time=1:00:00") })
      var order = try tasks(after: before).flatMap { [$0, $0] }.shuffled(using: &random)
      while !order.isEmpty {
        let pair = try order.prefix(2).map { try begin($0) }
        order.removeFirst(pair.count)
        for program in pair { #expect(program.wait() == 0, "\(program.output)\(program.errors)") }
      }
    } while try !run(["study", "status", "x"]).output.contains("8 of 8 done") && rounds < 4
    #expect(rounds <= 2)
    #expect(try run(["study", "status", "x"]).output.contains("8 of 8 done"))
    #expect(home.reader.refresh().count == 5)
    #expect(try ends(home) == ends(quiet))
    let last = try begin(Task(job: 9, place: 0, script: [folder + "/cell.sh", "0", "0"]))
    #expect(last.wait() == 0 && last.output.hasSuffix(": done\n"))
  }

  @Test("A measure that a job waits for is submitted, not open, and at work once the job is; what Slurm does not name is open")
  func submitted() throws {
    #expect(try run(["study", "run", write(), "--columns", "own", "--yes"]).code == 0)
    struct Status: Decodable {
      struct Work: Decodable {
        var key, state: String
        var test: String?
      }
      var works: [Work]
    }
    func states() throws -> [String: String] {
      unlink(home.home.cache + "/slurm-\(getuid()).json")
      let works = try JSONDecoder().decode(Status.self, from: Data(run(["study", "status", "x", "--json"]).output.utf8)).works
      return Dictionary(works.filter { $0.test == "near" }.map { ($0.key, $0.state) }) { first, _ in first }
    }
    let open = try states().filter { $0.value == "open" }.keys.sorted()
    try #require(open.count >= 2)
    func line(_ job: String, _ key: String) -> String { "\(job)||\(home.home.studies)/results/\(key).json\n" }
    slurm.set("queue", line("7|PENDING|Priority|", open[0]) + line("8|CANCELLED|None|", open[1]))
    var found = try states()
    #expect(found[open[0]] == "submitted" && found[open[1]] == "open")
    #expect(try run(["study", "status", "x"]).output.contains(", 1 submitted\n"))
    slurm.set("queue", line("7|RUNNING|None|n1", open[0]))
    found = try states()
    #expect(found[open[0]] == "running")
  }

  @Test("A cell whose net is not there says so and ends with 0; one that fails ends with 4, one that is stopped with 3 and goes on")
  func ends() throws {
    let path = try write("x", Self.study.replacing("epochs: 2", with: "epochs: 100000"))
    #expect(try run(["study", "slurm", path, "-o", home.folder.path + "/jobs"]).code == 0)
    let inJob = try run(["study", "run", path, "--yes"], slurm.environment(home, ["SLURM_JOB_ID": "5"]))
    #expect(inJob.code == 64 && inJob.errors.contains("--executor slurm"), "\(inJob)")
    let script = home.folder.path + "/jobs/cell.sh"
    let blocked = try begin(Task(job: 1, place: 0, script: [script, "1", "0"]))
    #expect(blocked.wait() == 0 && blocked.output.contains("blocked"), "\(blocked.output)\(blocked.errors)")
    for signal in [SIGUSR1, SIGTERM] {
      let before = home.reader.refresh().first?.progress.step ?? 0
      let cell = try begin(Task(job: 1, place: 0, script: [script, "0", "0"]))
      #expect(home.wait { cell.hasEnded || home.reader.refresh().first.map { $0.state == .running && $0.progress.step > before } ?? false })
      cell.send(signal: signal)
      #expect(cell.wait() == 3, "\(cell.output)\(cell.errors)")
    }
    #expect(slurm.calls.count { $0 == "scontrol requeue 1000" } == 1)
    #expect(home.reader.refresh().count == 1)
    let bad = try write("y", Self.study.replacing("rate: .001, epochs: 2", with: "epochs: 2, rate: 1000, init: \"gaussian:10\""))
    #expect(try run(["study", "slurm", bad]).code == 0)
    let folder = try #require(FileManager.default.contentsOfDirectory(atPath: home.path + "/studies/y/slurm").first.map { home.path + "/studies/y/slurm/" + $0 })
    for _ in 0..<2 { #expect(try begin(Task(job: 2, place: 0, script: [folder + "/cell.sh", "0", "0"])).wait() == 4) }
    let gone = try run(["study", "cell", "y", "--in", folder, "--level", "0", "--index", "99"])
    #expect(gone.code == 64 && gone.errors.contains("0 to 2"), "\(gone)")
  }

  @Test("Lists of cells are written once: a study that was changed gets new ones, and never into the folder of the old; arrays are cut at Slurm's limit")
  func lists() throws {
    let path = try write()
    let folder = home.folder.path + "/jobs"
    #expect(try run(["study", "slurm", path, "-o", folder]).code == 0)
    let first = home.folder.contents(of: "jobs").filter { $0.key.hasSuffix(".tsv") }
    #expect(first.count == 2)
    let stamp = FileStamp(folder + "/cells-0.tsv")
    #expect(try run(["study", "slurm", path, "-o", folder, "--time", "10"]).code == 0)
    #expect(FileStamp(folder + "/cells-0.tsv") == stamp)
    try AtomicFile.write(Self.study.replacing("images 6", with: "images 7"), to: path)
    let refused = try run(["study", "slurm", path, "-o", folder])
    #expect(refused.code == 73 && refused.errors.contains("another plan"), "\(refused)")
    #expect(home.folder.contents(of: "jobs").filter { $0.key.hasSuffix(".tsv") } == first)
    #expect(try run(["study", "slurm", path]).code == 0)
    // What was listed is no part of the study any more.
    let old = try begin(Task(job: 1, place: 1, script: [folder + "/cell.sh", "0", "0"]))
    let codes = try [old, begin(Task(job: 1, place: 0, script: [folder + "/cell.sh", "0", "0"]))].map { $0.wait() }
    #expect(Set(codes).isSubset(of: [0, 65]) && codes.contains(65))

    let file = try StudyFile(path, home: home.home)
    let (cut, levels) = try SlurmCells.write(
      StudyPlan(file, home: home.home), of: file, home: home.home, wordNet: nil, folder: home.folder.path + "/cut", options: SlurmOptions(), limit: 4, arraySize: 3)
    #expect(levels.map(\.cells) == Self.cells && levels.map(\.arrays) == [2, 3])
    try submit(cut)
    #expect((1...5).map { slurm.job($0).suffix(2).joined(separator: " ") } == ["0 0", "0 2", "1 0", "1 2", "1 4"])
    #expect(slurm.job(4).contains("--dependency=afterany:1:2") && slurm.job(5).contains("--array=0-0%4"))
  }

  @Test("study run --executor slurm submits what is ready, follows it, gives measures away too, and ends complete; stopped, it cancels what waits")
  func follows() throws {
    let path = try write()
    let study = try ProgramRun(["study", "run", path, "--yes", "--executor", "slurm", "--time", "10"], environment: slurm.environment(home))
    // A little Slurm: what is submitted runs, one after another, and is never heard of as ended.
    slurm.set("queue", (1...20).map { "\($0)|RUNNING|None|n1||\n" }.joined())
    var done = 0
    while !study.hasEnded, done < 20 {
      guard slurm.jobs > done else { usleep(20_000); continue }
      done += 1
      let words = slurm.job(done)
      #expect(words.contains("--time=10"))
      let script = Array(words.drop { !$0.hasSuffix(".sh") })
      let job = try ProgramRun([], environment: slurm.environment(home, ["SLURM_JOB_ID": "\(done)"]), wrapper: ["/bin/sh"] + script)
      #expect(job.wait() == 0, "\(job.output)\(job.errors)")
    }
    #expect(study.wait() == 0 && study.output.contains("complete: 8 pieces of work"), "\(study.output)\(study.errors)")
    #expect(done == 7)
    #expect(try home.reader.refresh().allSatisfy { try $0.state == .finished && (RunDirectory($0.path).job() != nil || $0.name.contains("random")) })

    // A study in the background takes along what the cluster is asked for.
    let other = try write("other", Self.study.replacing("rate: .001, epochs: 2", with: "rate: .002, epochs: 2"))
    let detached = try self.run(["study", "run", other, "--yes", "--detach", "--executor", "slurm", "--rows", "fine", "--columns", "own", "--sbatch", "--account='a b'"])
    #expect(detached.code == 0, "\(detached)")
    #expect(home.wait { slurm.jobs == 8 } && slurm.job(8).contains("--account=a b"))
    #expect(try self.run(["study", "stop", "other"]).code == 0)

    let long = try write("long", Self.study.replacing("epochs: 2", with: "epochs: 100000"))
    let waiting = try ProgramRun(["study", "run", long, "--yes", "--executor", "slurm", "--rows", "fine", "--columns", "own"], environment: slurm.environment(home))
    #expect(home.wait { slurm.jobs == 9 })
    let run = try home.directory("long-fine-s1")
    #expect(home.wait { access(run.path + "/job.json", F_OK) == 0 })
    slurm.set("queue", "9|PENDING|Priority|||\(run.path)\n")
    waiting.send(signal: SIGTERM)
    #expect(waiting.wait() == 3 && slurm.calls.contains("scancel 9"), "\(waiting.output)\(waiting.errors)")
    #expect(try run.state() == .stopped)
  }

  @Test("A real Slurm does a study's arrays, the second level when the first has ended, also where a job of it was cancelled")
  func arrays() throws {
    guard let cluster = LoopbackCluster() else { return }
    let environment = cluster.environment(home)
    #expect(try run(["study", "slurm", write(), "-o", home.folder.path + "/jobs"], environment).code == 0)
    // In the first round a job of the first level is cancelled before it begins.
    let submit = ["bash", home.folder.path + "/jobs/submit.sh"]
    for round in 0..<2 {
      cluster.slurm("scontrol", "update", "partitionname=main", "state=down")
      #expect(cluster.slurm(submit[0], submit[1]).contains("level 1: 5 cells"))
      if round == 0 { cluster.slurm("scancel", "1_0") }
      cluster.slurm("scontrol", "update", "partitionname=main", "state=up")
      #expect(cluster.wait { cluster.slurm("squeue", "-h", "-r").isEmpty })
      let status = try run(["study", "status", "x"], environment).output
      #expect(status.contains("8 of 8 done") == (round == 1), "\(status)")
    }
    let quiet = try TinyHome()
    #expect(try run(["study", "run", write(in: quiet), "--yes"], quiet.environment, in: quiet).code == 0)
    #expect(try ends(home) == ends(quiet))
  }
}

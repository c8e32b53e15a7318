import Analysis
import Files
import FoundationEssentials
import Glibc
import Kernels
import Runs
import TestSupport
import Testing

@Suite struct RunsCommandTests {
  let home: TinyHome

  init() throws { home = try TinyHome() }

  func launch(_ name: String) throws {
    let program = try home.start(TinyHome.training(name, epochs: 100_000) + ["--detach"])
    try #require(program.wait() == 0, "\(program.errors)")
    try #require(try home.wait { try home.reader.find(name).progress.step > 0 })
  }

  @Test("A run is paused, goes on, is stopped and goes on again")
  func control() throws {
    try launch("steered")
    #expect(try home.wait { try home.reader.find("steered").usage?.memory ?? 0 > 10 << 20 })
    #expect(try home.run("runs", "show", "steered").output.contains(" cores"))
    #expect(try home.run("runs", "pause", "steered").output.contains("is paused"))
    let paused = try home.reader.find("steered")
    #expect(paused.state == .paused)
    #expect(RunDirectory(paused.path).checkpoints.steps().contains(paused.progress.step))
    usleep(300_000)
    #expect(try home.reader.find("steered").progress.step == paused.progress.step)
    #expect(try home.run("runs", "pause", "steered").code == 1)
    #expect(try home.run("runs", "resume", "steered").output.contains("is running"))
    #expect(try home.wait { try home.reader.find("steered").progress.step > paused.progress.step })
    #expect(try home.run("runs", "resume", "steered").code == 1)
    #expect(try home.run("runs", "stop", "steered").output.contains("is stopped"))
    #expect(try home.run("runs", "stop", "steered").code == 1)
    #expect(try home.reader.find("steered").usage == nil)
    #expect(try home.run("runs", "resume", "steered").output.contains("is running"))
  }

  @Test("A lost run is shown as lost at once, and resumes")
  func lost() throws {
    try launch("unlucky")
    let run = try home.directory("unlucky")
    kill(try #require(run.heartbeat()).worker.pid, SIGKILL)
    #expect(try home.wait { try run.state() == .lost })
    #expect(try home.run("runs", "list").output.contains("lost"))
    #expect(try home.run("runs", "resume", "unlucky").output.contains("is running"))
  }

  @Test("list and show say the same in words and in JSON")
  func listAndShow() throws {
    #expect(try home.run("runs", "list").code == 0)
    #expect(try home.run("runs", "list", "--json").output.filter { !$0.isWhitespace } == "[]")
    #expect(try home.start(TinyHome.training("done", epochs: 1)).wait() == 0)
    let list = try home.run("runs", "list", "--json")
    let runs = try JSONDecoder().decode([RunSummary].self, from: Data(list.output.utf8))
    #expect(runs.map(\.name) == ["done"] && runs[0].state == .finished)
    #expect(try home.run("runs", "list").output.contains("finished"))
    let shown = try home.run("runs", "show", "done").output
    #expect(shown.contains("alexnet-28") && shown.contains("5 (best)"))
    struct Whole: Decodable { var configuration: RunConfiguration, checkpoints: [Int], bestCheckpoint: Int? }
    let whole = try JSONDecoder().decode(
      Whole.self, from: Data(try home.run("runs", "show", "done", "--json").output.utf8))
    #expect(whole.checkpoints == [5] && whole.bestCheckpoint == 5 && whole.configuration.name == "done")
    #expect(try home.run("runs", "log", "done").output.contains("finished at step 5"))
    #expect(try home.run("runs", "log", "done", "-n", "1").output.split(separator: "\n").count == 1)
  }

  @Test("Runs are found by what was kept of them and by what they came to")
  func notes() throws {
    let words = ["--tag", "good", "--group", "seeds", "--note", "the first try"]
    #expect(try home.start(TinyHome.training("one", epochs: 1) + words).wait() == 0)
    #expect(try home.start(TinyHome.training("two", epochs: 2)).wait() == 0)
    func names(_ arguments: String...) throws -> [String] {
      let list = try home.start(["runs", "list", "--json"] + arguments)
      #expect(list.wait() == 0, "\(list.errors)")
      return try JSONDecoder().decode([RunSummary].self, from: Data(list.output.utf8)).map(\.name)
    }
    #expect(try names() == ["two", "one"] && names("--sort", "name") == ["one", "two"] && names("--sort", "-step") == ["two", "one"])
    #expect(try names("--filter", "tag:good group:seeds first step<9") == ["one"] && names("--filter", "-tag:good") == ["two"])
    #expect(try home.run("runs", "tag", "two", "good", "best").output.contains("-two: best good"))
    #expect(try home.run("runs", "tag", "two", "--remove", "good").output.contains("-two: best\n"))
    #expect(try home.run("runs", "group", "two", "seeds").code == 0 && home.run("runs", "note", "two", "the second").code == 0)
    #expect(try names("--filter", "group:seeds \"the second\"") == ["two"])
    let list = try home.run("runs", "list").output
    #expect(list.contains("seeds") && list.contains("best"))
    #expect(try home.run("runs", "show", "two").output.contains("note         the second"))
    #expect(try home.run("runs", "note", "two", "").output.contains("has no note"))
    let wrong = try home.run("runs", "list", "--filter", "acc>.8 colour:red")
    #expect(wrong.code == 64 && wrong.errors.contains("`colour:red`, character 8"))
    #expect(try home.run("runs", "list", "--sort", "colour").errors.contains("one of name, label"))
  }

  @Test("A run with impossible numbers, and one of a later version, leave the others of the home alone, in commands and screens")
  func hostile() throws {
    for name in ["sound", "hostile"] { #expect(try home.start(TinyHome.training(name, epochs: 1)).wait() == 0) }
    let run = try home.directory("hostile")
    func change(_ old: String, _ new: String) throws {
      let file = run.configurationFile
      let text = String(decoding: try #require(FileManager.default.contents(atPath: file)), as: UTF8.self)
      try #require(text.contains(old))
      try AtomicFile.write(text.replacing(old, with: new), to: file)
    }
    // Curves that no training has, and keys that look at them.
    let shares = (1...3).map { EventRecord(wallTime: $0 == 1 ? 0 : 2.5e11, step: $0, content: .scalars([.init(metric: .top1, value: 5), .init(metric: .trainLoss, value: -.infinity)])) }
    try AtomicFile.write(Data(shares.flatMap { $0.encoded() }), to: run.path + "/events.out.tfevents.9999999999.box")
    try AtomicFile.write("4<Enter>aaaLz.,l+++", to: home.folder.path + "/keys")
    func screens() throws -> (code: Int, output: String, errors: String) {
      try home.run("open", "--dataset", "tiny", "--replay", home.folder.path + "/keys")
    }
    #expect(try screens().code == 0 && home.run("runs", "diff", "sound", "hostile").code == 0)
    try change(#""batchSize" : 8"#, #""batchSize" : 9223372036854775807"#)
    let damaged = try home.run("runs", "list")
    #expect(damaged.code == 0 && damaged.output.contains("damaged") && damaged.output.contains("finished"))
    #expect(damaged.output.contains("run.json: training.batchSize: expected 1 to 65,536, found 9223372036854775807"))
    let resumed = try home.run("runs", "resume", "hostile")
    #expect(resumed.code == 65 && resumed.errors.contains("training.batchSize"), "\(resumed.errors)")
    #expect(try screens().code == 0)
    try change("9223372036854775807", "8")
    try change(#""cosine" : {"#, #""exponential" : {"#)
    #expect(try home.run("runs", "list").output.contains("newer"))
    for command in [["show"], ["resume"], ["extend", "--epochs", "9"], ["rm"], ["tag", "x"], ["clone", "--name", "c"], ["validate"]] {
      let refused = try home.start(["runs", command[0], "hostile"] + command.dropFirst())
      #expect(refused.wait() == 65 && refused.errors.contains("newer version"), "\(command): \(refused.errors)")
    }
    #expect(try home.run("runs", "log", "hostile").errors.contains("newer version"))
    #expect(try screens().code == 0)
  }

  @Test("The results of a group are mean and sample standard deviation over its seeds, as text, CSV and JSON")
  func results() throws {
    for seed in 1...3 {
      let run = try home.start(TinyHome.training("seed-\(seed)", epochs: 1) + ["--seed", "\(seed)", "--group", "seeds"])
      #expect(run.wait() == 0, "\(run.errors)")
    }
    #expect(try home.start(TinyHome.training("other", epochs: 1) + ["--seed", "4"]).wait() == 0)
    let rows = try JSONDecoder().decode(
      [RunStatistics].self, from: Data(try home.run("runs", "results", "--group", "seeds", "--json").output.utf8))
    let row = try #require(rows.first)
    #expect(rows.count == 1 && Set(row.seeds) == [1, 2, 3])
    let losses = home.reader.refresh().filter { $0.group == "seeds" }.compactMap(\.progress.validation?.loss)
    #expect(row.loss == RunStatistics.Estimate(losses) && row.loss?.deviation ?? 0 > 0)
    let text = try home.run("runs", "results", "--group", "seeds").output
    #expect(text.contains(" ± ") && text.split(separator: "\n").count == 2, "\(text)")
    let table = try home.run("runs", "results", "--group", "seeds", "--csv").output.split(separator: "\n")
      .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
    #expect(table.count == 2 && table[0].count == table[1].count)
    let column = try #require(table[0].firstIndex(of: "loss_sd"))
    #expect(try Double(table[1][column]) == #require(row.loss).deviation)
    // All runs are repeats of each other but for their seeds; those of no group have no row of a group.
    let all = try JSONDecoder().decode([RunStatistics].self, from: Data(try home.run("runs", "results", "--json").output.utf8))
    #expect(all.map(\.seeds.count) == [4])
    #expect(try home.run("runs", "results", "--by", "group").output.split(separator: "\n").count == 2)
    let wrong = try home.run("runs", "results", "--group", "none")
    #expect(wrong.code == 66 && wrong.errors.contains("seeds"))
  }

  @Test("watch ends with the run, as lines of JSON for scripts")
  func watch() throws {
    #expect(try home.start(TinyHome.training("seen", epochs: 40) + ["--detach"]).wait() == 0)
    let watched = try home.run("runs", "watch", "seen", "--json")
    let lines = try watched.output.split(separator: "\n").map {
      try JSONDecoder().decode(RunSummary.self, from: Data($0.utf8))
    }
    #expect(lines.last?.state == .finished)
    #expect(lines.map(\.progress.step) == lines.map(\.progress.step).sorted())
  }

  @Test("Ctrl-C ends the watching, not the run")
  func watchInterrupted() throws {
    try launch("watched")
    let watching = try home.start(["runs", "watch", "watched"])
    #expect(home.wait { watching.errors.contains("step") })
    watching.send(signal: SIGINT)
    #expect(watching.wait() == 0)
    #expect(try home.state("watched") == .running)
  }

  @Test("rm refuses a running run, removes another with what the cache keeps of it, and says how it comes back")
  func remove() throws {
    try launch("doomed")
    let refused = try home.run("runs", "rm", "doomed")
    #expect(refused.code == 1 && refused.errors.contains("runs stop"))
    #expect(try home.run("runs", "stop", "doomed").code == 0)
    let id = try home.reader.find("doomed").id
    let steps = try home.directory("doomed").checkpoints.steps()
    // A tuning that was stopped has left what its backbone made of the images.
    let backbone = home.path + "/cache/trunks/" + id
    try AtomicFile.makeFolder(backbone)
    #expect(try home.run("runs", "rm", "doomed").output == "removed \(id); restore it with: imagenet-tui runs restore \(id)\n")
    #expect(!FileManager.default.fileExists(atPath: backbone))
    #expect(home.reader.refresh().isEmpty)
    #expect(try home.run("runs", "show", "doomed").errors.contains("runs restore doomed"))
    #expect(try home.run("runs", "restore").output.contains(id))
    #expect(try home.run("runs", "restore", "doomed").output == "restored \(id)\n")
    #expect(try home.directory("doomed").checkpoints.steps() == steps && home.state("doomed") == .stopped)
    #expect(try home.run("runs", "restore", "doomed").code == 66)
  }

  @Test("What is deleted for good, or with the trash, needs a yes and is gone")
  func forGood() throws {
    for name in ["one", "two", "three"] { _ = try home.queue(name, epochs: 1) }
    #expect(try home.run("runs", "rm", "one", "--for-good").errors.contains("--yes"))
    #expect(try home.run("runs", "rm", "one", "--for-good", "--yes").output.contains("deleted"))
    for name in ["two", "three"] { #expect(try home.run("runs", "rm", name).code == 0) }
    #expect(try home.run("runs", "trash", "empty").errors.contains("--yes"))
    let list = try home.run("runs", "trash", "--json").output
    #expect(try JSONDecoder().decode([RemovedRun].self, from: Data(list.utf8)).map { $0.id.dropFirst(16) } == ["three", "two"])
    #expect(try home.run("runs", "trash", "empty", "--yes").output.hasPrefix("deleted 2 runs"))
    #expect(try home.run("runs", "trash").output == "no run was removed\n")
    #expect(try FileManager.default.contentsOfDirectory(atPath: home.home.runs) == [".trash"])
  }

  @Test(
    "A name that fits no run, or several, is one line that says what to do",
    arguments: ["show", "watch", "log", "pause", "resume", "stop", "rm", "tag", "checkpoint", "clone"])
  func names(command: String) throws {
    let twins = [try home.queue("twin", epochs: 1), try home.queue("twin", epochs: 1)]
    let ambiguous = try home.run("runs", command, "twin")
    #expect(ambiguous.code == 64 && twins.allSatisfy { ambiguous.errors.contains($0.id) })
    let unknown = try home.run("runs", command, "\u{1B}[2Jnone")
    #expect(unknown.code == 66 && !unknown.errors.contains("\u{1B}"))
    #expect(unknown.errors.split(separator: "\n").count == 1)
    #expect(try home.run("runs", command).code == 64)
  }
}

import Basics
import Files
import FoundationEssentials
import Glibc
import Runs

/// What makes jobs of a study's cells: a script that does one, lists of them by level, and a script that submits those as arrays.
///
/// ```
/// cells-0.tsv    key and title of what needs nothing else, a line each; a job's place in its array is the line, from 0
/// cells-1.tsv    what needs a result of level 0; and so on
/// cell.sh        does one; submit.sh gives all of them to Slurm
/// log/
/// ```
///
/// Lists are written once, so that a job that waits for days finds the cell that it was submitted for.
public struct SlurmCells: Sendable {
  let study: String
  let home: Home
  let wordNet: String?
  let folder: String
  let program: String

  var script: String { folder + "/cell.sh" }
  package static func list(_ folder: String, _ level: Int) -> String { "\(folder)/cells-\(level).tsv" }
  func log(_ job: String) -> String { "\(folder)/log/\(job).log" }

  func writeScript() throws(Problem) {
    try AtomicFile.makeFolder(folder + "/log")
    let words = [program, "study", "cell", study, "--home", home.path] + (wordNet.map { ["--wordnet", $0] } ?? [])
    // The program takes the shell's place, and so gets the signals that Slurm sends to a job's first process.
    let text = """
      #!/bin/sh
      # One cell of the study \(study): --key KEY, or LEVEL and FIRST of an array.
      if [ "$1" = --key ]; then set -- --key "$2"; else set -- --in \(ShellCommand.quoted(folder)) --level "$1" --index "$(($2 + SLURM_ARRAY_TASK_ID))"; fi
      exec \(ShellCommand.quoted(words)) "$@"

      """
    try AtomicFile.write(text, to: script)
    chmod(script, 0o755)
  }

  /// How many cells a list has, and the arrays that they are cut into.
  public struct Level: Equatable, Sendable {
    public var cells, arrays: Int
  }

  /// Writes lists and scripts.
  /// - Parameters:
  ///   - folder: nil: one of the study's own, by what the lists hold.
  ///   - limit: how many jobs of an array may be at work at a time.
  ///   - arraySize: how many jobs an array may have.
  /// - Returns: the folder and its levels.
  /// - Throws: a ``Problem`` where the folder has the lists of another plan, or cannot be written.
  public static func write(
    _ plan: StudyPlan, of file: StudyFile, home: Home, wordNet: String?, folder: String?, options: SlurmOptions, limit: Int, arraySize: Int? = nil,
    program: String? = nil
  ) throws(Problem) -> (folder: String, levels: [Level]) {
    let lists = lists(plan)
    guard !lists.isEmpty else { throw Problem("the study has no cells to submit", at: file.name, kind: .usage) }
    let place = folder.map { $0.hasPrefix("/") ? $0 : "\(FileManager.default.currentDirectoryPath)/\($0)" } ?? self.folder(of: file, plan, home)
    for (level, text) in lists.enumerated() {
      let path = list(place, level)
      if let there = FileManager.default.contents(atPath: path) {
        guard Array(there) == Array(text.utf8) else { throw isOther(path) }
      } else {
        try AtomicFile.write(text, to: path)
      }
    }
    guard access(list(place, lists.count), F_OK) != 0 else { throw isOther(list(place, lists.count)) }
    let cells = SlurmCells(study: file.name, home: home, wordNet: wordNet, folder: place, program: program ?? RunDirectory.program)
    try cells.writeScript()
    // Slurm's own limit is that of the numbers, from 0.
    let size = max(1, (arraySize ?? Slurm().arraySize()) - 1)
    let levels = lists.map { text in
      let count = text.utf8.count { $0 == UInt8(ascii: "\n") }
      return Level(cells: count, arrays: (count + size - 1) / size)
    }
    try cells.writeSubmission(levels, size: size, limit: limit, options: options)
    return (place, levels)
  }

  private static func lists(_ plan: StudyPlan) -> [String] {
    plan.levels.map { works in works.map { "\(plan.works[$0].key)\t\(printable(plan.works[$0].title))\n" }.joined() }
  }

  /// Where the lists of a plan are that no other place was chosen for.
  public static func folder(of file: StudyFile, _ plan: StudyPlan, _ home: Home) -> String {
    "\(file.folder(in: home))/slurm/\(sha256(lists(plan).joined(separator: "\n").utf8).prefix(8))"
  }

  private static func isOther(_ path: String) -> Problem {
    Problem(
      "the folder has the cells of another plan", at: path, advice: "choose another folder with -o: jobs that wait still need these lists", kind: .cannotWrite)
  }

  private func writeSubmission(_ levels: [Level], size: Int, limit: Int, options: SlurmOptions) throws(Problem) {
    var lines = [
      "#!/bin/sh", "# Gives all cells of the study \(study) to Slurm. What is done ends at once, so that submitting again is the way to try again what failed.",
      "# A level begins when the one before has ended, however it ended: a cell whose net is missing says so and does nothing.", "set -eu",
    ]
    for (level, found) in levels.enumerated() {
      for array in 0..<found.arrays {
        let last = min(size, found.cells - array * size) - 1
        var words = options.words(
          name: "\(study)-\(level)", comment: "study \(study)", log: folder.split(separator: "%", omittingEmptySubsequences: false).joined(separator: "%%") + "/log/%A_%a.log")
        words.append("--array=0-\(last)%\(limit)")
        // Quoted for the shell, which the numbers of the jobs before are for.
        let before = level == 0 ? "" : " --dependency=afterany:" + (0..<levels[level - 1].arrays).map { "\"${job_\(level - 1)_\($0)%%;*}\"" }.joined(separator: ":")
        lines.append("job_\(level)_\(array)=$(sbatch --parsable \(ShellCommand.quoted(words))\(before) \(ShellCommand.quoted(script)) \(level) \(array * size))")
        lines.append("echo \"level \(level): \(last + 1) cells in job ${job_\(level)_\(array)%%;*}\"")
      }
    }
    try AtomicFile.write(lines.map { $0 + "\n" }.joined(), to: folder + "/submit.sh")
    chmod(folder + "/submit.sh", 0o755)
  }

  /// The key of a cell in a list.
  /// - Throws: a ``Problem`` where there is no such list or line.
  public static func key(_ folder: String, level: Int, index: Int) throws(Problem) -> String {
    let path = list(folder, level)
    guard let data = FileManager.default.contents(atPath: path) else { throw FileFailure.reading("cannot read the list of cells", path) }
    let lines = String(decoding: data, as: UTF8.self).split(separator: "\n")
    guard lines.indices.contains(index), let key = lines[index].split(separator: "\t").first else {
      throw Problem("there is no such cell", at: path, expected: "0 to \(lines.count - 1)", found: "\(index)", kind: .usage)
    }
    return String(key)
  }
}

extension StudyPlan {
  /// The works by level, in the order in which they are begun: what needs nothing but what is there, then what needs that, and so on.
  package var levels: [[Int]] {
    var depths: [Int] = []
    for work in works {
      switch work.kind {
      case .existing, .features: depths.append(-1)
      case .training, .untrained, .weights, .measure: depths.append(1 + (work.parents.map { depths[$0] }.max() ?? -1))
      }
    }
    let ordered = order
    return (0..<max(0, (depths.max() ?? -1) + 1)).map { level in ordered.filter { depths[$0] == level } }
  }
}

import FoundationEssentials
import Glibc
import TestSupport

/// Stand-ins for Slurm's commands: what is submitted is noted, and nothing runs by itself.
final class StubSlurm {
  let folder = TemporaryFolder()

  init() {
    write("sbatch", """
      until mkdir "$folder/lock" 2>/dev/null; do sleep 0.01; done
      number=$(($(cat "$folder/count" 2>/dev/null || echo 0) + 1))
      printf '%s\\n' "$@" >"$folder/job.$number"
      echo $number >"$folder/new" && mv "$folder/new" "$folder/count"
      rmdir "$folder/lock"
      echo $number
      """)
    write("squeue", "cat \"$folder/queue\" 2>/dev/null")
    for name in ["scancel", "scontrol", "sinfo"] { write(name, ":") }
  }

  private func write(_ name: String, _ body: String) {
    // A file `NAME.refuses` makes a command fail with what is in it, `NAME.hangs` makes it say nothing.
    let text = """
      #!/bin/sh
      folder=${0%/*}
      echo "\(name) $*" >>"$folder/calls"
      if [ -e "$folder/\(name).refuses" ]; then cat "$folder/\(name).refuses" >&2; exit 1; fi
      if [ -e "$folder/\(name).hangs" ]; then exec sleep 100; fi
      \(body)
      exit 0

      """
    folder.write(Array(text.utf8), to: name)
    chmod(folder.path + "/" + name, 0o755)
  }

  func set(_ name: String, _ text: String) { folder.write(Array(text.utf8), to: name) }
  func remove(_ name: String) { unlink(folder.path + "/" + name) }

  func environment(_ home: TinyHome, _ more: [String: String] = [:]) -> [String: String] {
    var environment = home.environment
    environment["PATH"] = "\(folder.path):/usr/bin:/bin"
    return environment.merging(more) { $1 }
  }

  /// The command lines that were called, in their order.
  var calls: [String] { text("calls").split(separator: "\n").map(String.init) }

  /// The words that `sbatch` was given for a job.
  func job(_ number: Int) -> [String] { text("job.\(number)").split(separator: "\n").map(String.init) }
  var jobs: Int { Int(text("count").filter(\.isNumber)) ?? 0 }

  private func text(_ name: String) -> String { String(decoding: folder.bytes(of: name), as: UTF8.self) }
}

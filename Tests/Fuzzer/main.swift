import FoundationEssentials
import FuzzEntries
@preconcurrency import Glibc

// `fuzzer [--count N | --seconds S] [--entry NAME] [--first N] [--keep FOLDER]`, or `fuzzer --entry NAME --input FILE`: changes bytes and lets the program take them in, in
// processes of its own, so that a crash, a hang and a hunger for memory are seen, named, and kept. `make fuzz` builds and runs it.

setvbuf(stdout, nil, _IOLBF, 0)
var options: [String: String] = [:]
var arguments = Array(CommandLine.arguments.dropFirst())
while arguments.count >= 2, arguments[0].hasPrefix("--") {
  options[String(arguments[0].dropFirst(2))] = arguments[1]
  arguments.removeFirst(2)
}
guard arguments.isEmpty, Set(options.keys).isSubset(of: ["count", "seconds", "entry", "first", "keep", "state", "input"]) else {
  print("usage: fuzzer [--count N | --seconds S] [--entry NAME] [--first N] [--keep FOLDER], or fuzzer --entry NAME --input FILE")
  exit(64)
}
let first = options["first"].flatMap { Int($0) } ?? 0
let count = options["count"].flatMap { Int($0) }
let seconds = options["seconds"].flatMap { Double($0) }

if let input = options["input"], let name = options["entry"] {
  // One that was kept, here and now.
  let place = FuzzPlace()
  guard let entry = try place.entries().first(where: { $0.name == name }), let bytes = FileManager.default.contents(atPath: input) else {
    print("no such entry, or no such file")
    exit(64)
  }
  entry.run(Array(bytes))
  print("\(name) answers \(input)")
} else if let state = options["state"] {
  try Worker(entry: options["entry"]!, state: SharedState(state)).run(first: first, count: count ?? .max, seconds: seconds ?? .infinity)
} else {
  let entries = try FuzzPlace().entries().filter { options["entry"].map($0.name.contains) ?? true }
  guard !entries.isEmpty else {
    print("no entry is called \(options["entry"]!)")
    exit(64)
  }
  let keep = options["keep"] ?? "fuzz-failures"
  exit(try Driver(entries: entries, keep: keep).run(first: first, count: count ?? (seconds == nil ? 1_000_000 : nil), seconds: seconds) ? 0 : 1)
}

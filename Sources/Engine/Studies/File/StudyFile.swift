import Basics
import Files
import FoundationEssentials
import Glibc

/// Study files: those of a home, and any other that a path names.
public struct StudyFile: Sendable {
  public let name: String
  public let path: String
  public let study: Study
  /// As it was named: the study's name, or the file's path.
  public let word: String

  /// - Parameter text: the name of a study of the home, or the path of a file (with a `/` or ending in `.yaml` or `.yml`).
  /// - Throws: a ``Problem`` where there is no such file, or with a line for each fault of it.
  public init(_ text: String, home: Home) throws(Problem) {
    let isPath = text.contains("/") || text.hasSuffix(".yaml") || text.hasSuffix(".yml")
    word = text
    path = isPath ? text : "\(home.studies)/\(text)/study.yaml"
    name = isPath ? Self.name(of: text) : text
    try Self.checkName(name, at: text)
    if !isPath, !FileManager.default.fileExists(atPath: path) {
      let near = nearestWord(to: text, among: Self.names(in: home)).map { "did you mean `\($0)`? " } ?? ""
      throw Problem("there is no such study", at: text, advice: near + "see `imagenet-tui study list`", kind: .notFound)
    }
    study = try Self.read(path)
  }

  public init(name: String, path: String, study: Study) { (self.name, self.path, self.study, word) = (name, path, study, name) }

  /// Makes a file elsewhere a study of the home, by a link, so that lists and screens know it.
  /// - Throws: a ``Problem`` where the home has another study of this name.
  public func adopt(into home: Home) throws(Problem) {
    let place = "\(folder(in: home))/study.yaml"
    let files = FileManager.default
    let absolute = path.hasPrefix("/") ? path : files.currentDirectoryPath + "/" + path
    if place == absolute { return }
    try AtomicFile.makeFolder(folder(in: home))
    if symlink(absolute, place) == 0 { return }
    var (here, there) = (stat(), stat())
    if stat(place, &here) != 0, lstat(place, &here) == 0 {
      // A link to a file that is gone.
      unlink(place)
      if symlink(absolute, place) == 0 { return }
    }
    guard stat(place, &here) == 0, stat(absolute, &there) == 0, here.st_ino == there.st_ino, here.st_dev == there.st_dev else {
      throw Problem("the home has another study of this name", at: name, found: place, advice: "rename the file", kind: .cannotWrite)
    }
  }

  static func name(of path: String) -> String {
    let last = path.split(separator: "/").last.map(String.init) ?? ""
    let stem = last.lastIndex(of: ".").map { String(last[..<$0]) } ?? last
    return stem == "study" ? path.split(separator: "/").dropLast().last.map(String.init) ?? stem : stem
  }

  /// Reads a file.
  /// - Throws: a ``Problem`` where it cannot be read, or with a line for each of its faults.
  public static func read(_ path: String) throws(Problem) -> Study {
    try parse(TextFile(path, "cannot read the study", advice: "check the path").text, at: path)
  }

  /// - Parameter path: for messages.
  /// - Throws: a ``Problem`` with a line for each fault.
  public static func parse(_ text: String, at path: String) throws(Problem) -> Study {
    let (study, faults) = StudyReader.read(text)
    guard let study, faults.isEmpty else {
      let lines = faults.map { "\(path):\($0.line):\($0.column): \($0.what)" }
      var problem = Problem("the study file has \(counted(max(1, faults.count), "error"))", at: path, kind: .data)
      problem.details = lines
      throw problem
    }
    return study
  }

  /// What is wrong with a text; empty where it is a study.
  public static func faults(in text: String) -> [StudyFault] { StudyReader.read(text).faults }

  /// The studies of a home, sorted.
  public static func names(in home: Home) -> [String] {
    let folders = (try? FileManager.default.contentsOfDirectory(atPath: home.studies)) ?? []
    return folders.filter { FileManager.default.fileExists(atPath: "\(home.studies)/\($0)/study.yaml") }.sorted()
  }

  /// Names become folders, groups and parts of the names of runs.
  package static func checkName(_ name: String, at place: String) throws(Problem) {
    func isAllowed(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || "._-".utf8.contains(byte) }
    guard (1...24).contains(name.utf8.count), name.utf8.allSatisfy(isAllowed), let first = name.first, first.isLetter || first.isNumber else {
      throw Problem(
        "invalid study name", at: place, expected: "up to 24 letters, digits, `.`, `_`, `-`, beginning with a letter or digit", found: "“\(name)”",
        advice: "rename the file", kind: .usage)
    }
  }

  /// Where what is made of the study is kept.
  public func folder(in home: Home) -> String { "\(home.studies)/\(name)" }
}

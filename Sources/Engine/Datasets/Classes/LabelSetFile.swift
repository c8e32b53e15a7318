import Basics
import Files
import FoundationEssentials
import Taxonomy

/// The file of a label set: JSON with one class a line, written to be read by people too.
///
/// ```
/// {
///   "format": "imagenet-tui label set", "version": 1,
///   "name": …, "dataset": …, "policy": "name" | "file",
///   "recipe": [{"step": "bottom-up", "depth": 9}, …],
///   "imageBudget": null | {"perClass": …, "seed": …},
///   "hash": "sha256:…",
///   "tags": […],
///   "classes": [{"wnid": …, "name": …, "members": […]}, …],
///   "leftOut": […]
/// }
/// ```
/// The hash is ``LabelSet/contentHash``. Tags (``LabelSetTags``) are no part of what is hashed; a set without any has no such entry.
public enum LabelSetFile {
  static let format = "imagenet-tui label set"
  static let version = 1

  /// The contents of the file.
  public static func text(_ set: LabelSet, tags: [String] = []) -> String {
    var entries = [
      ("format", json(format)), ("version", "\(version)"), ("name", json(set.name)), ("dataset", json(set.dataset)),
      ("policy", json(set.policy)), ("recipe", list(set.recipe.map(json))),
      ("imageBudget", set.imageBudget.map { json($0) } ?? "null"), ("hash", json(set.contentHash)),
    ]
    if !tags.isEmpty { entries.append(("tags", json(tags))) }
    entries += [("classes", list(set.classes.map(line))), ("leftOut", list(set.leftOut.map(json)))]
    return "{\n" + entries.map { "  \"\($0)\": \($1)" }.joined(separator: ",\n") + "\n}\n"
  }

  /// An array with an item a line.
  private static func list(_ items: [String]) -> String {
    items.isEmpty ? "[]" : "[\n" + items.map { "    " + $0 }.joined(separator: ",\n") + "\n  ]"
  }

  private static func line(_ target: TargetClass) -> String {
    #"{"wnid": \#(json(target.wnid)), "name": \#(json(target.name)), "members": \#(json(target.members))}"#
  }

  private static func json(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(value) else { preconditionFailure("\(value) cannot be encoded") }
    return String(decoding: data, as: UTF8.self)
  }

  /// Reads a file that ``text(_:)`` wrote.
  /// - Throws: a ``Problem`` where it is no label set, is of a later version, or was changed after it was written.
  public static func read(_ path: String) throws(Problem) -> LabelSet { try readTagged(path).set }

  /// Reads a file with the tags that are kept in it.
  /// - Throws: a ``Problem`` like ``read(_:)``, and where a tag is none.
  public static func readTagged(_ path: String) throws(Problem) -> (set: LabelSet, tags: [String]) {
    try readTagged(RunJSON.bytes(of: path, what: what), at: path)
  }

  private static let what = "the label set"

  package static func readTagged(_ data: Data, at path: String) throws(Problem) -> (set: LabelSet, tags: [String]) {
    let repair = "the file is damaged; put back a copy of it, or make the label set again"
    let head = try RunJSON.decode(Head.self, from: data, at: path, what: what, repair: repair)
    guard head.format == format else {
      throw Problem("not a label set", at: path, expected: "format “\(format)”", found: "“\(head.format)”", kind: .data)
    }
    guard head.version <= version else { throw RunJSON.newer(what, at: path, "version", found: "version \(head.version)") }
    guard head.version == version else {
      throw Problem("cannot read the label set", at: "\(path): version", expected: "\(version)", found: "\(head.version)", advice: repair,
        kind: .data)
    }
    let set = try RunJSON.decode(Whole.self, from: data, at: path, what: what, for: .owner, repair: repair).set
    guard set.contentHash == head.hash else {
      throw Problem(
        "the label set was changed after it was saved", at: path, expected: head.hash, found: set.contentHash,
        advice: "make it again from its recipe", kind: .data)
    }
    // The order in the file carries no meaning, that in memory gives the labels.
    let sorted = LabelSet(
      name: set.name, dataset: set.dataset, policy: set.policy, recipe: set.recipe,
      classes: set.classes.map { TargetClass(wnid: $0.wnid, name: $0.name, members: $0.members) },
      leftOut: set.leftOut, imageBudget: set.imageBudget)
    return (sorted, try LabelSetTags.checked(head.tags ?? [], at: path))
  }

  private struct Head: Codable {
    var format: String
    @Bounded<SmallCount> var version: Int
    var hash: String
    var tags: [String]?
  }

  /// All that a file says.
  private struct Whole: Codable {
    var head: Head
    var set: LabelSet

    init(from decoder: any Decoder) throws { (head, set) = (try Head(from: decoder), try LabelSet(from: decoder)) }

    func encode(to encoder: any Encoder) throws {
      try head.encode(to: encoder)
      try set.encode(to: encoder)
    }
  }
}

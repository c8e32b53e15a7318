import Basics
import Files
import FoundationEssentials
import Taxonomy

/// The classes of a network as JSON, by number: Keras' imagenet_class_index.json (`{"0": ["n01440764", "tench"], …}`), torchvision's
/// `class_to_idx` (`{"n01440764": 0, …}`), `{"0": "n01440764", …}`, a list of wnids, or one of these within a model's config.json
/// (`id2label`, `label_names`).
package enum ClassIndex {
  static let namesAlone =
    "names alone do not tell which synset is meant (ImageNet-1k has `crane` and `maillot` twice); take a file with wnids: Caffe's "
    + "synset_words.txt, Kaggle's LOC_synset_mapping.txt, timm's imagenet_synsets.txt or Keras' imagenet_class_index.json"

  /// Whether the text is JSON of some kind, or means to be.
  package static func isOne(_ file: TextFile) -> Bool {
    let first = file.bytes.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
    return first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
  }

  /// Whether it is JSON of ours instead, or could be that, damaged.
  package static func isLabelSet(_ file: TextFile) -> Bool {
    let head = String(decoding: file.bytes.prefix(4096), as: UTF8.self)
    guard !head.contains(LabelSetFile.format), let value = try? JSONDecoder().decode(Value.self, from: Data(file.bytes)) else {
      // Python's `{0: 'tench', …` is none of ours.
      let second = head.drop { $0.isWhitespace }.dropFirst().first { !$0.isWhitespace }
      return head.first { !$0.isWhitespace } == "{" && second != "'" && second?.isNumber != true
    }
    if case .object(let object) = value { return object.isEmpty || object["format"] != nil || object["recipe"] != nil }
    return false
  }

  /// The classes in the order of their numbers.
  /// - Throws: a ``Problem`` where it is another JSON, names classes without their wnids, or numbers are missing.
  static func entries(_ file: TextFile, isClass: (String) -> Bool) throws(Problem) -> [LabelOrder.Entry] {
    func fail(_ expected: String, _ found: String, advice: String? = nil) -> Problem {
      Problem(LabelOrder.what, at: file.path, expected: expected, found: found, advice: advice, kind: .data)
    }
    guard var value = try? JSONDecoder().decode(Value.self, from: Data(file.bytes)) else {
      // As printed by Python: `{0: 'tench, Tinca tinca',`.
      let isPython = file.bytes.prefix(200).contains(UInt8(ascii: "'"))
      throw fail(
        "JSON", isPython ? "Python's notation: texts in single quotes" : "something else", advice: isPython ? "write it with json.dump" : nil)
    }
    if case .object(let object) = value {
      let inner = ["label_names", "id2label", "class_to_idx", "label2id"].lazy.compactMap { object[$0] }.first
      value = inner ?? (object.count == 1 ? object.first { Int($0.key) == nil && !isClass($0.key) && $0.value.isNested }?.value : nil) ?? value
    }
    let numbered: [(key: Int, texts: [String])]
    switch value {
    case .array(let values):
      // Elements that say their own number may stand in another order.
      if let (place, number) = values.enumerated().lazy.compactMap({ place, value in value.ownNumber.map { (place, $0) } }).first(where: { $0 != $1 }) {
        throw fail("the classes in the order of their numbers", "number \(number) at place \(place)")
      }
      numbered = values.enumerated().map { ($0, $1.texts) }
    case .object(let object):
      numbered = object.compactMap { key, value in
        if let number = Int(key), value.ownNumber ?? number == number { return (number, value.texts) }
        return value.wholeNumber.map { ($0, [key]) }
      }.sorted { $0.key < $1.key }
      guard numbered.count == object.count else {
        let others = object.filter { Int($0.key) == nil && $0.value.wholeNumber == nil }.keys.sorted()
        throw fail("a number for each class, as `{\"0\": [\"n01440764\", \"tench\"]}`", "the keys \(firstFew(others))")
      }
    default: throw fail("an object or a list of classes", "a single value")
    }
    guard numbered.map(\.key).elementsEqual(0..<numbered.count) else {
      let keys = numbered.map(\.key)
      throw fail(
        "the numbers 0 to \(keys.count - 1)", keys == Array(1..<keys.count + 1) ? "1 to \(keys.count)" : "\(keys.count) numbers from \(keys[0]) to \(keys.last!)")
    }
    return try numbered.map { number, texts throws(Problem) in
      let place = "\(file.path), class \(number)"
      // Alone, or in front of its words.
      guard let wnid = texts.first(where: isClass) ?? texts.lazy.map({ String($0.prefix { !$0.isWhitespace && $0 != "," }) }).first(where: isClass)
      else {
        throw Problem(
          LabelOrder.what, at: place, expected: "a wnid", found: texts.isEmpty ? "none" : "`\(texts.joined(separator: ", ").prefix(60))`",
          advice: namesAlone, kind: .data)
      }
      let words = texts.filter { $0 != wnid }.map { $0.hasPrefix(wnid + " ") ? String($0.dropFirst(wnid.count + 1)) : $0 }
      return LabelOrder.Entry(place: place, wnid: wnid, words: words.joined(separator: ", "))
    }
  }

  private enum Value: Decodable {
    case object([String: Value]), array([Value]), text(String), number(Double), other

    init(from decoder: any Decoder) throws {
      let value = try decoder.singleValueContainer()
      if let text = try? value.decode(String.self) { self = .text(text) }
      else if let number = try? value.decode(Double.self) { self = .number(number) }
      else if let values = try? value.decode([Value].self) { self = .array(values) }
      else if let object = try? value.decode([String: Value].self) { self = .object(object) }
      else { self = .other }
    }

    var texts: [String] {
      switch self {
      case .text(let text): [text]
      case .array(let values): values.flatMap(\.texts)
      case .object(let object): object.sorted { $0.key < $1.key }.flatMap(\.value.texts)
      default: []
      }
    }

    var isNested: Bool {
      switch self {
      case .object, .array: true
      default: false
      }
    }

    /// The number that an object says for itself; nil where it says none.
    var ownNumber: Int? {
      guard case .object(let object) = self else { return nil }
      return object.values.lazy.compactMap(\.wholeNumber).first
    }

    var wholeNumber: Int? {
      switch self {
      case .number(let number): Int(exactly: number)
      case .text(let text): Int(text)
      default: nil
      }
    }
  }
}

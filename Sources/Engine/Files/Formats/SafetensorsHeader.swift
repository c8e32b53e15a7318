import Basics
import FoundationEssentials

/// The header of a safetensors file: what tensors it holds, and where.
///
/// Format: u64 little-endian length N, N bytes of JSON, then the data; offsets count from the end of the header
/// (https://github.com/huggingface/safetensors#format).
package struct SafetensorsHeader: Codable, Equatable {
  struct Entry: Codable, Equatable {
    var dtype: String
    var shape: [Int]
    var offsets: [Int]

    enum CodingKeys: String, CodingKey {
      case dtype, shape
      case offsets = "data_offsets"
    }

    var range: Range<Int> { offsets[0]..<offsets[1] }
  }

  var tensors: [String: Entry] = [:]
  var metadata: [String: String] = [:]

  package static let largest = 100_000_000
  private static let metadataKey = NameKey("__metadata__")

  init() {}

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: NameKey.self)
    for key in container.allKeys {
      if key.stringValue == Self.metadataKey.stringValue {
        metadata = try container.decode([String: String].self, forKey: key)
      } else {
        tensors[key.stringValue] = try container.decode(Entry.self, forKey: key)
      }
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: NameKey.self)
    if !metadata.isEmpty { try container.encode(metadata, forKey: Self.metadataKey) }
    for (name, entry) in tensors { try container.encode(entry, forKey: NameKey(name)) }
  }

  /// The length and the JSON, padded with spaces so that the data after it is aligned to 8 bytes.
  func encoded() -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard var json = (try? encoder.encode(self)).map(Array.init) else {
      preconditionFailure("a header of strings and integers cannot be encoded")
    }
    json += [UInt8](repeating: UInt8(ascii: " "), count: (8 - json.count % 8) % 8)
    return withUnsafeBytes(of: UInt64(json.count).littleEndian, Array.init) + json
  }

  /// Reads the JSON of a header and checks every tensor against the `dataBytes` that follow it.
  init(json: Data, dataBytes: Int, path: String) throws(Problem) {
    func refuse(_ what: String, _ expected: String, _ found: String) -> Problem {
      Problem(
        "cannot read the weights", at: "\(path): \(what)", expected: expected, found: found,
        advice: "the file is damaged or is no safetensors file", kind: .data)
    }
    guard json.first == UInt8(ascii: "{") else { throw refuse("header", "a JSON object", "other bytes") }
    do {
      self = try JSONDecoder().decode(Self.self, from: json)
    } catch {
      throw refuse("header", "{name: {dtype, shape, data_offsets}}", "other JSON")
    }
    for (name, entry) in tensors {
      guard let elementBytes = Self.elementBytes[entry.dtype] else {
        throw Problem(
          "cannot read the weights", at: "\(path): \(name)", expected: "a known element type", found: entry.dtype,
          advice: "convert it where it was made: this program reads \(FloatFormat.allCases.map(\.rawValue).joined(separator: ", "))", kind: .data)
      }
      guard entry.offsets.count == 2, entry.offsets[0] >= 0, entry.offsets[0] <= entry.offsets[1],
        entry.offsets[1] <= dataBytes
      else {
        throw refuse(name, "a range inside the \(dataBytes) bytes of data", "\(entry.offsets)")
      }
      var bytes = elementBytes
      for side in entry.shape {
        let (product, overflow) = bytes.multipliedReportingOverflow(by: side)
        guard side >= 0, !overflow else { throw refuse(name, "a shape that fits memory", "\(entry.shape)") }
        bytes = product
      }
      guard bytes == entry.range.count else {
        throw refuse(name, "\(bytes) bytes for \(entry.shape) of \(entry.dtype)", "\(entry.range.count)")
      }
    }
    // The data is covered without gaps or overlaps: what no tensor names, no checksum and no reader would see.
    var end = 0
    for (name, entry) in tensors.sorted(by: { $0.value.offsets.lexicographicallyPrecedes($1.value.offsets) }) {
      guard entry.range.lowerBound == end else {
        throw refuse(name, "its data to begin at byte \(end)", "\(entry.range.lowerBound)")
      }
      end = entry.range.upperBound
    }
    guard end == dataBytes else { throw refuse("end of the data", "\(end) bytes", "\(dataBytes)") }
  }

  private static let elementBytes = [
    "BOOL": 1, "U8": 1, "I8": 1, "F8_E4M3": 1, "F8_E5M2": 1, "F8_E8M0": 1, "F8_E4M3FNUZ": 1,
    "F8_E5M2FNUZ": 1, "C64": 8, "I16": 2, "U16": 2, "F16": 2, "BF16": 2,
    "I32": 4, "U32": 4, "F32": 4, "I64": 8, "U64": 8, "F64": 8,
  ]
}

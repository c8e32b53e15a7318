import Basics
import CExpat
import Files

/// An element of an XML file, with its text and what lies in it. Attributes are passed over.
///
/// For small files of strangers: a document type, and with it every entity of its own, is refused before it is read, so that nothing grows or
/// names other files; elements are nested 32 deep at most.
package struct XMLElement: Sendable {
  package let name: String
  /// All text directly in it, without the blanks and ends of lines around it.
  package private(set) var text = ""
  /// In the order of the file.
  package private(set) var children: [XMLElement] = []
  /// Where it begins, from 1.
  package let line, column: Int

  /// Bytes of a file.
  package static let largest = 4 << 20
  private static let deepest = 32

  /// The first child of a name.
  package subscript(name: String) -> XMLElement? { children.first { $0.name == name } }

  /// Reads a file's outermost element.
  /// - Throws: a ``Problem`` with file, line and column where it is no such XML, or larger than 4 MB.
  package init(file path: String) throws(Problem) {
    let file = try TextFile(path, "cannot read the annotation", limit: Self.largest)
    try self.init(file.bytes, place: path)
  }

  /// - Parameter place: the file, for people.
  /// - Throws: a ``Problem`` with line and column where the bytes are no such XML.
  package init(_ bytes: [UInt8], place: String) throws(Problem) {
    guard bytes.count <= Self.largest else {
      throw Problem("cannot read the annotation", at: place, expected: "\(Self.largest >> 20) MB at most", found: "more", kind: .data)
    }
    guard let parser = XML_ParserCreate(nil) else { preconditionFailure("no memory for an XML parser") }
    defer { XML_ParserFree(parser) }
    let reader = Reader(parser)
    let context = Unmanaged.passUnretained(reader).toOpaque()
    XML_SetUserData(parser, context)
    XML_SetElementHandler(
      parser, { context, name, _ in Reader.of(context).begin(String(cString: name!)) }, { context, _ in Reader.of(context).end() })
    XML_SetCharacterDataHandler(parser) { context, text, count in
      Reader.of(context).add(UnsafeRawBufferPointer(start: text, count: Int(count)))
    }
    XML_SetStartDoctypeDeclHandler(parser) { context, _, _, _, _ in
      Reader.of(context).refuse(expected: "an annotation without a document type", found: "`<!DOCTYPE`, which may hold entities")
    }
    let isRead = bytes.withUnsafeBytes {
      XML_Parse(parser, $0.baseAddress?.assumingMemoryBound(to: CChar.self), Int32($0.count), 1) == XML_STATUS_OK
    }
    guard isRead, let root = reader.root else {
      let fault = reader.refusal ?? ("XML", String(cString: XML_ErrorString(XML_GetErrorCode(parser))))
      throw Problem("cannot read the annotation", at: "\(place), \(reader.place)", expected: fault.expected, found: fault.found, kind: .data)
    }
    self = root
  }

  private init(name: String, line: Int, column: Int) { (self.name, self.line, self.column) = (name, line, column) }

  private mutating func close(_ bytes: [UInt8]) {
    func isBlank(_ byte: UInt8) -> Bool { byte == .space || byte == .newline || byte == .carriageReturn || byte == 0x09 }
    let start = bytes.firstIndex { !isBlank($0) } ?? bytes.endIndex
    text = String(decoding: bytes[start..<(bytes.lastIndex { !isBlank($0) }.map { $0 + 1 } ?? start)], as: UTF8.self)
  }

  /// What the parser tells, as a tree.
  private final class Reader {
    let parser: XML_Parser
    /// The elements that are open, outermost first, and the text of each.
    private var open: [(element: XMLElement, text: [UInt8])] = []
    private(set) var root: XMLElement?
    private(set) var refusal: (expected: String, found: String)?

    init(_ parser: XML_Parser) { self.parser = parser }

    static func of(_ context: UnsafeMutableRawPointer?) -> Reader { Unmanaged<Reader>.fromOpaque(context!).takeUnretainedValue() }

    private var line: Int { Int(XML_GetCurrentLineNumber(parser)) }
    private var column: Int { Int(XML_GetCurrentColumnNumber(parser)) + 1 }
    var place: String { "line \(line), column \(column)" }

    func begin(_ name: String) {
      guard open.count < XMLElement.deepest else {
        return refuse(expected: "elements at most \(XMLElement.deepest) deep", found: "more")
      }
      open.append((XMLElement(name: name, line: line, column: column), []))
    }

    func end() {
      guard refusal == nil, let last = open.popLast() else { return }
      var element = last.element
      element.close(last.text)
      if open.isEmpty { root = element } else { open[open.count - 1].element.children.append(element) }
    }

    func add(_ text: UnsafeRawBufferPointer) {
      if refusal == nil, !open.isEmpty { open[open.count - 1].text.append(contentsOf: text) }
    }

    func refuse(expected: String, found: String) {
      guard refusal == nil else { return }
      refusal = (expected, found)
      XML_StopParser(parser, 0)
    }
  }
}

import Foundation
import FoundationXML

/// An SVG picture as a parser of XML reads it.
public final class SVGReading: NSObject, XMLParserDelegate {
  public struct Text: Equatable {
    public var string = ""
    public var x = 0.0, y = 0.0, size = 0.0
    /// Degrees, about (x, y).
    public var angle = 0.0
    public var anchor = "start"
    public var isBold = false
  }

  public struct Element {
    public var name: String
    public var attributes: [String: String]
  }

  public private(set) var texts: [Text] = []
  public private(set) var elements: [Element] = []
  /// Of `title` elements, which browsers show at the pointer.
  public private(set) var titles: [String] = []
  public private(set) var style = ""
  public var width: Double { number(elements.first?.attributes["width"]) }
  public var height: Double { number(elements.first?.attributes["height"]) }
  private var open: [String] = []

  /// - Throws: what is wrong with it as XML.
  public init(_ svg: String) throws {
    super.init()
    let parser = XMLParser(data: Data(svg.utf8))
    parser.delegate = self
    guard parser.parse() else {
      throw Failure(what: "line \(parser.lineNumber): \(parser.parserError.map { "\($0)" } ?? "no XML")")
    }
  }

  public struct Failure: Error { public var what: String }

  private func number(_ text: String?) -> Double { text.flatMap(Double.init) ?? .nan }

  public func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?, attributes: [String: String] = [:]
  ) {
    open.append(name)
    elements.append(Element(name: name, attributes: attributes))
    if name == "title" { titles.append("") }
    guard name == "text" else { return }
    var text = Text()
    (text.x, text.y, text.size) = (number(attributes["x"]), number(attributes["y"]), number(attributes["font-size"]))
    text.anchor = attributes["text-anchor"] ?? "start"
    text.isBold = attributes["font-weight"] == "bold"
    if let turn = attributes["transform"], turn.hasPrefix("rotate(") {
      text.angle = number(turn.dropFirst("rotate(".count).split(separator: " ").first.map(String.init))
    }
    texts.append(text)
  }

  public func parser(_ parser: XMLParser, foundCharacters string: String) {
    switch open.last {
    case "text": texts[texts.count - 1].string += string
    case "title": titles[titles.count - 1] += string
    case "style": style += string
    default: break
    }
  }

  public func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) { open.removeLast() }
}

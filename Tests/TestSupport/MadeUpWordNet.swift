import Basics
import Taxonomy

/// A WordNet of our own: synsets with made-up words, written in the format of data.noun and index.noun.
public struct MadeUpWordNet: Sendable {
  public let data: [UInt8]
  public let index: [UInt8]
  /// The wnid of each synset, in the order given.
  public let wnids: [String]

  /// - Parameter synsets: the words of each (underscores for spaces), and the positions of its hypernyms in this list.
  public init(_ synsets: [(lemmas: [String], hypernyms: [Int])]) {
    let header = "  1 WordNet 3.0 Copyright 2006 by Princeton University.  All rights reserved.  \n"
    var hyponyms = [[Int]](repeating: [], count: synsets.count)
    for (place, synset) in synsets.enumerated() {
      for hypernym in synset.hypernyms { hyponyms[hypernym].append(place) }
    }
    // Every offset has eight digits, so that the lengths of the lines are known before the offsets are.
    func line(_ place: Int, _ offset: (Int) -> Int) -> String {
      let (lemmas, hypernyms) = synsets[place]
      var line = "\(Self.digits(offset(place), 8)) 03 n \(Self.hex(lemmas.count)) "
      line += lemmas.map { "\($0) 0 " }.joined()
      line += Self.digits(hypernyms.count + hyponyms[place].count, 3) + " "
      line += hypernyms.map { "@ \(Self.digits(offset($0), 8)) n 0000 " }.joined()
      line += hyponyms[place].map { "~ \(Self.digits(offset($0), 8)) n 0000 " }.joined()
      return line + "| what \(lemmas[0]) means  \n"
    }
    var offsets: [Int] = []
    var end = header.utf8.count
    for place in synsets.indices {
      offsets.append(end)
      end += line(place) { _ in 0 }.utf8.count
    }
    data = Array((header + synsets.indices.map { line($0) { offsets[$0] } }.joined()).utf8)
    wnids = offsets.map { "n" + Self.digits($0, 8) }

    var senses: [String: [Int]] = [:]
    for (place, synset) in synsets.enumerated() {
      for lemma in synset.lemmas { senses[lemma.lowercased(), default: []].append(offsets[place]) }
    }
    let lines = senses.map { lemma, offsets in
      "\(lemma) n \(offsets.count) 1 @ \(offsets.count) 0 \(offsets.map { Self.digits($0, 8) }.joined(separator: " "))  \n"
    }
    index = Array((header + lines.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }.joined()).utf8)
  }

  public func open() throws -> WordNet { try WordNet(data: Bytes(data), index: Bytes(index)) }

  private static func digits(_ number: Int, _ places: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, places - text.count)) + text
  }

  private static func hex(_ number: Int) -> String { (number < 16 ? "0" : "") + String(number, radix: 16) }
}

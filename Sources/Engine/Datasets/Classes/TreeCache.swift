import Basics
import Files
import Glibc
import Taxonomy

/// Large trees as they were built once, in the home's `cache/trees/`: they open without a look at any synset, at the dataset's description
/// or at the file of its hierarchy. A file for each dataset and policy, and one for the words of each hierarchy of a user's own.
package struct TreeCache {
  private let tree, words: KeptFile
  /// Smaller trees are built as fast as they are read.
  static let fewestNodes = 5000
  private static let version = 2

  /// - Parameter folder: where WordNet's files lie.
  package init(home: Home, dataset: String, wordNet folder: String, _ policy: HypernymPolicy) {
    let own = Registration.hierarchyPath(dataset, in: home)
    tree = KeptFile(
      "\(home.cache)/trees/\(dataset)-\(policy.rawValue)", version: Self.version,
      madeOf: [Registration.path(dataset, in: home), own, folder + "/data.noun", folder + "/index.noun"])
    words = KeptFile("\(home.cache)/trees/\(dataset)-words", version: Self.version, madeOf: [own])
  }

  /// Forgets what is kept of a dataset.
  static func forget(_ dataset: String, in home: Home) {
    for what in HypernymPolicy.allCases.map(\.rawValue) + ["words"] { unlink("\(home.cache)/trees/\(dataset)-\(what)") }
  }

  // MARK: The tree

  /// - Parameter wordNet: opens WordNet, where the tree is in that.
  package func read(_ policy: HypernymPolicy, wordNet: () throws(Problem) -> WordNet) throws(Problem) -> (tree: Hierarchy, classNames: [String])? {
    guard let (body, file) = tree.read() else { return nil }
    return try withExtendedLifetime(file) { () throws(Problem) in
      var reader = PackedReader(body)
      let isOwn = reader.number(UInt8.self) == 1
      let packed = reader.numbers()
      let names = (0..<reader.count()).map { _ in reader.text() }
      guard let wordNet = isOwn ? readWords() : try wordNet(), let tree = Hierarchy(packed: packed, wordNet: wordNet, policy: policy),
        names.isEmpty || names.count == tree.fineClasses.count
      else { return nil }
      return (tree, names)
    }
  }

  /// - Parameter classNames: what the dataset calls its classes; empty where it has no names of its own.
  package func keep(_ tree: Hierarchy, classNames: [String]) {
    var writer = PackedWriter()
    writer.number(UInt8(tree.wordNet.isOwn ? 1 : 0))
    writer.numbers(tree.packed)
    writer.int(classNames.count)
    for name in classNames { writer.text(name) }
    self.tree.keep(writer.bytes)
  }

  // MARK: The words of a hierarchy of the user's own

  func readWords() -> WordNet? {
    guard let (body, file) = words.read() else { return nil }
    var reader = PackedReader(body)
    func bytes() -> Bytes { Bytes(reader.block()) { _ in withExtendedLifetime(file) {} } }
    let (data, index, names) = (bytes(), bytes(), bytes())
    return WordNet(own: .init(data: data, index: index, names: names, ends: reader.numbers(), offsets: reader.numbers()))
  }

  func keepWords(_ wordNet: WordNet) {
    guard let parts = wordNet.ownParts else { return }
    var writer = PackedWriter()
    for bytes in [parts.data, parts.index, parts.names] { bytes.withBytes { writer.block($0) } }
    writer.numbers(parts.ends)
    writer.numbers(parts.offsets)
    words.keep(writer.bytes)
  }
}

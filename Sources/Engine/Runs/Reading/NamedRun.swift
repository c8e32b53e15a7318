/// A run as it is named where a checkpoint matters: `coarse`, or `coarse@640` for one that is not the best in validation.
package struct NamedRun {
  package var name: String
  package var step: Int?

  package init(_ text: String) {
    name = text
    guard let at = text.lastIndex(of: "@"), let number = Int(text[text.index(after: at)...]) else { return }
    (name, step) = (String(text[..<at]), number)
  }
}

/// A name from the file system as text: bytes that are no UTF-8 become `\xNN`, so that two names never become the same.
package func nameText(_ bytes: some RandomAccessCollection<UInt8>) -> String {
  if let text = String(validating: bytes, as: UTF8.self) { return text }
  var text = ""
  var rest = bytes[...]
  while let first = rest.first {
    let length = (1...4).first { $0 <= rest.count && String(validating: rest.prefix($0), as: UTF8.self) != nil }
    if let length {
      text += String(decoding: rest.prefix(length), as: UTF8.self)
    } else {
      let digits = String(first, radix: 16, uppercase: true)
      text += "\\x" + (digits.count < 2 ? "0" : "") + digits
    }
    rest = rest.dropFirst(length ?? 1)
  }
  return text
}

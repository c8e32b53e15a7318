/// A text with `-` in the place of every character that is no ASCII letter or digit and none of `others`: what names of files, runs and groups are made of.
package func plainName(_ text: String, besides others: String = "._-") -> String {
  String(text.map { $0.isASCII && ($0.isLetter || $0.isNumber) || others.contains($0) ? $0 : "-" })
}

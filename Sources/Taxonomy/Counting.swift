/// "1 class", "2 classes", "1,000 images", "1 fine class is", "3 fine classes are": a count with what is counted.
/// - Parameter verb: of one: is, has, does, was, or a regular one without its s.
package func counted(_ count: Int, _ noun: String, _ verb: String? = nil) -> String {
  let isOne = count == 1
  let words = grouped(count) + " " + (isOne ? noun : plural(noun))
  guard let verb else { return words }
  let irregular = ["is": "are", "has": "have", "does": "do", "was": "were"]
  return words + " " + (irregular[verb].map { isOne ? verb : $0 } ?? (isOne ? verb + "s" : verb))
}

/// 1281167 → "1,281,167".
package func grouped(_ number: Int) -> String {
  var digits = Array(String(number.magnitude))
  for place in stride(from: digits.count - 3, to: 0, by: -3) { digits.insert(",", at: place) }
  return (number < 0 ? "-" : "") + String(digits)
}

private func plural(_ noun: String) -> String {
  if ["s", "x", "ch", "sh"].contains(where: noun.hasSuffix), !noun.hasSuffix("epoch") { return noun + "es" }
  let beforeLast = noun.dropLast().last.map { "aeiou".contains($0) } ?? true
  return noun.hasSuffix("y") && !beforeLast ? noun.dropLast() + "ies" : noun + "s"
}

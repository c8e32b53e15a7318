/// "1 class", "2 classes", "1,000 images", "1 fine class is", "3 fine classes are": a count with what is counted.
/// - Parameter verb: of one: is, has, does, was, or a regular one without its s.
package func counted(_ count: Int, _ noun: String, _ verb: String? = nil) -> String {
  let isOne = count == 1
  let words = grouped(count) + " " + (isOne ? noun : plural(noun))
  guard let verb else { return words }
  let irregular = ["is": "are", "has": "have", "does": "do", "was": "were"]
  return words + " " + (irregular[verb].map { isOne ? verb : $0 } ?? (isOne ? verb + "s" : verb))
}

/// All digits, in groups of three, without allocating but the text: 1281167 → "1,281,167".
package func grouped(_ value: Int) -> String {
  let digits = String(value)
  guard value.magnitude >= 1000 else { return digits }
  let count = digits.utf8.count
  return String(unsafeUninitializedCapacity: count + count / 3) { text in
    var end = 0
    for (place, digit) in digits.utf8.enumerated() {
      text[end] = digit
      end += 1
      if digit != UInt8(ascii: "-"), place + 1 < count, (count - 1 - place) % 3 == 0 {
        text[end] = UInt8(ascii: ",")
        end += 1
      }
    }
    return end
  }
}

private func plural(_ noun: String) -> String {
  if ["s", "x", "ch", "sh"].contains(where: noun.hasSuffix), !noun.hasSuffix("epoch") { return noun + "es" }
  let beforeLast = noun.dropLast().last.map { "aeiou".contains($0) } ?? true
  return noun.hasSuffix("y") && !beforeLast ? noun.dropLast() + "ies" : noun + "s"
}

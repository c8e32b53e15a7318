/// `order` sorted by the keys of what it names, equal ones left as they stand: by digits, from the lowest to the highest, in a time that
/// grows with the count alone. Trees of 80,000 nodes are put in order several times before their first line is shown.
package func stablySorted(_ order: [Int32], by keys: [UInt32]) -> [Int32] {
  let (digitBits, most) = (11, keys.max() ?? 0)
  var order = order
  var shift = 0
  while shift < 32, most >> shift > 0 {
    // How many have a smaller digit is where the first of a digit goes.
    var places = [Int](repeating: 0, count: 1 << digitBits + 1)
    func digit(_ item: Int32) -> Int { Int(keys[Int(item)] >> shift) & (1 << digitBits - 1) }
    for item in order { places[digit(item) + 1] += 1 }
    for value in 1..<places.count { places[value] += places[value - 1] }
    order = [Int32](unsafeUninitializedCapacity: order.count) { sorted, count in
      for item in order {
        sorted[places[digit(item)]] = item
        places[digit(item)] += 1
      }
      count = order.count
    }
    shift += digitBits
  }
  return order
}

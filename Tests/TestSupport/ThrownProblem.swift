import Basics

/// What a piece of work throws.
package func problem(_ body: () throws -> Void) -> Problem? {
  do {
    try body()
    return nil
  } catch { return error as? Problem }
}

import Glibc

/// A path as it was typed, with the user's folder in place of a leading `~/`.
func expandingHome(_ typed: String) -> String {
  typed.hasPrefix("~/") ? (getenv("HOME").map { String(cString: $0) } ?? "~") + typed.dropFirst() : typed
}

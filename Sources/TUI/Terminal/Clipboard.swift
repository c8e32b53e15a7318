import FoundationEssentials

/// The clipboard of the terminal that somebody sits at, which is not this machine's over SSH: text goes there by the control
/// sequence OSC 52 (xterm's control sequences, "Manipulate Selection Data").
package enum Clipboard {
  /// Bytes. Several terminals drop a sequence of more than 100,000 characters, and base64 makes four of three.
  package static let most = 74_000

  /// Whether a terminal with this TERM can be expected to read the sequence as one, if only to pass over it.
  package static func isUnderstood(by terminal: String) -> Bool {
    let family = terminal.prefix { $0 != "-" && $0 != "." }
    return !["linux", "dumb", "cons25", "sun", "ansi", ""].contains(family) && !family.hasPrefix("vt")
  }

  /// What to write to the terminal.
  /// - Parameter isInTmux: tmux takes the plain sequence where its `set-clipboard` is `on`; otherwise it hands on what is wrapped
  ///   for it, where `allow-passthrough` is on or it is older than 3.3. Both are sent: what is not taken is not shown either.
  package static func sequence(_ text: String, isInTmux: Bool) -> [UInt8] {
    let escape = "\u{1B}", plain = "\(escape)]52;c;\(Data(text.utf8).base64EncodedString())\u{7}"
    let wrapped = "\(escape)Ptmux;\(escape)\(plain)\(escape)\\"
    return Array((isInTmux ? plain + wrapped : plain).utf8)
  }
}

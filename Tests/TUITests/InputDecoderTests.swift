import TUI
import Testing

/// What the bytes of terminals come to.
@Suite struct InputDecoderTests {
  typealias Input = InputDecoder.Input

  private let start = ContinuousClock.now

  /// Everything that `text` comes to in pieces of `size` bytes that follow each other after `gap` milliseconds, and then nothing.
  private func inputs(_ bytes: [UInt8], size: Int = .max, gap: Int = 0) -> [Input] {
    var (decoder, now, found) = (InputDecoder(), start, [Input]())
    var rest = bytes[...]
    while !rest.isEmpty {
      found += decoder.take(rest.prefix(size), at: now)
      rest = rest.dropFirst(size)
      now += .milliseconds(gap)
      if gap > 0, !rest.isEmpty { found += decoder.expire(at: now) }
    }
    while let deadline = decoder.deadline { found += decoder.expire(at: deadline) }
    return found
  }

  private func inputs(_ text: String, size: Int = .max, gap: Int = 0) -> [Input] { inputs(Array(text.utf8), size: size, gap: gap) }

  private static let keys: [(String, Key)] = [
    ("\u{1B}[A", .up), ("\u{1B}OA", .up), ("\u{1B}[B", .down), ("\u{1B}OC", .right), ("\u{1B}[D", .left), ("\u{1B}[H", .home), ("\u{1B}OH", .home),
    ("\u{1B}[1~", .home), ("\u{1B}[7~", .home), ("\u{1B}[F", .end), ("\u{1B}[4~", .end), ("\u{1B}[8~", .end), ("\u{1B}[5~", .pageUp),
    ("\u{1B}[6~", .pageDown), ("\u{1B}[3~", .delete), ("\u{1B}[Z", .backTab), ("\u{1B}OM", .enter), ("\r", .enter), ("\t", .tab), ("\u{7F}", .backspace),
    ("\u{8}", .backspace), ("\u{3}", .control("c")), ("j", "j"), ("é", "é"), ("語", "語"), ("🐕", "🐕"),
  ]

  @Test("Keys are known in the bytes of every terminal, however they are cut", arguments: [(Int.max, 0), (1, 0), (1, 20), (2, 40)])
  func keys(size: Int, gap: Int) {
    for (bytes, key) in Self.keys { #expect(inputs(bytes, size: size, gap: gap) == [.key(key)], "\(bytes.debugDescription)") }
    let all = Self.keys.map(\.0).joined()
    #expect(inputs(all, size: size, gap: gap) == Self.keys.map { .key($0.1) })
  }

  /// Sequences that the program has no use for: answers, keys with modifiers, focus, reports of windows, strings.
  static let unknown = [
    "\u{1B}[1;5A", "\u{1B}[1;2D", "\u{1B}[3;5~", "\u{1B}[15~", "\u{1B}[24;2~", "\u{1B}[2~", "\u{1B}OP", "\u{1B}O5A", "\u{1B}Oq", "\u{1B}[[A", "\u{1B}[5$", "\u{1B}[7^",
    "\u{1B}[8@", "\u{1B}[a", "\u{1B}[I", "\u{1B}[O", "\u{1B}[?62;1;2;22c", "\u{1B}[>41;379;0c", "\u{1B}[=1;1c", "\u{1B}[12;40R", "\u{1B}[3n", "\u{1B}[?1;2$y", "\u{1B}[4;768;1366t",
    "\u{1B}[99;5u", "\u{1B}[27;5;99~", "\u{1B}[201~", "\u{1B}[<0;12;7m", "\u{1B}[<35;12;7M", "\u{1B}[<66;1;1M", "\u{1B}[<0;0;7M", "\u{1B}[<0;999999;7M", "\u{1B}[M#!!",
    "\u{1B}[12;13M", "\u{1B}[<;;M", "\u{1B}[?q", "\u{1B}[ c", "\u{1B}[!p", "\u{1B}[" + String(repeating: "1;", count: 400) + "c", "\u{1B}]11;rgb:1e1e/1e1e\u{7}", "\u{1B}]10;rgb:1e1e/1e1e/1e1e\u{7}",
    "\u{1B}]11;rgb:gg/00/00\u{7}", "\u{1B}P11;rgb:ff/ff/ff\u{1B}\\", "\u{1B}]11;rgb:\(String(repeating: "ff/", count: 400))\u{7}",
    "\u{1B}]52;c;Y2M=\u{1B}\\", "\u{1B}]0;✓ cc\u{7}", "\u{1B}P>|XTerm(379)\u{1B}\\", "\u{1B}P1+r544e=787465726d\u{1B}\\", "\u{1B}_Gi=31;OK\u{1B}\\", "\u{1B}^cc\u{1B}\\", "\u{1B}Xcc\u{1B}\\",
    "\u{9B}?62c", "\u{90}>|cc\u{1B}\\", "\u{8F}c",
  ]

  @Test("A sequence that is not understood does nothing, whole or in pieces, and the key behind it is that key")
  func unknown() {
    for sequence in Self.unknown {
      for (size, gap) in [(Int.max, 0), (1, 0), (1, 40), (3, 1500)] where gap < 50 || size == 3 {
        // Three bytes at a time: ESC does not stand alone.
        #expect(inputs(sequence + "q", size: size, gap: gap) == [.key("q")], "\(sequence.debugDescription) by \(size) after \(gap) ms")
      }
    }
    #expect(inputs([0x9B] + Array("?62cq".utf8)) == [.key("q")])
    #expect(inputs([0x9D] + Array("0;cc".utf8) + [0x9C] + Array("q".utf8)) == [.key("q")])
    #expect(inputs(Self.unknown.joined() + "q") == [.key("q")])
  }

  @Test("What the terminal says of its ground is light or dark, in any precision, however it ends and is cut")
  func ground() {
    let grounds: [(String, Bool)] = [
      ("rgb:ffff/ffff/ffff", true), ("rgb:fdf6/e3e3/0000", true), ("rgb:f/f/f", true), ("rgb:eee/eee/eee", true), ("rgba:ffff/ffff/ffff/8000", true),
      ("rgb:1e1e/1e1e/1e1e", false), ("rgb:00/2b/36", false), ("rgb:0000/0000/ffff", false),
    ]
    for (text, isLight) in grounds {
      for end in ["\u{7}", "\u{1B}\\"] {
        for size in [1, 3, Int.max] { #expect(inputs("\u{1B}]11;\(text)\(end)q", size: size, gap: 0) == [.ground(isLight: isLight), .key("q")], "\(text)") }
      }
    }
  }

  @Test("What ends in the middle acts as nothing, and a control is a key in the middle of it")
  func unfinished() {
    for sequence in Self.unknown where !["\u{1B}[ c"].contains(sequence) {
      for count in 2..<min(9, sequence.utf8.count) {
        let begun = Array(sequence.utf8.prefix(count))
        // A byte of eight bits may stand alone, and one mouse report takes whatever follows.
        guard begun[0] == 0x1B, begun[1] != 0x5C, inputs(begun).isEmpty, !sequence.hasPrefix("\u{1B}[M"), !sequence.hasPrefix("\u{1B}[[") else { continue }
        #expect(inputs(begun + [3]).last == .key(.control("c")), "\(sequence.debugDescription) after \(count)")
      }
    }
    #expect(inputs("\u{1B}[12;\u{1B}[A") == [.key(.up)])
    #expect(inputs([0xC3, 0x28, 0xFF, 0xE2, 0x82]) == [.key("(")])
  }

  @Test("Esc alone is a key after 50 ms, and before any key that begins no sequence")
  func escape() {
    var decoder = InputDecoder()
    #expect(decoder.take([0x1B], at: start) == [] && decoder.deadline == start + .milliseconds(50))
    #expect(decoder.expire(at: start + .milliseconds(49)) == [])
    #expect(decoder.expire(at: start + .milliseconds(50)) == [.key(.escape)])
    #expect(decoder.deadline == nil)
    #expect(inputs("\u{1B}q") == [.key(.escape), .key("q")])
    #expect(inputs("\u{1B}\u{1B}") == [.key(.escape), .key(.escape)])
    #expect(inputs("\u{1B}\r") == [.key(.escape), .key(.enter)])
    #expect(inputs("\u{1B}[", size: 1, gap: 60) == [.key(.escape), .key("[")])
    #expect(inputs("\u{1B}Oj", size: 1, gap: 60) == [.key(.escape), .key("O"), .key("j")])
  }

  @Test("On a slow line the rest of a sequence may come long after its Esc, and acts as no letters", arguments: [100, 400, 900])
  func slowLine(gap: Int) {
    for rest in ["[<0;12;7m", "[?62;22c", "[1;5A", "]10;rgb:1/2/3\u{7}", "P>|cc\u{1B}\\", "O5A"] {
      var decoder = InputDecoder()
      var found = decoder.take([0x1B], at: start) + decoder.expire(at: start + .milliseconds(50))
      let now = start + .milliseconds(gap)
      found += decoder.take(Array(rest.utf8), at: now)
      while let deadline = decoder.deadline { found += decoder.expire(at: deadline) }
      #expect(found == [.key(.escape)], "\(rest.debugDescription)")
      #expect(decoder.take(Array("q".utf8), at: now + .seconds(1)) == [.key("q")])
    }
  }

  @Test("A click and the wheel are known in every encoding, at any place")
  func mouse() {
    let click = Input.mouse(Mouse(.click, row: 6, column: 11))
    for bytes in ["\u{1B}[<0;12;7M", "\u{1B}[32;12;7M", "\u{1B}[M ,'", "\u{1B}[<4;12;7M", "\u{1B}[<16;12;7M"] {
      for size in [Int.max, 1, 2] { #expect(inputs(bytes, size: size) == [click], "\(bytes.debugDescription)") }
    }
    #expect(inputs("\u{1B}[<64;12;7M\u{1B}[<65;12;7M") == [.mouse(Mouse(.wheelUp, row: 6, column: 11)), .mouse(Mouse(.wheelDown, row: 6, column: 11))])
    // The old encoding goes beyond ASCII, and is no UTF-8.
    for column in [1, 94, 95, 96, 120, 160, 223] {
      #expect(inputs([0x1B, 0x5B, 0x4D, 32, UInt8(32 + column), 33] + Array("q".utf8)) == [.mouse(Mouse(.click, row: 0, column: column - 1)), .key("q")])
    }
    #expect(inputs("\u{1B}[<0;1200;900M") == [.mouse(Mouse(.click, row: 899, column: 1199))])
  }

  @Test("The terminal's answer is one, and no other report is")
  func answer() {
    #expect(inputs("\u{1B}[0nj\u{1B}[3n\u{1B}[?0n") == [.answer, .key("j")])
  }

  // MARK: Pastes

  private func pasted(_ inputs: [Input]) -> String? {
    var text = ""
    for input in inputs {
      guard case .paste(let part) = input else { return nil }
      text += part
    }
    return text
  }

  @Test("A paste is one text, whatever is in it and however it is cut", arguments: [Int.max, 4096, 7, 1])
  func paste(size: Int) {
    for text in ["label set", "a\rb\r", "c\u{1B}[A\u{3}q\u{1B}", "日本語 🐕", String(repeating: "s\r", count: 4000), "\u{1B}[20", "~", "[201~"] {
      #expect(inputs("\u{1B}[200~\(text)\u{1B}[201~", size: size) == [.paste(text)], "\(text.prefix(20).debugDescription)")
    }
    #expect(inputs("\u{1B}[200~\u{1B}[201~q", size: size) == [.key("q")])
    #expect(inputs("j\u{1B}[200~a\u{1B}[201~k\r", size: size) == [.key("j"), .paste("a"), .key("k"), .key(.enter)])
    #expect(inputs("\u{1B}[200~a\u{1B}[201~\u{1B}[200~b\u{1B}[201~q", size: size) == [.paste("a"), .paste("b"), .key("q")])
  }

  @Test("A paste that holds the mark of its end is pasted to its real end", arguments: [Int.max, 100, 1])
  func markInside(size: Int) {
    let found = inputs("\u{1B}[200~one\u{1B}[201~sc\r\u{1B}[201~q\u{1B}[201~", size: size)
    #expect(pasted(found)?.hasPrefix("onesc\r") == true && pasted(found)?.contains("q") == true)
    let then = inputs("\u{1B}[200~one\u{1B}[201~sc\u{1B}[201~k", size: size)
    #expect(then.last == .key("k") && pasted(then.dropLast()) == "onesc")
  }

  @Test("A paste without an end is text after a second, goes on as such, and ends with a single key")
  func noEnd() {
    var decoder = InputDecoder()
    #expect(decoder.take(Array("\u{1B}[200~abc".utf8), at: start) == [])
    #expect(decoder.expire(at: start + .seconds(1)) == [.paste("abc")])
    let more = start + .seconds(5)
    #expect(decoder.take(Array("def\rs".utf8), at: more) == [])
    #expect(decoder.expire(at: more + .seconds(1)) == [.paste("def\rs")])
    #expect(decoder.take(Array("j".utf8), at: more + .seconds(2)) == [.key("j")])
    #expect(decoder.take(Array("sc".utf8), at: more + .seconds(3)) == [.key("s"), .key("c")])
    for end in ["\u{1B}[201~", "ef\u{1B}[201~"] {
      var decoder = InputDecoder()
      _ = decoder.take(Array("\u{1B}[200~abc\u{1B}[20".utf8.dropLast(end.hasPrefix("e") ? 4 : 0)), at: start)
      _ = decoder.expire(at: start + .seconds(1))
      _ = decoder.take(Array(end.hasPrefix("e") ? end.utf8.dropFirst(0) : end.utf8.dropFirst(4)), at: more)
      while let deadline = decoder.deadline { _ = decoder.expire(at: deadline) }
      #expect(decoder.take(Array("cs".utf8), at: more + .seconds(2)) == [.key("c"), .key("s")])
    }
  }

  @Test("Any bytes come to their end: none is waited for for ever, and the next key is heard")
  func anyBytes() {
    var random = SystemRandomNumberGenerator()
    let likely = Array("\u{1B}\u{1B}[]OP<;019~MmAcn \\\u{7}".utf8)
    for _ in 0..<3000 {
      var decoder = InputDecoder()
      var now = start
      let bytes = (0..<Int.random(in: 1...40, using: &random)).map { _ in
        Bool.random(using: &random) ? likely.randomElement(using: &random)! : UInt8.random(in: 0...255, using: &random)
      }
      for byte in bytes {
        _ = decoder.take([byte], at: now)
        now += .milliseconds(Int.random(in: 0...60, using: &random))
        _ = decoder.expire(at: now)
      }
      for _ in 0..<4 {
        now += .seconds(3)
        _ = decoder.expire(at: now)
      }
      // Of three keys with pauses the last is heard, whatever was begun.
      let heard = (0..<3).map { _ in
        now += .seconds(3)
        return decoder.take([0x6A], at: now) + decoder.expire(at: now + .seconds(1))
      }
      #expect(heard.last?.contains(.key("j")) == true, "\(bytes)")
    }
  }
}

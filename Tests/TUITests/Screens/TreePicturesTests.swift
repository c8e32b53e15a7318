import Datasets
import Files
import FoundationEssentials
import Synchronization
import TUI
import TestSupport
import Testing

/// Pictures of a class, and collages of what the label set holds.
@Suite struct TreePicturesTests {
  private static let split: [Key] = ["/", "s", "h", "o", "e", .enter, "A", "/", "s", "h", "i", "r", "t", .enter, "B"]

  private static func work(_ effects: [Effect]) -> [TreeScreen.Work] {
    effects.compactMap { if case .tree(let work) = $0 { work } else { nil } }
  }

  /// The effects of a key and of the cursor's rest after it.
  private static func press(_ state: inout AppState, _ key: Key) -> [TreeScreen.Work] {
    let effects = update(&state, .key(key))
    let later = effects.flatMap { effect -> [Effect] in
      if case .later(_, .tree(let event)) = effect { update(&state, .tree(event)) } else { [] }
    }
    return work(effects + later)
  }

  @Test("p shows pictures of the class under the cursor at 80×24 too, asked for once the cursor rests")
  func pictures() throws {
    var state = try TreeScreenTests.state()
    let asked = Self.press(&state, "p")
    guard case .pictures(let wnid, let fine, let count)? = asked.first else {
      Issue.record("no picture is asked for")
      return
    }
    #expect(fine.count == 10 && count >= 6)
    #expect(view(state).text.contains("…"))
    let thumbnail = Thumbnail(try TinyDataset().picture(.train, 0))
    let before = view(state).text
    _ = update(&state, .tree(.pictures(wnid: wnid, [Thumbnail](repeating: thumbnail, count: 12))))
    #expect(view(state).text != before)
    #expect(Self.press(&state, "j").contains { if case .pictures = $0 { true } else { false } })
    TreeScreenTests.press(&state, "p")
    #expect(view(state).text.contains("clothing, article of clothing"))
  }

  @Test("Without images the keys say why they do nothing")
  func noImages() throws {
    var state = try TreeScreenTests.state("imagenet-1k")
    for key in ["p", "P", "E"] as [Key] {
      TreeScreenTests.press(&state, key)
      #expect(view(state).text.contains("The dataset has no images here") && state.tree.side == .node)
    }
  }

  @Test("A collage is drawn of both parts, and drawn again when they change; an old one is never shown for a new set")
  func collage() throws {
    var state = try TreeScreenTests.state("fashion-mnist", Size(rows: 40, columns: 140))
    TreeScreenTests.press(&state, Self.split[0])
    for key in Self.split.dropFirst() { TreeScreenTests.press(&state, key) }
    guard case .drawCollage(let draft)? = Self.press(&state, "P").first else {
      Issue.record("no collage is asked for")
      return
    }
    let version = draft.version
    #expect(try draft.shown().map { $0.classes.flatMap(\.members).count } == [2, 2])
    let part = TreeCollage.Part("part A   2 classes", [Thumbnail(try TinyDataset().picture(.train, 0))])
    _ = update(&state, .tree(.collage(TreeCollage(version: version, parts: [part, part]))))
    #expect(view(state).text.contains("part A   2 classes"))
    let again = Self.press(&state, "~")
    #expect(again.contains { if case .drawCollage = $0 { true } else { false } })
    #expect(!view(state).text.contains("part A   2 classes"))
  }

  @Test("E writes the collage of both parts as a PNG file, and asks before it replaces one")
  func file() throws {
    let folder = TemporaryFolder()
    var state = try TreeScreenTests.state()
    for key in Self.split { TreeScreenTests.press(&state, key) }
    TreeScreenTests.press(&state, "E", .control("u"))
    let path = folder.path + "/parts.png"
    for character in path { TreeScreenTests.press(&state, .character(character)) }
    let environment = Environment(program: "test", home: Home(explicit: folder.path), dataset: "fashion-mnist")
    func run(_ effects: [TreeScreen.Work]) throws -> [Message] {
      let sent = Mutex<[Message]>([])
      for work in effects { try work.run(in: environment) { message in sent.withLock { $0.append(message) } } }
      return sent.withLock { $0 }
    }
    for message in try run(Self.press(&state, .enter)) { _ = update(&state, message) }
    #expect(view(state).text.contains("Wrote") && view(state).text.contains("same as"))
    let command = try #require(state.notice?.command)
    #expect(command.lines.map { $0[1] } == ["split", "split", "collage"] && command.lines[2].suffix(2) == ["-o", path])
    let picture = try ImageCodec.decode(Array(try #require(FileManager.default.contents(atPath: path))))
    #expect(picture.width == 2 * (10 * 66 - 2) + 32 && picture.height == 10 * 66 - 2)

    TreeScreenTests.press(&state, "E", .control("u"))
    for character in path { TreeScreenTests.press(&state, .character(character)) }
    for message in try run(Self.press(&state, .enter)) { _ = update(&state, message) }
    #expect(view(state).text.contains("Replace it?"))
  }
}

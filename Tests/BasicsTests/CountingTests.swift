import Basics
import Testing

@Suite struct CountingTests {
  @Test(
    "One is one, all others are many",
    arguments: [
      (1, "class", nil, "1 class"), (0, "class", nil, "0 classes"), (1281167, "image", nil, "1,281,167 images"), (2, "query", nil, "2 queries"),
      (2, "key", nil, "2 keys"), (1, "fine class", "is", "1 fine class is"), (3, "fine class", "is", "3 fine classes are"),
      (1, "run", "wait", "1 run waits"), (2, "run", "wait", "2 runs wait"), (2, "match", "has", "2 matches have"),
      (8, "epoch", nil, "8 epochs"),
    ] as [(Int, String, String?, String)])
  func words(count: Int, noun: String, verb: String?, words: String) { #expect(counted(count, noun, verb) == words) }
}

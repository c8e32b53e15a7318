import TUI
import Testing

@Suite("NumberText")
struct NumberTextTests {
  @Test(
    "fixed decimals round to nearest and drop the leading zero",
    arguments: [
      (0.4124, 3, "0.412"), (2.9126, 3, "2.913"), (-0.5, 1, "-0.5"), (0, 2, "0.00"), (-0.0001, 2, "0.00"),
      (9.9996, 3, "10.000"),
      (1204, 0, "1204"), (.nan, 3, "NaN"), (.infinity, 3, "∞"), (-.infinity, 0, "-∞"), (1e20, 3, "1e20"),
    ] as [(Double, Int, String)])
  func fixed(value: Double, decimals: Int, text: String) {
    #expect(NumberText.fixed(value, decimals) == text)
  }

  @Test(
    "a value that stands alone has about four significant digits",
    arguments: [
      (2.9126, "2.913"), (0.0451, "0.0451"), (38.42, "38.4"), (1204.4, "1,204"), (3e-7, "3e-7"), (1.25e6, "1.3e6"),
      (0, "0"),
      (.nan, "NaN"), (0.01, "0.0100"),
    ] as [(Double, String)])
  func compact(value: Double, text: String) {
    #expect(NumberText.compact(value) == text)
  }

  @Test(
    "counts carry a unit once they are long",
    arguments: [
      (950, "950"), (9_540, "9.54k"), (41_234, "41.2k"), (412_345, "412k"), (999_960, "1.00M"), (1_281_167, "1.28M"),
      (-1500, "-1.50k"), (.max, "9223372T"),
    ] as [(Int, String)])
  func count(value: Int, text: String) {
    #expect(NumberText.count(value) == text)
  }

  @Test(
    "groups of three digits are separated",
    arguments: [(0, "0"), (999, "999"), (1_281_167, "1,281,167"), (-1000, "-1,000")])
  func grouped(value: Int, text: String) {
    #expect(NumberText.grouped(value) == text)
  }

  @Test(
    "durations show their two largest units",
    arguments: [
      (8.6, "9s"), (245, "4m 05s"), (11_520, "3h 12m"), (187_200, "2d 04h"), (-1, "0s"), (.infinity, "–"), (.nan, "–"),
    ] as [(Double, String)])
  func duration(seconds: Double, text: String) {
    #expect(NumberText.duration(seconds: seconds) == text)
  }
}

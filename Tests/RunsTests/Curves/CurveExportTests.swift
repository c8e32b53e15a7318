import FoundationEssentials
import Runs
import TestSupport
import Testing
import Training

@Suite struct CurveExportTests {
  let folder = TemporaryFolder()

  private func curves() throws -> RunCurves {
    let writer = try EventFileWriter(folder: folder.path, host: "here", firstStep: 1, now: 1000)
    try writer.append([.trainLoss: 2.5, .learningRate: 0.01], step: 1, now: 1001)
    try writer.append([LayerNorm(.init(.gradient, "conv1.weight"), 0.5)], step: 1, now: 1001)
    try writer.append([.trainLoss: .nan, .learningRate: 0.01], step: 2, now: 1002.25)
    try writer.append([.top1: 0.125], step: 2, now: 1003)
    try writer.append([.top1: 0.25], step: 4, now: 1004)
    var curves = RunCurves(folder: folder.path)
    try curves.refresh()
    return curves
  }

  private func export(_ format: CurveExport.Format, _ tags: [String], _ ids: [String]) throws -> [String] {
    let curves = try curves()
    let file = folder.path + "/out"
    let rows = try CurveExport(format, tags: tags).write(ids.map { ($0, curves) }, to: file)
    let lines = String(decoding: folder.bytes(of: "out"), as: UTF8.self).split(separator: "\n").map(String.init)
    #expect(lines.count == rows + (format == .csv ? 1 : 0))
    return lines
  }

  @Test("A table has a row for every step and a column for every metric, empty where there is no value")
  func csv() throws {
    #expect(
      try export(.csv, ["train/loss", "val/top1"], ["a", "b,\"c"]) == [
        "run,step,time,train/loss,val/top1", "a,1,1001.0,2.5,", "a,2,1002.25,nan,0.125", "a,4,1004.0,,0.25",
        "\"b,\"\"c\",1,1001.0,2.5,", "\"b,\"\"c\",2,1002.25,nan,0.125", "\"b,\"\"c\",4,1004.0,,0.25",
      ])
  }

  @Test("JSON lines hold what there is, are JSON, and know no bare NaN")
  func jsonLines() throws {
    let lines = try export(.jsonl, ["train/loss", "norm/gradient/conv1.weight", "val/top1"], ["a\"\u{1}"])
    #expect(lines.count == 3)
    #expect(lines[0] == #"{"run":"a\"\u0001","step":1,"time":1001.0,"train/loss":2.5,"norm/gradient/conv1.weight":0.5}"#)
    #expect(lines[1].contains(#""train/loss":"nan","val/top1":0.125"#))
    for line in lines {
      #expect(throws: Never.self) { try JSONDecoder().decode(AnyValue.self, from: Data(line.utf8)) }
    }
  }

  @Test("The tags are those of TensorBoard; only curves with values have one")
  func tags() throws {
    let curves = try curves()
    #expect(curves.metricTags == ["train/loss", "train/rate", "val/top1"])
    #expect(curves.normTags == ["norm/gradient/conv1.weight"])
    #expect(curves.series(tag: "val/top1").map(\.value) == [0.125, 0.25])
    #expect(curves.series(tag: "nothing").isEmpty)
  }
}

/// Anything that is JSON.
private struct AnyValue: Decodable { init(from decoder: any Decoder) throws {} }

import Basics
import Glibc
import Runs
import TestSupport
import Testing
import Training

@Suite struct RunCurvesTests {
  let folder = TemporaryFolder()

  @Test("A record with a time or a step that no run has is left out and counted", arguments: [1e19, -1, .infinity, -.infinity, .nan, 1e308])
  func strangeTimes(time: Double) throws {
    let folder = TemporaryFolder()
    func event(_ time: Double, _ step: Int) -> [UInt8] {
      EventRecord(wallTime: time, step: step, content: .scalars([.init(metric: .trainLoss, value: 1)])).encoded()
    }
    folder.write(event(0, 1) + event(time, 2) + event(1e9, 1 << 62) + event(1e9, 3), to: "events.out.tfevents.1000.host")
    var curves = RunCurves(folder: folder.path)
    try curves.refresh()
    #expect(curves[.trainLoss].map(\.step) == [1, 3] && curves.seconds == 1e9)
    #expect(curves.remarks == ["events.out.tfevents.1000.host has 2 damaged records; left out"])
  }

  @Test("Of a million tags as many are kept as a network can have; the others are counted")
  func manyTags() throws {
    let folder = TemporaryFolder()
    var bytes: [UInt8] = []
    for part in 0..<100 {
      let norms = (0..<100).map { LayerNorm(.init(.gradient, "layer\(part * 100 + $0)"), 1) }
      bytes += EventRecord(wallTime: 1e9, step: part, content: .norms(norms)).encoded()
      bytes += EventRecord(wallTime: 1e9, step: 0, content: .sessionStart).encoded()
    }
    folder.write(bytes, to: "events.out.tfevents.1000.host")
    var curves = RunCurves(folder: folder.path)
    try curves.refresh()
    #expect(curves.norms.count == RunCurves.mostNorms)
    #expect(curves.remarks == ["there are norms of more than 2048 layers; 7952 values of others are left out"])
  }

  @Test("Curves hold every value that was written, by metric")
  func values() throws {
    let writer = try EventFileWriter(folder: folder.path, host: "here", firstStep: 1)
    for step in 1...5 {
      try writer.append([.trainLoss: 2 / Float(step), .learningRate: 0.01], step: step, now: Double(100 + step))
    }
    try writer.append([.top1: 0.25], step: 5)
    var curves = RunCurves(folder: folder.path)
    #expect(try curves.refresh())
    #expect(curves[.trainLoss].map(\.step) == [1, 2, 3, 4, 5])
    #expect(curves[.trainLoss].map(\.value) == [2, 1, 2 / 3, 0.5, 0.4])
    #expect(curves[.trainLoss].map(\.time) == [101, 102, 103, 104, 105])
    #expect(curves[.top1].lastValue == 0.25 && curves[.top5].lastValue == nil)
    #expect(curves.remarks.isEmpty)
    #expect(try !curves.refresh())
  }

  @Test("Steps that a resumed run does again appear once, with the new values")
  func resumed() throws {
    let first = try EventFileWriter(folder: folder.path, host: "here", firstStep: 1, now: 1000)
    for step in 1...10 { try first.append([.trainLoss: Float(step)], step: step) }
    try first.append([.top1: 0.5], step: 10)
    var curves = RunCurves(folder: folder.path)
    try curves.refresh()
    let second = try EventFileWriter(folder: folder.path, host: "here", firstStep: 7, now: 1000)
    try second.append([.trainLoss: 70], step: 7)
    try curves.refresh()
    #expect(curves[.trainLoss].map(\.step) == [1, 2, 3, 4, 5, 6, 7])
    #expect(curves[.trainLoss].lastValue == 70)
    #expect(curves[.top1].isEmpty)
    var fresh = RunCurves(folder: folder.path)
    try fresh.refresh()
    #expect(fresh.series == curves.series)
  }

  @Test("The layers' norms are curves of their own, under tags that TensorBoard groups; a resume takes them back")
  func norms() throws {
    let (conv, bias) = (LayerNorm.Place(.activation, "conv1"), LayerNorm.Place(.gradient, "fc8.bias"))
    let writer = try EventFileWriter(folder: folder.path, host: "here", firstStep: 1, now: 1000)
    try writer.append([.trainLoss: 3], step: 1)
    try writer.append([LayerNorm(conv, 1.5), LayerNorm(bias, 0.25)], step: 1)
    try writer.append([LayerNorm(conv, .infinity)], step: 50)
    #expect(String(decoding: folder.bytes(of: folder.names[0]), as: UTF8.self).contains("norm/gradient/fc8.bias"))
    var curves = RunCurves(folder: folder.path)
    try curves.refresh()
    #expect(curves.norms[conv]?.map(\.value) == [1.5, .infinity] && curves.norms[conv]?.map(\.step) == [1, 50])
    #expect(curves.norms[bias]?.map(\.value) == [0.25] && curves[.trainLoss].map(\.value) == [3])
    _ = try EventFileWriter(folder: folder.path, host: "here", firstStep: 20, now: 1001)
    try curves.refresh()
    #expect(curves.norms[conv]?.map(\.value) == [1.5])
  }

  @Test("A clock that is set back lets no curve go back in time, and what follows keeps its pace")
  func clocks() throws {
    let writer = try EventFileWriter(folder: folder.path, host: "here", firstStep: 1, now: 1000)
    for (step, time) in [(1, 5000.0), (2, 5010), (3, 2000), (4, 2010), (5, 2030)] {
      try writer.append([.trainLoss: 1], step: step, now: time)
    }
    var curves = RunCurves(folder: folder.path)
    try curves.refresh()
    #expect(curves[.trainLoss].map(\.time) == [5000, 5010, 5010, 5020, 5040])
  }

  @Test("What was read has a version of its own, and nothing new has the old one")
  func versions() throws {
    let writer = try EventFileWriter(folder: folder.path, host: "here", firstStep: 1, now: 1000)
    var (one, other) = (RunCurves(folder: folder.path), RunCurves(folder: folder.path))
    try writer.append([.trainLoss: 1], step: 1)
    try one.refresh()
    try other.refresh()
    let first = one.version
    #expect(first != 0 && other.version != first)
    try one.refresh()
    #expect(one.version == first)
    try writer.append([.trainLoss: 1], step: 2)
    try one.refresh()
    #expect(one.version != first)
  }

  @Test("A later session's file sorts after the earlier one's even when the clock went back")
  func clockWentBack() throws {
    let first = try EventFileWriter(folder: folder.path, host: "zeta", firstStep: 1, now: 2_000_000_000)
    let second = try EventFileWriter(folder: folder.path, host: "alpha", firstStep: 1, now: 1_000_000_000)
    #expect(folder.names.map { folder.path + "/" + $0 } == [first.path, second.path])
  }

  @Test("An earlier session's file that a kill cut is read up to there, and said so; a live file's end is not damage")
  func cutSessions() throws {
    let first = try EventFileWriter(folder: folder.path, host: "a", firstStep: 1, now: 1000)
    try first.append([.trainLoss: 1], step: 1)
    try first.append([.trainLoss: 2], step: 2)
    let whole = folder.bytes(of: folder.names[0])
    folder.write(Array(whole.dropLast(5)), to: folder.names[0])
    var curves = RunCurves(folder: folder.path)
    try curves.refresh()
    #expect(curves[.trainLoss].map(\.step) == [1])
    #expect(curves.remarks.isEmpty)
    let second = try EventFileWriter(folder: folder.path, host: "a", firstStep: 2, now: 1000)
    try second.append([.trainLoss: 3], step: 2)
    try curves.refresh()
    #expect(curves[.trainLoss].map(\.value) == [1, 3])
    #expect(curves.remarks.count == 1 && curves.remarks[0].contains("is cut at byte"))
  }

  @Test("A last file that is cut and that nobody has written to for a minute is said to be")
  func cutAtTheEnd() throws {
    let writer = try EventFileWriter(folder: folder.path, host: "a", firstStep: 1, now: 1000)
    try writer.append([.trainLoss: 1], step: 1)
    try writer.append([.trainLoss: 2], step: 2)
    folder.write(Array(folder.bytes(of: folder.names[0]).dropLast(5)), to: folder.names[0])
    var times = [timespec(), timespec()]
    for place in times.indices { times[place].tv_sec = time_t(unixTime()) - 120 }
    utimensat(AT_FDCWD, writer.path, &times, 0)
    var curves = RunCurves(folder: folder.path)
    try curves.refresh()
    #expect(curves[.trainLoss].map(\.step) == [1])
    #expect(curves.remarks.count == 1 && curves.remarks[0].contains("is cut at byte"))
  }

  @Test("A host's name cannot lead out of the folder")
  func hostileHost() throws {
    let writer = try EventFileWriter(folder: folder.path, host: "../../é\u{1B}[2J", firstStep: 1, now: 7)
    #expect(writer.path == folder.path + "/events.out.tfevents.7..._..____2J")
  }

  @Test("A folder that cannot be written is a problem that names the file")
  func unwritable() {
    let problem = #expect(throws: Problem.self) {
      try EventFileWriter(folder: "/proc", host: "h", firstStep: 1, now: 7)
    }
    #expect(problem?.place == "/proc/events.out.tfevents.7.h")
  }
}

import Basics
import Files
import FoundationEssentials
import Runs
import Studies
import TUI

/// Study files, and what the measures of a home gave.
extension FuzzPlace {
  /// Every form that a study file has, on the images in `plain`.
  private static let study = """
    study: 1
    title: "All: that there is"
    dataset: plain
    train:
      net: alexnet-28
      epochs: 2
      batch: 4
      seeds: [1, 2]
    nets:                      # classes
      fine: all
      few: images 1 seed 3
      "a, b": {labels: all, rate: .002, dataset: plain}
      random: untrained
      by hand: run good
      clip: features kept
    tests:
      tuned: {tune: last, labels: all, iterations: 5, schedule: "step:3:0.1", repeats: 2}
      moved: {task: classification, data: plain, tune: from:fc6, epochs: 1}
      sun: {task: sun-cls, data: sun397}
      det: {task: pascal-det, data: voc2007, repeats: 3}
      induction: {measure: induction, baseline: fine, space: fc7, metric: l2}
      coarse: {measure: coarse-fine, labels: $row, members: 2}
      near: {measure: knn, k: 3, metric: cosine}
      probe: {measure: linear, l2: .001, labels: fine}
      same: {measure: neighbours, k: 5}
    reports:
      one:
        rows: [fine, few, "a, b", random]
        columns: [own, tuned.top5, moved, sun, det, near, probe.top1]
        plot: {x: classes, left: [own, tuned.top5], right: [near]}
        paper:
          fine: {own: 58.3 ± .3, near: 52.2}
      two:
        rows: nets
        columns: {its own: own, of fine: {net: fine, test: induction, metric: top5}, height: coarse.height}
        plot: {bars: 2}

    """

  /// Two measures of a net, whose results the inputs are.
  private static let measured = """
    study: 1
    dataset: plain
    train: {net: alexnet-28, epochs: 1}
    nets: {random: untrained}
    tests: {near: {measure: knn, k: 3}, coarse: {measure: coarse-fine}}
    reports: {r: {rows: nets, columns: [near, near.top1, coarse, coarse.height], paper: {random: {near: 50 ± 3}}}}

    """

  func studyEntries() throws -> [FuzzEntry] {
    let templates = try StudyTemplate.names.map { Array(try StudyTemplate.asset($0).utf8) }
    let file = FuzzEntry("study file", isText: true, seeds: [Array(Self.study.utf8), Array(Self.measured.utf8)] + templates) { [self] in
      let text = String(decoding: $0, as: UTF8.self)
      for fault in StudyFile.faults(in: text) { precondition(fault.line > 0 && fault.column > 0 && !fault.what.isEmpty, "a fault without a place: \(fault)") }
      // The screen takes longest.
      if $0.count % 64 == 0 { play($0) }
      let study = try StudyFile.parse(text, at: "x")
      let again = try? StudyFile.parse(study.yaml, at: "x")
      precondition(again == study, "a study that is written reads as another")
      let plan = try StudyPlan(StudyFile(name: "x", path: "x", study: study), home: home, wordNet: path + "/wordnet")
      try look(plan)
    }
    let measured = try StudyPlan(StudyFile(name: "x", path: "x", study: try StudyFile.parse(Self.measured, at: "x")), home: home, wordNet: path + "/wordnet")
    try makeFolder("home/studies/results")
    let figures: [String: [String: Double]] = ["near": ["accuracy": 0.5, "top1": 0.25], "coarse": ["difference": -0.125, "height": 2.5]]
    let seeds = try measured.works.filter(\.isMeasure).map { work in
      let seed = Array(try JSONEncoder().encode(Result(text: work.text, metrics: figures[work.test!]!, bars: [.init(name: "fish", value: 0.125, note: "2")])))
      put(seed, "home/studies/results/\(work.key).json")
      return (key: work.key, bytes: seed)
    }
    return [file] + seeds.enumerated().map { number, seed in
      FuzzEntry("study result \(number + 1)", weight: 2, isText: true, seeds: [seed.bytes]) { [self] in
        put($0, "home/studies/results/\(seed.key).json")
        defer { put(seed.bytes, "home/studies/results/\(seed.key).json") }
        try look(measured)
      }
    }
  }

  /// As ``Studies/StudyResult``, which only studies make.
  private struct Result: Encodable {
    struct Bar: Encodable {
      var name: String
      var value: Double
      var note: String
    }
    var text: String
    var metrics: [String: Double]
    var bars: [Bar]
    var run = "good@20"
    var program = "fuzz"
  }

  /// All that commands and screens ask of a plan.
  private func look(_ plan: StudyPlan) throws {
    let observer = StudyObserver(home: home)
    let standing = try observer.look(at: plan)
    precondition(plan.order.count == plan.works.count, "the order has every work")
    let document = StudyDocument(plan, standing, program: "fuzz")
    for format in StudyDocument.Format.allCases { _ = document.text(format) }
    _ = StudyEstimate(plan, standing, speeds: observer.speeds)
    for work in standing.works { if case .failed(let reason) = work.state { _ = printable(reason) } }
  }

  /// The screen of studies, with this one on it.
  private func play(_ study: [UInt8]) {
    try? makeFolder("home/studies/x")
    put(study, "home/studies/x/study.yaml")
    put(Array("6<Enter>pp<Esc>llj<Enter>".utf8), "keys")
    let options = TerminalAppOptions(program: "fuzzer", home: home, wordNet: path + "/wordnet", dataset: "plain")
    _ = try? Replay(file: path + "/keys", options, rows: 40, columns: 140)
  }
}

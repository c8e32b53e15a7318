import Analysis
import Basics

/// In words.
extension InductionStudy {
  func show(perClass: Bool) {
    print("induction accuracy: \(reading.testedClasses)")
    print(
      printable("\(reading.space), \(reading.features); \(reading.metric.rawValue); gallery: \(reading.galleryInWords); ties \(reading.ties)"))
    print("\(reading.accuracy); interval: \(reading.interval)")
    if !baselines.isEmpty { print(printable("baseline: \(baselines.joined(separator: ", "))")) }
    print()
    var header = ["run", "labels", " classes", " tested", " queries", " gallery", " chance"]
    for k in ks { header += [" top-\(k)", "95 %"] + (baselines.isEmpty ? [] : [" baseline", " of it"]) }
    header.append("")
    Output.table(
      header,
      rows.map { row in
        var cells = [
          printable(row.run), printable(row.labels), Output.grouped(row.trainedClasses), Output.grouped(row.testedClasses),
          Output.grouped(row.queries), Output.grouped(row.galleryImages), Self.percent(row.chance),
        ]
        for at in ks.indices {
          let found = row.accuracy[at]
          cells += [Self.percent(found.value), "\(Self.percent(found.low))–\(Self.percent(found.high))"]
          if !baselines.isEmpty {
            cells += [Self.percent(row.baseline?[at].mean ?? .nan), Self.percent(row.ofBaseline?[at] ?? .nan)]
          }
        }
        return cells + [Self.bar(row.accuracy[0].value)]
      })
    if groups.contains(where: { $0.runs > 1 }) { showGroups() }
    if perClass { for row in rows { show(classesOf: row) } }
  }

  private func showGroups() {
    print("\nmean ± sample standard deviation over runs of the same classes")
    var header = ["labels", " classes", " runs"]
    for k in ks { header += [" top-\(k)"] + (baselines.isEmpty ? [] : [" of baseline"]) }
    Output.table(
      header,
      groups.map { group in
        var cells = [printable(group.labels), Output.grouped(group.trainedClasses), "\(group.runs)"]
        for at in ks.indices {
          cells.append(Self.repeats(group.accuracy[at]))
          if let share = group.ofBaseline?[at] { cells.append(Self.repeats(share)) }
        }
        return cells
      })
  }

  private func show(classesOf row: Row) {
    print("\n" + printable("\(row.run), the worst classes first"))
    var header = ["class", "wnid", " queries"]
    for k in ks { header += [" top-\(k)"] + (baselines.isEmpty ? [] : [" baseline"]) }
    Output.table(
      header,
      row.classes.sorted { ($0.accuracy[0], $0.wnid) < ($1.accuracy[0], $1.wnid) }.map { found in
        var cells = [printable(found.name), found.wnid, "\(found.queries)"]
        for at in ks.indices {
          cells.append(Self.percent(found.accuracy[at]))
          if let baseline = found.baseline?[at] { cells.append(Self.percent(baseline)) }
        }
        return cells
      })
  }

  private static func percent(_ share: Double) -> String { share.isNaN ? "–" : decimals(100 * share, 1) + " %" }

  private static func repeats(_ repeats: Repeats) -> String {
    percent(repeats.mean) + (repeats.deviation.map { " ± \(decimals(100 * $0, 1))" } ?? "")
  }

  private static func bar(_ share: Double) -> String {
    share.isNaN ? "" : String(repeating: "█", count: Int((max(0, min(1, share)) * 20).rounded()))
  }
}

import Analysis
import Basics
import Taxonomy

/// What the keys do.
extension EvaluationScreen {
  /// What is measured, to the keys that are about it.
  static let answer = "the evaluation"

  package func awaited(by key: Key, doing action: Action?, _ underWay: Set<String>) -> String? {
    let isAboutAnswer =
      switch action {
      case .move, .open, .back, .save, .write, .neighbors, .showInTree: true
      case nil: if case .pick = key { capture == nil } else { false }
      default: false
      }
    return (isAboutAnswer ? underWay : underWay.subtracting([Self.answer])).first
  }

  package mutating func perform(_ action: Action, _ session: Session) -> [Effect] {
    switch action {
    case .pane(let pane):
      self.pane = pane
      coarseFine.behind = nil
      coarseFine.merges = nil
      return ask()
    case .move(let key):
      move(key, page: max(1, session.body.rows - 6))
      return []
    case .open: return open(session)
    case .back: return back()
    case .chooseRun, .chooseCoarse, .chooseBaseline: openPicker(action)
    case .more: return step(1)
    case .less: return step(-1)
    case .space:
      if pane == .map { map.space = map.space == .features ? .scores : .features }
      if pane == .induction { induction.space = induction.space == .features ? .scores : .features }
      return ask()
    case .metric:
      induction.metric = induction.metric == .l2 ? .cosine : .l2
      return ask()
    case .gallery:
      induction.gallery = induction.gallery == .train ? .val : .train
      return ask()
    case .suggest:
      coarseFine.behind = nil
      coarseFine.merges = coarseFine.merges == nil ? MergesPage() : nil
      return ask()
    case .likeness:
      if let likeness = coarseFine.merges?.likeness { coarseFine.merges?.change(likeness == .confusion ? .features : .confusion) }
      return ask()
    case .alongTree:
      coarseFine.merges?.alongTree.toggle()
      return ask()
    case .save:
      guard let candidate else { return [] }
      prompt = (.labelSet, TextField("\(candidate.run.name)-joined"))
    case .byLabelSet:
      map.byLabelSet.toggle()
      map.list = ListPosition()
      recolour()
    case .write:
      guard let picture = picture(session) else { return [] }
      prompt = (.picture(picture), TextField(suggestedFile))
    case .neighbors:
      let shown = pane == .induction ? selectedInduction?.run : run
      return shown.map { [.send(.neighbors(.open(runs: [$0]))), .send(.perform(.show(.neighbors)))] } ?? []
    case .showInTree:
      return selectedWnid.map { [.send(.tree(.show(wnid: $0)))] } ?? []
    }
    return []
  }

  private var suggestedFile: String {
    switch pane {
    case .coarseFine: "\(candidate?.run.name ?? "run")-coarse.png"
    case .induction: "induction.png"
    case .map: "\(candidate?.run.name ?? "run")-map.png"
    }
  }

  private mutating func open(_ session: Session) -> [Effect] {
    switch pane {
    case .coarseFine:
      if coarseFine.merges != nil { return openMerges() }
      if let behind = coarseFine.behind {
        let pairs = behind.confusions.confusions
        guard pairs.indices.contains(behind.list.selected), let run else { return [] }
        return [.send(.neighbors(.open(runs: [run]))), .send(.neighbors(.queryBelow(wnid: pairs[behind.list.selected].truthWnid)))]
      }
      coarseFine.lookBehind()
    case .induction: return perform(.neighbors, session)
    case .map:
      guard let run, let wnid = selectedWnid else { return [] }
      return [.send(.neighbors(.open(runs: [run]))), .send(.neighbors(.queryBelow(wnid: wnid)))]
    }
    return []
  }

  /// Folds the tree to the classes with these joined, to be edited, trained on and saved there.
  private func openMerges() -> [Effect] {
    guard let candidate, let tree = context?.hierarchy, let proposal = coarseFine.merges?.proposal else { return [] }
    do throws(Problem) {
      let set = try proposal.labelSet(name: "\(candidate.run.name)-joined", taught: candidate.labelSet, on: tree)
      let cut = try Cut(Partition(set, on: tree))
      return [.send(.tree(.suggested(set, cut, title: "join what \(candidate.run.name) takes for alike")))]
    } catch {
      return [.send(.problem(error))]
    }
  }

  private mutating func back() -> [Effect] {
    if job != nil {
      cancel()
      return []
    }
    if coarseFine.behind != nil {
      coarseFine.behind = nil
      return []
    }
    coarseFine.merges = nil
    return ask()
  }

  private mutating func step(_ step: Int) -> [Effect] {
    switch pane {
    case .coarseFine:
      if coarseFine.merges != nil {
        coarseFine.merges?.change(by: step)
      } else {
        coarseFine.minMembers = max(1, min(999, coarseFine.minMembers + step))
      }
      return ask()
    case .induction: return []
    case .map:
      map.depth = max(0, min(context?.hierarchy?.deepest ?? 0, map.depth + step))
      map.list = ListPosition()
      recolour()
      return []
    }
  }

  // MARK: Lists

  /// The lines of the list that is shown.
  var count: Int {
    switch pane {
    case .coarseFine:
      if let merges = coarseFine.merges { return merges.proposal?.suggestion.groups.count ?? 0 }
      return coarseFine.behind?.confusions.confusions.count ?? coarseFine.rows.count
    case .induction: return induction.study?.rows.count ?? 0
    case .map: return map.coloured?.legend.count ?? 0
    }
  }

  private mutating func move(_ key: Key, page: Int) {
    let count = count
    switch pane {
    case .coarseFine:
      if coarseFine.merges != nil {
        _ = coarseFine.merges!.list.move(key, count: count, page: page)
      } else if coarseFine.behind != nil {
        _ = coarseFine.behind!.list.move(key, count: count, page: page)
      } else {
        _ = coarseFine.list.move(key, count: count, page: page)
      }
    case .induction: _ = induction.list.move(key, count: count, page: page)
    case .map: _ = map.list.move(key, count: count, page: page)
    }
  }

  /// A click selects a line; one on the selected line opens it.
  package mutating func pick(_ index: Int, _ session: Session) -> [Effect] {
    let before = selectedLine
    move(.pick(index), page: 1)
    return before == index ? [.send(.perform(.evaluation(.open)))] : []
  }

  private var selectedLine: Int {
    switch pane {
    case .coarseFine: (coarseFine.merges?.list ?? coarseFine.behind?.list ?? coarseFine.list).selected
    case .induction: induction.list.selected
    case .map: map.list.selected
    }
  }

  var selectedInduction: InductionResult.Row? {
    guard let rows = induction.study?.rows, rows.indices.contains(induction.list.selected) else { return nil }
    return rows[induction.list.selected]
  }

  /// The node of the tree that the selected line is about.
  var selectedWnid: String? {
    switch pane {
    case .coarseFine:
      if let merges = coarseFine.merges {
        guard let groups = merges.proposal?.suggestion.groups, groups.indices.contains(merges.list.selected) else { return nil }
        return groups[merges.list.selected].wnids.first
      }
      if let behind = coarseFine.behind {
        let pairs = behind.confusions.confusions
        return pairs.indices.contains(behind.list.selected) ? pairs[behind.list.selected].truthWnid : nil
      }
      return coarseFine.selected?.wnid
    case .induction: return nil
    case .map:
      guard let tree = context?.hierarchy, let coloured = map.coloured, coloured.legend.indices.contains(map.list.selected) else { return nil }
      let group = coloured.legend[map.list.selected].group
      if map.byLabelSet { return coarseFine.coarse?.classes[group].wnid }
      guard let fine = coloured.colouring.groupOfFine.firstIndex(of: group) else { return nil }
      return tree.wnid(tree.ancestor(Int(tree.nodeOfFine[fine]), atDepth: map.depth))
    }
  }

  // MARK: Pictures and commands

  /// What the pane shows, as a file.
  func picture(_ session: Session) -> EvaluationPicture? {
    guard let command = shellCommand else { return nil }
    switch pane {
    case .coarseFine:
      return coarseFine.facts.map { .init(kind: .bars($0.study.chart(top: 0)), command: command, option: "-o") }
    case .induction:
      guard induction.answered != nil, let study = induction.study else { return nil }
      return .init(kind: .bars(study.chart), command: command, option: "-o")
    case .map: return map.coloured.map { .init(kind: .map($0.picture), command: command, option: "--map") }
    }
  }

  package func command(_ session: Session) -> CommandSource {
    guard let made = shellCommand else { return .none("nothing was measured yet") }
    // By itself the command writes nothing: then it prints the map.
    let command = pane == .map ? ShellCommand(made.lines[0] + ["--text"]) : made
    return .made { command }
  }

  private var shellCommand: ShellCommand? {
    func labels(_ set: LabelSet?) -> [String] {
      set.flatMap { context?.saved.contains($0.name) == true ? ["--labels", $0.name] : nil } ?? []
    }
    switch pane {
    case .coarseFine:
      guard let run, let facts = coarseFine.facts else { return nil }
      var words = ["coarse-fine", run] + labels(facts.coarse) + ["--min-members", "\(coarseFine.minMembers)", "--top", "0"]
      if let behind = coarseFine.behind { words += ["--behind", behind.confusions.wnid] }
      if let merges = coarseFine.merges {
        words += ["--merge", merges.likeness.rawValue, "--least=\(decimals(merges.least, 2))"] + (merges.alongTree ? ["--along-tree"] : [])
      }
      return ShellCommand(words)
    case .induction:
      guard !induction.runs.isEmpty else { return nil }
      let gallery = induction.gallery == .val ? "val" : "train"
      return ShellCommand(
        ["induction"] + induction.runs + induction.baselines.flatMap { ["--baseline", $0] }
          + ["--space", induction.space.rawValue, "--metric", induction.metric.rawValue, "--gallery", gallery])
    case .map:
      guard let run, map.map != nil else { return nil }
      let colours = map.byLabelSet ? labels(coarseFine.coarse) : ["--depth", "\(map.depth)"]
      return ShellCommand(["features", run, "--layer", map.space.rawValue] + colours)
    }
  }
}

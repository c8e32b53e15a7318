import Basics
import LabelSets
import Networks

extension LibraryScreen {
  package enum Work: ScreenWork {
    case open
    /// `isWaitedFor`: somebody did something, or came to the screen; else it is looked again from time to time.
    case look(LabelSetLibrary, imagesPerFine: [Int]?, ticket: Int, isWaitedFor: Bool)
    case describe(LabelSetSummary, imagesPerFine: [Int]?)
    /// Reads what makes it.
    case copyCommand(String)
    case rename(String, to: String)
    case duplicate(String, as: String)
    case tag(String, adding: [String], removing: [String])
    case remove(String)
    /// Nil: under the name that it had.
    case restore(RemovedLabelSet, as: String?)
    case export(String, ExchangeFormat, path: String, mayReplace: Bool)
    /// Finds out whether it is a label set before a name is asked for.
    case readFile(String)
    case importFile(String, as: String, mayReplace: Bool)

    package var awaited: String? {
      switch self {
      case .look(_, _, _, let isWaitedFor): isWaitedFor ? "the list of label sets" : nil
      case .describe: nil
      case .open: "the label sets"
      case .copyCommand: "the command"
      case .rename, .duplicate, .tag, .remove, .restore: "the change"
      case .export: "the file"
      case .readFile, .importFile: "the import"
      }
    }

    package func run(in environment: Environment, send: @Sendable (Message) -> Void) throws(Problem) {
      do throws(Problem) {
        try perform(in: environment, send)
      } catch {
        if isTyped { send(.library(.failed)) }
        throw error
      }
    }

    /// Whether a line was typed for it.
    private var isTyped: Bool {
      switch self {
      case .open, .look, .describe, .copyCommand, .remove: false
      case .rename, .duplicate, .tag, .restore, .export, .readFile, .importFile: true
      }
    }

    private func perform(in environment: Environment, _ send: @Sendable (Message) -> Void) throws(Problem) {
      let store = environment.labelSets
      func done(_ words: String, _ command: ShellCommand, select name: String? = nil) {
        send(.library(.done(printable(words), command, select: name)))
      }
      switch self {
      case .open:
        send(.library(.opened(LabelSetLibrary(home: environment.home, wordNet: environment.wordNet, runs: environment.runs))))
        // A dataset may be a list of classes only.
        guard let dataset = try? environment.openDataset() else { return }
        send(.library(.counted(dataset.imagesPerClass)))
      case .look(let library, let imagesPerFine, let ticket, _):
        let counts = imagesPerFine.map { [environment.dataset: $0] } ?? [:]
        send(.library(.looked(LibraryLook(library, dataset: environment.dataset, imagesPerFine: counts), ticket: ticket)))
      case .describe(let summary, let imagesPerFine):
        let set = try store.load(summary.name)
        let classes = try environment.catalog.classes(of: set.dataset)
        let counts = set.dataset == environment.dataset ? imagesPerFine : nil
        send(.library(.described(LibraryFacts(set, classes: classes, imagesPerFine: counts))))
      case .copyCommand(let name): send(.copy(try store.load(name).command))
      case .rename(let name, let newName):
        try store.rename(name, to: newName)
        done("Renamed \(name) to \(newName)", ShellCommand("labels", "rename", name, newName), select: newName)
      case .duplicate(let name, let newName):
        try store.duplicate(name, as: newName)
        done("Copied \(name) to \(newName)", ShellCommand("labels", "copy", name, newName), select: newName)
      case .tag(let name, let added, let gone):
        let now = try store.tag(name, adding: added, removing: gone)
        done(
          now.isEmpty ? "\(name) has no tags" : "Tags of \(name): \(now.joined(separator: " "))",
          ShellCommand(["labels", "tag", name] + added + gone.flatMap { ["--remove", $0] }), select: name)
      case .remove(let name):
        try store.remove(name)
        done("Removed \(name); u restores it", ShellCommand("labels", "rm", name))
      case .restore(let removed, let newName):
        let name = newName ?? removed.name
        if store.contains(name) { return send(.library(.asksFor(LibraryPrompt(.restore(removed))))) }
        try store.restore(removed.name, as: newName)
        let option = newName.map { ["--as", $0] } ?? []
        done("Restored \(name)", ShellCommand(["labels", "restore", removed.name] + option), select: name)
      case .export(let name, let format, let typed, let mayReplace):
        let path = expandingHome(typed)
        guard mayReplace || !LabelSetExport.exists(path) else {
          let question = Question("Replace the file?", detail: "The file \(printable(typed)) exists.", yes: "replace")
          return send(.library(.asks(question, .export(name, format, path: typed, mayReplace: true))))
        }
        let export = try LabelSetExport(try store.load(name), as: format, home: environment.home, wordNet: environment.wordNet)
        try export.write(to: path, mayReplace: mayReplace)
        let losses = export.losses.isEmpty ? "" : "; not stored: " + export.losses.joined(separator: ", nor ")
        let words = ["labels", "export", name, "--format", format.rawValue, "-o", path]
        done("Wrote \(path)\(losses)", ShellCommand(words + (mayReplace ? ["--replace"] : [])), select: name)
      case .readFile(let typed):
        let path = expandingHome(typed)
        let options = LabelSetImport.Options(dataset: environment.dataset, name: LabelSetImport.name(from: path), wordNet: environment.wordNet)
        _ = try LabelSetImport(file: path, options, home: environment.home)
        send(.library(.asksFor(LibraryPrompt(.importAs(path: typed)))))
      case .importFile(let typed, let name, let mayReplace):
        let path = expandingHome(typed)
        _ = try store.path(name)
        guard mayReplace || !store.contains(name) else {
          let question = Question(
            "Replace \(name)?", detail: "A label set of this name exists. It will go to the trash, and u restores it.",
            yes: "replace")
          return send(.library(.asks(question, .importFile(typed, as: name, mayReplace: true))))
        }
        let options = LabelSetImport.Options(dataset: environment.dataset, name: name, wordNet: environment.wordNet)
        let found = try LabelSetImport(file: path, options, home: environment.home)
        try found.save(in: store, mayReplace: mayReplace)
        let words = ["labels", "import", path, "--dataset", environment.dataset, "--name", name]
        let facts = ["Imported \(name): \(counted(found.set.classes.count, "class"))"] + found.remarks
        done(facts.joined(separator: "; "), ShellCommand(words + (mayReplace ? ["--replace"] : [])), select: name)
      }
    }
  }
}

/// The label sets of a home as one look found them.
package struct LibraryLook: Sendable {
  package var entries: [LibraryEntry]
  /// What was removed last.
  package var removed: RemovedLabelSet?

  package init(entries: [LibraryEntry], removed: RemovedLabelSet? = nil) {
    self.entries = entries
    self.removed = removed
  }

  init(_ library: LabelSetLibrary, dataset: String, imagesPerFine: [String: [Int]]) {
    var strangers: [String: Bool] = [:]
    entries = library.refresh(imagesPerFine: imagesPerFine).map { summary in
      if let problem = summary.problem { return LibraryEntry(summary, obstacle: problem) }
      guard let other = summary.dataset, other != dataset else { return LibraryEntry(summary) }
      // A packed dataset has the classes of the one that it was made of.
      let isStranger = strangers[other] ?? !library.haveEqualClasses(dataset, other)
      strangers[other] = isStranger
      return LibraryEntry(
        summary, obstacle: isStranger ? "Belongs to \(other); the open dataset is \(dataset)" : nil)
    }
    removed = library.store.removed().first
  }
}

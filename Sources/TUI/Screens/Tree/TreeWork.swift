import Basics
import Datasets
import LabelSets
import Taxonomy

extension TreeScreen {
  package enum Event: Sendable {
    /// Move to the class with this wnid.
    case show(wnid: String)
    /// `classNames`: empty where the dataset has no names of its own for them; `pascal`: the wnids of PASCAL's classes. `remembered`: where the screens were left, at the first opening.
    case opened(Hierarchy, classNames: [String], pascal: [String], remembered: Remembered? = nil)
    /// The tree cannot be read.
    case unreadable(Problem)
    case counted([Int])
    case paced(TrainingPace?)
    /// What a search for `text` found: nodes in the tree's order, and the best of them.
    case found(text: String, hits: [Int], best: Int?)
    /// The cursor has stayed where it is for a moment.
    case settled(node: Int)
    case pictures(wnid: String, [Thumbnail])
    case collage(TreeCollage)
    /// What the menu of made sets can offer.
    case madeCounted([MadeSet.Base: MadeFacts], of: TreeHistory.Version)
    /// What the set that is chosen in it would come to.
    case previewed(Result<MakeMenu.Preview, Problem>, ticket: Int)
    /// The classes that the other hypernym policy moves in this tree.
    case moved([PolicyDifference], Hierarchy)
    /// What becomes of the label set by the other hypernym policy.
    case outlook(Result<PolicyMenu.Outlook, Problem>, of: TreeHistory.Version)
    /// `replaced`: so many others of these names went to the trash.
    case saved(name: String, TreeMode.Saved, sameAs: ShellCommand? = nil, replaced: Int = 0)
    /// What was done before the screens were left, and what was taken back.
    case restored(before: [TreeHistory.Version], after: [TreeHistory.Version], at: Int)
    /// The command that makes this version of the label set.
    case told(ShellCommand, of: TreeHistory.Version)
    /// Another label set has this name; nothing was saved.
    case exists(name: String, TreeMode.Saved)
    case listed([SavedSet])
    case datasets([DatasetSummaryLine])
    case loaded(LabelSet, Cut)
    /// Classes that somebody may want, to be edited and saved.
    case suggested(LabelSet, Cut, title: String)
    /// Compare the label set in the making with a saved one; nil: with one that is chosen then.
    case compare(with: String?)
  }

  package struct DatasetSummaryLine: Equatable, Sendable {
    package var name: String
    package var hasImages: Bool

    package init(name: String, hasImages: Bool) { (self.name, self.hasImages) = (name, hasImages) }
  }

  package struct SavedSet: Equatable, Sendable {
    package var name: String
    /// "127 classes", or what is wrong with it.
    package var summary: String
    package var isUsable: Bool

    package init(name: String, summary: String, isUsable: Bool) { (self.name, self.summary, self.isUsable) = (name, summary, isUsable) }
  }

  package enum Work: ScreenWork {
    /// Nil: as the screens were left, or by name.
    case open(HypernymPolicy?)
    case countImages
    case measurePace
    case search(Hierarchy, text: String)
    /// Writes down where the screens were, for the next start.
    case keepDraft(TreeScreen, on: ScreenName, Places, Session)
    /// Images of these fine classes, a few in all.
    case pictures(wnid: String, fineClasses: [Int], count: Int)
    case drawCollage(TreeDraft)
    case writeCollage(TreeDraft, typed: String, mayReplace: Bool)
    case countMade(TreeHistory.Version)
    case preview(MadeSet, of: TreeHistory.Version, pascal: [String], imagesPerFine: [Int]?, ticket: Int)
    case findMoves(Hierarchy)
    case tryPolicy(HypernymPolicy, TreeHistory.Version)
    /// The label set, or both parts of it.
    case save(TreeDraft, TreeMode.Saved, mayReplace: Bool)
    case compare(TreeDraft, with: String?)
    case list
    case listDatasets
    case load(name: String)
    case restore([Remembered.Past], [Remembered.Past], on: Hierarchy, at: Int)
    case tellCommand(TreeDraft)
    case copyCommand(TreeDraft, collage: String?)

    package var awaited: String? {
      switch self {
      case .open: "the tree"
      case .countImages: Self.counts
      case .search: Self.search
      case .preview: Self.outcome
      case .countMade: "the counts"
      case .findMoves: Self.moves
      case .tryPolicy: Self.outlook
      case .writeCollage: "the picture"
      case .save: "the save"
      case .compare: "the comparison"
      case .list: "the label sets"
      case .listDatasets: "the datasets"
      case .load: "the label set"
      case .restore: "the last session"
      case .copyCommand: "the command"
      case .measurePace, .keepDraft, .pictures, .drawCollage, .tellCommand: nil
      }
    }

    /// What not all keys wait for.
    static let (search, counts, outcome) = ("the search", "the number of images", "the preview")
    static let (moves, outlook) = ("the classes that move", "the new label set")

    package func run(in environment: Environment, send: @Sendable (Message) -> Void) throws(Problem) {
      switch self {
      case .open(let policy):
        do throws(Problem) {
          let remembered = policy == nil ? Remembered.read(environment.dataset, environment.home) { send(.problem($0)) } : nil
          let tree = try environment.catalog.tree(of: environment.dataset, policy ?? remembered?.policy ?? .name)
          send(
            .tree(.opened(tree.hierarchy, classNames: tree.classNames, pascal: try Assets.pascalClasses(), remembered: remembered)))
          // Nobody waits for that.
          tree.keep()
        } catch {
          send(.tree(.unreadable(error)))
        }
      case .countImages:
        // A dataset may be a list of classes only.
        guard let dataset = try? environment.openDataset() else { return }
        var counts = [Int](repeating: 0, count: dataset.classes.count)
        for label in dataset.labels(.train) where counts.indices.contains(Int(label)) { counts[Int(label)] += 1 }
        send(.tree(.counted(counts)))
      case .measurePace:
        let size = (try? environment.openDataset())?.imageSize
        send(.tree(.paced(TrainingPace(dataset: environment.dataset, imageSize: size, environment.runs))))
      case .search(let hierarchy, let text):
        send(.tree(Self.found(text, in: hierarchy)))
      case .keepDraft(let tree, let screen, let places, let session):
        tree.remembered(on: screen, places, session)?.write(session.dataset, environment.home)
      case .pictures(let wnid, let fineClasses, let count):
        guard let dataset = try? environment.openDataset() else { return }
        send(.tree(.pictures(wnid: wnid, Self.pictures(of: fineClasses, count: count, in: dataset))))
      case .drawCollage(let draft): send(.tree(.collage(try TreeCollage(draft, try environment.openDataset()))))
      case .writeCollage(let draft, let typed, let mayReplace):
        let path = expandingHome(typed)
        let size = try writePNG(to: path, mayReplace: mayReplace) { () throws(Problem) in
          let dataset = try environment.openDataset()
          return try Collage(
            try draft.shown().map { ($0, dataset) }, sheet: CollageSheet(columns: 10, size: 64), images: 100, seed: TreeCollage.seed
          ).picture
        }
        guard let size else { return send(.tree(.exists(name: typed, .collage))) }
        send(.notice(Notice(.done, "Wrote \(printable(path)), \(size)", sameAs: try draft.command(collage: path))))
      case .countMade(let version): send(.tree(.madeCounted(Self.facts(of: version), of: version)))
      case .preview(let set, let version, let pascal, let imagesPerFine, let ticket):
        send(.tree(.previewed(Self.preview(set, of: version, pascal: pascal, imagesPerFine: imagesPerFine), ticket: ticket)))
      case .findMoves(let hierarchy): send(.tree(.moved(PolicyDifference.all(in: hierarchy), hierarchy)))
      case .tryPolicy(let policy, let version):
        let outlook = Result { () throws(Problem) in
          try PolicyMenu.Outlook(version, on: try environment.hierarchy(of: environment.dataset, policy))
        }
        send(.tree(.outlook(outlook, of: version)))
      case .save(let draft, let saved, let mayReplace):
        let store = environment.labelSets
        let sets = saved == .parts ? try draft.parts() : [try draft.whole()]
        let replaced = sets.filter(store.hasOther)
        guard mayReplace || replaced.isEmpty else {
          send(.tree(.exists(name: draft.name, saved)))
          return
        }
        for set in sets { try store.save(set) }
        send(.tree(.saved(name: draft.name, saved, sameAs: ShellCommand(inOrder: sets.map(\.command)), replaced: replaced.count)))
      case .compare(let draft, let name):
        var source = ComparisonScreen.Source.saved(draft.name)
        if !draft.history.isSaved {
          // Under a name of its own: what is in the making may be compared with what it was opened as.
          var edited = draft
          edited.name = environment.labelSets.freeName(draft.name)
          source = .given(try edited.whole())
        }
        send(.comparison(name.map { .open(source, .saved($0)) } ?? .choose(for: source)))
      case .restore(let done, let undone, let hierarchy, let place):
        let (before, after) = (done.compactMap { $0.version(on: hierarchy) }, undone.compactMap { $0.version(on: hierarchy) })
        send(.tree(.restored(before: before, after: after, at: place)))
      case .tellCommand(let draft): send(.tree(.told(try draft.command(), of: draft.version)))
      case .copyCommand(let draft, let collage): send(.copy(try draft.command(collage: collage)))
      case .list:
        let store = environment.labelSets
        send(.tree(.listed(store.names().map { Self.summary(of: $0, in: store, dataset: environment.dataset) })))
      case .listDatasets:
        let catalog = environment.catalog
        send(.tree(.datasets(catalog.list().filter { !$0.isAnnotated }.map { DatasetSummaryLine(name: $0.name, hasImages: catalog.hasImages($0.name)) })))
      case .load(let name):
        let set = try environment.labelSets.load(name, for: environment.dataset)
        let hierarchy = try environment.hierarchy(of: environment.dataset, set.policy)
        send(.tree(.loaded(set, try Cut(Partition(set, on: hierarchy)))))
      }
    }

    package static func found(_ text: String, in hierarchy: Hierarchy) -> Event {
      let found = hierarchy.search(SearchQuery(text))
      // Glosses mention much: they count where no name does.
      let named = found.filter { $0.rank < .gloss }
      return .found(text: text, hits: (named.isEmpty ? found : named).map(\.node).sorted(), best: found.first?.node)
    }

    /// The first images of the classes in turn, bad ones passed over.
    private static func pictures(of fineClasses: [Int], count: Int, in dataset: any Dataset) -> [Thumbnail] {
      let labels = dataset.labels(.train)
      var perClass = [Int: [Int]](minimumCapacity: fineClasses.count)
      for fine in fineClasses { perClass[fine] = [] }
      var missing = fineClasses.count
      for (image, label) in labels.enumerated() where missing > 0 {
        guard let found = perClass[Int(label)]?.count, found < count else { continue }
        perClass[Int(label)]!.append(image)
        if found + 1 == count { missing -= 1 }
      }
      var pictures: [Thumbnail] = []
      for turn in 0..<count {
        for fine in fineClasses where pictures.count < count && turn < perClass[fine]!.count {
          if let picture = try? dataset.picture(.train, perClass[fine]![turn]) { pictures.append(Thumbnail(picture)) }
        }
      }
      return pictures
    }

    private static func summary(of name: String, in store: LabelSetStore, dataset: String) -> SavedSet {
      do throws(Problem) {
        let set = try store.load(name)
        let count = counted(set.classes.count, "class")
        return SavedSet(
          name: name, summary: set.dataset == dataset ? count : "\(count) of \(set.dataset)",
          isUsable: set.dataset == dataset)
      } catch {
        return SavedSet(name: name, summary: error.description, isUsable: false)
      }
    }
  }
}

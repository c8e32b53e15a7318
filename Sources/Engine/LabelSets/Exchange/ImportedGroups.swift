import Basics
import Datasets
import Files
import Taxonomy

/// Classes as a file groups them: for each of its classes the node that names it and the fine classes in it.
struct ImportedGroups {
  private var groups: [(node: Int, fines: [Int])] = []
  private(set) var remarks: [String] = []
  /// Whether the file tells what is in each class, so that a class may be joined from parts that stand apart in the tree.
  private var tellsMembers = true

  /// The label set of these groups.
  /// - Throws: a ``Problem`` where they are no cut through the tree.
  func labelSet(name: String, dataset: String, at file: String, on hierarchy: Hierarchy) throws(Problem) -> LabelSet {
    let classes = groups.map { group in
      TargetClass(wnid: hierarchy.wnid(group.node), name: hierarchy.name(group.node), members: group.fines.map { hierarchy.fineClasses[$0] })
    }
    let held = Set(groups.flatMap(\.fines))
    let out = hierarchy.fineClasses.indices.filter { !held.contains($0) }.map { hierarchy.fineClasses[$0] }
    // Called by its file while something can be wrong with it.
    let raw = LabelSet(name: file, dataset: dataset, policy: hierarchy.policy, recipe: [], classes: classes, leftOut: out)
    do throws(Problem) {
      let cut = try Cut(try Partition(raw, on: hierarchy))
      if !tellsMembers, let nodes = cut.groups.first {
        throw Problem(
          "not a cut through the tree", at: hierarchy.lowestCommonAncestor(of: nodes).map { hierarchy.wnid($0) } ?? file,
          expected: "no other class of the file below this one", found: "others between its \(counted(nodes.count, "part"))",
          advice: "use a format that lists the members of merged classes: CSV, or an image list", kind: .data)
      }
      return try LabelSet(name: name, dataset: dataset, cut: cut)
    } catch {
      var problem = error
      if let place = problem.place, place != file { problem.place = "\(file): \(place)" }
      throw problem
    }
  }

  /// Numbers mean something only beside the file that they are from.
  private mutating func remarkOrder(_ wnids: [String]) {
    guard wnids != wnids.sorted() else { return }
    remarks.append(
      "the file numbers its classes in another order: here they are numbered by wnid, so lists of images with the file's numbers "
        + "need it beside them (--synsets)")
  }

  // MARK: Synset words

  /// A fine class belongs to the lowest of the synsets at or above it.
  /// - Throws: a ``Problem`` where a synset is not in the tree or holds no class that is its own.
  init(synsets order: LabelOrder, at file: String, on hierarchy: Hierarchy) throws(Problem) {
    tellsMembers = false
    let nodes = try order.wnids.map { wnid throws(Problem) in try Self.node(wnid, on: hierarchy, at: file) }
    let place = Dictionary(nodes.enumerated().map { ($1, $0) }) { first, _ in first }
    groups = nodes.map { ($0, []) }
    for (fine, node) in hierarchy.nodeOfFine.enumerated() {
      guard let own = hierarchy.chain(Int(node)).lazy.compactMap({ place[$0] }).first else { continue }
      groups[own].fines.append(fine)
    }
    if let hollow = groups.first(where: \.fines.isEmpty) {
      throw Problem(
        "a class contains no class of the dataset", at: file, expected: "fine classes below \(hierarchy.wnid(hollow.node)) that no other class has",
        kind: .data)
    }
    remarkOrder(order.wnids)
  }

  private static func node(_ wnid: String, on hierarchy: Hierarchy, at place: String) throws(Problem) -> Int {
    guard let node = hierarchy.node(wnid: wnid) else {
      throw Problem(
        "a class is not in the tree of the dataset", at: place, expected: hierarchy.wordNet.wnidsInWords + " above its classes",
        found: "`\(wnid.prefix(60))`", advice: "see `imagenet-tui tree show`, or give another --dataset", kind: .data)
    }
    return node
  }

  // MARK: CSV

  /// - Throws: a ``Problem`` naming the line, where a fine class is none, is there twice or is missing, or a number and a wnid do not
  ///   go together.
  init(csv text: String, at file: String, on hierarchy: Hierarchy) throws(Problem) {
    let records = try CSV.records(text, at: file)
    let header = LabelSetExport.csvHeader
    guard records.first?.fields.map({ $0.lowercased() }) == header else {
      throw Problem(
        "the first line does not name the columns", at: file, expected: "`\(header.joined(separator: ","))`",
        found: "`\((records.first?.fields.joined(separator: ",") ?? "").prefix(60))`", kind: .data)
    }
    let fineOf = Dictionary(hierarchy.fineClasses.enumerated().map { ($1, $0) }) { first, _ in first }
    var seen: Swift.Set<Int> = []
    var wnidOf: [Int: String] = [:], numberOf: [String: Int] = [:], members: [Int: [Int]] = [:]
    for record in records.dropFirst() {
      let place = "\(file), line \(record.line)"
      func fail(_ what: String, _ expected: String, _ found: String) -> Problem {
        Problem(what, at: place, expected: expected, found: "`\(found.prefix(60))`", kind: .data)
      }
      guard record.fields.count == header.count else {
        throw fail("cannot read the line", "\(header.count) fields", "\(record.fields.count)")
      }
      let (wnid, number, target) = (record.fields[0], record.fields[2], record.fields[3])
      guard let fine = fineOf[wnid] else { throw fail("not a class of the dataset", "one of its \(counted(fineOf.count, "fine class"))", wnid) }
      guard seen.insert(fine).inserted else { throw fail("a fine class occurs twice", "each fine class once", wnid) }
      if number.isEmpty && target.isEmpty { continue }
      guard let index = Int(number), index >= 0, index < fineOf.count else { throw fail("not a class number", "0 to \(fineOf.count - 1)", number) }
      let known = wnidOf[index] ?? target
      guard known == target, numberOf[target] ?? index == index else {
        throw fail("a class has two numbers, or a number two classes", "`\(numberOf[target] ?? index),\(known)`", "\(number),\(target)")
      }
      wnidOf[index] = target
      numberOf[target] = index
      members[index, default: []].append(fine)
    }
    let missing = hierarchy.fineClasses.indices.filter { !seen.contains($0) }.map { hierarchy.fineClasses[$0] }
    guard missing.isEmpty else {
      throw Problem(
        "fine classes of the dataset are missing", at: file, expected: "a line for each of the \(fineOf.count)",
        found: "\(missing.count) missing: \(firstFew(missing))", advice: "leave out a class by leaving its last three fields empty", kind: .data)
    }
    try Self.checkNumbers(members.keys.sorted(), at: file)
    let order = members.keys.sorted().map { wnidOf[$0]! }
    for (index, wnid) in order.enumerated() {
      groups.append((try Self.node(wnid, on: hierarchy, at: file), members[index]!))
    }
    remarkOrder(order)
  }

  private static func checkNumbers(_ numbers: [Int], at file: String) throws(Problem) {
    guard numbers.first ?? 0 == 0 || numbers.first != 1 || numbers.last != numbers.count else {
      throw Problem(
        "the numbers of the classes count from 1", at: file, expected: "0 to \(numbers.count - 1)", found: "1 to \(numbers.count)",
        advice: "take 1 from each number", kind: .data)
    }
    guard numbers == Array(0..<numbers.count) else {
      throw Problem(
        "the numbers of the classes have gaps", at: file, expected: "0 to \(max(0, numbers.count - 1)), each with something in it",
        found: "\(numbers.count) numbers from \(numbers.first ?? 0) to \(numbers.last ?? 0)", kind: .data)
    }
  }

  // MARK: Lists of images

  /// The classes of such members, with the names that joined classes have.
  private static func partition(_ classes: [[Int]], on hierarchy: Hierarchy) throws(Problem) -> Partition {
    func wnids(_ fines: [Int]) -> [String] { fines.map { hierarchy.fineClasses[$0] } }
    let held = Set(classes.joined())
    let out = hierarchy.fineClasses.indices.filter { !held.contains($0) }
    let kept = try out.isEmpty ? Partition(hierarchy) : Partition(hierarchy).applying(.leaveOut(classes: wnids(out)))
    let joined = classes.filter { $0.count > 1 }
    return try joined.isEmpty ? kept : kept.merging(joined.map(wnids))
  }

  /// The class of an image is told by its path: a folder or the beginning of the file's name, else the dataset's own index.
  /// - Parameters:
  ///   - names: the synset of each number; nil: the lowest synset above what has that number.
  ///   - dataset: opened only where paths do not tell enough.
  /// - Throws: a ``Problem`` naming the line, where an image is not of the dataset or its class is in two.
  init(images list: ImageList, names: LabelOrder?, dataset: @escaping () -> (any Dataset)?, on hierarchy: Hierarchy) throws(Problem) {
    var fineOfPath = FinePaths(hierarchy.fineClasses, dataset: dataset)
    var labelOfFine: [Int: (label: Int, first: ImageList.Line)] = [:], members: [Int: [Int]] = [:]
    for line in list.lines {
      guard case .index(let label)? = line.label else {
        throw Problem("a line has no class number", at: list.place(line), expected: "path number, as `ILSVRC2012_val_00000001.JPEG 65`", kind: .data)
      }
      guard let fine = fineOfPath.fine(of: line.path) ?? line.exact.flatMap({ fineOfPath.fine(of: $0) }) else {
        throw Problem(
          "an image does not belong to the dataset", at: list.place(line), expected: "a path in a class's folder, or one that the dataset has",
          found: "`\(String(decoding: line.path.prefix(60), as: UTF8.self))`", kind: .data)
      }
      guard let known = labelOfFine[fine] else {
        labelOfFine[fine] = (label, line)
        members[label, default: []].append(fine)
        continue
      }
      guard known.label == label else {
        let name = hierarchy.fineClasses[fine]
        throw Problem(
          "a class is in two classes of the list", at: list.place(line), expected: "number \(known.label) for \(name), as in line \(known.first.number)",
          found: "\(label)",
          advice: "all images of \(name) are one class, as their paths or the dataset tell it: correct the number or the path in one of the two lines",
          kind: .data)
      }
    }
    let numbers = members.keys.sorted()
    try Self.checkNumbers(numbers, at: list.file)
    if let names, names.wnids.count != numbers.count {
      throw Problem(
        "the list and its synsets do not match", at: list.file, expected: "\(counted(names.wnids.count, "class")), as the synsets name",
        found: "\(numbers.count)", kind: .data)
    }
    let partition = try names == nil ? Self.partition(numbers.map { members[$0]! }, on: hierarchy) : nil
    for number in numbers {
      let fines = members[number]!
      let node = try names.map { names throws(Problem) in try Self.node(names.wnids[number], on: hierarchy, at: list.file) }
      groups.append((node ?? Int(partition!.targets[fines[0]]), fines))
    }
    if names == nil { remarks.append("classes are named by the lowest synset above what is in them, or by one in them where another has that; --synsets gives them their own") }
    remarkOrder(groups.map { hierarchy.wnid($0.node) })
  }
}

/// Tells the fine class of an image by its path.
private struct FinePaths {
  private let fineOf: [String: Int]
  private let dataset: () -> (any Dataset)?
  /// The dataset's own paths, read where a path does not tell its class.
  private var known: [[UInt8]: Int]?

  init(_ fineClasses: [String], dataset: @escaping () -> (any Dataset)?) {
    fineOf = Dictionary(fineClasses.enumerated().map { ($1, $0) }) { first, _ in first }
    self.dataset = dataset
  }

  mutating func fine(of path: [UInt8]) -> Int? {
    let parts = path.split(separator: UInt8(ascii: "/")).map { nameText($0) }
    // `n01440764_10026.JPEG`, or `n01440764/10026.JPEG`.
    if let name = parts.last, let fine = fineOf[String(name.prefix { $0 != "_" && $0 != "." })] { return fine }
    if parts.count > 1, let fine = fineOf[parts[parts.count - 2]] { return fine }
    if known == nil { known = Self.paths(of: dataset()) }
    return known?[path].flatMap { $0 < 0 ? nil : $0 }
  }

  private static func paths(of dataset: (any Dataset)?) -> [[UInt8]: Int] {
    guard let dataset else { return [:] }
    var known: [[UInt8]: Int] = [:]
    for split in Split.allCases {
      for (index, label) in dataset.labels(split).enumerated() {
        let path = dataset.path(split, index)
        known[path] = Int(label)
        // Caffe's lists begin below the folder of the split; what is in both under one name tells nothing.
        guard path.starts(with: "\(split.rawValue)/".utf8) else { continue }
        let short = Array(path.dropFirst(split.rawValue.count + 1))
        known[short] = known[short] ?? Int(label) == Int(label) ? Int(label) : -1
      }
    }
    return known
  }
}

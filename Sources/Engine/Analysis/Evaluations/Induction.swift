import Basics
import Datasets
import Kernels
import Taxonomy

/// Induction accuracy (Huh, Agrawal, Efros 2016, §5.3, Fig. 4): whether features that were taught coarse classes tell fine ones apart.
///
/// Tested are the fine classes that the taught label set does not hold as classes of their own: members of groups, and those that it
/// leaves out. A validation image of theirs counts as right at k where its class is among the labels of its k nearest neighbours.
/// Equal distances go to the image of the lower index; a vector that holds no numbers is nobody's neighbour, and wrong.
public struct Induction: Sendable {
  public var gallery: InductionGallery
  public var metric: Metric
  /// Rising.
  public var ks: [Int]
  /// Decides which images a gallery of some per class holds, and the draws of the interval.
  public var seed: UInt64

  public init(gallery: InductionGallery = .train, metric: Metric = .l2, ks: [Int] = [1, 5], seed: UInt64 = 1) {
    precondition(!ks.isEmpty && ks.allSatisfy { $0 > 0 }, "induction at \(ks)")
    self.gallery = gallery
    self.metric = metric
    self.ks = Set(ks).sorted()
    self.seed = seed
  }

  /// What one net comes to on one set of classes.
  public struct Result: Codable, Equatable, Sendable {
    public struct ClassResult: Codable, Equatable, Sendable {
      /// An index into the dataset's classes.
      public var fineClass: Int
      public var queries: Int
      /// How many of them are right at each k.
      public var hits: [Int]

      package init(fineClass: Int, queries: Int, hits: [Int]) {
        (self.fineClass, self.queries, self.hits) = (fineClass, queries, hits)
      }
    }

    public var ks: [Int]
    public var galleryImages, queries: Int
    /// At each k: the mean over the classes that have queries, with its interval.
    public var accuracy: [Estimate]
    public var classes: [ClassResult]
    /// What guessing a class comes to at k = 1.
    public var chance: Double { 1 / Double(max(1, classes.count)) }

    package init(ks: [Int], galleryImages: Int, queries: Int, accuracy: [Estimate], classes: [ClassResult]) {
      (self.ks, self.galleryImages, self.queries, self.accuracy, self.classes) = (ks, galleryImages, queries, accuracy, classes)
    }
  }

  /// The fine classes (indices) that `taught` does not hold as classes of their own.
  public static func testedClasses(_ taught: LabelSet, of classes: [FineClass]) -> [Int] {
    let own = Set(taught.classes.filter { $0.members.count == 1 }.flatMap(\.members))
    return classes.indices.filter { !own.contains(classes[$0].wnid) }
  }

  /// - Parameters:
  ///   - tested: indices of fine classes.
  ///   - progress: hears what is being done: of a split, how many images' features are there.
  /// - Throws: a ``Problem`` where nothing is tested or there is nothing to compare with.
  public func evaluate(
    _ features: any ImageFeatures, tested: [Int], progress: (Split, Int) throws(Problem) -> Void = { _, _ in }
  ) throws(Problem) -> Result {
    let dataset = features.dataset
    let asked = try features.matrix(.val) { (done) throws(Problem) in try progress(.val, done) }
    let (split, drawn) = (gallery == .val ? Split.val : .train, galleryImages(dataset, tested))
    return try features.searching { () throws(Problem) in
      let searched = try features.matrix(split, indices: drawn, isLazy: drawn == nil) { (done) throws(Problem) in
        try progress(split, done)
      }
      return try evaluate(
        queries: asked.values, queryLabels: Self.labels(asked, dataset, .val), gallery: searched.values,
        galleryLabels: Self.labels(searched, dataset, split), kept: searched.kept, isSame: gallery == .val, tested: tested,
        backend: features.backend)
    }
  }

  private static func labels(_ matrix: FeatureMatrix, _ dataset: any Dataset, _ split: Split) -> [Int32] {
    let labels = dataset.labels(split)
    return matrix.indices.map { labels[Int($0)] }
  }

  /// The images of a gallery of some per class; nil: the whole split.
  private func galleryImages(_ dataset: any Dataset, _ tested: [Int]) -> [Int32]? {
    guard case .perClass(let count) = gallery else { return nil }
    let isTested = Set(tested)
    var images = [[Int32]](repeating: [], count: dataset.classes.count)
    for (image, label) in dataset.labels(.train).enumerated() where isTested.contains(Int(label)) {
      images[Int(label)].append(Int32(image))
    }
    let budget = ImageBudget(perClass: count, seed: seed)
    return tested.flatMap { fine in
      budget.drawn(from: images[fine].count, ofClass: dataset.classes[fine].wnid).map { images[fine][$0] }
    }.sorted()
  }

  // MARK: On vectors

  /// The same on vectors and labels: row i has label i.
  /// - Parameter isSame: whether gallery and queries are the same images.
  package func evaluate(
    queries: Tensor, queryLabels: [Int32], gallery: Tensor, galleryLabels: [Int32], isSame: Bool, tested: [Int],
    backend: any Backend
  ) throws(Problem) -> Result {
    try evaluate(
      queries: queries, queryLabels: queryLabels, gallery: gallery, galleryLabels: galleryLabels, kept: nil, isSame: isSame,
      tested: tested, backend: backend)
  }

  private func evaluate(
    queries: Tensor, queryLabels: [Int32], gallery: Tensor, galleryLabels: [Int32], kept: KeptRows?, isSame: Bool, tested: [Int],
    backend: any Backend
  ) throws(Problem) -> Result {
    guard !tested.isEmpty else {
      throw Problem(
        "there is nothing to induce", expected: "fine classes that the run was not taught",
        found: "a label set that holds each as a class of its own", advice: "name a run on coarser classes", kind: .usage)
    }
    var place = [Int32: Int]()
    for (index, fine) in tested.enumerated() { place[Int32(fine)] = index }
    let searched = galleryLabels.indices.filter { place[galleryLabels[$0]] != nil }
    let asked = queryLabels.indices.filter { place[queryLabels[$0]] != nil }
    guard !asked.isEmpty, searched.count > (isSame ? 1 : 0) else {
      throw Problem(
        "there is nothing to compare", expected: "validation images of these classes, and others to search",
        found: "\(asked.count) and \(searched.count)")
    }
    let search = NeighborSearch(k: ks.last!, metric: metric, backend: backend)
    var hits = [[Int]](repeating: [Int](repeating: 0, count: ks.count), count: tested.count)
    var counts = [Int](repeating: 0, count: tested.count)
    var rowOf = [Int: Int]()
    if isSame { for (row, image) in searched.enumerated() { rowOf[image] = row } }
    try search.forEach(asked, of: queries, in: Gallery(gallery, rows: searched, kept: kept), excluding: { rowOf[$0] }) { query, neighbors in
      let label = queryLabels[query]
      let index = place[label]!
      counts[index] += 1
      let rank = neighbors.firstIndex { $0.distance.isFinite && galleryLabels[searched[$0.index]] == label }
      guard let rank else { return }
      for (at, k) in ks.enumerated() where rank < k { hits[index][at] += 1 }
    }
    return Result(
      ks: ks, galleryImages: searched.count, queries: asked.count,
      accuracy: ks.indices.map { at in
        Bootstrap.meanOverClasses(hits: hits.map { $0[at] }, images: counts, seed: seed)
      },
      classes: tested.indices.map { .init(fineClass: tested[$0], queries: counts[$0], hits: hits[$0]) })
  }
}

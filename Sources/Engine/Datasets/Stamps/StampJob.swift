import Kernels

/// One image that is to be made.
struct StampJob: Sendable {
  var split: Split
  /// The folder below the dataset's, and the file in it without its ending.
  var folder, name: String
  /// What it shows: indices into the collection's kinds and into their photographs.
  var objects: [(kind: Int, photograph: Int)]
  var random: CounterRandom
  /// Whether there may be several objects, each in a part of the picture, or one alone that fills it.
  var isScene: Bool

  var path: String { "\(folder)/\(name).jpg" }

  func scene(_ stamps: StampCollection, side: Int) -> StampScene {
    if isScene {
      let cutouts = objects.map { (cutout: stamps.kinds[$0.kind].cutouts[$0.photograph], kind: $0.kind) }
      return .several(cutouts, side: side, random: random)
    }
    let (kind, photograph) = objects[0]
    return .single(stamps.kinds[kind].cutouts[photograph], kind: kind, side: side, random: random)
  }

  /// What random numbers are for.
  private enum Use: Int {
    case image, scene, deal, sizes
  }

  private static func number(_ split: Split) -> Int { split == .train ? 0 : 1 }

  /// An image for each class and number; a class's photographs take turns.
  static func folders(_ stamps: StampCollection, _ recipe: StampRecipe) -> [StampJob] {
    var jobs: [StampJob] = []
    for split in Split.allCases {
      for (index, kind) in stamps.kinds.enumerated() {
        // The wnid, not the index: another photograph more in the map changes no other class.
        let offset = Int(kind.wnid.dropFirst()) ?? 0
        for image in 0..<(split == .train ? recipe.train : recipe.val) {
          jobs.append(
            StampJob(
              split: split, folder: "\(split.rawValue)/\(kind.wnid)", name: "\(kind.wnid)_\(digits(image + 1, 5))",
              objects: [(index, image % kind.cutouts.count)],
              random: CounterRandom(seed: recipe.seed, Use.image.rawValue, number(split), offset, image), isScene: false))
        }
      }
    }
    return jobs
  }

  /// Scenes of one to four objects, in which each class occurs as often as the recipe says.
  static func scenes(_ stamps: StampCollection, _ recipe: StampRecipe) -> [StampJob] {
    var jobs: [StampJob] = []
    for split in Split.allCases {
      let each = split == .train ? recipe.train : recipe.val
      var objects = (0..<each).flatMap { image in
        stamps.kinds.indices.map { (kind: $0, photograph: image % stamps.kinds[$0].cutouts.count) }
      }
      let deal = CounterRandom(seed: recipe.seed, Use.deal.rawValue, number(split))
      for place in objects.indices { objects.swapAt(place, place + deal.below(objects.count - place, place)) }
      let sizes = CounterRandom(seed: recipe.seed, Use.sizes.rawValue, number(split))
      var scene = 0
      while !objects.isEmpty {
        let count = min(objects.count, 1 + sizes.below(4, scene))
        jobs.append(
          StampJob(
            split: split, folder: VOCLayout.images, name: digits(jobs.count + 1, 6), objects: Array(objects.suffix(count)),
            random: CounterRandom(seed: recipe.seed, Use.scene.rawValue, number(split), scene), isScene: true))
        objects.removeLast(count)
        scene += 1
      }
    }
    return jobs
  }

  private static func digits(_ number: Int, _ places: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, places - text.count)) + text
  }
}

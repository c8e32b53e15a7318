import Kernels

/// One image that is to be made.
struct StampJob: Sendable {
  var part: Part
  /// The folder below the dataset's, and the file in it without its ending.
  var folder, name: String
  typealias Object = (kind: Int, photograph: Int)
  /// What it shows: indices into the collection's kinds and into their photographs.
  var objects: [Object]
  var random: CounterRandom
  var kind: Kind

  enum Kind {
    /// One object that fills the picture.
    case single
    /// Up to four, each in a part of the picture.
    case scene
    /// A marked one with another beside it.
    case action
  }

  /// What an image is for; folders of classes have no part for tests.
  enum Part: String, CaseIterable {
    case train, val, test

    var number: Int { Self.allCases.firstIndex(of: self)! }
  }

  var path: String { "\(folder)/\(name).jpg" }

  func scene(_ stamps: StampCollection, side: Int) -> StampScene {
    let cutouts = objects.map { (cutout: stamps.kinds[$0.kind].cutouts[$0.photograph], kind: $0.kind) }
    return switch kind {
    case .single: .single(cutouts[0].cutout, kind: cutouts[0].kind, side: side, random: random)
    case .scene: .several(cutouts, side: side, random: random)
    case .action: .action(cutouts, side: side, random: random)
    }
  }

  /// What random numbers are for.
  private enum Use: Int {
    case image, scene, deal, sizes, turns
  }

  /// An image for each class and number; a class's photographs take turns.
  static func folders(_ stamps: StampCollection, _ recipe: StampRecipe) -> [StampJob] {
    var jobs: [StampJob] = []
    for part in [Part.train, .val] {
      for (index, kind) in stamps.kinds.enumerated() {
        // The wnid, not the index: another photograph more in the map changes no other class.
        let offset = Int(kind.wnid.dropFirst()) ?? 0
        for image in 0..<recipe.count(part) {
          jobs.append(
            StampJob(
              part: part, folder: "\(part.rawValue)/\(kind.wnid)", name: "\(kind.wnid)_\(digits(image + 1, 5))",
              objects: [(index, image % kind.cutouts.count)],
              random: CounterRandom(seed: recipe.seed, Use.image.rawValue, part.number, offset, image), kind: .single))
        }
      }
    }
    return jobs
  }

  /// Scenes of one to four objects, in which each class occurs as often as the recipe says.
  static func scenes(_ stamps: StampCollection, _ recipe: StampRecipe) -> [StampJob] {
    let classes = recipe.sceneClasses.photographs(stamps)
    let others = recipe.sceneClasses.leftOut == .difficult ? distractors(stamps, recipe) : []
    var jobs: [StampJob] = []
    for part in Part.allCases {
      let each = recipe.count(part)
      var objects = classes.enumerated().flatMap { label, photographs in
        turns(photographs.members, each, numbers(recipe, .turns, part, label))
      }
      // As often as a kind that is not left out does on average.
      if !others.isEmpty {
        let kinds = Set(classes.flatMap { $0.members.map(\.kind) }).count
        objects += turns(others, each * classes.count * Set(others.map(\.kind)).count / max(1, kinds), numbers(recipe, .turns, part, -1))
      }
      let deal = numbers(recipe, .deal, part)
      for place in objects.indices { objects.swapAt(place, place + deal.below(objects.count - place, place)) }
      let sizes = numbers(recipe, .sizes, part)
      var scene = 0
      while !objects.isEmpty {
        let count = min(objects.count, 1 + sizes.below(4, scene))
        jobs.append(
          StampJob(
            part: part, folder: VOCLayout.images, name: digits(jobs.count + 1, 6), objects: Array(objects.suffix(count)),
            random: numbers(recipe, .scene, part, scene), kind: .scene))
        objects.removeLast(count)
        scene += 1
      }
    }
    return jobs
  }

  /// Scenes with a marked object, the first, beside which stands another, the second: that one's class is what the first one "does". Every class is so as
  /// often as the recipe says, whatever the marked object is; up to two others stand further away.
  static func actions(_ stamps: StampCollection, _ recipe: StampRecipe) -> [StampJob] {
    let classes = recipe.sceneClasses.photographs(stamps)
    let all = classes.flatMap(\.members)
    var jobs: [StampJob] = []
    for part in Part.allCases {
      let each = recipe.count(part)
      var doing = classes.enumerated().flatMap { label, photographs in turns(photographs.members, each, numbers(recipe, .turns, part, label)) }
      let deal = numbers(recipe, .deal, part)
      for place in doing.indices { doing.swapAt(place, place + deal.below(doing.count - place, place)) }
      for (scene, neighbour) in doing.enumerated() {
        let random = numbers(recipe, .scene, part, scene)
        let others = (0..<1 + random.below(3, 40)).map { all[random.below(all.count, 41 + $0)] }
        jobs.append(
          StampJob(
            part: part, folder: VOCLayout.images, name: digits(jobs.count + 1, 6), objects: [others[0], neighbour] + others.dropFirst(),
            random: random, kind: .action))
      }
    }
    return jobs
  }

  private static func distractors(_ stamps: StampCollection, _ recipe: StampRecipe) -> [Object] {
    stamps.kinds.enumerated().filter { recipe.sceneClasses.name(of: $1.wnid) == nil }.flatMap { index, kind in (0..<kind.photographs).map { (index, $0) } }
  }

  /// So many objects of these photographs, each as often as any other but for one; which come first is a matter of chance.
  private static func turns(_ photographs: [Object], _ count: Int, _ random: CounterRandom) -> [Object] {
    let first = random.below(photographs.count, 0)
    return (0..<count).map { photographs[(first + $0) % photographs.count] }
  }

  private static func numbers(_ recipe: StampRecipe, _ use: Use, _ part: Part, _ number: Int = 0) -> CounterRandom {
    CounterRandom(seed: recipe.seed, use.rawValue, part.number, number)
  }

  private static func digits(_ number: Int, _ places: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, places - text.count)) + text
  }
}

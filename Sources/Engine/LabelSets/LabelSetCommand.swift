import Basics
import Taxonomy

extension LabelSet {
  /// The command that makes these classes again and keeps them under this name: a line for each step of the recipe.
  public var command: ShellCommand {
    let start = ["--dataset", dataset] + (policy == .name ? [] : ["--policy", policy.rawValue])
    let fineClasses = classes.reduce(leftOut.count) { $0 + $1.members.count }
    // Cut at a depth that no class reaches, every class stands alone.
    let steps = recipe.isEmpty ? [["bottom-up", "--classes", "\(fineClasses)"]] : recipe.map(\.commandWords)
    let lines = steps.enumerated().map { place, words in
      ShellCommand(["labels"] + words + (place == 0 ? start : ["--on", name]) + ["--save", name])
    }
    return ShellCommand(inOrder: lines)
  }
}

extension RecipeStep {
  /// The words after `labels` that do this step.
  var commandWords: [String] {
    switch self {
    case .bottomUp(let depth): ["bottom-up", "--depth", "\(depth)"]
    case .topDown(let rounds): ["top-down", "--rounds", "\(rounds)"]
    case .cut(let collapsed): ["cut", "--collapse", collapsed.joined(separator: ",")]
    case .merge(let groups): ["cut"] + groups.flatMap { ["--merge", $0.joined(separator: ",")] }
    case .without(let below): ["without", "--below", below.joined(separator: ",")]
    case .leaveOut(let classes): ["without", "--classes", classes.joined(separator: ",")]
    case .minimalSplit(let depth, let target, let part):
      ["split", "--minimal", "--depth", "\(depth)", "--target", "\(target)", "--part", part.rawValue]
    case .randomSplit(let target, let seed, let part):
      ["split", "--random", "--target", "\(target)", "--seed", "\(seed)", "--part", part.rawValue]
    case .handSplit(let a, let b, let neither, let part):
      ["split"] + zip(["--a", "--b", "--neither"], [a, b, neither]).flatMap { $1.isEmpty ? [] : [$0, $1.joined(separator: ",")] }
        + ["--part", part.rawValue]
    case .sampleClasses(let count, let seed): ["sample", "--classes", "\(count)", "--seed", "\(seed)"]
    case .sampleImages(let perClass, let seed): ["sample", "--images", "\(perClass)", "--seed", "\(seed)"]
    }
  }
}

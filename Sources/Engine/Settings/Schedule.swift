import Basics
import Kernels

extension TrainingConfiguration.Solver {
  /// The learning rate at an iteration (from 0) of a training of `total` iterations.
  public func learningRate(iteration: Int, of total: Int) -> Float {
    let warmth = iteration < warmUp ? Float(iteration + 1) / Float(warmUp) : 1
    return learningRate * schedule.factor(iteration: iteration, of: total) * warmth
  }
}

extension TrainingConfiguration.Schedule {
  /// The factor of the base rate at an iteration (from 0) of a training of `total` iterations.
  public func factor(iteration: Int, of total: Int) -> Float {
    let progress = total > 0 ? Double(iteration) / Double(total) : 0
    switch self {
    case .constant: return 1
    case .step(let every, let factor): return Float(power(Double(factor), Double(iteration / max(every, 1))))
    case .polynomial(let exponent): return Float(power(max(0, 1 - progress), Double(exponent)))
    case .cosine: return Float((1 + cosineAndSine(turns: progress / 2).cosine) / 2)
    }
  }

  /// Reads what ``text`` writes: `constant`, `cosine`, `poly:POWER`, `step:ITERATIONS:FACTOR`.
  /// - Throws: a ``Problem`` that lists the forms.
  public init(_ text: String) throws(Problem) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    switch parts.count {
    case 1 where text == "constant": self = .constant
    case 1 where text == "cosine": self = .cosine
    case 2 where parts[0] == "poly" && Float(parts[1]) != nil: self = .polynomial(power: Float(parts[1])!)
    case 3 where parts[0] == "step" && Int(parts[1]) != nil && Float(parts[2]) != nil:
      self = .step(every: Int(parts[1])!, factor: Float(parts[2])!)
    default:
      throw Problem(
        "there is no such schedule", at: text,
        expected: "constant, cosine, poly:POWER or step:ITERATIONS:FACTOR, as step:100000:0.1")
    }
  }

  /// The schedule as the command line takes it: `step:100000:0.1`.
  public var text: String {
    switch self {
    case .constant: "constant"
    case .cosine: "cosine"
    case .polynomial(let power): "poly:\(power)"
    case .step(let every, let factor): "step:\(every):\(factor)"
    }
  }
}

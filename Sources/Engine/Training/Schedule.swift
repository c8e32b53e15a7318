import Glibc

extension TrainingConfiguration.Solver {
  /// The learning rate at an iteration (from 0) of a training of `total` iterations.
  public func rate(iteration: Int, of total: Int) -> Float {
    let warmth = iteration < warmUp ? Float(iteration + 1) / Float(warmUp) : 1
    return rate * schedule.factor(iteration: iteration, of: total) * warmth
  }
}

extension TrainingConfiguration.Schedule {
  /// The factor of the base rate at an iteration (from 0) of a training of `total` iterations.
  public func factor(iteration: Int, of total: Int) -> Float {
    let progress = total > 0 ? Double(iteration) / Double(total) : 0
    switch self {
    case .constant: return 1
    case .step(let every, let factor): return Float(pow(Double(factor), Double(iteration / max(every, 1))))
    case .polynomial(let power): return Float(pow(max(0, 1 - progress), Double(power)))
    case .cosine: return Float((1 + cos(.pi * progress)) / 2)
    }
  }
}

import Basics
import Glibc
import Synchronization

/// Runs the screens' work on a few threads of its own and queues what comes back, waking the terminal's thread through a
/// pipe.
final class EffectRunner: Sendable {
  private struct Shared {
    var waiting: [Effect] = []
    var delivered: [Message] = []
    var threads = 0
  }

  private let environment: Environment
  private let shared = Mutex(Shared())
  /// Readable while something is delivered.
  let wakeUp: Pipe

  /// Work that waits for the disk should not hold up work that waits for the processor, and no more is needed.
  private static let threadLimit = 4

  init(environment: Environment) throws(Problem) {
    self.environment = environment
    wakeUp = try Pipe()
  }

  func start(_ effect: Effect) {
    let needsThread = shared.withLock { shared in
      shared.waiting.append(effect)
      guard shared.threads < Self.threadLimit else { return false }
      shared.threads += 1
      return true
    }
    if needsThread { Thread.detach { self.work() } }
  }

  /// What came back since the last call.
  func takeDelivered() -> [Message] {
    wakeUp.drain()
    return shared.withLock { shared in
      defer { shared.delivered = [] }
      return shared.delivered
    }
  }

  private func work() {
    while true {
      let next: Effect? = shared.withLock { shared in
        if shared.waiting.isEmpty {
          shared.threads -= 1
          return nil
        }
        return shared.waiting.removeFirst()
      }
      guard let next else { return }
      perform(next)
    }
  }

  private func perform(_ effect: Effect) {
    let send: @Sendable (Message) -> Void = { message in
      self.shared.withLock { $0.delivered.append(message) }
      self.wakeUp.signal()
    }
    guard let work = effect.work else { preconditionFailure("the terminal's thread does this itself") }
    work.perform(in: environment, send: send)
    if let awaited = effect.awaited { send(.finished(awaited)) }
  }
}

extension Effect {
  /// What is to be done beside the terminal's thread; nil for what that does itself.
  var work: (any ScreenWork)? {
    switch self {
    case .tree(let work): work
    case .runs(let work): work
    case .neighbors(let work): work
    case .library(let work): work
    case .comparison(let work): work
    case .evaluation(let work): work
    case .studies(let work): work
    case .quit, .suspend, .redraw, .copy, .open, .send, .later: nil
    }
  }
}

extension ScreenWork {
  /// Runs it; what goes wrong is sent as well.
  func perform(in environment: Environment, send: @Sendable (Message) -> Void) {
    do throws(Problem) {
      try run(in: environment, send: send)
    } catch {
      send(.problem(error))
    }
  }
}

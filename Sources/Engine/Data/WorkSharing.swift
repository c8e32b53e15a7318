import Dispatch
import Synchronization

/// Runs `body` for every index below `count`, by `workers` at a time, each taking the next index when it is done.
///
/// `body` gets the worker's number, below `workers`, for its own buffers, and the index. Nothing may depend on which
/// worker gets which index.
func shareWork(count: Int, workers: Int, body: @Sendable (_ worker: Int, _ index: Int) -> Void) {
  let workers = min(max(1, workers), count)
  guard workers > 1 else {
    for index in 0..<count { body(0, index) }
    return
  }
  let next = Atomic(0)
  DispatchQueue.concurrentPerform(iterations: workers) { worker in
    while true {
      let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
      if index >= count { break }
      body(worker, index)
    }
  }
}

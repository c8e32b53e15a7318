import Glibc
import Synchronization

/// Work that gives way to whatever else the machine does, above all to a training.
///
/// It runs on threads of its own with a niceness of 10, which end with it: a thread of the common pool cannot be lowered for a
/// while, as without privileges there is no way back up. At a niceness of 10 such threads get a tenth of a core that is
/// wanted otherwise: enough that a lock which one of them holds is given back within some milliseconds. But niceness counts within a
/// terminal's session only where the kernel shares cores between sessions first (autogroups, the default of many), so such work
/// rests as well (``rest(after:)``).
package enum LowPriority {
  private static let niceness: Int32 = 10
  private static let limit = Atomic(Int.max)

  /// How many threads may work at the same time, of each loop; no result depends on it.
  package static var workers: Int {
    get { limit.load(ordering: .relaxed) }
    set { limit.store(max(1, newValue), ordering: .relaxed) }
  }

  private static let rests = Atomic(0)

  /// How long such work rests, in times of what it has worked; 0: not at all.
  package static var restFactor: Int {
    get { rests.load(ordering: .relaxed) }
    set { rests.store(max(0, newValue), ordering: .relaxed) }
  }

  /// Lets others work after so many seconds of work, a second at most so that whoever waits is soon heard.
  package static func rest(after seconds: Double) {
    guard isOn, restFactor > 0, seconds > 0 else { return }
    usleep(UInt32(min(1, seconds * Double(restFactor)) * 1e6))
  }

  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    pthread_key_create(&key, nil)
    return key
  }()

  /// Whether the calling thread works so.
  package static var isOn: Bool { pthread_getspecific(key) != nil }

  /// Runs `body` on such a thread, and waits for it.
  package static func run<Value, Failure: Error>(_ body: () throws(Failure) -> Value) throws(Failure) -> Value {
    if isOn { return try body() }
    nonisolated(unsafe) var result: Result<Value, Failure>?
    withoutActuallyEscaping(body) { body in
      nonisolated(unsafe) let body = body
      let work = {
        do throws(Failure) {
          result = .success(try body())
        } catch {
          result = .failure(error)
        }
      }
      // Without a thread the work is done here, as any other.
      if let thread = start(work) { pthread_join(thread, nil) } else { work() }
    }
    return try result!.get()
  }

  /// Runs `body` on such a thread, and goes on.
  package static func detach(_ body: @escaping @Sendable () -> Void) {
    if let thread = start(body) { pthread_detach(thread) } else { body() }
  }

  /// A loop over pieces: on the calling thread, and on as many new ones as make a crew, which inherit its niceness.
  package static func share(_ pieces: Int, crew: Int, _ body: @Sendable (_ piece: Int, _ worker: Int) -> Void) {
    let pieces = Pieces(count: pieces)
    withoutActuallyEscaping(body) { body in
      let threads = (1..<crew).map { worker in start { while let piece = pieces.take() { body(piece, worker) } } }
      // This thread does what one that was not given would have done.
      while let piece = pieces.take() { body(piece, 0) }
      for thread in threads { if let thread { pthread_join(thread, nil) } }
    }
  }

  private final class Pieces: Sendable {
    private let count: Int
    private let next = Atomic(0)

    init(count: Int) { self.count = count }

    func take() -> Int? {
      let piece = next.wrappingAdd(1, ordering: .relaxed).oldValue
      return piece < count ? piece : nil
    }
  }

  private final class Start {
    let body: () -> Void
    init(_ body: @escaping () -> Void) { self.body = body }
  }

  /// Nil where the system gives no thread.
  private static func start(_ body: @escaping () -> Void) -> pthread_t? {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setstacksize(&attributes, 8 << 20)
    defer { pthread_attr_destroy(&attributes) }
    var thread = pthread_t()
    let start = Unmanaged.passRetained(Start(body)).toOpaque()
    let status = pthread_create(
      &thread, &attributes,
      { argument in
        let start = Unmanaged<Start>.fromOpaque(argument!).takeRetainedValue()
        pthread_setspecific(LowPriority.key, UnsafeRawPointer(bitPattern: 1))
        // 0 is the calling thread.
        if !LowPriority.isLowered { _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, LowPriority.niceness) }
        start.body()
        return nil
      }, start)
    guard status == 0 else {
      Unmanaged<Start>.fromOpaque(start).release()
      return nil
    }
    return thread
  }

  private static var isLowered: Bool { getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0) >= niceness }
}

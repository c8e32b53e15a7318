import Basics
import Glibc

/// A pipe that one side writes bytes into to wake the other from `poll`. Both ends never block.
final class Pipe: Sendable {
  let readEnd: Int32
  let writeEnd: Int32

  init() throws(Problem) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else {
      throw Problem("cannot make a pipe", found: String(cString: strerror(errno)), advice: "close other programs")
    }
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
    readEnd = ends[0]
    writeEnd = ends[1]
  }

  deinit {
    close(readEnd)
    close(writeEnd)
  }

  func signal(_ byte: UInt8 = 0) {
    var byte = byte
    // A full pipe wakes its reader as well as a fuller one would.
    _ = write(writeEnd, &byte, 1)
  }

  @discardableResult
  func drain() -> [UInt8] {
    var all: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 256)
    while true {
      let count = read(readEnd, &buffer, buffer.count)
      guard count > 0 else { return all }
      all += buffer[0..<count]
    }
  }
}

/// A thread with the stack that the program's own work has.
enum Thread {
  private final class Start {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  static func detach(_ body: @escaping @Sendable () -> Void) {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    pthread_attr_setstacksize(&attributes, 8 << 20)
    var thread = pthread_t()
    let start = Unmanaged.passRetained(Start(body)).toOpaque()
    let status = pthread_create(
      &thread, &attributes,
      { argument in
        // Signals belong to the terminal's thread.
        var all = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_BLOCK, &all, nil)
        Unmanaged<Start>.fromOpaque(argument!).takeRetainedValue().body()
        return nil
      }, start)
    pthread_attr_destroy(&attributes)
    // Without a thread the work is done here: late, but done.
    if status != 0 { Unmanaged<Start>.fromOpaque(start).takeRetainedValue().body() }
  }
}

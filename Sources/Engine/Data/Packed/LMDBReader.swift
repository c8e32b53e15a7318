import CLMDB
import Glibc
import Synchronization
import Taxonomy

/// A finished LMDB database, read by many threads. The library maps the file and hands out pointers into it.
///
/// The library trusts the file's structure. What it does not look at is checked here: that the file is as long as its
/// last page asks, and that a value lies within its pages.
package final class LMDBReader: @unchecked Sendable {
  /// The folder that holds data.mdb.
  let folder: String
  /// The number of entries.
  package let count: Int
  private let environment: OpaquePointer
  private let database: MDB_dbi
  private let pageSize: UInt
  private let pages: UInt64
  /// Read transactions at rest. A thread takes one for a look, so that no two use the same at a time.
  private let resting = Mutex<[Transaction]>([])

  private struct Transaction: @unchecked Sendable {
    let pointer: OpaquePointer
  }

  /// - Throws: a ``Problem`` where the folder holds no LMDB database, or one that was cut short.
  package init(folder: String) throws(Problem) {
    self.folder = folder
    environment = try LMDB.open(folder, flags: MDB_RDONLY | MDB_NOLOCK | MDB_NOTLS | MDB_NORDAHEAD, mapSize: 0)
    var information = MDB_envinfo()
    var statistics = MDB_stat()
    mdb_env_info(environment, &information)
    mdb_env_stat(environment, &statistics)
    pageSize = UInt(statistics.ms_psize)
    pages = UInt64(information.me_last_pgno) + 1
    count = Int(clamping: statistics.ms_entries)
    var status = stat()
    let wanted = pages.multipliedReportingOverflow(by: UInt64(pageSize))
    guard stat(folder + "/data.mdb", &status) == 0, !wanted.overflow, UInt64(status.st_size) >= wanted.partialValue else {
      mdb_env_close(environment)
      throw Problem(
        "the database was cut short", at: folder + "/data.mdb", expected: "\(wanted.partialValue) bytes",
        found: "\(status.st_size)", advice: "copy it again")
    }
    var transaction: OpaquePointer?
    var database: MDB_dbi = 0
    var code = mdb_txn_begin(environment, nil, UInt32(MDB_RDONLY), &transaction)
    if code == 0 { code = mdb_dbi_open(transaction, nil, 0, &database) }
    guard code == 0, let transaction else {
      if let transaction { mdb_txn_abort(transaction) }
      mdb_env_close(environment)
      throw LMDB.failure("cannot read the database", folder, code)
    }
    self.database = database
    // Committed, so that the handle stays valid for the transactions after it.
    mdb_txn_commit(transaction)
  }

  deinit {
    for transaction in resting.withLock({ $0 }) { mdb_txn_abort(transaction.pointer) }
    mdb_env_close(environment)
  }

  /// Calls `body` with the value of a key.
  /// - Throws: a ``Problem`` where there is none, or the file is damaged there; and what `body` throws.
  package func withValue(
    of key: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws(Problem) -> Void
  ) throws(Problem) {
    let transaction = try take()
    defer { resting.withLock { $0.append(transaction) } }
    var name = MDB_val(mv_size: key.count, mv_data: UnsafeMutableRawPointer(mutating: key.baseAddress))
    var value = MDB_val()
    let code = mdb_get(transaction.pointer, database, &name, &value)
    guard code == 0 else { throw LMDB.failure("cannot read the database", folder, code) }
    try body(try checked(value))
  }

  /// Calls `body` with every key and its value, in the keys' order.
  package func forEach(
    _ body: (_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) throws(Problem) -> Void
  ) throws(Problem) {
    let transaction = try take()
    defer { resting.withLock { $0.append(transaction) } }
    var cursor: OpaquePointer?
    let code = mdb_cursor_open(transaction.pointer, database, &cursor)
    guard code == 0 else { throw LMDB.failure("cannot read the database", folder, code) }
    defer { mdb_cursor_close(cursor) }
    var (key, value) = (MDB_val(), MDB_val())
    while true {
      let code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)
      if code == MDB_NOTFOUND { return }
      guard code == 0 else { throw LMDB.failure("cannot read the database", folder, code) }
      try body(UnsafeRawBufferPointer(start: key.mv_data, count: key.mv_size), try checked(value))
    }
  }

  private func take() throws(Problem) -> Transaction {
    if let transaction = resting.withLock({ $0.popLast() }) { return transaction }
    var transaction: OpaquePointer?
    let code = mdb_txn_begin(environment, nil, UInt32(MDB_RDONLY), &transaction)
    guard code == 0, let transaction else { throw LMDB.failure("cannot read the database", folder, code) }
    return Transaction(pointer: transaction)
  }

  /// A value lies in one page, or alone on pages of its own behind a head of 16 bytes, which says how many they are
  /// (LMDB's mdb.c, struct MDB_page: u64 number, u16, u16 flags, u32 pages).
  private func checked(_ value: MDB_val) throws(Problem) -> UnsafeRawBufferPointer {
    let head: UInt = 16
    let place = UInt(bitPattern: value.mv_data) % pageSize
    var isInside = place + UInt(value.mv_size) <= pageSize
    if place == head, !isInside, let data = value.mv_data {
      let number = (data - 16).loadUnaligned(as: UInt64.self)
      let own = UInt64((data - 4).loadUnaligned(as: UInt32.self))
      isInside =
        number < pages && own <= pages - number
        && UInt64(value.mv_size) <= own * UInt64(pageSize) - min(own * UInt64(pageSize), UInt64(head))
    }
    guard isInside else {
      throw Problem("the database is damaged", at: folder + "/data.mdb", expected: "values within their pages")
    }
    return UnsafeRawBufferPointer(start: value.mv_data, count: value.mv_size)
  }
}

/// What reader and writer share.
enum LMDB {
  /// Opens the database in `folder`.
  static func open(_ folder: String, flags: Int32, mapSize: Int) throws(Problem) -> OpaquePointer {
    var environment: OpaquePointer?
    guard mdb_env_create(&environment) == 0, let environment else {
      throw Problem("cannot open the database", at: folder, found: "no memory")
    }
    if mapSize > 0 { mdb_env_set_mapsize(environment, mapSize) }
    let code = mdb_env_open(environment, folder, UInt32(flags), 0o644)
    guard code == 0 else {
      mdb_env_close(environment)
      throw failure("cannot open the database", folder, code)
    }
    return environment
  }

  static func failure(_ what: String, _ folder: String, _ code: Int32) -> Problem {
    // Positive codes are the system's.
    if code > 0 { return AtomicFile.failure(what, folder, code: code) }
    return Problem(
      what, at: folder, expected: "an LMDB database", found: String(cString: mdb_strerror(code)),
      advice: code == MDB_MAP_FULL ? nil : "copy or pack it again")
  }
}

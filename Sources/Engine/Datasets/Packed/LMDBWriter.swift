import Basics
import CLMDB
import Files

/// Fills an LMDB database in the order of its keys, some entries at a time: each lot is there whole or not at all, whatever
/// happens to the process.
package final class LMDBWriter {
  let folder: String
  private let environment: OpaquePointer
  private let database: MDB_dbi

  /// Keys are at most this long (LMDB's default).
  static let longestKey = 511

  /// Opens the database in `folder`, or makes one.
  /// - Parameter mapSize: bytes that it may grow to. Costs address space, not memory.
  package init(folder: String, mapSize: Int) throws(Problem) {
    self.folder = folder
    try AtomicFile.makeFolder(folder)
    // The library trusts the file, which a crash of the machine or somebody's copy may have damaged.
    if let file = FileStamp(folder + "/data.mdb"), !file.isEmpty { try LMDBReader(folder: folder).checkForWriting() }
    environment = try LMDB.open(folder, flags: 0, mapSize: mapSize)
    var transaction: OpaquePointer?
    var database: MDB_dbi = 0
    var code = mdb_txn_begin(environment, nil, 0, &transaction)
    if code == 0 { code = mdb_dbi_open(transaction, nil, 0, &database) }
    if code == 0 {
      code = mdb_txn_commit(transaction)
    } else if let transaction {
      mdb_txn_abort(transaction)
    }
    guard code == 0 else {
      mdb_env_close(environment)
      throw LMDB.failure("cannot write the database", folder, code)
    }
    self.database = database
  }

  deinit { mdb_env_close(environment) }

  /// The last key; nil in an empty database.
  func lastKey() throws(Problem) -> [UInt8]? {
    var transaction: OpaquePointer?
    var cursor: OpaquePointer?
    var code = mdb_txn_begin(environment, nil, UInt32(MDB_RDONLY), &transaction)
    guard code == 0 else { throw LMDB.failure("cannot read the database", folder, code) }
    defer { mdb_txn_abort(transaction) }
    code = mdb_cursor_open(transaction, database, &cursor)
    guard code == 0 else { throw LMDB.failure("cannot read the database", folder, code) }
    defer { mdb_cursor_close(cursor) }
    var (key, value) = (MDB_val(), MDB_val())
    code = mdb_cursor_get(cursor, &key, &value, MDB_LAST)
    if code == MDB_NOTFOUND { return nil }
    guard code == 0 else { throw LMDB.failure("cannot read the database", folder, code) }
    return Array(UnsafeRawBufferPointer(start: key.mv_data, count: key.mv_size))
  }

  /// Appends entries, whose keys rise and stand behind all that are there, and flushes them to the disk.
  package func append(_ entries: [(key: [UInt8], value: [UInt8])]) throws(Problem) {
    var transaction: OpaquePointer?
    var code = mdb_txn_begin(environment, nil, 0, &transaction)
    guard code == 0 else { throw LMDB.failure("cannot write the database", folder, code) }
    for (key, value) in entries where code == 0 {
      code = key.withUnsafeBytes { key in
        value.withUnsafeBytes { value in
          var name = MDB_val(mv_size: key.count, mv_data: UnsafeMutableRawPointer(mutating: key.baseAddress))
          var content = MDB_val(mv_size: value.count, mv_data: UnsafeMutableRawPointer(mutating: value.baseAddress))
          return mdb_put(transaction, database, &name, &content, UInt32(MDB_APPEND))
        }
      }
    }
    guard code == 0 else {
      mdb_txn_abort(transaction)
      throw LMDB.failure("cannot write the database", folder, code)
    }
    code = mdb_txn_commit(transaction)
    guard code == 0 else { throw LMDB.failure("cannot write the database", folder, code) }
  }
}

/// Calls into LMDB's library.
private enum LMDB {
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

import CPostgres
import Core

/// The result of one statement, in binary.
struct PostgresResult: ~Copyable {
  static let binary: Int32 = 1

  private let handle: OpaquePointer?

  /// Takes ownership of the result; libpq returns `nil` when it has no memory.
  init(_ handle: OpaquePointer?) {
    self.handle = handle
  }

  deinit { PQclear(handle) }

  func use<Value>(_ body: (borrowing PostgresResult) throws -> Value) rethrows -> Value { try body(self) }

  func check() throws {
    switch PQresultStatus(handle) {
    case PGRES_COMMAND_OK, PGRES_TUPLES_OK: return
    default:
      throw PostgresError(
        state: field("C"), constraint: field("n"), table: field("t"), column: field("c"))
    }
  }

  /// The command's tag: `COMMIT`, `UPDATE 3`, ...
  var command: String { String(cString: PQcmdStatus(handle)) }

  var changed: Int { command.hasPrefix("SELECT") ? 0 : Int(String(cString: PQcmdTuples(handle))) ?? 0 }

  var columnCount: Int32 { PQnfields(handle) }

  func columns() -> Columns { Columns((0..<columnCount).map { String(cString: PQfname(handle, $0)) }) }

  func rows(_ columns: Columns) throws -> [Row] {
    let types = (0..<columnCount).map { PQftype(handle, $0) }
    return try (0..<PQntuples(handle)).map { row in
      Row(columns: columns, values: try (0..<columnCount).map { try value(row, $0, types[Int($0)]) })
    }
  }

  private func value(_ row: Int32, _ column: Int32, _ type: Oid) throws -> SQLValue {
    if PQgetisnull(handle, row, column) == 1 { return .null }
    let bytes = UnsafeRawBufferPointer(
      start: PQgetvalue(handle, row, column), count: Int(PQgetlength(handle, row, column)))
    // The numbers are those of src/include/catalog/pg_type.dat and never change.
    switch type {
    case 16: return .integer(Int64(bytes.first ?? 0))  // boolean
    case 20: return .integer(Int64(bigEndian: bytes.loadUnaligned(as: Int64.self)))
    case 21: return .integer(Int64(Int16(bigEndian: bytes.loadUnaligned(as: Int16.self))))
    case 23: return .integer(Int64(Int32(bigEndian: bytes.loadUnaligned(as: Int32.self))))
    case 17: return .bytes([UInt8](bytes))
    // name, text, char, varchar
    case 19, 25, 1042, 1043: return .text(String(decoding: bytes, as: UTF8.self))
    case 2278: return .null  // void
    default: throw Problem.storeFailed("a result of PostgreSQL's type \(type)")
    }
  }

  private func field(_ code: Character) -> String? {
    guard let text = PQresultErrorField(handle, Int32(code.asciiValue ?? 0)) else { return nil }
    return String(cString: text)
  }
}

/// The arguments of one statement in libpq's form.
struct PostgresArguments {
  private var bytes: [UInt8] = []
  private var offsets: [Int?] = []
  private var lengths: [Int32] = []
  private var formats: [Int32] = []

  init(_ values: [SQLValue]) {
    for value in values {
      switch value {
      case .null: offsets.append(nil)
      default: offsets.append(bytes.count)
      }
      let start = bytes.count
      switch value {
      case .null: break
      case .integer(let integer): bytes += String(integer).utf8
      case .text(let text): bytes += text.utf8
      case .bytes(let blob): bytes += blob
      }
      lengths.append(Int32(bytes.count - start))
      // Numbers and texts are sent as text, so that the server finds the column's own type.
      if case .bytes = value { formats.append(PostgresResult.binary) } else { formats.append(0) }
      bytes.append(0)
    }
  }

  func withPointers<Value>(
    _ body: ([UnsafePointer<CChar>?], [Int32], [Int32]) throws -> Value
  ) rethrows -> Value {
    try bytes.withUnsafeBytes { buffer in
      let start = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
      return try body(offsets.map { offset in offset.flatMap { start?.advanced(by: $0) } }, lengths, formats)
    }
  }
}

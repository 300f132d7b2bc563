@testable import Tables

/// Any octets: the same rows come out whether they arrive whole or byte by byte, in the order of their lines.
@_cdecl("LLVMFuzzerTestOneInput")
public func readCSV(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: data, count: count))
  var whole = CSVReader()
  let rows = whole.read(bytes) + whole.finish()
  var slow = CSVReader()
  let pieces = bytes.flatMap { slow.read([$0]) } + slow.finish()
  precondition(rows == pieces, "the rows depend on how they arrive")
  precondition(rows.map(\.line) == rows.map(\.line).sorted(), "the rows are out of order")
  for case .success(let fields) in rows.map(\.fields) {
    precondition(fields.count <= CSVReader.columnLimit, "too many columns")
    precondition(fields.allSatisfy { $0.utf8.count <= CSVReader.fieldLimit }, "a field is too long")
  }
  return 0
}

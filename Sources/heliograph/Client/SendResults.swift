import Core
import Foundation
import Tables

/// What became of a row.
enum SendState: String {
  case queued
  case failed
  /// Its recipient has left the list.
  case skipped
}

/// The file in which `heliograph send --csv` records what became of each row: line, queueId, state, error, key. A second
/// run reads it and goes on.
struct SendResults {
  /// What an earlier run recorded of a row.
  struct Known: Hashable {
    /// The beginning of the row's key.
    var key: UInt64
    var state: SendState?
  }

  private(set) var known: [Int: Known] = [:]
  private let path: String
  private let handle: FileHandle

  private static let header = "line,queueId,state,error,key\n"

  /// Opens the file, or makes it. Nobody else may use it meanwhile.
  init(_ path: String) throws {
    self.path = path
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw Problem.unwritableFile(path) }
    handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { throw Problem.resultsInUse(path) }
    do {
      try load()
    } catch let problem as Problem {
      throw problem
    } catch {
      throw Problem.unwritableFile(path)
    }
  }

  /// Records it at once, so that a run that is killed has recorded what it was told.
  func record(line: Int, queueID: String, state: SendState, error: String, key: String) throws {
    let fields = [String(line), queueID, state.rawValue, Self.harmless(error), key].map(Self.quoted)
    do {
      try handle.write(contentsOf: Data((fields.joined(separator: ",") + "\n").utf8))
    } catch {
      throw Problem.unwritableFile(path)
    }
  }

  static func shortKey(_ key: String) -> UInt64 {
    key.utf8.reduce(14_695_981_039_346_656_037) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
  }

  private mutating func load() throws {
    var reader = CSVReader(limits: .messages)
    var end = 0
    var size = 0
    var isFirst = true
    while let data = try handle.read(upToCount: 64 << 10), !data.isEmpty {
      if let last = data.lastIndex(of: UInt8(ascii: "\n")) { end = size + (last - data.startIndex) + 1 }
      size += data.count
      for row in reader.read(Array(data)) { try take(row, &isFirst) }
    }
    // What follows the last line feed was cut off when an earlier run was killed.
    try handle.truncate(atOffset: UInt64(end))
    try handle.seekToEnd()
    if end == 0 { try handle.write(contentsOf: Data(Self.header.utf8)) }
  }

  private mutating func take(_ row: CSVRow, _ isFirst: inout Bool) throws {
    guard case .success(let fields) = row.fields else { throw Problem.foreignResults(path) }
    if isFirst {
      guard fields.joined(separator: ",") + "\n" == Self.header else { throw Problem.foreignResults(path) }
      isFirst = false
      return
    }
    guard fields.count == 5, let line = Int(fields[0]) else { throw Problem.foreignResults(path) }
    known[line] = Known(key: Self.shortKey(fields[4]), state: SendState(rawValue: fields[2]))
  }

  /// A spreadsheet calculates what begins with one of these. The key has to stay as it is.
  private static func harmless(_ text: String) -> String {
    text.first.map { "=+-@\t".contains($0) } == true ? "'" + text : text
  }

  private static func quoted(_ text: String) -> String {
    guard text.contains(where: { ",;\"\t\r\n".contains($0) || $0.isNewline }) else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }
}

extension Problem {
  fileprivate static func resultsInUse(_ path: String) -> Problem {
    Problem(
      .requestInvalidField, "The file \(path) is being written by another `heliograph send`.",
      remedy: "Wait until it has ended, or name another file with --results.")
  }

  fileprivate static func foreignResults(_ path: String) -> Problem {
    Problem(
      .requestInvalidField, "The file \(path) was not written by `heliograph send --csv`.",
      remedy: "Name another file with --results, or move this one away.")
  }
}

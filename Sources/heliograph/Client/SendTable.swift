import API
import ArgumentParser
import Core
import Foundation
import JSON
import Tables
import Vault

/// `heliograph send --csv`: submits a message for each row of a table.
///
/// A row's idempotency key is made from its line and all that its message consists of. So a row whose receipt was lost is
/// not sent twice, in this run or in the next one.
struct SendTable: Sendable {
  let client: APIClient
  let composer: MessageComposer
  let isDryRun: Bool
  let json: Bool
  /// Makes the keys of this run others than those of a run without it.
  let run: String

  /// How many rows are submitted at a time.
  private static let width = 8
  /// How often in a row the gateway may not answer.
  private static let patience = 7

  struct Counts: Sendable {
    var rows = 0
    var queued = 0
    /// Of those, which the gateway had accepted before.
    var repeated = 0
    var failed = 0
    /// Whose recipients have left the list.
    var unsubscribed = 0
    /// Recorded by an earlier run.
    var skipped = 0
  }

  /// One row on its way.
  private struct Outcome: Sendable {
    var line: Int
    var key = ""
    var queueID: QueueID?
    var isRepeated = false
    var problem: Problem?

    var state: SendState {
      switch problem?.code {
      case nil: .queued
      case .listRecipientUnsubscribed: .skipped
      default: .failed
      }
    }
  }

  /// - Parameter results: `nil` records nothing.
  /// - Throws: What concerns all rows. What was recorded by then is not sent again by the next run.
  func send(_ file: TableFile, _ results: SendResults?) async throws -> Counts {
    var counts = Counts()
    var columns: MessageColumns?
    let bar = ProgressLine(isShown: !json)
    try await withThrowingTaskGroup(of: Outcome.self) { group in
      var running = 0
      func settle() async throws {
        guard let outcome = try await group.next() else { return }
        running -= 1
        try show(outcome, results, bar, &counts)
        bar.show(fraction: file.fraction, counts.text)
      }
      while let rows = try file.next() {
        for row in rows {
          guard columns != nil else {
            columns = try MessageColumns(header: try row.fields.mapError { $0.problem }.get())
            continue
          }
          counts.rows += 1
          let prepared: Prepared
          do throws(Problem) {
            prepared = try prepare(row, columns)
          } catch {
            if results?.known[row.line]?.state == .queued { throw Problem.changedRow(row.line) }
            try show(Outcome(line: row.line, problem: error), results, bar, &counts)
            continue
          }
          if try isSettled(prepared, results?.known[row.line], &counts) { continue }
          if running == Self.width { try await settle() }
          running += 1
          group.addTask { try await submit(prepared) }
        }
      }
      while running > 0 { try await settle() }
    }
    bar.clear()
    guard columns != nil else { throw Problem.emptyTable }
    return counts
  }

  private struct Prepared: Sendable {
    var line: Int
    var message: MessageComposer.Message
    var key: String
    /// Whether the table names the key.
    var isOwnKey: Bool

    /// A file that is uploaded anew makes another request of the same message.
    var hasUpload: Bool {
      message.attachments.contains { FileSize.of($0).map { $0 > FileUpload.threshold } ?? false }
    }
  }

  private func prepare(_ row: CSVRow, _ columns: MessageColumns?) throws(Problem) -> Prepared {
    let fields = try row.fields.mapError { $0.problem }.get()
    let values = try columns?.values(fields) ?? [:]
    let message = try composer.message(values)
    let own = values[.idempotencyKey]?.first
    let key = if let own { own } else { try composer.key(of: message, line: row.line, run: run) }
    return Prepared(line: row.line, message: message, key: key, isOwnKey: own != nil)
  }

  /// Whether an earlier run has settled the row, which is counted then.
  private func isSettled(
    _ row: Prepared, _ known: SendResults.Known?, _ counts: inout Counts
  ) throws -> Bool {
    let isSame = known?.key == SendResults.shortKey(row.key)
    switch known?.state {
    case .queued where isSame: counts.skipped += 1
    case .queued: throw Problem.changedRow(row.line)
    case .skipped where isSame: counts.unsubscribed += 1
    case .skipped, .failed, nil: return false
    }
    return true
  }

  private func submit(_ row: Prepared) async throws -> Outcome {
    var outcome = Outcome(line: row.line, key: row.key)
    var failures = 0
    while true {
      do {
        let request = try await composer.request(row.message, client, isDryRun: isDryRun)
        let reply = try await client.call(
          Operations.submit, path: row.message.account, body: request,
          headers: isDryRun ? [] : [(RequestHeader.idempotencyKey.name, row.key)]
        ).value
        outcome.queueID = reply.queueId
        outcome.isRepeated = reply.idempotency?.status.known == .hit
        return outcome
      } catch let problem as Problem where problem.isPassing {
        failures += 1
        guard failures < Self.patience else { throw problem }
        try await Task.sleep(for: .milliseconds(100) * (1 << failures))
      } catch let problem as Problem
        where problem.code == .idempotencyMismatch && !row.isOwnKey && row.hasUpload
      {
        // The same row with its file uploaded anew: an earlier run, or an earlier try, has submitted it.
        outcome.isRepeated = true
        return outcome
      } catch let problem as Problem where !problem.concernsAllRows {
        outcome.problem = problem
        return outcome
      }
    }
  }

  private func show(
    _ outcome: Outcome, _ results: SendResults?, _ bar: ProgressLine, _ counts: inout Counts
  ) throws {
    let (problem, id, state) = (outcome.problem, outcome.queueID?.rawValue ?? "", outcome.state)
    let error = problem.map { $0.summary + ($0.remedy.map { " " + $0 } ?? "") } ?? ""
    switch state {
    case .queued: counts.queued += 1
    case .failed: counts.failed += 1
    case .skipped: counts.unsubscribed += 1
    }
    if outcome.isRepeated { counts.repeated += 1 }
    try results?.record(
      line: outcome.line, queueID: id, state: state, error: error, key: outcome.key)
    if json {
      var line = JSONObject()
      line["line"] = .number(JSONNumber(Int64(outcome.line)))
      if !id.isEmpty { line["queueId"] = .string(id) }
      line["state"] = .string(isDryRun && state == .queued ? "valid" : state.rawValue)
      if let problem {
        line["error"] = .string(error)
        line["problem"] = .string(problem.code.rawValue)
      }
      Terminal.json(.object(line))
    } else if state == .failed {
      bar.clear()
      Terminal.error("line \(outcome.line): " + Printable.text(CommandWords.translate(error)))
    }
  }
}

extension SendTable.Counts {
  fileprivate var text: String { "\(rows) rows, \(failed) with errors" }

  func summarise(isDryRun: Bool, json: Bool) {
    if json {
      var done = JSONObject()
      for (name, count) in [
        ("rows", rows), ("queued", queued), ("failed", failed), ("skipped", skipped),
        ("unsubscribed", unsubscribed),
      ] {
        done[name] = .number(JSONNumber(Int64(count)))
      }
      return Terminal.json(["done": .object(done)])
    }
    let verb = isDryRun ? "can be sent" : "queued"
    let earlier = skipped > 0 ? ", \(skipped) already queued by an earlier run" : ""
    let left = unsubscribed > 0 ? ", \(unsubscribed) to recipients who have left the list" : ""
    Terminal.line("\(queued) of \(rows) rows \(verb), \(failed) with errors\(earlier)\(left).")
    if repeated > 0 {
      Terminal.line(
        "\(repeated) of them had been submitted before with the same content and are not sent again; "
          + "--run NAME makes them new messages.")
    }
  }
}

/// A table, or standard input, read row by row.
final class TableFile {
  private let handle: FileHandle
  private let size: Int?
  private var position = 0
  private var reader = CSVReader(limits: .messages)
  private var isOver = false

  init(_ path: String) throws {
    guard path != "-" else {
      handle = .standardInput
      size = nil
      return
    }
    guard let handle = FileHandle(forReadingAtPath: path), let size = FileSize.of(path) else {
      throw Problem.unreadableFile(path)
    }
    self.handle = handle
    self.size = size
  }

  /// The rows of the next piece; `nil` at the end.
  func next() throws -> [CSVRow]? {
    if isOver { return nil }
    guard let data = try handle.read(upToCount: 64 << 10), !data.isEmpty else {
      isOver = true
      return reader.finish()
    }
    position += data.count
    return reader.read(Array(data))
  }

  /// How much of it was read; `nil` when its length is unknown.
  var fraction: Double? { size.map { min(Double(position) / Double(max($0, 1)), 1) } }
}

enum FileSize {
  /// `nil` for what is no file that can be read.
  static func of(_ path: String) -> Int? {
    let values = try? URL(filePath: path).resourceValues(forKeys: [.fileSizeKey, .isDirectoryKey])
    return values?.isDirectory == true ? nil : values?.fileSize
  }
}

extension CSVFault {
  fileprivate var problem: Problem {
    let fault =
      switch self {
      case .quoting:
        "A quotation mark is in the middle of a field, or the closing one of a field is missing."
      case .encoding: "The row is neither UTF-8 nor UTF-16."
      case .fieldTooLong: "A field has more than \(CSVLimits.messages.field >> 20) MB."
      case .rowTooLong: "The row has more than \(CSVLimits.messages.row >> 20) MB."
      case .tooManyColumns: "The row has more than \(CSVLimits.messages.columns) fields."
      }
    return Problem(.requestInvalidField, fault, remedy: "Correct the row and run the command again.")
  }
}

extension Problem {
  /// Whether every other row would be refused for the same reason.
  fileprivate var concernsAllRows: Bool {
    switch code {
    case .tokenMissing, .tokenInvalid, .tokenScope, .tokenRestricted, .tokenPermission, .workspaceNotFound,
      .storeFull, .requestInternal:
      true
    default: isPassing
    }
  }

  fileprivate static let emptyTable = Problem(
    .requestInvalidField, "The table is empty.",
    remedy: "Name in its first row what each column contains: \(MessageColumns.names).")

  fileprivate static func changedRow(_ line: Int) -> Problem {
    Problem(
      .requestInvalidField,
      "Line \(line) was sent by an earlier run and is a different message now; nothing after it was sent.",
      remedy: "Restore the row, or name another file with --results to send all changed rows.")
  }
}

import API
import ArgumentParser
import AsyncHTTPClient
import Core
import Foundation
import NIOCore
import Synchronization

struct AccountImport: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Import refresh tokens that were issued to another program.",
    discussion: """
      The list has a row for each mailbox: email, client id (or client id/tenant), refresh token and, for a web \
      client, client secret; separated by commas, semicolons or tabs, in UTF-8 or UTF-16. A header row may name \
      the columns in another order. Rows of the form email----password----client id----refresh token are read \
      too; the gateway discards the password.

      Valid rows are imported; the others are listed with their line number and the reason. The tokens are then \
      tested one after the other: `heliograph account list` shows the state of each account.

      EXAMPLE
        heliograph account import mailboxes.csv --dry-run && heliograph account import mailboxes.csv
      """)

  @Argument(help: "The list, or - for standard input.") var file: String
  @Flag(help: "Check every row without importing any.") var dryRun = false
  @Flag(help: "Print the gateway's reply as it arrives: one JSON object per line.") var json = false

  func run() async throws {
    let list = try ListFile(file)
    let end = try await APIClient.withEnvironment { client in
      var show = ImportDisplay(list: list, json: json, dryRun: dryRun)
      try await client.stream(
        Operations.importAccounts, query: ImportQuery(isDryRun: dryRun), body: list.body
      ) { show.take($0) }
      return show.end
    }
    guard let end else { throw Problem.importCutOff }
    if end.failed > 0 || !end.isComplete { throw ExitCode(1) }
  }
}

/// The reply to an import, as people read it.
private struct ImportDisplay {
  private let list: ListFile
  private let json: Bool
  private let dryRun: Bool
  private let bar: ProgressLine
  private(set) var end: (failed: Int, isComplete: Bool)?

  init(list: ListFile, json: Bool, dryRun: Bool) {
    self.list = list
    self.json = json
    self.dryRun = dryRun
    bar = ProgressLine(isShown: !json)
  }

  mutating func take(_ reply: APIReply<ImportLine>) {
    let line = reply.value
    if let counts = line.done ?? line.stopped { end = (counts.failed, line.done != nil) }
    if json { return reply.printJSON() }
    if let error = line.error {
      let place = line.line.map { "line \($0): " } ?? "heliograph: "
      bar.clear()
      Terminal.error(place + error.message + (error.remedy.map { " " + $0 } ?? ""))
    }
    if let notice = line.notice {
      bar.clear()
      Terminal.error(notice.message + " " + notice.remedy)
    }
    if let counts = line.progress {
      bar.show(fraction: list.fraction, "\(counts.rows) rows, \(counts.failed) with errors")
    }
    if let counts = line.done ?? line.stopped { summarise(counts) }
  }

  private func summarise(_ counts: ImportCounts) {
    bar.clear()
    let verb = dryRun ? "can be imported" : "imported"
    Terminal.line("\(counts.imported) of \(counts.rows) rows \(verb), \(counts.failed) with errors.")
    if counts.imported > 0, !dryRun {
      Terminal.line(
        "The gateway tests their tokens now; `heliograph account list` shows the state of each account.")
    }
  }
}

/// A file, or standard input, as the body of a request.
private final class ListFile: Sendable {
  private let handle: FileHandle
  private let size: Int?
  private let sent = Mutex(0)

  private static let piece = 64 << 10

  init(_ path: String) throws {
    guard path != "-" else {
      handle = .standardInput
      size = nil
      return
    }
    guard let handle = FileHandle(forReadingAtPath: path),
      let values = try? URL(filePath: path).resourceValues(forKeys: [.fileSizeKey, .isDirectoryKey]),
      values.isDirectory != true
    else { throw Problem.unreadableFile(path) }
    self.handle = handle
    size = values.fileSize
  }

  /// Without its length, which changes while a file is still being written.
  var body: HTTPClientRequest.Body { .stream(pieces, length: .unknown) }

  /// How much of it has been sent; `nil` when its length is unknown.
  var fraction: Double? {
    size.map { min(Double(sent.withLock { $0 }) / Double(max($0, 1)), 1) }
  }

  private var pieces: AsyncThrowingStream<ByteBuffer, any Error> {
    AsyncThrowingStream { [self] in
      guard let data = try handle.read(upToCount: Self.piece), !data.isEmpty else { return nil }
      sent.withLock { $0 += data.count }
      return ByteBuffer(bytes: data)
    }
  }
}

extension Problem {
  fileprivate static let importCutOff = Problem(
    .requestInternal, "The gateway's reply ended before the import was complete.",
    remedy: "Check the gateway's log, then import the list again; rows that were imported are updated.",
    retry: .safe(after: nil))
}

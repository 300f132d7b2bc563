import ArgumentParser
import AsyncHTTPClient
import Core
import Foundation
import NIOCore
import Synchronization

struct AccountImport: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Import refresh tokens that another program was given.",
    discussion: """
      The list has a row for each mailbox: email, client id (with a slash and the tenant, where it has one), \
      refresh token and, for a web client, client secret; separated by commas, semicolons or tabs, in UTF-8 or \
      UTF-16. A header may name the columns in another order. Rows of the form \
      email----password----client id----refresh token are read too; the password is neither sent on nor stored.

      Good rows are saved and bad ones listed with their line. The tokens are then tried one after the other: \
      `heliograph account list` shows how each account stands.

      EXAMPLE
        heliograph account import mailboxes.csv --dry-run && heliograph account import mailboxes.csv
      """)

  @Argument(help: "The list, or - for standard input.") var file: String
  @Flag(help: "Check every row and save none.") var dryRun = false
  @Flag(help: "Print the gateway's answer as it comes: one JSON object a line.") var json = false

  func run() async throws {
    let list = try ListFile(file)
    let end = try await APIClient.withEnvironment { client in
      var show = ImportDisplay(list: list, json: json, dryRun: dryRun)
      try await client.stream(
        "/v1/accounts/import" + (dryRun ? "?dryRun=true" : ""), list.body, type: "text/csv"
      ) { show.take($0) }
      return show.end
    }
    guard let end else { throw Problem.importCutOff }
    if end.failed > 0 || !end.isComplete { throw ExitCode(1) }
  }
}

/// What the gateway says about a list, as people read it.
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

  mutating func take(_ text: String) {
    guard let line = try? JSONDecoder().decode(Line.self, from: Data(text.utf8)) else { return }
    if let counts = line.done ?? line.stopped { end = (counts.failed, line.done != nil) }
    if json { return Terminal.line(text) }
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
      bar.show(fraction: list.fraction, "\(counts.rows) rows, \(counts.failed) bad")
    }
    if let counts = line.done ?? line.stopped { summarise(counts) }
  }

  private func summarise(_ counts: Counts) {
    bar.clear()
    let verb = dryRun ? "can be imported" : "imported"
    Terminal.line("\(counts.imported) of \(counts.rows) rows \(verb), \(counts.failed) bad.")
    if counts.imported > 0, !dryRun {
      Terminal.line("Their tokens are tried now; `heliograph account list` shows how each account stands.")
    }
  }

  private struct Line: Decodable {
    let line: Int?
    let error: Flaw?
    let notice: Notice?
    let progress, done, stopped: Counts?
  }

  private struct Flaw: Decodable {
    let message: String
    let remedy: String?
  }

  private struct Notice: Decodable { let message, remedy: String }
  private struct Counts: Decodable { let rows, imported, failed: Int }
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

  /// Without its length: a file that is still being written to may have another at its end.
  var body: HTTPClientRequest.Body { .stream(pieces, length: .unknown) }

  /// How much of it is on its way; `nil` when nobody knows how long it is.
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
    .requestInternal, "The answer ended before the list did.",
    remedy: "See in the gateway's log why, and import the list again: what was saved is renewed.",
    retry: .safe(after: nil))
}

import API
import Core
import Foundation
import Synchronization
import Vault

/// Makes submissions from the options of `heliograph send` and, where there is a table, from its rows.
struct MessageComposer: Sendable {
  /// What the options say: the whole message, or what rows leave out.
  var base: SubmitRequest
  var account: AccountID?
  /// Paths of files.
  var attachments: [String]
  private let uploads = UploadMemory()
  private let digests = FileDigests()

  /// A message whose files have not been read yet.
  struct Message: Sendable {
    var account: AccountID
    var request: SubmitRequest
    var attachments: [String]
  }

  init(_ base: SubmitRequest, account: AccountID?, attachments: [String]) {
    self.base = base
    self.account = account
    self.attachments = attachments
  }

  /// - Parameter row: What it says replaces what the options say.
  func message(_ row: [MessageColumns.Column: [String]] = [:]) throws(Problem) -> Message {
    guard let account = row[.account]?.first.map({ AccountID($0) }) ?? account else {
      throw .invalidCell("There is no account: the column “account” is empty or missing.")
    }
    var request = base
    if let text = row[.from]?.first { request.from = AddressField.list(text).first }
    if let text = row[.to]?.first { request.to = AddressField.list(text) }
    if let text = row[.cc]?.first { request.cc = AddressField.list(text) }
    if let text = row[.bcc]?.first { request.bcc = AddressField.list(text) }
    if let text = row[.replyTo]?.first { request.replyTo = AddressField.list(text) }
    if let text = row[.subject]?.first { request.subject = text }
    if row[.text] != nil || row[.html] != nil {
      request.text = row[.text]?.first
      request.html = row[.html]?.first
    }
    if let text = row[.sendAt]?.first {
      guard let moment = Instant(argument: text) else {
        throw .invalidCell("send-at must be a date such as 2027-05-20T14:00:00+02:00, not “\(text)”.")
      }
      request.sendAt = moment
    }
    if let text = row[.priority]?.first {
      guard let priority = SubmitRequest.Priority(rawValue: text.lowercased()) else {
        throw .invalidCell("priority must be high, normal or low, not “\(text)”.")
      }
      request.priority = priority
    }
    return Message(account: account, request: request, attachments: row[.attachment] ?? attachments)
  }

  /// Reads its files; large ones are uploaded, each once.
  func request(
    _ message: Message, _ client: APIClient, isDryRun: Bool, bar: ProgressLine = ProgressLine(isShown: false)
  ) async throws -> SubmitRequest {
    var request = message.request
    if isDryRun { request.dryRun = true }
    for path in message.attachments {
      guard let size = FileSize.of(path) else { throw Problem.unreadableFile(path) }
      var field = AttachmentField()
      field.filename = URL(filePath: path).lastPathComponent
      if size > FileUpload.threshold, !isDryRun {
        field.upload = try await uploads.upload(path, of: message.account) {
          try await FileUpload(client: client, account: message.account, bar: bar).send(path, size: size)
        }
      } else {
        field.content = .bytes(Array(try Self.file(path)))
      }
      request.attachments.append(field)
    }
    return request
  }

  static func file(_ path: String) throws(Problem) -> Data {
    guard let data = FileManager.default.contents(atPath: path) else { throw .unreadableFile(path) }
    return data
  }
}

extension MessageComposer {
  /// A key for the message of a row: from the line and all that the message consists of, its files included.
  ///
  /// - Throws: `request.invalidField` for a file that cannot be read.
  func key(of message: Message, line: Int, run: String) throws(Problem) -> String {
    var words = ["\(line)", run, message.account.rawValue]
    for path in message.attachments { words += [path, try digests.digest(of: path)] }
    let text = words.joined(separator: "\n") + "\n"
    let bytes = Array(text.utf8) + message.request.json(revealingSecrets: true)
    return "csv-\(line)-" + Digest.base64URL(Digest.sha256(bytes))
  }
}

/// The hashes of the files of this run: each file is read once for all rows that have it.
private final class FileDigests: Sendable {
  private let known = Mutex<[String: String]>([:])

  func digest(of path: String) throws(Problem) -> String {
    if let digest = known.withLock({ $0[path] }) { return digest }
    guard let file = FileHandle(forReadingAtPath: path) else { throw .unreadableFile(path) }
    defer { try? file.close() }
    let hash: [UInt8]
    do {
      hash = try Digest.sha256(pieces: { try file.read(upToCount: 1 << 20) })
    } catch {
      throw .unreadableFile(path)
    }
    let digest = Digest.base64URL(hash)
    known.withLock { $0[path] = digest }
    return digest
  }
}

/// Uploads of this run, so that rows with the same file share one.
private actor UploadMemory {
  private var tasks: [String: Task<UploadID, any Error>] = [:]

  func upload(
    _ path: String, of account: AccountID, _ send: @escaping @Sendable () async throws -> UploadID
  ) async throws -> UploadID {
    let key = account.rawValue + "\n" + path
    if let task = tasks[key] { return try await task.value }
    let task = Task { try await send() }
    tasks[key] = task
    do {
      return try await task.value
    } catch {
      tasks[key] = nil
      throw error
    }
  }
}

extension Problem {
  fileprivate static func invalidCell(_ summary: String) -> Problem {
    Problem(.requestInvalidField, summary, remedy: "Correct the row and run the command again.")
  }
}

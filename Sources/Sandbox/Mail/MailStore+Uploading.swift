import Core
import MIME

/// The sessions that are open, and what has come of their files.
struct UploadBook {
  private struct Entry {
    var session: UploadSession
    var content: [UInt8] = []
  }
  private var entries: [String: Entry] = [:]

  mutating func open(_ session: UploadSession, at now: Instant) {
    entries = entries.filter { $0.value.session.expires > now }
    entries[session.path] = Entry(session: session)
  }

  func session(_ path: String) -> UploadSession? { entries[path]?.session }

  func progress(_ path: String, token: String, at now: Instant) throws(UploadFault) -> UploadProgress {
    guard let entry = entries[path] else { throw .notFound }
    guard entry.session.token == token else { throw .wrongToken }
    guard entry.session.expires > now else { throw .expired }
    return UploadProgress(session: entry.session, received: entry.content.count)
  }

  /// How many bytes have come then.
  mutating func append(_ bytes: some Sequence<UInt8>, to path: String) -> Int {
    guard var entry = entries.removeValue(forKey: path) else { return 0 }
    if entry.content.isEmpty { entry.content.reserveCapacity(min(entry.session.size, Self.reserved)) }
    entry.content.append(contentsOf: bytes)
    let count = entry.content.count
    entries[path] = entry
    return count
  }

  /// No message is larger, whatever a client announces.
  private static let reserved = SandboxSettings.maximumMessageSize

  /// What has come.
  mutating func close(_ path: String) -> [UInt8] { entries.removeValue(forKey: path)?.content ?? [] }
}

extension MailStore {
  func open(_ session: UploadSession, at now: Instant) { uploads.open(session, at: now) }

  /// In whose mailbox it is; `nil` if there is no such session.
  func owner(ofUpload path: String) -> MailboxID? { uploads.session(path)?.mailbox }

  func progress(ofUpload path: String, token: String, at now: Instant) throws(UploadFault) -> UploadProgress {
    try uploads.progress(path, token: token, at: now)
  }

  func cancel(upload path: String, token: String, at now: Instant) throws(UploadFault) {
    _ = try uploads.progress(path, token: token, at: now)
    _ = uploads.close(path)
  }

  /// Takes the next range, which must begin where the last one ended. The last range makes the attachment and ends the
  /// session.
  ///
  /// - Parameter limit: of the whole message, in bytes.
  func upload(
    _ bytes: some Collection<UInt8> & Sendable, _ range: ContentRange, to path: String, token: String,
    limit: Int, at now: Instant
  ) throws(UploadFault) -> UploadProgress {
    var progress = try uploads.progress(path, token: token, at: now)
    let session = progress.session
    settle(at: now)
    guard range.total == session.size else { throw .otherTotal(session.size) }
    guard range.bytes.upperBound < session.size else { throw .beyondTotal(session.size) }
    guard range.bytes.lowerBound >= progress.received else { throw .overlap(progress.received) }
    guard range.bytes.lowerBound == progress.received else { throw .gap(progress.received) }
    guard let item = mailboxes[session.mailbox]?.items[session.item] else { throw .itemNotFound }
    guard item.message.source.storedSize + progress.received + bytes.count <= limit else { throw .tooLarge }
    progress.received = uploads.append(bytes, to: path)
    guard progress.received == session.size else { return progress }
    var file = session.file
    file.body = .bytes(uploads.close(path))
    progress.attachment = item.message.nextAttachmentNumber
    _ = mailboxes[session.mailbox]?.change(session.item, at: now) { $0.message.add(file) }
    return progress
  }
}

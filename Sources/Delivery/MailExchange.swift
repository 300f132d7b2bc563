import Accounts
import Backends
import Core
import Foundation
import MIME
import Store

/// Makes one attempt's requests and passes their results to the machine.
struct MailExchange: Sendable {
  let sender: any Sender
  let machine: DeliveryMachine
  let time: any Time
  let store: Store
  let message: OutgoingMessageRecord
  let lane: LaneKey
  let messageIDs: MessageIDMemory
  /// Bytes of a file in one request of its upload.
  let range: Int
  /// What goes in one request, if it has been read already.
  var mime: [UInt8]?
  /// Reads the files that are attached on their own.
  var reader: FileReader?

  /// Returns when the request has everything it needs, so that it can be made as soon as it is recorded.
  mutating func prepare(for request: DeliveryRequest) async throws {
    if request.takesContent { mime = try await content() }
    try await sender.prepare()
  }

  /// As `prepare`, if that takes no waiting. When it returns `false`, `prepare` says why.
  func prepareAtOnce(for request: DeliveryRequest) async -> Bool {
    guard mime != nil || !request.takesContent else { return false }
    return await sender.prepareAtOnce()
  }

  mutating func perform(_ request: DeliveryRequest) async throws -> DeliveryMachine.Action {
    switch request {
    case .create:
      let draft = try await sender.createDraft(try await outgoing())
      if let messageID = draft.internetMessageID, messageID != message.messageID {
        messageIDs.saw(kept: false, in: lane, now: time.now)
      }
      return machine.created(draft.id)
    case .attach(let draft, let files):
      let content = try await bytes(of: files, from: 0)
      try await sender.attach(machine.files[files], content: content, to: draft)
      return machine.attached(draft, files: files + 1)
    case .open(let draft, let files):
      let session = try await sender.openUpload(of: machine.files[files], to: draft)
      return machine.opened(session, draft, files: files)
    case .upload(let draft, let files, let session, let offset):
      let range = try await bytes(of: files, from: offset)
      let status = try await sender.upload(range, at: offset, of: machine.files[files], in: session)
      return machine.uploaded(status, draft, files: files, session)
    case .resume(let draft, let files, let session):
      return machine.uploaded(try await sender.uploadStatus(of: session), draft, files: files, session)
    case .list(let draft):
      var names = try await sender.fileNames(of: draft)
      // Parts of a signed message, which stay with the text.
      for kept in MIMEMessage(parsing: try await content()).attachments {
        if let index = names.firstIndex(where: { $0 == kept.name }) { names.remove(at: index) }
      }
      return machine.listed(names, draft)
    case .send(let draft, _):
      try await sender.sendDraft(draft, of: message.correlationIDs, from: message.envelopeFrom)
    case .submit:
      try await sender.submit(try await outgoing())
    case .look(let lost):
      let result = try await sender.lookUp(message.correlationIDs, draft: lost.draft)
      return machine.found(result, lost, now: time.now)
    }
    return machine.accepted(request, now: time.now)
  }

  private func outgoing() async throws -> OutgoingMessage {
    OutgoingMessage(
      mime: try await content(), from: message.envelopeFrom,
      envelopeTo: try message.envelopeTo.map { try EmailAddress($0) },
      correlationIDs: message.correlationIDs)
  }

  /// What goes in one request: the message, or what remains of it without its files.
  private func content() async throws -> [UInt8] {
    if let mime { return mime }
    let content = try await StoredContent(of: message, in: store)
    guard let layout = try message.messageLayout else { return try await content.bytes(in: 0..<content.size) }
    var remaining: [UInt8] = []
    remaining.reserveCapacity(layout.remainingSize)
    var start = 0
    for cut in layout.cuts {
      remaining += try await content.bytes(in: start..<cut.range.lowerBound) + cut.substitute
      start = cut.range.upperBound
    }
    return try await remaining + content.bytes(in: start..<content.size)
  }

  /// The next bytes of a file, decoded, as many as one request takes.
  private mutating func bytes(of file: Int, from offset: Int) async throws -> [UInt8] {
    guard let layout = try message.messageLayout, layout.files.indices.contains(file) else {
      throw Problem.contentLost
    }
    var reader: FileReader
    if let open = self.reader, open.file == file, open.position == offset {
      reader = open
    } else {
      reader = FileReader(
        layout.files[file], number: file, in: try await StoredContent(of: message, in: store))
      try await reader.skip(to: offset)
    }
    // One reference, so that its buffer is not copied.
    self.reader = nil
    let bytes = try await reader.read(machine.isUploaded(file) ? range : layout.files[file].size)
    self.reader = reader
    guard !bytes.isEmpty || layout.files[file].size == offset else { throw Problem.contentLost }
    return bytes
  }
}

extension OutgoingMessageRecord {
  var correlationIDs: CorrelationIDs {
    CorrelationIDs(internetMessageID: messageID, heliographID: id.rawValue)
  }

  /// How the message is taken apart; `nil` for one that leaves in one request.
  var messageLayout: MessageLayout? {
    get throws {
      guard let layout else { return nil }
      do {
        return try JSONDecoder().decode(MessageLayout.self, from: Data(layout.utf8))
      } catch {
        throw Problem.contentLost
      }
    }
  }
}

extension MessageLayout {
  /// The files as they are attached; Graph wants a name for each.
  var outgoingFiles: [OutgoingFile] {
    files.enumerated().map { number, file in
      OutgoingFile(
        name: file.name ?? "attachment-\(number + 1)", contentType: file.contentType,
        contentID: file.contentID, isInline: file.isInline, size: file.size)
    }
  }
}

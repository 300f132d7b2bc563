import Accounts
import Backends
import Core
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
  /// The content, if it has been read already.
  var mime: [UInt8]?

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

  func perform(_ request: DeliveryRequest) async throws -> DeliveryMachine.Action {
    switch request {
    case .create:
      let draft = try await sender.createDraft(try await outgoing())
      if let messageID = draft.internetMessageID, messageID != message.messageID {
        messageIDs.saw(kept: false, in: lane, now: time.now)
      }
      return machine.created(draft.id)
    case .send(let draft, _):
      try await sender.sendDraft(draft, from: message.envelopeFrom)
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

  private func content() async throws -> [UInt8] {
    if let mime { return mime }
    var content: [UInt8] = []
    content.reserveCapacity(message.size)
    let message = message
    for key in try await store.read({ (tx: borrowing Transaction) in try tx.contentKeys(of: message) }) {
      let chunk = try await store.read { (tx: borrowing Transaction) in try tx.chunk(key) }
      guard let chunk else { throw Problem.contentLost }
      content += chunk
    }
    return content
  }
}

extension OutgoingMessageRecord {
  var correlationIDs: CorrelationIDs {
    CorrelationIDs(internetMessageID: messageID, heliographID: id.rawValue)
  }
}

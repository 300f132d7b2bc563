import Accounts
import Backends
import Core
import MIME
import Store

/// Makes one attempt's requests and tells the machine what they came to.
struct MailExchange: Sendable {
  let backend: any Backend
  let machine: DeliveryMachine
  let time: any Time
  let store: Store
  let message: OutgoingMessageRecord
  /// The content, if it has been read already.
  let mime: [UInt8]?

  func perform(_ request: DeliveryRequest) async throws -> DeliveryMachine.Action {
    switch request {
    case .create:
      return machine.created(try await backend.createDraft(try await outgoing()))
    case .send(let draft, _):
      try await backend.sendDraft(draft)
    case .submit:
      try await backend.send(try await outgoing())
    case .look(let lost):
      return machine.found(
        try await backend.find(message.correlationIDs, draft: lost.draft), lost, now: time.now)
    }
    return machine.accepted(request, now: time.now)
  }

  private func outgoing() async throws -> OutgoingMessage {
    OutgoingMessage(
      mime: try await content(), envelopeTo: try message.envelopeTo.map { try EmailAddress($0) },
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

import Accounts
import Core
import MIME
import Store

/// Makes one attempt's requests and tells the machine what they came to.
struct MailExchange: Sendable {
  let backend: any Backend
  let machine: DeliveryMachine
  let time: any Time
  let store: Store
  let letter: LetterRecord
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
      return machine.found(try await backend.find(letter.marks, draft: lost.draft), lost, now: time.now)
    }
    return machine.accepted(request, now: time.now)
  }

  private func outgoing() async throws -> OutgoingLetter {
    OutgoingLetter(
      mime: try await content(), envelopeTo: try letter.envelopeTo.map { try EmailAddress($0) },
      marks: letter.marks)
  }

  private func content() async throws -> [UInt8] {
    if let mime { return mime }
    var content: [UInt8] = []
    content.reserveCapacity(letter.size)
    for sequence in 0..<letter.chunks {
      let key = ChunkKey(letter.workspace, letter.id, sequence)
      let chunk = try await store.read { (tx: borrowing Transaction) in try tx.chunk(key) }
      guard let chunk else { throw DeliveryProblem.contentLost }
      content += chunk
    }
    return content
  }
}

extension LetterRecord {
  var marks: LetterMarks { LetterMarks(internetMessageID: messageID, heliographID: id.rawValue) }
}

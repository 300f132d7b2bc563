import Backends
package import Core
package import MIME
package import Store

/// A message as a client submits it.
package struct Submission: Sendable {
  package var workspace: WorkspaceID = .default
  package var account: AccountID
  package var source = Source.api
  /// The account's own name and address when it is left out.
  package var from: NamedAddress?
  package var sender: NamedAddress?
  package var replyTo: [NamedAddress] = []
  package var to: [NamedAddress] = []
  package var cc: [NamedAddress] = []
  package var bcc: [NamedAddress] = []
  package var subject: String?
  package var text: String?
  package var html: String?
  /// What mail programs show beside the subject; put into the HTML.
  package var previewText: String?
  /// Of which it has the texts that it has not itself.
  package var template: TemplateID?
  /// With what its texts are rendered as templates; `nil` when they stay as they are.
  package var values: TemplateValues?
  package var headers: [(name: String, value: String)] = []
  package var attachments: [Attachment] = []
  /// The content of attachments that is on disk already, by the numbers that they give.
  package var storedContent: [Int: SegmentRecord] = [:]
  /// A message that is there already. What the fields above say replaces what it says; it has no text, HTML or
  /// attachments beside its own.
  package var raw: RawMessage?
  /// Generated if it is left out.
  package var messageID: MessageID?
  /// The address of From, which is the only one that Microsoft allows, or left out.
  package var envelopeFrom: EmailAddress?
  /// Everyone in to, cc and bcc when it is left out; otherwise exactly these, who must include all of to and cc.
  package var envelopeTo: [EmailAddress]?
  package var idempotency: IdempotencyKey?
  /// When it is sent; at once when it is left out or over.
  package var sendAt: Instant?
  /// Messages of a mailbox with a lower one leave first.
  package var priority = 0
  /// After how many refused attempts it has failed; `nil` when its age alone counts.
  package var refusalLimit: Int?
  /// Whether its copy stays in Sent Items.
  package var keepsCopy = true
  /// What was changed of it before it was submitted, in sentences of one line each.
  package var changes: [String] = []
  package var reports = ReportRequest()
  /// The list that it belongs to.
  package var list: MailingList?

  /// Runs in the transaction that accepts the message, and may refuse it; not for one that was accepted before.
  package var onAcceptance: (@Sendable (borrowing Transaction) throws -> Void)?

  package enum Source: String, Sendable, CaseIterable {
    case api
    case smtp
    /// Of the failure of another message.
    case report
  }

  package init(account: AccountID) {
    self.account = account
  }

  /// Exchange Online accepts 500 recipients in one message unless an administrator has set another number, 1000
  /// at most (Microsoft Learn, "Exchange Online limits").
  static let recipientLimit = 1000

  /// Who receives the message, each once: Exchange ignores the case of addresses.
  ///
  /// - Throws: `Problem` when there are none or too many, or when one that the header names is missing.
  func recipients() throws(Problem) -> [(address: EmailAddress, role: RecipientRole)] {
    let named = (to + cc).map(\.address)
    var known: Set<String> = []
    let recipients = (envelopeTo ?? named + bcc.map(\.address)).filter { known.insert($0.key).inserted }
    let strangers = named.filter { !known.contains($0.key) }
    guard strangers.isEmpty else { throw .envelopeMismatch(strangers.map(\.text)) }
    guard !recipients.isEmpty else { throw .noRecipient }
    guard recipients.count <= Self.recipientLimit else { throw .tooManyRecipients(recipients.count) }
    let roles = roles
    return recipients.map { ($0, roles[$0.key] ?? .envelope) }
  }

  /// By address without regard to case; To goes before Cc, and Cc before Bcc.
  private var roles: [String: RecipientRole] {
    let named = [(bcc, RecipientRole.bcc), (cc, .cc), (to, .to)]
    return named.reduce(into: [:]) { roles, list in
      for recipient in list.0 { roles[recipient.address.key] = list.1 }
    }
  }
}

/// By which a client may repeat a request without sending twice.
package struct IdempotencyKey: Sendable, Hashable {
  package var key: String
  /// Of the request's body: the same key with another body is a mistake.
  package var bodyHash: [UInt8]

  package init(key: String, bodyHash: [UInt8]) {
    self.key = key
    self.bodyHash = bodyHash
  }
}

/// That a message is on disk.
package struct SubmissionReceipt: Sendable, Hashable {
  package var queueID: QueueID
  /// With its angle brackets.
  package var messageID: String
  /// `nil` without a key.
  package var idempotency: Idempotency?
  /// When it is sent, if that is later.
  package var sendAt: Instant?
  /// Of a merge, what became of its entries, in their order. The receipt is also that of the first message; if all
  /// entries are skipped, `queueID` is of no message and `messageID` is empty.
  package var merged: [MergedMessage] = []
  /// What will not be as it was asked for, in sentences; none for a repeat.
  package var warnings: [String] = []

  package enum Idempotency: String, Sendable, Hashable {
    /// The key is new.
    case miss = "MISS"
    /// An earlier request had this key and this body; this is its receipt.
    case hit = "HIT"
  }
}

package import Core
import MIME
import Store

/// What became of one entry of a merge: it is a message, or its recipient was skipped.
package struct MergedMessage: Sendable, Hashable {
  package var name: String?
  package var address: String
  /// With its angle brackets; `nil` for one that was skipped.
  package var messageID: String?
  /// `nil` for one that was skipped.
  package var queueID: QueueID?
  /// When it is sent, if that is later.
  package var sendAt: Instant?
  /// Why there is no message.
  package var skipped: Skip?

  package struct Skip: Sendable, Hashable {
    /// Which the recipient has left.
    package var list: ListID
    package var reason: String

    init(_ list: ListID, reason: String) {
      (self.list, self.reason) = (list, reason)
    }
  }

  init(_ entry: Merge.Entry, _ accepted: AcceptedMessage) {
    name = entry.to.name
    address = entry.to.address.text
    messageID = accepted.message.messageID
    queueID = accepted.message.id
    sendAt = accepted.sendAt
  }

  init(_ entry: Merge.Entry, skipped: Skip) {
    name = entry.to.name
    address = entry.to.address.text
    self.skipped = skipped
  }
}

// As it is stored for a repeat of the request.
extension MergedMessage: Codable {
  private enum Key: String, CodingKey {
    case name, address, messageID, queueID, sendAt, list, reason
  }

  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Key.self)
    name = try values.decodeIfPresent(String.self, forKey: .name)
    address = try values.decode(String.self, forKey: .address)
    messageID = try values.decodeIfPresent(String.self, forKey: .messageID)
    queueID = try values.decodeIfPresent(String.self, forKey: .queueID).map { QueueID($0) }
    sendAt = try values.decodeIfPresent(Int64.self, forKey: .sendAt).map { Instant(microseconds: $0) }
    if let list = try values.decodeIfPresent(String.self, forKey: .list) {
      skipped = Skip(ListID(list), reason: try values.decode(String.self, forKey: .reason))
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Key.self)
    try values.encodeIfPresent(name, forKey: .name)
    try values.encode(address, forKey: .address)
    try values.encodeIfPresent(messageID, forKey: .messageID)
    try values.encodeIfPresent(queueID?.rawValue, forKey: .queueID)
    try values.encodeIfPresent(sendAt?.microseconds, forKey: .sendAt)
    try values.encodeIfPresent(skipped?.list.rawValue, forKey: .list)
    try values.encodeIfPresent(skipped?.reason, forKey: .reason)
  }
}

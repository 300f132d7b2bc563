import API
import Core
import MIME

/// Reads the addresses of one body, and collects what is wrong with them.
struct AddressReader {
  /// As many as the contract tells of a body.
  private static let limit = 20
  /// Fields whose value is no address of a message's recipient or author.
  private static let otherFields: Set = ["messageId", "envelope.from", "sendTo"]
  private var faults: [FieldFault] = []
  private var count = 0

  mutating func read(_ fields: [AddressField], _ key: String) -> [NamedAddress] {
    fields.enumerated().compactMap { read($1, "\(key)[\($0)]") }
  }

  mutating func read(_ field: AddressField, _ key: String) -> NamedAddress? {
    address(field.address, key + ".address").map { NamedAddress(name: field.name, address: $0) }
  }

  mutating func address(_ text: String, _ key: String) -> EmailAddress? {
    do {
      return try EmailAddress(text)
    } catch {
      fault(key, error.summary)
      return nil
    }
  }

  mutating func messageID(_ text: String, _ key: String) -> MessageID? {
    do {
      return try MessageID(text)
    } catch {
      fault(key, error.summary)
      return nil
    }
  }

  mutating func fault(_ key: String, _ message: String) {
    count += 1
    if faults.count < Self.limit { faults.append(FieldFault(message: message, key: key)) }
  }

  /// Throws one problem with every fault.
  func finish() throws(Problem) {
    guard !faults.isEmpty else { return }
    let isAddress = faults.contains { !Self.otherFields.contains($0.key) }
    var sentences = faults.map { "\($0.key): \($0.message)" }
    if count > faults.count { sentences.append("and \(count - faults.count) more") }
    throw Problem(
      isAddress ? .messageInvalidAddress : .requestInvalidField, sentences.joined(separator: "; "),
      remedy: "Correct the field and send the request again.", fields: faults)
  }
}

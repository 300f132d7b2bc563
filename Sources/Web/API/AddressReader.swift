import API
import Core
import MIME

/// Reads the addresses of one body, and collects what is wrong with them.
struct AddressReader {
  private var code = ProblemCode.requestInvalidField
  private var faults: [FieldFault] = []
  private var count = 0

  mutating func read(_ fields: [AddressField], _ key: String) -> [NamedAddress] {
    fields.enumerated().compactMap { read($1, "\(key)[\($0)]") }
  }

  mutating func read(_ field: AddressField, _ key: String) -> NamedAddress? {
    address(field.address, key + ".address").map { NamedAddress(name: field.name, address: $0) }
  }

  /// - Parameter code: What a fault of it is called; `message.invalidAddress` wins over all else in the body.
  mutating func address(
    _ text: String, _ key: String, code: ProblemCode = .messageInvalidAddress
  ) -> EmailAddress? {
    do {
      return try EmailAddress(text)
    } catch {
      if code == .messageInvalidAddress { self.code = code }
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
    guard faults.count < Faults.limit else { return }
    faults.append(FieldFault(message: message.last == "." ? String(message.dropLast()) : message, key: key))
  }

  /// Throws one problem with every fault.
  func finish() throws(Problem) {
    if !faults.isEmpty { throw Problem(code, faults: faults, of: count) }
  }
}

import Core
import MIME

/// The header fields by which EmailEngine's users steer a message that they send by SMTP. They are taken out of it.
struct ControlFields: Sendable, Equatable {
  var account: AccountID?
  var sendAt: Instant?
  var refusalLimit: Int?
  var idempotencyKey: String?

  private static let prefix = "x-ee-"

  /// - Throws: `message.controlHeader`, also for a field that is not supported: a message that was to be sent through a
  ///   certain gateway or tracked would not be.
  init(takenFrom header: inout RawHeader) throws(Problem) {
    var names: Set<String> = []
    for field in header.fields {
      let name = field.name.lowercased()
      guard name.hasPrefix(Self.prefix) else { continue }
      guard names.insert(name).inserted else { throw .controlHeader(field.name, "is there twice") }
      try read(name, field)
    }
    for name in names { header.remove(name) }
  }

  init() {}

  private mutating func read(_ name: String, _ field: HeaderField) throws(Problem) {
    let value = field.text
    switch name {
    case "x-ee-account":
      guard isPlainText(value, longest: 256) else {
        throw .controlHeader(field.name, "is not the id of an account")
      }
      account = AccountID(value)
    case "x-ee-send-at":
      guard let moment = Timestamp.read(value, allowsDay: true) ?? Self.milliseconds(value) else {
        throw .controlHeader(field.name, "is not a moment such as 2027-05-20T14:00:00Z")
      }
      sendAt = moment
    case "x-ee-delivery-attempts":
      guard let count = Int(value), (1...10_000).contains(count) else {
        throw .controlHeader(field.name, "is not a number from 1 to 10000")
      }
      refusalLimit = count
    case "x-ee-idempotency-key":
      guard isPlainText(value, longest: 1024) else {
        throw .controlHeader(field.name, "is not a text of 1 to 1024 bytes")
      }
      idempotencyKey = value
    default: throw .controlHeader(field.name, "is not supported")
    }
  }

  /// Since 1970, as EmailEngine also takes it.
  private static func milliseconds(_ text: String) -> Instant? {
    guard (12...14).contains(text.utf8.count), let number = Int64(text) else { return nil }
    return Instant(microseconds: number * 1000)
  }
}

import Core
import Foundation

/// A message that is made up when somebody reads it, and the same each time: what a mailbox of a hundred thousand
/// messages keeps of each is a number.
struct GeneratedMessage: Sendable {
  /// What all messages of one request have in common.
  final class Batch: Sendable {
    let id: UInt32
    let recipient: Correspondent

    init(id: UInt32, recipient: Correspondent) {
      self.id = id
      self.recipient = recipient
    }
  }

  let batch: Batch
  /// From 0.
  let index: Int

  var internetMessageID: String { "<made.\(batch.id).\(index)@generated.test>" }

  var from: Correspondent { Self.people[(index / 3 + index) % Self.people.count] }

  var subject: String {
    let topic = Self.topics[index * 7 % Self.topics.count]
    return "\(index % 4 == 1 ? "Re: " : "")\(topic) \(index + 1)"
  }

  var hasAttachment: Bool { index % 20 == 7 }
  private var isHTML: Bool { index % 2 == 1 }

  func message(received: Instant) -> Message {
    do {
      var message = try Message(parsing: Array(mime(received: received).utf8))
      message.sender = message.from
      return message
    } catch {
      preconditionFailure("A message that is made up is a valid one: \(error)")
    }
  }

  private func mime(received: Instant) -> String {
    let type = isHTML ? "text/html" : "text/plain"
    let body = "Content-Type: \(type); charset=utf-8\r\n\r\n\(text)\r\n"
    var header = """
      Received: from mail.generated.test by sandbox.outlook.test; \(Self.date(received))\r
      From: \(from.name) <\(from.address)>\r
      To: <\(batch.recipient.address)>\r
      Subject: \(subject)\r
      Date: \(Self.date(received))\r
      Message-ID: \(internetMessageID)\r
      MIME-Version: 1.0\r

      """
    guard hasAttachment else { return header + body }
    header += "Content-Type: multipart/mixed; boundary=made\r\n\r\n"
    return header + "--made\r\n" + body + """
      --made\r
      Content-Type: text/plain; name="notes \(index + 1).txt"\r
      Content-Disposition: attachment; filename="notes \(index + 1).txt"\r
      \r
      Notes of message \(index + 1)\r
      --made--\r

      """
  }

  private var text: String {
    let lines = (0..<3 + index % 5).map { Self.sentences[(index + $0 * 3) % Self.sentences.count] }
    guard isHTML else { return lines.joined(separator: "\r\n") }
    return "<html><body>\r\n" + lines.map { "<p>\($0)</p>" }.joined(separator: "\r\n") + "\r\n</body></html>"
  }

  /// RFC 5322 section 3.3.
  private static func date(_ instant: Instant) -> String {
    let day = instant.microseconds / 86_400_000_000
    let text = instant.description
    let month = months[(Int(text.dropFirst(5).prefix(2)) ?? 1) - 1]
    return "\(days[Int((day + 3) % 7)]), \(text.dropFirst(8).prefix(2)) \(month) \(text.prefix(4)) "
      + "\(text.dropFirst(11).prefix(8)) +0000"
  }

  private static let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]
  private static let people = [
    ("Nora Lind", "nora@northwind.test"), ("Omar Haddad", "omar@northwind.test"),
    ("Petra Novak", "petra@litware.test"), ("Quentin Moss", "quentin@litware.test"),
    ("Rosa Marin", "rosa@adatum.test"), ("Build Robot", "noreply@adatum.test"),
    ("Tailspin Shop", "orders@tailspin.test"),
  ].map { Correspondent(name: $0.0, address: $0.1) }
  private static let topics = [
    "Invoice", "Meeting notes", "Quarterly figures", "Delivery", "Question about the contract", "Reminder",
    "Photos", "Travel plans", "Weekly report", "Order confirmation", "Build failed",
  ]
  private static let sentences = [
    "Please have a look at the figures.", "The meeting is on Thursday.", "I have attached the notes.",
    "Can you confirm the delivery date?", "Nothing else has changed since last week.",
    "The invoice is due in fourteen days.", "See you in the office.", "Thank you for your patience.",
    "The build has failed again.", "Kind regards",
  ]
}

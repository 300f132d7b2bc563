import Core
import Foundation

/// A message below the text of a reply or a forward, in the manner of Outlook.
struct QuotedMessage: Sendable {
  private let message: Message
  /// Its fields in the order in which they are shown.
  private let lines: [(name: String, value: String)]

  /// - Parameter zone: of the time at which it was sent.
  init(_ item: MailItem, in zone: TimeZone) {
    message = item.message
    func list(_ name: String, _ people: [Correspondent]) -> [(name: String, value: String)] {
      people.isEmpty ? [] : [(name, people.map(\.shown).joined(separator: "; "))]
    }
    lines =
      list("From", message.from.map { [$0] } ?? []) + [("Sent", Self.text(item.sent, in: zone))]
      + list("To", message.to) + list("Cc", message.cc) + [("Subject", message.subject)]
  }

  /// The quoted message decides the kind of the body. In HTML a comment is markup.
  func body(below comment: String) -> MessageBody {
    switch message.body.kind {
    case .text:
      let header = lines.map { "\($0.name): \($0.value)\r\n" }.joined()
      let rule = String(repeating: "_", count: 32)
      return MessageBody(
        kind: .text, content: "\(comment)\r\n\r\n\(rule)\r\n\(header)\r\n\(message.body.content)")
    case .html:
      let header = lines.map { "<b>\($0.name):</b> \(Self.escaped($0.value))<br>\r\n" }.joined()
      let top = "<div>\(comment)</div>\r\n<hr>\r\n<div>\r\n\(header)</div>\r\n<br>\r\n"
      return MessageBody(kind: .html, content: Self.inserting(top, into: message.body.content))
    }
  }

  /// At the beginning of what a reader sees, so that the document stays one.
  private static func inserting(_ top: String, into html: String) -> String {
    guard let open = html.range(of: "<body", options: .caseInsensitive),
      let end = html[open.upperBound...].firstIndex(of: ">")
    else { return top + html }
    let start = html.index(after: end)
    return html[..<start] + "\r\n" + top + html[start...]
  }

  /// `Monday, November 30, 2026 9:05 AM`.
  private static func text(_ instant: Instant, in zone: TimeZone) -> String {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.timeZone = zone
    formatter.dateFormat = "EEEE, MMMM d, yyyy h:mm a"
    return formatter.string(from: Date(timeIntervalSince1970: Double(instant.microseconds / 1_000_000)))
  }

  private static func escaped(_ text: String) -> String {
    [("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")].reduce(text) { $0.replacing($1.0, with: $1.1) }
  }
}

extension Correspondent {
  /// For a person to read.
  fileprivate var shown: String { name.isEmpty ? address : "\(name) <\(address)>" }
}

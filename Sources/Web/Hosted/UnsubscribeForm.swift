import API
import Core
import MIME

/// What is posted to a link.
enum UnsubscribeForm: String, Sendable {
  /// By a mail program (RFC 8058 section 3.2).
  case oneClick = "One-Click"
  /// By the buttons of the page.
  case leave
  case comeBack

  /// The button's name.
  static let button = "change"
  private static let oneClickName = "List-Unsubscribe"

  /// - Parameter type: of the body: a form in either encoding (RFC 8058 section 3.2).
  /// - Throws: `request.malformed` for a form that says neither.
  init(_ bytes: [UInt8], type: String?) throws(Problem) {
    let isMultipart = type?.lowercased().hasPrefix("multipart/form-data") ?? false
    let values = isMultipart ? Self.parts(bytes, type: type ?? "") : try Self.values(bytes)
    switch (values[Self.oneClickName], values[Self.button].flatMap(UnsubscribeForm.init)) {
    case (Self.oneClick.rawValue, _): self = .oneClick
    case (nil, .leave): self = .leave
    case (nil, .comeBack): self = .comeBack
    case (_, _):
      throw Problem(
        .requestMalformed, "The form does not say what is to be done.",
        remedy: "Open the link in the message and use the button of the page.")
    }
  }

  private static func values(_ bytes: [UInt8]) throws(Problem) -> [String: String] {
    try FormText.values(String(decoding: bytes, as: UTF8.self))
  }

  /// RFC 7578. The first part of a name counts.
  private static func parts(_ bytes: [UInt8], type: String) -> [String: String] {
    let message = MIMEMessage(parsing: Array("Content-Type: \(type)\r\n\r\n".utf8) + bytes)
    let parts = message.root.parts.compactMap { part -> (String, String)? in
      let disposition = part.fields.first { $0.isNamed("Content-Disposition") }?.value ?? ""
      guard let name = disposition.firstMatch(of: /;\s*name="?([A-Za-z-]+)"?\s*(?:;|$)/) else { return nil }
      return (String(name.1), part.text)
    }
    return Dictionary(parts, uniquingKeysWith: { first, _ in first })
  }
}

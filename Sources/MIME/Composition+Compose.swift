package import Core

extension Composition {
  /// The message as RFC 5322 bytes: lines end in CRLF, fields are folded at 76, no line is over 998, and
  /// nothing is 8-bit except an address that is itself international (RFC 6532). Equal compositions give
  /// equal bytes.
  package func compose() throws(Problem) -> [UInt8] {
    var header = HeaderWriter()
    try header.addresses("From", [from])
    try header.addresses("Sender", sender.map { [$0] } ?? [])
    try header.addresses("Reply-To", replyTo)
    try header.addresses("To", to)
    try header.addresses("Cc", cc)
    if let subject { try header.text("Subject", subject) }
    header.structured("Date", [date.rfc5322])
    header.structured("Message-ID", [messageID.text])
    for field in headers { try header.extra(field.name, field.value) }
    header.structured("MIME-Version", ["1.0"])

    var bytes = header.bytes
    bytes.reserveCapacity(attachments.reduce(4096) { $0 + $1.content.count / 3 * 4 + $1.content.count / 30 })
    try message().write(into: &bytes)
    if bytes.last != .lf { bytes.appendLineEnd() }
    return bytes
  }

  /// mixed(alternative(text, related(html, inline files)), files), each level only where it has two parts or
  /// more.
  private func message() throws(Problem) -> Entity {
    let boundaries = Boundaries(messageID)
    let inline = html == nil ? [] : attachments.filter(\.isInline)
    let files = html == nil ? attachments : attachments.filter { !$0.isInline }
    var alternatives: [Entity] = []
    if text != nil || html == nil {
      alternatives.append(.text(text ?? "", subtype: "plain", boundaries))
    }
    if let html {
      var related: [Entity] = [.text(html, subtype: "html", boundaries)]
      for file in inline { related.append(try .file(file, boundaries)) }
      alternatives.append(.multipart("related", related, boundaries.name(2)))
    }
    var mixed: [Entity] = [.multipart("alternative", alternatives, boundaries.name(1))]
    for file in files { mixed.append(try .file(file, boundaries)) }
    return .multipart("mixed", mixed, boundaries.name(0))
  }
}

/// The boundaries of one message. They start with `=_`, which neither base64 nor quoted-printable can produce
/// (RFC 2045 section 6.7 advises just that); a part that is to travel as it is must not contain `delimiter`.
struct Boundaries {
  private let seed: String

  init(_ messageID: MessageID) {
    seed = String(String.UnicodeScalarView(messageID.text.unicodeScalars.filter(Self.isPlain).prefix(40)))
  }

  func name(_ level: Int) -> String { "=_\(seed)_\(level)" }

  /// What every delimiter line of this message starts with.
  var delimiter: [UInt8] { Array("--=_\(seed)_".utf8) }

  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
  }
}

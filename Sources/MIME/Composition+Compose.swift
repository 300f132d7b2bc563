package import Core

extension Composition {
  /// A run of a message's bytes.
  package enum Piece: Hashable, Sendable {
    case bytes([UInt8])
    /// The content of the attachment that says so: `Attachment.Body.encoded`.
    case encoded(Int)
  }

  /// The message as RFC 5322 bytes: lines end in CRLF, fields are folded at 76, no line is over 998, and
  /// nothing is 8-bit except an address that is itself international (RFC 6532). Equal compositions give
  /// equal bytes. All of the header is in the first piece.
  package func pieces() throws(Problem) -> [Piece] {
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

    var writer = PieceWriter()
    writer.bytes = header.bytes
    writer.bytes.reserveCapacity(attachments.reduce(4096) { $0 + $1.encodedSize })
    try message().write(into: &writer)
    return writer.finish()
  }

  /// The same as one run of bytes, when every attachment is in memory.
  package func compose() throws(Problem) -> [UInt8] {
    try pieces().flatMap { piece -> [UInt8] in
      guard case .bytes(let bytes) = piece else { preconditionFailure("an attachment is not in memory") }
      return bytes
    }
  }

  /// mixed(alternative(text, related(html, inline files), invitation), files), each level only where it has two parts or
  /// more.
  private func message() throws(Problem) -> Entity {
    let boundaries = Boundaries(messageID)
    let others = attachments.filter { !$0.isInvitation }
    let inline = html == nil ? [] : others.filter(\.isInline)
    let files = html == nil ? others : others.filter { !$0.isInline }
    var alternatives: [Entity] = []
    if text != nil || html == nil {
      alternatives.append(.text(text ?? "", subtype: "plain", boundaries))
    }
    if let html {
      var related: [Entity] = [.text(html, subtype: "html", boundaries)]
      for file in inline { related.append(try .file(file, boundaries)) }
      alternatives.append(.multipart("related", related, boundaries.name(2)))
    }
    for invitation in attachments where invitation.isInvitation {
      alternatives.append(try .file(invitation, boundaries))
    }
    var mixed: [Entity] = [.multipart("alternative", alternatives, boundaries.name(1))]
    for file in files { mixed.append(try .file(file, boundaries)) }
    return .multipart("mixed", mixed, boundaries.name(0))
  }
}

extension Attachment {
  /// About how many bytes it takes in memory.
  fileprivate var encodedSize: Int {
    content.count / 3 * 4 + content.count / 30
  }
}

/// Collects a message's bytes around content that is elsewhere.
struct PieceWriter {
  private var pieces: [Composition.Piece] = []
  var bytes: [UInt8] = []

  mutating func append(encoded number: Int) {
    pieces += [.bytes(bytes), .encoded(number)]
    bytes = []
  }

  consuming func finish() -> [Composition.Piece] {
    // What is elsewhere ends in CRLF.
    if let last = bytes.last, last != .lf { bytes.appendLineEnd() }
    return bytes.isEmpty ? pieces : pieces + [.bytes(bytes)]
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

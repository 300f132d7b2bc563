import Foundation

/// One part of a PEM text (RFC 7468). What stands around the parts is ignored, and so are line breaks: a form's
/// single line has none left.
struct PEMPart {
  /// `CERTIFICATE`, `PRIVATE KEY`, ...
  var label: String
  /// `nil` when the content is not base64, or does not end.
  var bytes: [UInt8]?
  /// As PKCS #8 has it, or the older way with a `Proc-Type` line.
  var isEncrypted: Bool

  /// A chain of certificates and a key stay far below; more is not read.
  static let limit = 64 * 1024

  static func parts(of text: String) -> [PEMPart] {
    guard text.utf8.count <= limit else { return [] }
    var parts: [PEMPart] = []
    var rest = text[...]
    while let begin = rest.firstRange(of: "-----BEGIN "),
      let labelEnd = rest[begin.upperBound...].firstRange(of: "-----")
    {
      let label = String(rest[begin.upperBound..<labelEnd.lowerBound])
      let end = rest[labelEnd.upperBound...].firstRange(of: "-----END \(label)-----")
      let content = end.map { rest[labelEnd.upperBound..<$0.lowerBound] }
      parts.append(PEMPart(label: label, content: content))
      rest = rest[(end?.upperBound ?? labelEnd.upperBound)...]
    }
    return parts
  }

  private init(label: String, content: Substring?) {
    self.label = label
    isEncrypted = label.hasPrefix("ENCRYPTED") || content?.contains("ENCRYPTED") == true
    let base64 = content.map { String($0.filter { !$0.isWhitespace }) }
    bytes = base64.flatMap { Data(base64Encoded: $0) }.flatMap { $0.isEmpty ? nil : Array($0) }
  }
}

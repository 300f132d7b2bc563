import Core

extension HeaderWriter {
  /// Refuses what is not a field name (RFC 5322 section 3.6.8), and the names that are not the caller's to give.
  static func checkExtra(_ name: String) throws(Problem) {
    guard !name.isEmpty, name.utf8.count <= longestName, name.utf8.allSatisfy(isFieldText) else {
      throw .header(
        name, "that is not a field name",
        remedy: "Use 1 to \(longestName) printable ASCII characters without spaces and colons.")
    }
    let key = name.lowercased()
    guard key != "bcc", key != "resent-bcc" else {
      throw .header(
        name, "hidden recipients are never written into the message",
        remedy: "Give them as bcc recipients of the submission.")
    }
    guard !composed.contains(key), !key.hasPrefix("content-") else {
      throw .header(
        name, "it is written from the message's own properties",
        remedy: "Remove it from the extra headers and set the property of that name.")
    }
    guard !trace.contains(key) else {
      throw .header(
        name, "only mail servers add it", remedy: "Remove it from the extra headers.")
    }
  }

  /// `ftext`.
  static func isFieldText(_ byte: UInt8) -> Bool { (0x21...0x7E).contains(byte) && byte != UInt8(ascii: ":") }

  private static let composed: Set<String> = [
    "from", "sender", "reply-to", "to", "cc", "subject", "date", "message-id", "mime-version",
  ]

  /// RFC 5322 section 3.6.7.
  private static let trace: Set<String> = ["return-path", "received"]
}

/// A text split at its blanks.
struct Words {
  struct Word {
    /// What precedes the word.
    var blanks: String
    var text: String

    var needsEncoding: Bool {
      blanks.utf8.count + text.utf8.count > HeaderWriter.width - 6
        || !text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }
    var looksEncoded: Bool { text.looksEncoded }
    var isAtom: Bool {
      !needsEncoding && !looksEncoded && text.unicodeScalars.allSatisfy(AddressScanner.isAtomText)
    }
    var hasOneSpace: Bool { blanks.isEmpty || blanks == " " }
  }

  private(set) var list: [Word] = []
  private(set) var edgesAreBlank = false

  init(_ text: String) {
    var rest = Substring(text).utf8
    while let start = rest.firstIndex(where: { !$0.isBlank }) {
      let end = rest[start...].firstIndex(where: \.isBlank) ?? rest.endIndex
      list.append(Word(blanks: String(Substring(rest[..<start])), text: String(Substring(rest[start..<end]))))
      rest = rest[end...]
    }
    edgesAreBlank = !rest.isEmpty || list.first?.blanks.isEmpty == false
  }

  /// The words, those that need encoding joined with their neighbours that do: a reader drops the blanks
  /// between two encoded words (RFC 2047 section 6.2), so they must be inside.
  var runs: [(blanks: String, text: String, needsEncoding: Bool)] {
    var runs: [(blanks: String, text: String, needsEncoding: Bool)] = []
    for word in list {
      let needsEncoding = !word.text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
      if needsEncoding, let last = runs.last, last.needsEncoding {
        runs[runs.count - 1].text += word.blanks + word.text
      } else {
        runs.append((word.blanks, word.text, needsEncoding))
      }
    }
    return runs
  }
}

extension String {
  /// Whether a reader might take some of it for an encoded word (RFC 2047 section 2).
  var looksEncoded: Bool {
    zip(utf8, utf8.dropFirst()).contains { $0 == UInt8(ascii: "=") && $1 == UInt8(ascii: "?") }
  }
}

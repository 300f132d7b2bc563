import Core
import Foundation

extension TextFormat {
  /// An e-mail address. Its grammar is checked above, where addresses are values.
  package static let email = TextFormat("email")

  /// What can be a part of a path, and of one line: not `.` and `..`, which clients resolve (RFC 3986 section 5.2.4), and
  /// nothing that turns the direction of writing.
  static let name = TextFormat(nil) { text in
    if text == "." || text == ".." { return "must not be \(Quoted.text(text)), which has a meaning in paths" }
    return turnsDirection(text) ? "must not contain characters that change the direction of writing" : nil
  }

  /// An absolute `http` or `https` URL, as far as its beginning and its characters tell (RFC 3986).
  package static let url = TextFormat("uri") { text in
    let lower = text.prefix(8).lowercased()
    let scheme = ["https://", "http://"].first { lower.hasPrefix($0) }
    let rest = text.utf8.dropFirst(scheme?.utf8.count ?? 0)
    guard scheme != nil, let host = rest.first, !"/?#".utf8.contains(host),
      !text.utf8.contains(UInt8(ascii: " "))
    else { return "must be a URL that begins with https:// or http://, not \(Quoted.text(text))" }
    return nil
  }

  /// A language tag (RFC 5646), as far as its shape tells; `_` between its parts is taken too.
  package static let language = TextFormat("language-tag") { text in
    let parts = text.utf8.split(omittingEmptySubsequences: false) { $0 == 0x2D || $0 == 0x5F }
    let isTag =
      (2...8).contains(parts[0].count) && parts[0].allSatisfy(\.isLetter)
      && parts.dropFirst().allSatisfy {
        (1...8).contains($0.count) && $0.allSatisfy { $0.isLetter || $0.isDigit }
      }
    return isTag ? nil : "must be a language tag such as en-GB, not \(Quoted.text(text))"
  }

  /// A time zone of the IANA database.
  package static let timeZone = TextFormat("time-zone") { text in
    TimeZone(identifier: text) != nil
      ? nil : "must be a time zone such as Europe/Berlin, not \(Quoted.text(text))"
  }

  /// A host's name or address, as far as its characters tell.
  package static let host = TextFormat(nil) { text in
    let isPlain = text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: ":"),
        UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "_"):
        true
      case 0x80...: true
      default: false
      }
    }
    return isPlain ? nil : "must be a host such as crm.example, not \(Quoted.text(text))"
  }
}

extension UInt8 {
  fileprivate var isLetter: Bool { (0x41...0x5A).contains(self) || (0x61...0x7A).contains(self) }
  fileprivate var isDigit: Bool { (0x30...0x39).contains(self) }
}

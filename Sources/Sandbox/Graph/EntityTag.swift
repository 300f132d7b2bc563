import Foundation

/// The value of an `If-Match` header (RFC 9110 section 13.1.1).
struct EntityTag: Sendable, Hashable {
  /// Change keys; empty: any item will do (`*`).
  private var keys: [String] = []

  /// `nil` without a header.
  init?(_ values: [String]) {
    guard !values.isEmpty else { return nil }
    let tags = values.joined(separator: ",").split(separator: ",").map {
      $0.trimmingCharacters(in: .whitespaces)
    }
    if tags == ["*"] { return }
    // What is no tag matches nothing.
    keys = tags.map { tag in
      let quoted = tag.hasPrefix("W/") ? tag.dropFirst(2) : tag[...]
      guard quoted.count >= 2, quoted.first == "\"", quoted.last == "\"" else { return "" }
      return String(quoted.dropFirst().dropLast())
    }
  }

  func matches(_ item: MailItem) -> Bool { keys.isEmpty || keys.contains(item.changeKey) }
}

extension MailItem {
  /// Of this item as it is now.
  var changeKey: String {
    var bytes: [UInt8] = [0x09, 0, 0, 0, 0x16, 0, 0, 0]
    withUnsafeBytes(of: (number &<< 20 | version).bigEndian) { bytes += $0 }
    return Data(bytes).base64EncodedString()
  }
}

import Foundation

/// A text in which words are looked for, whatever their case and however it is broken into lines. Case is ASCII's.
struct Phrases: Sendable {
  /// Ends with a NUL, and has no other.
  private let bytes: [UInt8]

  init(_ text: some StringProtocol) {
    self.init(text.utf8)
  }

  init(_ text: some Collection<UInt8>) {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count + 1)
    for byte in text {
      let isSpace = byte.isBlank || byte == .cr || byte == .lf || byte == 0
      if !isSpace { bytes.append(byte.lowercased) } else if bytes.last != .space { bytes.append(.space) }
    }
    self.bytes = bytes + [0]
  }

  /// The phrase is in lower case.
  func contain(_ phrase: String) -> Bool {
    bytes.withUnsafeBytes { text in
      text.withMemoryRebound(to: CChar.self) { text in
        text.baseAddress.map { strstr($0, phrase) != nil } ?? false
      }
    }
  }

  func start(with phrase: String) -> Bool { bytes.starts(with: phrase.utf8) }
}

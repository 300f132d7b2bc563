import Foundation
import Testing

/// Messages and texts with what a reader should make of them, from `Fixtures`.
enum Cases {
  struct Message: Decodable, CustomTestStringConvertible {
    struct Expectation: Decodable {
      struct Address: Decodable, Equatable {
        var name: String?
        var address: String
      }

      var from: [Address]?
      var to: [Address]?
      var subject: String?
      var text: String?
      var date: String?
      var contentType: String?
      /// The media types of the tree, the whole before its parts.
      var parts: [String]?
      var decodedBase64: Data?
    }

    var name: String
    var rfc822Base64: Data
    var expect: Expectation

    var testDescription: String { name }
  }

  struct Text: Decodable, CustomTestStringConvertible {
    var label: String
    var bytesBase64: Data
    var text: String

    var testDescription: String { label }
  }

  static func messages() throws -> [Message] { try read("mime.json") }
  static func charsets() throws -> [Text] { try read("charsets.json") }

  private static func read<Value: Decodable>(_ name: String) throws -> [Value] {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")
    return try JSONDecoder().decode([Value].self, from: Data(contentsOf: folder.appending(path: name)))
  }
}

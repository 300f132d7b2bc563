import Foundation
import NIOHTTP1

struct HTTPRequest: Sendable {
  var method: HTTPMethod
  /// Absolute and percent-encoded.
  var url: String
  var headers: HTTPHeaders = [:]
  /// `nil` sends `Content-Length: 0` where the method expects a body.
  var body: [UInt8]?
  /// More than this is not read.
  var replyLimit = HTTPRequest.replyLimit

  /// A page of a hundred messages with all their header fields stays well under this.
  static let replyLimit = 8 * 1024 * 1024
}

/// A reply of which at least the status is known.
struct HTTPReply: Sendable {
  var status: Int
  var headers: HTTPHeaders
  var body: [UInt8]
  /// Why the body ends early; `nil` when it is whole.
  var cut: HTTPFailure.Reason?

  /// `nil` unless the body is whole and of that shape.
  func decode<Value: Decodable>(_ type: Value.Type) -> Value? {
    guard cut == nil else { return nil }
    return try? JSONDecoder().decode(type, from: Data(body))
  }
}

package import NIOHTTP1

package struct HTTPRequest: Sendable {
  package var method: HTTPMethod
  /// Absolute and percent-encoded.
  package var url: String
  package var headers: HTTPHeaders = [:]
  /// `nil` sends `Content-Length: 0` where the method expects a body.
  package var body: [UInt8]?
  /// More than this is not read.
  package var replyLimit = HTTPRequest.replyLimit

  /// A page of a hundred messages with all their header fields stays well under this.
  package static let replyLimit = 8 * 1024 * 1024

  package init(
    method: HTTPMethod, url: String, headers: HTTPHeaders = [:], body: [UInt8]? = nil,
    replyLimit: Int = HTTPRequest.replyLimit
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.replyLimit = replyLimit
  }
}

/// A reply of which at least the status is known.
package struct HTTPReply: Sendable {
  package var status: Int
  package var headers: HTTPHeaders
  package var body: [UInt8]
  /// Why the body ends early; `nil` when it is whole.
  package var cut: HTTPFailure.Reason?
}

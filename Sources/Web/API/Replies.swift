import Core
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Store

/// A JSON answer with status 200, which is every success of this API.
func reply(_ value: some Encodable) throws -> Response {
  Response(
    status: .ok, headers: [.contentType: "application/json; charset=utf-8", .cacheControl: "no-store"],
    body: ResponseBody(byteBuffer: ByteBuffer(bytes: try JSONEncoder.api.encode(value))))
}

extension Request {
  /// - Throws: `Problem` with every fault of the body, or when it is larger than `limit` bytes.
  func body<Body: Decodable>(_ type: Body.Type, limit: Int) async throws -> (value: Body, bytes: [UInt8]) {
    if let length = headers[.contentLength].flatMap(Int.init), length > limit {
      throw Problem.tooLarge(limit: limit)
    }
    let bytes: [UInt8]
    do {
      bytes = Array(try await self.body.collect(upTo: limit).readableBytesView)
    } catch is NIOTooManyBytesError {
      throw Problem.tooLarge(limit: limit)
    }
    return (try JSONDecoder.request(type, from: bytes), bytes)
  }

  /// `page` (from 0) and `pageSize` (1 to 1000, default 20).
  var pageRequest: PageRequest {
    get throws {
      PageRequest(
        page: try queryInteger("page", in: 0...1_048_576) ?? 0,
        size: try queryInteger("pageSize", in: 1...1000) ?? 20)
    }
  }

  func query(_ name: String) -> String? {
    uri.queryParameters[Substring(name)].map(String.init).flatMap { $0.isEmpty ? nil : $0 }
  }

  /// `true`, `1` or nothing at all says yes to a name that is there.
  func queryFlag(_ name: String) throws -> Bool {
    guard let text = uri.queryParameters[Substring(name)] else { return false }
    switch text {
    case "true", "1", "": return true
    case "false", "0": return false
    default:
      let fault = FieldFault(message: "\(text) is not true or false", key: name)
      throw Problem.fields([fault], code: .requestInvalidField)
    }
  }

  func queryInteger(_ name: String, in range: ClosedRange<Int>) throws -> Int? {
    guard let text = query(name) else { return nil }
    guard let number = Int(text), range.contains(number) else {
      let message = "\(text) is not a whole number from \(range.lowerBound) to \(range.upperBound)"
      throw Problem.fields([FieldFault(message: message, key: name)], code: .requestInvalidField)
    }
    return number
  }
}

extension WebContext {
  /// A part of the path, percent-decoded (RFC 3986 section 2.1): the router hands it over as it came.
  ///
  /// - Throws: `request.malformed` when it is not UTF-8 after decoding.
  func pathText(_ name: String) throws -> String {
    let text = try parameters.require(name)
    guard let decoded = text.removingPercentEncoding else {
      throw Problem.refused(status: 400, "\(text) in the path is not percent-encoded UTF-8.")
    }
    return decoded
  }
}

/// The numbers at the head of every list.
struct PageHead: Encodable {
  let total: Int
  let page: Int
  let pages: Int

  init(_ request: PageRequest, total: Int) {
    self.total = total
    page = request.page
    pages = (total + request.size - 1) / request.size
  }
}

/// A problem of the past as lists show it.
struct ProblemReply: Encodable {
  let code: String
  let message: String
  let remedy: String?
  let actor: String?
  let link: String?
  let statusCode: Int?
  let serverResponseCode: String?
  let requestId: String?
  let date: String

  init(_ record: ProblemRecord) {
    code = record.code
    message = record.summary
    remedy = record.remedy
    actor = record.actor?.rawValue
    link = record.link
    statusCode = record.status
    serverResponseCode = record.peerCode
    requestId = record.requestID
    date = record.occurred.description
  }
}

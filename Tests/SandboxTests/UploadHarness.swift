import Foundation
import NIOHTTP1

@testable import Sandbox

/// Drafts, and files that are uploaded into them.
extension SandboxHarness {
  /// 3 MB and a bit, of every byte value, and without a period that a range could have.
  static let file: [UInt8] = (0..<(3 << 20) + 1234).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 11) }

  /// An HTML draft with a plain alternative and a small file, handed in as MIME.
  func mimeDraft(to: String = "bob@contoso.test", headers: [String: String] = [:]) async throws -> Answer {
    try await graphMIME(
      "/me/messages",
      """
      From: Alice <alice@contoso.test>\r
      To: \(to)\r
      Subject: Large\r
      Message-ID: <large@heliograph.test>\r
      MIME-Version: 1.0\r
      Content-Type: multipart/mixed; boundary="=_one_0"\r
      \r
      --=_one_0\r
      Content-Type: multipart/alternative; boundary="=_one_1"\r
      \r
      --=_one_1\r
      Content-Type: text/plain; charset=utf-8\r
      \r
      The plain words.\r
      --=_one_1\r
      Content-Type: text/html; charset=utf-8\r
      \r
      <p>The rich words. <img src="cid:logo@x"></p>\r
      --=_one_1--\r
      --=_one_0\r
      Content-Type: text/calendar; method=REQUEST; charset=utf-8\r
      Content-Disposition: attachment; filename="small.ics"\r
      \r
      BEGIN:VCALENDAR\r
      --=_one_0--\r

      """, headers: headers)
  }

  func openUpload(
    _ draft: String, name: String = "film.bin", size: Int = file.count, more: String = "",
    token: String? = nil, headers: [String: String] = [:]
  ) async throws -> Answer {
    try await graph(
      "POST", "/me/messages/\(draft)/attachments/createUploadSession", token: token, headers: headers,
      body: #"{"AttachmentItem": {"attachmentType": "file", "name": "\#(name)", "size": \#(size)\#(more)}}"#)
  }

  /// Sends one range; `range` is what Content-Range says.
  func put(
    _ url: String, _ bytes: some Sequence<UInt8>, _ range: String?, headers: [String: String] = [:]
  ) async throws -> Answer {
    var headers = ["content-type": "application/octet-stream"].merging(headers) { $1 }
    headers["content-range"] = range
    return try await send("PUT", url, headers: headers, bytes: Array(bytes))
  }

  /// Sends all ranges from `start` on; the last answer, or the first that is no success.
  func upload(_ file: [UInt8], to url: String, from start: Int = 0, step: Int = 1 << 20) async throws
    -> Answer
  {
    var (next, answer) = (start, Answer(status: 0, headers: [:], bytes: []))
    while next < file.count {
      let end = min(next + step, file.count)
      answer = try await put(url, file[next..<end], "bytes \(next)-\(end - 1)/\(file.count)")
      guard answer.status < 300 else { break }
      next = end
    }
    return answer
  }

  func attachments(
    _ message: String, token: String? = nil, headers: [String: String] = [:]
  ) async throws -> [[String: Any]] {
    let path = "/me/messages/\(message)/attachments?$select=id,name,size,contentType,isInline"
    return try await graph("GET", path, token: token, headers: headers).list
  }

  /// The message as it is in `user`'s Inbox, which has just that one.
  func received(by user: String = "bob@contoso.test") async throws -> [UInt8] {
    let messages = try await messages(user, "inbox")
    guard let message = messages.first, messages.count == 1 else {
      throw HarnessFailure(what: "\(messages.count) messages")
    }
    let path = "/me/messages/\(message.text("id"))/$value"
    return try await graph("GET", path, token: token(user)).bytes
  }
}

extension Answer {
  var uploadURL: String { json["uploadUrl"] as? String ?? "" }
  var nextRanges: [String] { json["nextExpectedRanges"] as? [String] ?? [] }
}

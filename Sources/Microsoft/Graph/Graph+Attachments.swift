package import Core
import Foundation
import HTTP
import JSON
import NIOHTTP1

/// A file that is attached to a draft.
package struct GraphFile: Sendable, Hashable {
  package var name: String
  package var contentType: String
  /// Without angle brackets.
  package var contentID: String?
  package var isInline: Bool
  /// In bytes.
  package var size: Int

  package init(name: String, contentType: String, contentID: String?, isInline: Bool, size: Int) {
    self.name = name
    self.contentType = contentType
    self.contentID = contentID
    self.isInline = isInline
    self.size = size
  }
}

/// How far an upload session has come.
package enum GraphUpload: Sendable, Hashable {
  /// The offset of the first byte that is missing.
  case needs(Int)
  /// The file is attached.
  case complete
  /// There is no such session: it has expired, or its file is attached.
  case gone
}

// Files of a draft (Microsoft Learn, "Add attachment" and "Attach large files to Outlook messages").
extension Graph {
  /// Attaches a small file in one request.
  ///
  /// `.unsafe` when it may be attached: list the files of the draft before it is repeated.
  package func attach(
    _ file: GraphFile, content: [UInt8], to graphID: String
  ) async throws(Problem) {
    var body = JSONWriter()
    body.bytes.reserveCapacity(content.count / 3 * 4 + 1024)
    body.beginObject()
    body.key("@odata.type")
    body.string("#microsoft.graph.fileAttachment")
    write(file, to: &body)
    body.key("contentBytes")
    body.raw([UInt8(ascii: "\"")] + Data(content).base64EncodedData() + [UInt8(ascii: "\"")])
    body.endObject()
    let reply = try await exchange(
      .POST, url: url(of: graphID) + "/attachments", headers: ["Content-Type": "application/json"],
      body: body.bytes, effect: .acts)
    guard reply.status == 201 else { throw refusal(reply, effect: .acts, needs: .readWrite) }
  }

  /// The names of the files that a draft has.
  package func fileNames(of graphID: String) async throws(Problem) -> [String] {
    try await get(
      url: url(of: graphID) + "/attachments?" + query([("$select", "id,name"), ("$top", "999")])
    ) { (json) throws(ReplyFault) in
      try json.list("value") { (file) throws(ReplyFault) in try file.optional("name", \.string) ?? "" }
    }
  }

  /// Opens an upload session, and returns the URL to which the file's bytes go: a secret, since it needs no token. An
  /// unused session does nothing, so opening another is harmless. `nil` when Graph finds the file too small for one.
  ///
  /// - Throws: `graph.unexpectedReply` also for a URL that leads away from the cloud's Outlook hosts.
  package func openUpload(of file: GraphFile, to graphID: String) async throws(Problem) -> Secret? {
    var body = JSONWriter()
    body.beginObject()
    body.key("AttachmentItem")
    body.beginObject()
    body.key("attachmentType")
    body.string("file")
    body.key("size")
    body.int(file.size)
    write(file, to: &body)
    body.endObject()
    body.endObject()
    let reply = try await exchange(
      .POST, url: url(of: graphID) + "/attachments/createUploadSession",
      headers: ["Content-Type": "application/json"], body: body.bytes, effect: .idempotent)
    guard reply.status == 201 else {
      if reply.status == 400, (try? reply.json()).flatMap(GraphError.code(in:)) == Self.tooSmall {
        return nil
      }
      throw refusal(reply, effect: .idempotent, needs: .readWrite)
    }
    let text = try read(reply, effect: .idempotent) { (json) throws(ReplyFault) in
      try json.required("uploadUrl", \.string)
    }
    guard cloud.takesUploads(at: text) else {
      throw Problem(
        unexpected: reply, effect: .idempotent,
        fault: ReplyFault("The upload URL leads to another host than the cloud's."))
    }
    return Secret(text)
  }

  private static let tooSmall = "ErrorAttachmentSizeShouldNotBeLessThanMinimumSize"

  private func write(_ file: GraphFile, to body: inout JSONWriter) {
    body.key("name")
    body.string(file.name)
    body.key("contentType")
    body.string(file.contentType)
    body.key("isInline")
    body.bool(file.isInline)
    guard let contentID = file.contentID else { return }
    body.key("contentId")
    body.string(contentID)
  }
}

// The session itself is at another host, and its URL is all that it asks for: the token stays here.
extension Graph {
  /// Sends a range of the file's bytes.
  ///
  /// Whatever it throws, the session says what has arrived: `progress(of:)`.
  package func upload(
    _ bytes: [UInt8], at offset: Int, of size: Int, to url: Secret
  ) async throws(Problem) -> GraphUpload {
    let range = "bytes \(offset)-\(offset + bytes.count - 1)/\(size)"
    let reply = try await session(
      .PUT, url, headers: ["Content-Type": "application/octet-stream", "Content-Range": range], body: bytes)
    return try uploaded(reply)
  }

  /// How far a session has come.
  package func progress(of url: Secret) async throws(Problem) -> GraphUpload {
    try uploaded(try await session(.GET, url))
  }

  private func session(
    _ method: HTTPMethod, _ url: Secret, headers: HTTPHeaders = [:], body: [UInt8]? = nil
  ) async throws(Problem) -> HTTPReply {
    guard cloud.takesUploads(at: url.reveal()) else { throw .strangeUpload(cloud.name) }
    do throws(HTTPFailure) {
      return try await http.send(
        HTTPRequest(method: method, url: url.reveal(), headers: headers, body: body))
    } catch {
      throw Problem(error, host: cloud.outlookResource, effect: .idempotent)
    }
  }

  private func uploaded(_ reply: HTTPReply) throws(Problem) -> GraphUpload {
    switch reply.status {
    case 201: return .complete
    case 401, 404, 410: return .gone
    case 200, 202: break
    default: throw refusal(reply, effect: .idempotent, needs: .readWrite)
    }
    let ranges = try read(reply, effect: .idempotent) { (json) throws(ReplyFault) in
      try json.required("nextExpectedRanges", \.strings)
    }
    // Each is the start of what is missing, alone or with its end. Before the last range there is always one.
    let starts = ranges.compactMap { Int($0.prefix { $0 != "-" }) }
    guard starts.count == ranges.count, let first = starts.min(), first >= 0 else {
      throw Problem(
        unexpected: reply, effect: .idempotent, fault: ReplyFault.member("nextExpectedRanges"))
    }
    return .needs(first)
  }
}

extension Problem {
  /// The configuration has changed since the session was opened.
  fileprivate static func strangeUpload(_ cloud: String) -> Problem {
    Problem(
      .graphUnexpectedReply, "An upload was begun at a host that does not belong to the cloud \(cloud).",
      remedy: "Cancel the message and send it again.")
  }
}

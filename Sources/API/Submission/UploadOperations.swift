package import Core

/// A file that is to be uploaded in ranges.
package struct UploadRequest: Contract {
  package var filename: String?
  package var contentType: String?
  package var size = 0

  package init() {}

  package static let fields = Fields<Self>("UploadRequest", "A file that is to be uploaded in ranges.") {
    Field("filename", \.filename, .line(0...256), "The name under which the file is saved.")
    Field("contentType", \.contentType, .line(1...256), "The media type.")
    Required("size", \.size, .integer(1...157_286_400), "How many bytes the file has.")
  }
}

/// How far an upload is.
package struct UploadReply: Contract {
  package var id = UploadID("")
  package var filename: String?
  package var contentType: String?
  package var size = 0
  package var received = 0
  package var complete = false
  package var expires = Instant(microseconds: 0)

  package init() {}

  package static let fields = Fields<Self>("Upload", "How far an upload is.") {
    Required("id", \.id, .id(), "What `attachments[].upload` of a message names.")
    Field("filename", \.filename, .line(0...256), "The name under which the file is saved.")
    Field("contentType", \.contentType, .line(1...256), "The media type.")
    Required("size", \.size, .integer(1...(.max)), "How many bytes the file has.")
    Required(
      "received", \.received, .integer(0...(.max)), "How many have arrived: where the next range begins.")
    Required("complete", \.complete, .flag, "Whether all have, so that messages may use it.")
    Required(
      "expires", \.expires, .moment,
      "Until when messages may use it; each range extends it. A message that was accepted keeps the file.")
  }
}

/// An account and one of its uploads.
package struct UploadPath: PathValues, Hashable {
  package var account: AccountID
  package var upload: UploadID

  package init(_ account: AccountID, _ upload: UploadID) {
    (self.account, self.upload) = (account, upload)
  }

  package static var count: Int { 2 }

  package init(parts: [String]) {
    self.init(AccountID(parts.first ?? ""), UploadID(parts.last ?? ""))
  }

  package var parts: [String] { [account.rawValue, upload.rawValue] }
}

extension Operations {
  package static let createUpload = Operation<AccountID, Nothing, UploadRequest, UploadReply>(
    .post, "/v1/account/{account}/uploads", id: "postAccountUpload", .submit, .account,
    "Begin to upload a file that messages of an account are to carry.",
    "Its bytes follow in ranges, and messages name it in `attachments[].upload`.",
    grant: OperationGrant(.send, .submit), problems: [.accountNotFound, .uploadTooMany])

  package static let putUpload = Operation<UploadPath, Nothing, Nothing, UploadReply>(
    .put, "/v1/account/{account}/uploads/{upload}", id: "putAccountUpload", .submit, .account,
    "Upload the next range of a file.",
    "Ranges come one after the other, each of any size. When a reply is lost, the upload says in `received` where to go on.",
    headers: [.contentRange],
    body: .stream(type: "application/octet-stream", summary: "The bytes of the range."),
    grant: OperationGrant(.send, .submit), problems: [.uploadNotFound, .uploadRange, .storeFull])

  package static let upload = Operation<UploadPath, Nothing, Nothing, UploadReply>(
    .get, "/v1/account/{account}/uploads/{upload}", id: "getAccountUpload", .submit, .account,
    "Show how far an upload is.", grant: OperationGrant(.send, .submit), problems: [.uploadNotFound])

  package static let deleteUpload = Operation<UploadPath, Nothing, Nothing, UploadDeleted>(
    .delete, "/v1/account/{account}/uploads/{upload}", id: "deleteAccountUpload", .submit, .account,
    "Delete an upload.", "Messages that carry the file keep it.", grant: OperationGrant(.send, .submit),
    problems: [.uploadNotFound])
}

/// The result of a request to delete an upload.
package struct UploadDeleted: Contract {
  package var deleted = false

  package init() {}

  package init(deleted: Bool) {
    self.deleted = deleted
  }

  package static let fields = Fields<Self>("UploadDeleted", "The result of a request to delete an upload.") {
    Required("deleted", \.deleted, .flag, "Always `true`.")
  }
}

/// A `Content-Range` header (RFC 9110 section 14.4).
package struct ByteRange: Sendable, Hashable {
  package var range: Range<Int>
  /// Of the whole file.
  package var size: Int

  /// `bytes 0-99/200`; `nil` for what is not one, or of unknown size.
  package init?(_ text: String) {
    let parts = text.split(separator: " ", maxSplits: 1)
    guard parts.count == 2, parts[0].lowercased() == "bytes" else { return nil }
    let sides = parts[1].split(separator: "/", omittingEmptySubsequences: false)
    let ends = sides.first.map { $0.split(separator: "-", omittingEmptySubsequences: false) } ?? []
    guard sides.count == 2, ends.count == 2, let first = Self.number(ends[0]),
      let last = Self.number(ends[1]),
      let size = Self.number(sides[1]), first <= last, last < size
    else { return nil }
    self.size = size
    range = first..<last + 1
  }

  private static func number(_ text: Substring) -> Int? {
    text.utf8.count <= 18 && !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
      ? Int(text) : nil
  }
}

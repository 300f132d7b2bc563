/// A file that is attached to a draft on its own, because the message is too large for one request.
package struct OutgoingFile: Sendable, Hashable {
  package var name: String
  package var contentType: String
  /// By which the HTML refers to it, without angle brackets.
  package var contentID: String?
  package var isInline: Bool
  /// In bytes, decoded.
  package var size: Int

  package init(name: String, contentType: String, contentID: String?, isInline: Bool, size: Int) {
    self.name = name
    self.contentType = contentType
    self.contentID = contentID
    self.isInline = isInline
    self.size = size
  }

  /// Graph takes smaller ones in one request only (Microsoft Learn, "Attach large files to Outlook messages").
  package static let smallestUpload = 3_000_000
  /// Bytes in one request of an upload, at most: six times 320 KiB, the step that Microsoft's own clients use. The
  /// documentation asks for no more than 4 MB; what is in flight is in memory, for each mailbox.
  package static let range = 6 * 320 * 1024
}

/// An upload that has begun. Its text may be stored: the URL in it, which needs no token, is sealed.
package struct UploadSession: Sendable, Hashable {
  /// Base64url.
  package let rawValue: String

  package init(_ rawValue: String) {
    self.rawValue = rawValue
  }
}

/// How far an upload has come.
package enum UploadStatus: Sendable, Hashable {
  /// The offset of the first byte that is missing.
  case needs(Int)
  /// The file is attached.
  case complete
  /// The session no longer exists: it has expired, or its file is attached.
  case gone
}

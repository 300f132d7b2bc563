import Backends
import Core
import Foundation
import SafeHTML

/// The text of a message, made safe to show in a page.
struct SafeText: Sendable {
  /// Bytes of one attached image, and of all, that the HTML takes up.
  private static let imageLimit = (one: 1 << 20, all: 5 << 20)
  /// Images that are asked for, each in requests of its own.
  private static let imageCount = 30
  /// Types that a browser shows and that run nothing.
  private static let imageTypes: Set = ["image/png", "image/jpeg", "image/gif", "image/webp"]

  private let reader: any Reader
  private let message: StoredMessage

  init(_ reader: any Reader, _ message: StoredMessage) {
    self.reader = reader
    self.message = message
  }

  /// Both forms; `isWhole` is false where the HTML ends early.
  ///
  /// - Parameter maxBytes: The HTML ends there, with all its elements closed.
  func text(maxBytes: Int?) async throws -> (text: StoredText, isWhole: Bool) {
    var text = try await reader.text(of: message.id, [.plain, .html])
    let html = text.html ?? ""
    let images = try await images(in: html)
    var limits = SafeHTML.Limits()
    limits.resultBytes = min(limits.resultBytes, maxBytes ?? .max)
    let safe = SafeHTML(html, options: SafeHTML.Options(limits: limits, image: { images[$0] }))
    text.html = safe.html
    return (text, !safe.isTruncated)
  }

  /// Those that the HTML shows, by their content ids, as URLs that contain them.
  private func images(in html: String) async throws -> [String: String] {
    guard html.contains("cid:") else { return [:] }
    var (images, room) = ([String: String](), Self.imageLimit.all)
    for attachment in message.attachments ?? [] {
      let type = attachment.contentType.lowercased()
      guard images.count < Self.imageCount, let contentID = attachment.contentID, !contentID.isEmpty,
        html.contains(contentID), Self.imageTypes.contains(type),
        attachment.size <= min(Self.imageLimit.one, room)
      else { continue }
      guard let bytes = try await bytes(of: attachment.id, upTo: min(Self.imageLimit.one, room)) else {
        continue
      }
      room -= bytes.count
      images[contentID] = "data:\(type);base64,\(Data(bytes).base64EncodedString())"
    }
    return images
  }

  /// `nil` for one that is larger than the mailbox has said, or is gone.
  private func bytes(of id: StoredAttachmentID, upTo limit: Int) async throws -> [UInt8]? {
    do {
      var bytes: [UInt8] = []
      for try await piece in try await reader.attachment(id).1 {
        bytes += piece
        guard bytes.count <= limit else { return nil }
      }
      return bytes
    } catch let problem as Problem where problem.code == .mailAttachmentNotFound {
      return nil
    }
  }
}

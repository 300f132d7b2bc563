import Core
import Foundation
import JSON
import MIME

/// An attachment as a client gives it (Microsoft Learn, "fileAttachment resource type" and "itemAttachment resource
/// type").
indirect enum AttachmentFields: Sendable {
  case file(Attachment)
  case message(name: String?, isInline: Bool, MessageFields)

  init(_ value: JSONValue) throws(GraphError) {
    let type = try value["@odata.type"]?.text("@odata.type") ?? ""
    guard !type.isEmpty else { throw .propertyMissing }
    switch (type.hasPrefix("#") ? String(type.dropFirst()) : type).lowercased() {
    case "microsoft.graph.fileattachment": self = .file(try Self.file(value))
    case "microsoft.graph.itemattachment": self = try Self.item(value)
    default: throw .notSupported("An attachment of the type '\(oneLine(type, limit: 64))'")
    }
  }

  /// Read-only ones are accepted and change nothing.
  private static let common: Set = [
    "name", "contentType", "isInline", "id", "size", "lastModifiedDateTime",
  ]

  private static func file(_ value: JSONValue) throws(GraphError) -> Attachment {
    let file = try value.members(
      "attachments", of: "fileAttachment", common.union(["contentId", "contentBytes"]),
      unsupported: ["contentLocation"])
    guard let bytes = try file["contentBytes"]?.text("contentBytes") else { throw .propertyMissing }
    guard let content = Data(base64Encoded: bytes) else {
      throw .body("Cannot convert the literal to the expected type 'Edm.Binary'.")
    }
    return try Attachment(
      graph: file["name"]?.nullableText("name"), type: file["contentType"]?.nullableText("contentType"),
      contentID: file["contentId"]?.nullableText("contentId"), isInline: file["isInline"]?.flag("isInline"),
      content: Array(content))
  }

  private static func item(_ value: JSONValue) throws(GraphError) -> AttachmentFields {
    let members = try value.members("attachments", of: "itemAttachment", common.union(["item"]))
    guard let item = members["item"], item.object != nil else { throw .propertyMissing }
    let type = try item["@odata.type"]?.text("@odata.type") ?? ""
    guard !type.isEmpty else { throw .propertyMissing }
    guard ["#microsoft.graph.message", "microsoft.graph.message"].contains(type.lowercased()) else {
      throw .notSupported("An attached item of the type '\(oneLine(type, limit: 64))'")
    }
    let name = try members["name"]?.text("name")
    try Attachment.check(name: name)
    return .message(
      name: name, isInline: try members["isInline"]?.flag("isInline") ?? false, try MessageFields(item))
  }
}

extension Attachment {
  /// A file as a client gives it, in JSON or by an upload session. What cannot be a header field is refused.
  ///
  /// - Parameter type: if it is missing or empty, the name decides.
  init(
    graph name: String?, type: String?, contentID: String?, isInline: Bool?, content: [UInt8]
  ) throws(GraphError) {
    let type = type.flatMap { $0.isEmpty ? nil : $0 } ?? Self.contentType(ofName: name ?? "")
    guard let parsed = ContentType(type), parsed.type != "multipart",
      !type.unicodeScalars.contains(where: { !(0x20..<0x7F).contains($0.value) })
    else {
      throw .notSettable("The content type '\(oneLine(type, limit: 128))' cannot be that of an attachment.")
    }
    try Self.check(name: name)
    var id = contentID.flatMap { $0.isEmpty ? nil : $0 }
    if let text = id, text.hasPrefix("<"), text.hasSuffix(">") { id = String(text.dropFirst().dropLast()) }
    if let id, !id.unicodeScalars.allSatisfy({ ("!"..."~").contains($0) && $0 != "<" && $0 != ">" }) {
      throw .notSettable("The content id '\(oneLine(id, limit: 128))' is not an identifier.")
    }
    self.init(
      name: name, contentType: type, contentID: id, isInline: isInline ?? false, content: content)
  }

  static func check(name: String?) throws(GraphError) {
    guard name?.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) == true else {
      return
    }
    throw .notSettable("The name '\(oneLine(name ?? "", limit: 128))' cannot be that of an attachment.")
  }

  private static func contentType(ofName name: String) -> String {
    let ending = name.split(separator: ".", omittingEmptySubsequences: false).dropFirst().last ?? ""
    return types[ending.lowercased()] ?? "application/octet-stream"
  }

  private static let office = "application/vnd.openxmlformats-officedocument."
  private static let types = [
    "txt": "text/plain", "htm": "text/html", "html": "text/html", "csv": "text/csv",
    "ics": "text/calendar",
    "pdf": "application/pdf", "zip": "application/zip", "json": "application/json", "xml": "text/xml",
    "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif",
    "svg": "image/svg+xml",
    "mp3": "audio/mpeg", "mp4": "video/mp4", "docx": office + "wordprocessingml.document",
    "xlsx": office + "spreadsheetml.sheet", "pptx": office + "presentationml.presentation",
  ]
}

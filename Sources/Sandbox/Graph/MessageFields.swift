import Core
import Foundation
import JSON
import MIME

/// The properties of a `message` that a client has set.
///
/// Read-only ones and annotations are accepted and change nothing, as OData 4.01 asks (Protocol section 11.4.3).
/// Names that the type does not have are refused, and so is what Exchange honours and this sandbox does not.
struct MessageFields: Sendable {
  var subject: String?
  var body: MessageBody?
  var from: Correspondent?
  var sender: Correspondent?
  var to: [Correspondent]?
  var cc: [Correspondent]?
  var bcc: [Correspondent]?
  var replyTo: [Correspondent]?
  var importance: Importance?
  var internetMessageID: String?
  var headers: [MessageHeader]?
  var attachments: [Attachment]?
  var marks = ItemMarks()

  init(_ json: JSONValue) throws(GraphError) {
    guard let object = json.object else { throw .unreadableJSON }
    for member in object.members where !member.key.contains("@") {
      try read(member.key, member.value)
    }
  }

  /// Whether anything is set that the message itself holds.
  var changesMessage: Bool {
    subject != nil || body != nil || from != nil || sender != nil || to != nil || cc != nil || bcc != nil
      || replyTo != nil || importance != nil || internetMessageID != nil || headers != nil
  }

  private mutating func read(_ name: String, _ value: JSONValue) throws(GraphError) {
    switch name {
    case "subject": subject = try value.text(name)
    case "body": body = try Self.body(value)
    case "from": from = try Self.correspondent(value, name)
    case "sender": sender = try Self.correspondent(value, name)
    case "toRecipients": to = try Self.correspondents(value, name)
    case "ccRecipients": cc = try Self.correspondents(value, name)
    case "bccRecipients": bcc = try Self.correspondents(value, name)
    case "replyTo": replyTo = try Self.correspondents(value, name)
    case "importance": importance = try Self.importance(value)
    case "internetMessageId": internetMessageID = try value.text(name)
    case "internetMessageHeaders": headers = try Self.headers(value)
    case "attachments":
      attachments = try value.elements(name).map { element throws(GraphError) in
        try Self.attachment(element)
      }
    case "isRead": marks.isRead = try value.flag(name)
    case "categories":
      marks.categories = try value.elements(name).map { element throws(GraphError) in
        try element.text(name)
      }
    case "flag": marks.flag = try Self.flag(value)
    default:
      if Self.readOnly.contains(name) { return }
      throw Self.unsupported.contains(name)
        ? .unsupportedProperty(name) : .unknownProperty(name, of: "message")
    }
  }

  /// Set by Exchange (Microsoft Learn, "message resource type").
  private static let readOnly: Set = [
    "id", "createdDateTime", "lastModifiedDateTime", "changeKey", "receivedDateTime", "sentDateTime",
    "hasAttachments", "bodyPreview", "parentFolderId", "conversationId", "conversationIndex", "isDraft",
    "webLink", "uniqueBody",
  ]

  private static let unsupported: Set = [
    "extensions", "inferenceClassification", "isDeliveryReceiptRequested", "isReadReceiptRequested",
    "mentions", "multiValueExtendedProperties", "singleValueExtendedProperties",
  ]

  private static func body(_ value: JSONValue) throws(GraphError) -> MessageBody {
    let body = try value.members("body", of: "itemBody", ["content", "contentType"])
    let content = try body["content"]?.text("content") ?? ""
    let kind = try body["contentType"]?.text("contentType") ?? "text"
    guard let kind = MessageBody.Kind(rawValue: kind.lowercased()) else {
      throw .body("Requested value '\(kind)' was not found.")
    }
    return MessageBody(kind: kind, content: content)
  }

  private static func flag(_ value: JSONValue) throws(GraphError) -> String {
    let flag = try value.members(
      "flag", of: "followupFlag", ["flagStatus"],
      unsupported: [
        "completedDateTime", "dueDateTime", "startDateTime",
      ])
    guard let status = try flag["flagStatus"]?.text("flagStatus") else { throw .propertyMissing }
    guard ["notFlagged", "complete", "flagged"].contains(status) else {
      throw .body("Requested value '\(status)' was not found.")
    }
    return status
  }

  private static func importance(_ value: JSONValue) throws(GraphError) -> Importance {
    let text = try value.text("importance")
    guard let importance = Importance(rawValue: text.lowercased()) else {
      throw .body("Requested value '\(text)' was not found.")
    }
    return importance
  }

  private static func correspondents(
    _ value: JSONValue, _ name: String
  ) throws(GraphError) -> [Correspondent] {
    try value.elements(name).map { element throws(GraphError) in try correspondent(element, name) }
  }

  private static func correspondent(_ value: JSONValue, _ name: String) throws(GraphError) -> Correspondent {
    let recipient = try value.members(name, of: "recipient", ["emailAddress"])
    guard let member = recipient["emailAddress"] else {
      throw .body("The value of the property '\(name)' has no emailAddress.")
    }
    let address = try member.members("emailAddress", of: "emailAddress", ["name", "address"])
    return Correspondent(
      name: try address["name"]?.text("name") ?? "", address: try address["address"]?.text("address") ?? "")
  }

  /// Microsoft Learn, "internetMessageHeader resource type": custom fields alone, and five at most.
  private static func headers(_ value: JSONValue) throws(GraphError) -> [MessageHeader] {
    let headers = try value.elements("internetMessageHeaders").map { element throws(GraphError) in
      let header = try element.members(
        "internetMessageHeaders", of: "internetMessageHeader", ["name", "value"])
      return MessageHeader(
        name: try header["name"]?.text("name") ?? "", value: try header["value"]?.text("value") ?? "")
    }
    for header in headers where !header.isCustom { throw .headerName(header.name) }
    guard headers.count <= 5 else { throw .tooManyHeaders }
    return headers
  }

  private static func attachment(_ value: JSONValue) throws(GraphError) -> Attachment {
    let type = try value["@odata.type"]?.text("@odata.type") ?? ""
    guard type.lowercased() == "#microsoft.graph.fileattachment" else {
      throw .body("This sandbox takes attachments of the type #microsoft.graph.fileAttachment only.")
    }
    let file = try value.members(
      "attachments", of: "fileAttachment",
      [
        "name", "contentType", "contentId", "isInline", "contentBytes", "id", "size", "lastModifiedDateTime",
      ], unsupported: ["contentLocation"])
    guard let bytes = try file["contentBytes"]?.text("contentBytes") else { throw .propertyMissing }
    guard let content = Data(base64Encoded: bytes) else {
      throw .body("Cannot convert the literal to the expected type 'Edm.Binary'.")
    }
    return Attachment(
      name: try file["name"]?.text("name"),
      contentType: try file["contentType"]?.text("contentType") ?? "application/octet-stream",
      contentID: try file["contentId"]?.text("contentId"),
      isInline: try file["isInline"]?.flag("isInline") ?? false, content: Array(content))
  }
}

extension JSONValue {
  fileprivate func text(_ name: String) throws(GraphError) -> String {
    if isNull { return "" }
    guard let string else {
      throw .body("Cannot convert the value of '\(name)' to the expected type 'Edm.String'.")
    }
    return string
  }

  fileprivate func flag(_ name: String) throws(GraphError) -> Bool {
    guard let bool else {
      throw .body("Cannot convert the value of '\(name)' to the expected type 'Edm.Boolean'.")
    }
    return bool
  }

  fileprivate func elements(_ name: String) throws(GraphError) -> [JSONValue] {
    guard let array else { throw .body("The value of the property '\(name)' is not a collection.") }
    return array
  }

  /// The members of a complex value, annotations aside. Throws for a name that the type does not have; one of
  /// `unsupported` may be null.
  fileprivate func members(
    _ name: String, of type: String, _ known: Set<String>, unsupported: Set<String> = []
  ) throws(GraphError) -> [String: JSONValue] {
    guard let object else { throw .body("The value of the property '\(name)' is not an object.") }
    var members: [String: JSONValue] = [:]
    for (key, value) in object.members where !key.contains("@") {
      if unsupported.contains(key) {
        guard value.isNull else { throw .unsupportedProperty(key) }
      } else {
        guard known.contains(key) else { throw .unknownProperty(key, of: type) }
        members[key] = value
      }
    }
    return members
  }
}

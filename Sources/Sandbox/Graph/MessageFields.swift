import Core
import Foundation
import MIME

/// The properties of a `message` that a client has set. Names it may not set are accepted and change
/// nothing, as at Graph; names that the type does not have are refused.
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
  var isRead: Bool?
  var categories: [String]?
  var flag: String?

  init(_ json: JSON) throws(GraphError) {
    guard case .object(let members) = json else { throw .unreadableJSON }
    for member in members where !member.name.contains("@") {
      try read(member.name, member.value)
    }
  }

  /// Whether anything is set that the message itself holds.
  var changesMessage: Bool {
    subject != nil || body != nil || from != nil || sender != nil || to != nil || cc != nil || bcc != nil
      || replyTo != nil || importance != nil || internetMessageID != nil || headers != nil
  }

  private mutating func read(_ name: String, _ value: JSON) throws(GraphError) {
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
    case "isRead": isRead = try value.flag(name)
    case "categories":
      categories = try value.elements(name).map { element throws(GraphError) in
        try element.text(name)
      }
    case "flag": flag = try value["flagStatus"]?.text("flagStatus")
    default:
      guard MessageJSON.readOnlyProperties.contains(name) || Self.alsoKnown.contains(name) else {
        throw .unknownProperty(name, of: "message")
      }
    }
  }

  private static let alsoKnown: Set = [
    "extensions", "singleValueExtendedProperties", "multiValueExtendedProperties",
  ]

  private static func body(_ value: JSON) throws(GraphError) -> MessageBody {
    let content = try value["content"]?.text("content") ?? ""
    let kind = try value["contentType"]?.text("contentType") ?? "text"
    guard let kind = MessageBody.Kind(rawValue: kind.lowercased()) else {
      throw .body("Requested value '\(kind)' was not found.")
    }
    return MessageBody(kind: kind, content: content)
  }

  private static func importance(_ value: JSON) throws(GraphError) -> Importance {
    let text = try value.text("importance")
    guard let importance = Importance(rawValue: text.lowercased()) else {
      throw .body("Requested value '\(text)' was not found.")
    }
    return importance
  }

  private static func correspondents(_ value: JSON, _ name: String) throws(GraphError) -> [Correspondent] {
    try value.elements(name).map { element throws(GraphError) in try correspondent(element, name) }
  }

  private static func correspondent(_ value: JSON, _ name: String) throws(GraphError) -> Correspondent {
    guard case .object(let members)? = value["emailAddress"] else {
      throw .body("The value of the property '\(name)' has no emailAddress.")
    }
    for member in members
    where member.name != "name" && member.name != "address" && !member.name.contains("@") {
      throw .unknownProperty(member.name, of: "emailAddress")
    }
    let address = JSON.object(members)
    return Correspondent(
      name: try address["name"]?.text("name") ?? "", address: try address["address"]?.text("address") ?? "")
  }

  /// Microsoft Learn, "internetMessageHeader resource type": custom fields alone, and five at most.
  private static func headers(_ value: JSON) throws(GraphError) -> [MessageHeader] {
    let headers = try value.elements("internetMessageHeaders").map { element throws(GraphError) in
      MessageHeader(
        name: try element["name"]?.text("name") ?? "", value: try element["value"]?.text("value") ?? "")
    }
    for header in headers where !header.isCustom { throw .headerName(header.name) }
    guard headers.count <= 5 else { throw .tooManyHeaders }
    return headers
  }

  private static func attachment(_ value: JSON) throws(GraphError) -> Attachment {
    let type = try value["@odata.type"]?.text("@odata.type") ?? ""
    guard type.lowercased() == "#microsoft.graph.fileattachment" else {
      throw .body("This sandbox takes attachments of the type #microsoft.graph.fileAttachment only.")
    }
    guard let content = Data(base64Encoded: try value["contentBytes"]?.text("contentBytes") ?? "") else {
      throw .body("Cannot convert the literal to the expected type 'Edm.Binary'.")
    }
    return Attachment(
      name: try value["name"]?.text("name"),
      contentType: try value["contentType"]?.text("contentType") ?? "application/octet-stream",
      contentID: try value["contentId"]?.text("contentId"),
      isInline: try value["isInline"]?.flag("isInline") ?? false, content: Array(content))
  }
}

extension JSON {
  fileprivate func text(_ name: String) throws(GraphError) -> String {
    switch self {
    case .string(let text): return text
    case .null: return ""
    default: throw .body("Cannot convert the value of '\(name)' to the expected type 'Edm.String'.")
    }
  }

  fileprivate func flag(_ name: String) throws(GraphError) -> Bool {
    guard case .bool(let flag) = self else {
      throw .body("Cannot convert the value of '\(name)' to the expected type 'Edm.Boolean'.")
    }
    return flag
  }

  fileprivate func elements(_ name: String) throws(GraphError) -> [JSON] {
    guard case .array(let elements) = self else {
      throw .body("The value of the property '\(name)' is no collection.")
    }
    return elements
  }
}

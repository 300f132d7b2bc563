import Core
import Foundation
import JSON
import MIME

/// The properties of a `message` that a client has set.
///
/// Read-only ones are accepted and change nothing, as OData 4.01 asks (Protocol section 11.4.3). Names that the type
/// does not have are refused, and so is what Exchange honours and this sandbox does not.
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
  var attachments: [AttachmentFields]?
  var asksForReadReceipt: Bool?
  var asksForDeliveryReceipt: Bool?
  /// Extended properties, each once.
  var properties: [(id: PropertyID, value: String)] = []
  var marks = ItemMarks()

  init(_ json: JSONValue) throws(GraphError) {
    guard let object = json.object else { throw .unreadableJSON }
    for member in object.members {
      if member.key.contains("@") {
        try JSONValue.checkAnnotation(member.key, member.value, of: "message", Self.names)
      } else {
        try read(member.key, member.value)
      }
    }
  }

  /// Whether anything is set that only a draft lets change (Microsoft Learn, "Update message").
  var rewritesMessage: Bool {
    subject != nil || body != nil || from != nil || sender != nil || to != nil || cc != nil || bcc != nil
      || replyTo != nil || internetMessageID != nil
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
    case "importance": importance = try value.word(name, of: [.low, .normal, .high])
    case "internetMessageId": internetMessageID = try value.text(name)
    case "internetMessageHeaders": headers = try Self.headers(value)
    case "attachments":
      attachments = try value.elements(name).map { element throws(GraphError) in
        try AttachmentFields(element)
      }
    case "isReadReceiptRequested": asksForReadReceipt = try value.flag(name)
    case "isDeliveryReceiptRequested": asksForDeliveryReceipt = value.isNull ? nil : try value.flag(name)
    case "singleValueExtendedProperties": properties = try Self.properties(value)
    default: try readMark(name, value)
    }
  }

  private mutating func readMark(_ name: String, _ value: JSONValue) throws(GraphError) {
    switch name {
    case "isRead": marks.isRead = try value.flag(name)
    case "categories":
      marks.categories = try value.elements(name).map { element throws(GraphError) in
        try element.text(name)
      }
    case "flag": marks.flag = try FollowUpFlag.Change(value)
    case "inferenceClassification": marks.inference = try value.word(name, of: [.focused, .other])
    default:
      if Self.readOnly.contains(name) { return }
      throw Self.unsupported.contains(name)
        ? .notSupported("The property '\(name)'") : .unknownProperty(name, of: "message")
    }
  }

  /// Set by Exchange (Microsoft Learn, "message resource type").
  private static let readOnly: Set = [
    "id", "createdDateTime", "lastModifiedDateTime", "changeKey", "receivedDateTime", "sentDateTime",
    "hasAttachments", "bodyPreview", "parentFolderId", "conversationId", "conversationIndex", "isDraft",
    "webLink", "uniqueBody",
  ]

  private static let unsupported: Set = ["extensions", "mentions", "multiValueExtendedProperties"]

  /// About which there may be annotations.
  private static let names = readOnly.union(unsupported).union([
    "subject", "body", "from", "sender", "toRecipients", "ccRecipients", "bccRecipients", "replyTo",
    "importance",
    "internetMessageId", "internetMessageHeaders", "attachments", "isReadReceiptRequested",
    "isDeliveryReceiptRequested", "singleValueExtendedProperties", "isRead", "categories", "flag",
    "inferenceClassification",
  ])

  private static func body(_ value: JSONValue) throws(GraphError) -> MessageBody {
    let body = try value.members("body", of: "itemBody", ["content", "contentType"])
    let kind = try body["contentType"]?.word("contentType", of: [MessageBody.Kind.text, .html]) ?? .text
    return MessageBody(kind: kind, content: try body["content"]?.text("content") ?? "")
  }

  static func correspondents(
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

  private static func properties(_ value: JSONValue) throws(GraphError) -> [(id: PropertyID, value: String)] {
    let name = "singleValueExtendedProperties"
    var properties: [(id: PropertyID, value: String)] = []
    for element in try value.elements(name) {
      let member = try element.members(name, of: "singleValueLegacyExtendedProperty", ["id", "value"])
      guard let id = try member["id"].map({ value throws(GraphError) in try PropertyID(value.text("id")) }),
        let text = try member["value"]?.text("value")
      else { throw .propertyMissing }
      guard !properties.contains(where: { $0.id == id }) else { throw .duplicateProperty(id.text) }
      guard id.header == nil || !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F })
      else {
        throw .notSettable("The value of '\(id.text)' cannot be a header field.")
      }
      properties.append((id, text))
    }
    return properties
  }
}

extension FollowUpFlag.Change {
  /// A due date needs a start date (Microsoft Learn, `followupFlag`).
  init(_ value: JSONValue) throws(GraphError) {
    let flag = try value.members(
      "flag", of: "followupFlag", ["flagStatus", "startDateTime", "dueDateTime", "completedDateTime"])
    func moment(_ name: String) throws(GraphError) -> FollowUpFlag.Moment? {
      guard let member = flag[name], !member.isNull else { return nil }
      let parts = try member.members(name, of: "dateTimeTimeZone", ["dateTime", "timeZone"])
      guard let dateTime = try parts["dateTime"]?.text("dateTime"),
        let zone = try parts["timeZone"]?.text("timeZone")
      else { throw .propertyMissing }
      guard let moment = FollowUpFlag.Moment(dateTime, zone: zone) else {
        throw .body("The value of the property '\(name)' is not a date, a time and a time zone.")
      }
      return moment
    }
    guard let word = flag["flagStatus"] else { throw .propertyMissing }
    let status = try word.word("flagStatus", of: [FollowUpFlag.Status.notFlagged, .complete, .flagged])
    let (start, due) = (try moment("startDateTime"), try moment("dueDateTime"))
    let completed = try moment("completedDateTime")
    self.init(status: status, start: start, due: due, completed: completed)
    guard due == nil || start != nil else { throw .dueWithoutStart }
    let isMeant = (start == nil && due == nil) || status != .notFlagged
    guard isMeant, completed == nil || status == .complete else {
      throw .notSettable("The dates of the flag contradict its status '\(status.rawValue)'.")
    }
  }
}

import Core
import Foundation
import JSON
import MIME

/// Writes items as Graph's `message` resource (Microsoft Learn, "message resource type").
struct MessageJSON: Sendable {
  var origin: String
  var epoch: UInt32
  var mailbox: MailboxID
  var preferences: GraphPreferences
  /// `Mail.ReadBasic` shows neither body nor attachments.
  var isBasic = false

  /// Checks a `$select` before anything is done.
  static func validate(_ select: [String]) throws(GraphError) {
    try ODataQuery.check(select, of: "message", in: properties.map(\.name))
  }

  /// The whole resource, or what `select` names; the id and the ETag are always there.
  ///
  /// - Parameter showsHeaders: as if `internetMessageHeaders` were one of the default properties.
  func json(
    _ item: MailItem, select: [String] = [], expandsAttachments: Bool = false, showsHeaders: Bool = false
  ) -> JSONValue {
    let wanted = Set(select.map { $0.lowercased() })
    var members: [(key: String, value: JSONValue)] = [
      (key: "@odata.etag", value: .string("W/\"\(changeKey(item))\""))
    ]
    for property in Self.properties {
      if isBasic, Self.notBasic.contains(property.name) { continue }
      let isWanted =
        wanted.isEmpty
        ? !property.onRequest || (showsHeaders && property.name == "internetMessageHeaders")
        : wanted.contains(property.name.lowercased())
      if isWanted || property.name == "id" {
        members.append((key: property.name, value: property.value(self, item)))
      }
    }
    if expandsAttachments, !isBasic {
      members.append((key: "attachments", value: .array(attachments(item))))
    }
    return .object(JSONObject(members))
  }

  func id(_ item: MailItem) -> String {
    let kind = preferences.immutableIDs ? GraphID.Kind.immutable : .place(moves: item.moves)
    return name(kind, item.number)
  }

  func folderID(_ folder: MailFolder) -> String { name(.folder, UInt64(folder.rawValue)) }

  private func name(_ kind: GraphID.Kind, _ number: UInt64) -> String {
    GraphID(epoch: epoch, mailbox: mailbox, kind: kind, number: number).text
  }

  private func changeKey(_ item: MailItem) -> String {
    var bytes: [UInt8] = [0x09, 0, 0, 0, 0x16, 0, 0, 0]
    withUnsafeBytes(of: (item.number &<< 20 | item.version).bigEndian) { bytes += $0 }
    return Data(bytes).base64EncodedString()
  }

  private static let notBasic: Set = ["body", "bodyPreview", "uniqueBody", "internetMessageHeaders"]
}

// The properties, in the order of Microsoft's own examples.
extension MessageJSON {
  fileprivate struct Property: Sendable {
    var name: String
    /// Only shown when `$select` names it.
    var onRequest = false
    var value: @Sendable (MessageJSON, MailItem) -> JSONValue
  }

  fileprivate static let properties: [Property] = [
    Property(name: "id") { .string($0.id($1)) },
    Property(name: "createdDateTime") { .string($1.created.dateTimeOffset) },
    Property(name: "lastModifiedDateTime") { .string($1.modified.dateTimeOffset) },
    Property(name: "changeKey") { .string($0.changeKey($1)) },
    Property(name: "categories") { .array($1.categories.map { .string($0) }) },
    Property(name: "receivedDateTime") { .string($1.received.dateTimeOffset) },
    Property(name: "sentDateTime") { .string($1.sent.dateTimeOffset) },
    Property(name: "hasAttachments") { .bool($1.message.hasAttachments) },
    Property(name: "internetMessageId") { .string($1.message.internetMessageID) },
    Property(name: "subject") { .string($1.message.subject) },
    Property(name: "bodyPreview") { .string($1.message.body.preview) },
    Property(name: "importance") { .string($1.message.importance.rawValue) },
    Property(name: "parentFolderId") { .string($0.folderID($1.folder)) },
    Property(name: "conversationId") { .string($0.name(.conversation, $1.conversation)) },
    Property(name: "conversationIndex") { .string(conversationIndex($1)) },
    Property(name: "isDeliveryReceiptRequested") { .bool(header("Return-Receipt-To", $1)) },
    Property(name: "isReadReceiptRequested") { .bool(header("Disposition-Notification-To", $1)) },
    Property(name: "isRead") { .bool($1.isRead) },
    Property(name: "isDraft") { .bool($1.isDraft) },
    Property(name: "webLink") { .string("\($0.origin)/mailbox/\($0.mailbox.text)/\($0.id($1))") },
    Property(name: "inferenceClassification") { _, _ in "focused" },
    Property(name: "body") { $0.body($1) },
    Property(name: "sender") { correspondent($1.message.sender) },
    Property(name: "from") { correspondent($1.message.from) },
    Property(name: "toRecipients") { .array($1.message.to.map(correspondent)) },
    Property(name: "ccRecipients") { .array($1.message.cc.map(correspondent)) },
    Property(name: "bccRecipients") { .array($1.message.bcc.map(correspondent)) },
    Property(name: "replyTo") { .array($1.message.replyTo.map(correspondent)) },
    Property(name: "flag") { ["flagStatus": .string($1.flag)] },
    Property(name: "uniqueBody", onRequest: true) { $0.body($1) },
    Property(name: "internetMessageHeaders", onRequest: true) { _, item in
      .array(item.message.headers.map { ["name": .string($0.name), "value": .string($0.value)] })
    },
  ]

  private func body(_ item: MailItem) -> JSONValue {
    let body = item.message.body
    if preferences.textBodies { return ["contentType": "text", "content": .string(body.plain)] }
    return ["contentType": .string(body.kind.rawValue), "content": .string(body.content)]
  }

  private static func correspondent(_ who: Correspondent?) -> JSONValue {
    guard let who else { return .null }
    return correspondent(who)
  }

  private static func correspondent(_ who: Correspondent) -> JSONValue {
    [
      "emailAddress": [
        "name": .string(who.name.isEmpty ? who.address : who.name), "address": .string(who.address),
      ]
    ]
  }

  private static func header(_ name: String, _ item: MailItem) -> Bool {
    item.message.headers.contains { $0.name.lowercased() == name.lowercased() }
  }

  /// MS-OXOMSG section 2.2.1.3: a reserved byte, five bytes of time, a GUID.
  private static func conversationIndex(_ item: MailItem) -> String {
    var bytes: [UInt8] = [1]
    withUnsafeBytes(of: item.created.microseconds.bigEndian) { bytes += $0.dropFirst(1).prefix(5) }
    withUnsafeBytes(of: (item.conversation.bigEndian, item.conversation.bigEndian)) { bytes += $0 }
    return Data(bytes).base64EncodedString()
  }
}

// Attachments and folders.
extension MessageJSON {
  func attachments(_ item: MailItem) -> [JSONValue] {
    item.message.attachments.indices.map { attachment(item, at: $0) }
  }

  func attachment(_ item: MailItem, at index: Int) -> JSONValue {
    let attachment = item.message.attachments[index]
    return [
      "@odata.type": "#microsoft.graph.fileAttachment",
      "@odata.mediaContentType": .string(attachment.contentType),
      "id": .string(attachmentID(item, at: index)),
      "lastModifiedDateTime": .string(item.modified.dateTimeOffset),
      "name": .string(attachment.name ?? ""),
      "contentType": .string(attachment.contentType),
      "size": JSONValue(attachment.content.count),
      "isInline": .bool(attachment.isInline),
      "contentId": attachment.contentID.map { .string($0) } ?? .null,
      "contentLocation": .null,
      "contentBytes": .string(Data(attachment.content).base64EncodedString()),
    ]
  }

  /// Made of the id of its item and its index there.
  func attachmentID(_ item: MailItem, at index: Int) -> String { "\(id(item))-\(index)" }

  func folder(_ count: FolderCount) -> JSONValue {
    [
      "id": .string(folderID(count.folder)),
      "displayName": .string(count.folder.displayName),
      "parentFolderId": .string(name(.folder, UInt64(MailFolder.allCases.count))),
      "childFolderCount": 0,
      "unreadItemCount": JSONValue(count.unread),
      "totalItemCount": JSONValue(count.total),
      "isHidden": false,
    ]
  }
}

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

  /// Whether own drafts and sent copies show their header fields too.
  var showsOwnHeaders = false

  /// Checks a `$select` before anything is done. Beside `$expand` it may name what that brings.
  static func validate(_ options: ODataQuery) throws(GraphError) {
    var names = properties.map(\.name)
    switch options.expansion {
    case .attachments(let select)?:
      names.append("attachments")
      try ODataQuery.check(select, of: "attachment", in: AttachmentJSON.names)
    case .extendedProperties?: names.append("singleValueExtendedProperties")
    case .attachedItem?, nil: break
    }
    try ODataQuery.check(options.select, of: "message", in: names)
  }

  /// The whole resource, or what `select` names; the id and the ETag are always there.
  ///
  /// - Parameter showsHeaders: as if `internetMessageHeaders` were one of the default properties.
  func json(
    _ item: MailItem, select: [String] = [], expansion: Expansion? = nil, showsHeaders: Bool = false
  ) -> JSONValue {
    let wanted = Set(select.map { $0.lowercased() })
    var members: [(key: String, value: JSONValue)] = [
      (key: "@odata.etag", value: .string("W/\"\(item.changeKey)\""))
    ]
    for property in Self.properties {
      if isBasic, Self.notBasic.contains(property.name) { continue }
      if property.name == "internetMessageHeaders", !item.hasHeaders, !showsOwnHeaders { continue }
      let isWanted =
        wanted.isEmpty
        ? !property.onRequest || (showsHeaders && property.name == "internetMessageHeaders")
        : wanted.contains(property.name.lowercased())
      if isWanted || property.name == "id" {
        members.append((key: property.name, value: property.value(self, item)))
      }
    }
    return .object(JSONObject(members + expanded(item, expansion)))
  }

  private func expanded(_ item: MailItem, _ expansion: Expansion?) -> [(key: String, value: JSONValue)] {
    switch expansion {
    case .attachments(let select)? where !isBasic:
      let writer = AttachmentJSON(message: self, item: item)
      return [(key: "attachments", value: .array(writer.all.map { writer.json($0, select: select) }))]
    case .extendedProperties(let ids)? where !isBasic:
      let properties: [JSONValue] = ids.compactMap { id in
        item.value(of: id).map { ["id": .string(id.text), "value": .string($0)] }
      }
      return properties.isEmpty ? [] : [(key: "singleValueExtendedProperties", value: .array(properties))]
    default: return []
    }
  }

  func id(_ item: MailItem) -> String {
    let kind = preferences.immutableIDs ? GraphID.Kind.immutable : .place(moves: item.moves)
    return name(kind, item.number)
  }

  func folderID(_ folder: MailFolder) -> String { name(.folder, UInt64(folder.number)) }

  func name(_ kind: GraphID.Kind, _ number: UInt64) -> String {
    GraphID(epoch: epoch, mailbox: mailbox, kind: kind, number: number).text
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
    Property(name: "changeKey") { .string($1.changeKey) },
    Property(name: "categories") { .array($1.categories.map { .string($0) }) },
    Property(name: "receivedDateTime") { .string($1.received.dateTimeOffset) },
    Property(name: "sentDateTime") { .string($1.sent.dateTimeOffset) },
    Property(name: "hasAttachments") { .bool($1.content.hasAttachments) },
    Property(name: "internetMessageId") { .string($1.content.internetMessageID) },
    Property(name: "subject") { .string($1.content.subject) },
    Property(name: "bodyPreview") { .string($1.message.body.preview) },
    Property(name: "importance") { .string($1.message.importance.rawValue) },
    Property(name: "parentFolderId") { .string($0.folderID($1.folder)) },
    Property(name: "conversationId") { .string($0.name(.conversation, $1.conversation)) },
    Property(name: "conversationIndex") { .string(Data($1.thread.index).base64EncodedString()) },
    Property(name: "isDeliveryReceiptRequested") {
      $1.message.asksForDeliveryReceipt.map { .bool($0) } ?? .null
    },
    Property(name: "isReadReceiptRequested") { .bool($1.message.asksForReadReceipt) },
    Property(name: "isRead") { .bool($1.isRead) },
    Property(name: "isDraft") { .bool($1.isDraft) },
    Property(name: "webLink") { .string("\($0.origin)/mailbox/\($0.mailbox.text)/\($0.id($1))") },
    Property(name: "inferenceClassification") { .string($1.inference.rawValue) },
    Property(name: "body") { $0.body($1) },
    Property(name: "sender") { correspondent($1.message.sender) },
    Property(name: "from") { correspondent($1.message.from) },
    Property(name: "toRecipients") { .array($1.message.to.map(correspondent)) },
    Property(name: "ccRecipients") { .array($1.message.cc.map(correspondent)) },
    Property(name: "bccRecipients") { .array($1.message.bcc.map(correspondent)) },
    Property(name: "replyTo") { .array($1.message.replyTo.map(correspondent)) },
    Property(name: "flag") { flag($1.flag) },
    Property(name: "uniqueBody", onRequest: true) { $0.body($1) },
    Property(name: "internetMessageHeaders", onRequest: true) { _, item in
      .array(item.message.headers.map { ["name": .string($0.name), "value": .string($0.value)] })
    },
  ]

  private func body(_ item: MailItem) -> JSONValue {
    let body = item.message.body
    switch preferences.bodies ?? body.kind {
    case .text: return ["contentType": "text", "content": .string(body.plain)]
    case .html:
      let html = body.kind == .html ? HTMLText.wrapped(body.content) : HTMLText.html(body.plain)
      let content = preferences.allowsUnsafeHTML ? html : HTMLText.safe(html)
      return ["contentType": "html", "content": .string(content)]
    }
  }

  private static func flag(_ flag: FollowUpFlag) -> JSONValue {
    func moment(_ moment: FollowUpFlag.Moment?) -> JSONValue? {
      moment.map { ["dateTime": .string($0.dateTime), "timeZone": .string($0.timeZone)] }
    }
    return .object(omittingAbsent: [
      "flagStatus": .string(flag.status.rawValue), "startDateTime": moment(flag.start),
      "dueDateTime": moment(flag.due), "completedDateTime": moment(flag.completed),
    ])
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
}

extension MessageJSON {
  static let folderProperties = [
    "id", "displayName", "parentFolderId", "childFolderCount", "unreadItemCount", "totalItemCount",
    "isHidden",
  ]

  func folder(_ count: FolderCount) -> JSONValue {
    [
      "id": .string(folderID(count.folder)),
      "displayName": .string(count.node.displayName),
      "parentFolderId": .string(folderID(count.node.parent)),
      "childFolderCount": JSONValue(count.children),
      "unreadItemCount": JSONValue(count.unread),
      "totalItemCount": JSONValue(count.total),
      "isHidden": .bool(count.node.isHidden),
    ]
  }
}

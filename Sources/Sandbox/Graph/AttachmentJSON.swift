import Foundation
import JSON
import MIME

/// Writes the attachments of one item (Microsoft Learn, "attachment resource type").
struct AttachmentJSON: Sendable {
  var message: MessageJSON
  var item: MailItem

  /// What `$select` may name: the properties of all attachments, and those of one kind with its name before them.
  static let names = common + fileOnly.map { "microsoft.graph.fileAttachment/" + $0 }
  private static let common = ["id", "lastModifiedDateTime", "name", "contentType", "size", "isInline"]
  private static let fileOnly = ["contentId", "contentLocation", "contentBytes"]

  /// By their place in the message.
  var all: Range<Int> { item.message.attachments.indices }

  /// Made of the id of its item and its number there.
  func id(_ index: Int) -> String { "\(message.id(item))-\(item.message.attachmentNumbers[index])" }

  /// - Parameter select: empty: everything; the id is always there.
  func json(_ index: Int, select: [String] = [], expandsItem: Bool = false) -> JSONValue {
    let attachment = item.message.attachments[index]
    let wanted = Set(select.map { $0.lowercased().replacing("microsoft.graph.fileattachment/", with: "") })
    func isWanted(_ name: String) -> Bool {
      wanted.isEmpty || name.hasPrefix("@") || name == "id" || wanted.contains(name.lowercased())
    }
    var members = attachment.enclosed == nil ? file(attachment, index) : enclosing(attachment, index)
    members = members.filter { isWanted($0.key) }
    // Only where it is wanted: it may be long.
    if attachment.enclosed == nil, isWanted("contentBytes") {
      let content = Data(attachment.content).base64EncodedString()
      members.append((key: "contentBytes", value: .string(content)))
    }
    if expandsItem, let enclosed = attachment.enclosed { members += expanded(enclosed, index) }
    return .object(JSONObject(members))
  }

  private func base(
    _ type: String, _ index: Int, name: String, contentType: JSONValue
  ) -> [(key: String, value: JSONValue)] {
    let attachment = item.message.attachments[index]
    return [
      ("@odata.type", .string("#microsoft.graph." + type)),
      ("@odata.mediaContentType", contentType),
      ("id", .string(id(index))),
      ("lastModifiedDateTime", .string(item.modified.dateTimeOffset)),
      ("name", .string(name)),
      ("contentType", contentType),
      ("size", JSONValue(Self.storedSize(attachment))),
      ("isInline", .bool(attachment.isInline)),
    ]
  }

  /// What it takes in the mailbox: more than its bytes, by as much as in Microsoft's example of a large attachment
  /// (Microsoft Learn, "Attach large files to Outlook messages or events").
  private static func storedSize(_ attachment: Attachment) -> Int {
    let count = attachment.content.count
    return count + count * 45 / 1000 + 128
  }

  private func file(_ attachment: Attachment, _ index: Int) -> [(key: String, value: JSONValue)] {
    base("fileAttachment", index, name: attachment.name ?? "", contentType: .string(attachment.contentType))
      + [
        ("contentId", attachment.contentID.map { .string($0) } ?? .null),
        ("contentLocation", .null),
      ]
  }

  /// A message inside the message: no bytes, and the inner subject for a name, unless a client gave one.
  private func enclosing(_ attachment: Attachment, _ index: Int) -> [(key: String, value: JSONValue)] {
    let (given, subject) = (attachment.name ?? "", attachment.enclosed?.subject ?? "")
    let names = item.message.isAdded(index) ? [given, subject] : [subject, given]
    return base("itemAttachment", index, name: names.first { !$0.isEmpty } ?? "", contentType: .null)
  }

  /// Microsoft Learn, "Get attachment": the item has no id, because it lies in no folder.
  private func expanded(_ enclosed: Message, _ index: Int) -> [(key: String, value: JSONValue)] {
    let inner = MailItem(
      number: 0, folder: item.folder, content: .parsed(enclosed), isDraft: false, isRead: true,
      givenThread: item.thread,
      created: item.created, modified: item.modified, received: enclosed.date ?? item.received,
      sent: enclosed.date ?? item.sent)
    let left: Set = [
      "@odata.etag", "changeKey", "parentFolderId", "conversationId", "conversationIndex", "webLink",
    ]
    var members = message.json(inner).object?.members ?? []
    members = members.filter { !left.contains($0.key) }.map { $0.key == "id" ? ("id", "") : $0 }
    let place = "messages('\(message.id(item).keyEncoded)')/attachments('\(id(index).keyEncoded)')"
    return [
      (
        "item@odata.context",
        .string(
          "\(message.origin)/v1.0/$metadata#users('\(message.mailbox.text)')/\(place)/"
            + "microsoft.graph.itemAttachment/item/$entity")
      ),
      ("item", .object(JSONObject([(key: "@odata.type", value: "#microsoft.graph.message")] + members))),
    ]
  }
}

extension Attachment {
  /// The message that it is; `nil` for a file.
  var enclosed: Message? {
    contentType.lowercased().hasPrefix("message/rfc822") ? try? Message(parsing: content) : nil
  }
}

extension String {
  /// As a key in `@odata.context`.
  var keyEncoded: String { replacing("=", with: "%3D") }
}

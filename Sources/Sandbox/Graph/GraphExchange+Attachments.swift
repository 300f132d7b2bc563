import Core
import Foundation
import HTTPTypes
import Hummingbird
import JSON
import MIME

// Attachments.
extension GraphExchange {
  func requireBodies(_ access: GraphAccess) throws(GraphError) {
    guard !access.isBasic else { throw .accessDenied }
  }

  func listAttachments(
    _ id: String, _ options: ODataQuery, _ access: GraphAccess
  ) async throws -> Response {
    try requireBodies(access)
    try ODataQuery.check(options.select, of: "attachment", in: AttachmentJSON.names)
    let item = try await state.mail.item(id, in: access.mailbox, at: now)
    let writer = AttachmentJSON(message: try await writer(access), item: item)
    // All at once unless the client wants pages.
    let size = options.top ?? preferences.pageSize ?? max(writer.all.count, 1)
    let page = options.page(of: writer.all.map { attachment($0, writer, options) }, size: size)
    let place = "messages('\(id.keyEncoded)')/attachments" + options.contextSuffix
    return collection(page, options, metadata(access, place))
  }

  func showAttachment(
    _ id: String, _ part: String, _ options: ODataQuery, _ access: GraphAccess
  ) async throws -> Response {
    try ODataQuery.check(options.select, of: "attachment", in: AttachmentJSON.names)
    let (writer, index) = try await attachment(id, part, access)
    let resource = attachment(index, writer, options)
    let place = "messages('\(id.keyEncoded)')/attachments\(options.contextSuffix)/$entity"
    return json(entity(resource, access, place))
  }

  private func attachment(_ index: Int, _ writer: AttachmentJSON, _ options: ODataQuery) -> JSONValue {
    writer.json(index, select: options.select, expandsItem: options.expansion == .attachedItem)
  }

  func attachment(
    _ id: String, _ part: String, _ access: GraphAccess
  ) async throws -> (AttachmentJSON, Int) {
    try requireBodies(access)
    let item = try await state.mail.item(id, in: access.mailbox, at: now)
    let writer = AttachmentJSON(message: try await writer(access), item: item)
    // The item's id in it may be of either form, whatever form is shown.
    guard let hyphen = part.lastIndex(of: "-"), let number = Int(part[part.index(after: hyphen)...]),
      let index = item.message.attachmentNumbers.firstIndex(of: number),
      try await state.mail.item(String(part[..<hyphen]), in: access.mailbox, at: now).number == item.number
    else { throw GraphError.itemNotFound }
    return (writer, index)
  }
}

// Adding and deleting.
extension GraphExchange {
  /// Microsoft Learn, "Attach large files to Outlook messages or events": below it one request adds a file, and from it
  /// on an upload session does.
  private static let largeAttachment = 3 << 20

  /// A file below that limit as base64, and what is around it.
  private static let maximumAttachmentBody = largeAttachment / 3 * 4 + (64 << 10)

  func addAttachment(_ id: String, _ access: GraphAccess) async throws -> Response {
    let fields = try AttachmentFields(try await jsonBody(limit: Self.maximumAttachmentBody))
    guard let owner = await state.mail.owner(of: access.user.userPrincipalName) else {
      throw GraphError.noMailbox
    }
    let attachment = try Attachment(fields, owner: owner, at: now)
    guard attachment.content.count < Self.largeAttachment else { throw GraphError.tooLarge }
    let before = try await state.mail.item(id, in: access.mailbox, at: now)
    guard before.message.source.storedSize + attachment.content.count <= state.settings.messageSizeLimit
    else { throw GraphError.tooLarge }
    let item = try await state.mail.change(id, in: access.mailbox, at: now) { $0.message.add(attachment) }
    let writer = AttachmentJSON(message: try await writer(access), item: item)
    let index = item.message.attachments.count - 1
    let place = "messages('\(id.keyEncoded)')/attachments"
    let location = "\(context.origin)/v1.0/users('\(access.user.id)')/\(place)('\(writer.id(index))')"
    return json(entity(writer.json(index), access, place + "/$entity"), status: .created, location: location)
  }

  func deleteAttachment(_ id: String, _ part: String, _ access: GraphAccess) async throws -> Response {
    let (before, index) = try await attachment(id, part, access)
    let number = before.item.message.attachmentNumbers[index]
    _ = try before.item.message.removingAttachment(number, at: now)
    _ = try await state.mail.change(id, in: access.mailbox, at: now) { [now] item in
      // It can be composed, as the line above has shown.
      item.message = (try? item.message.removingAttachment(number, at: now)) ?? item.message
    }
    return response(.noContent)
  }

  /// Microsoft Learn, "attachment: createUploadSession".
  func createUpload(_ id: String, _ access: GraphAccess) async throws -> Response {
    let parameters = try ActionParameters(
      try await jsonBody(), of: "createUploadSession", known: ["AttachmentItem"])
    guard let item = parameters["AttachmentItem"] else {
      throw GraphError.missingParameter("AttachmentItem")
    }
    let members = try item.members(
      "AttachmentItem", of: "attachmentItem",
      ["attachmentType", "name", "size", "contentType", "isInline", "contentId"])
    guard let type = members["attachmentType"], let name = try members["name"]?.text("name"), !name.isEmpty,
      let length = members["size"]
    else { throw GraphError.propertyMissing }
    let kind = try type.word("attachmentType", of: [AttachmentKind.file, .item, .reference])
    guard kind == .file else {
      throw GraphError.notSupported("An upload session for the attachmentType '\(kind.rawValue)'")
    }
    guard let size = length.int64.flatMap(Int.init(exactly:)), size >= 0 else {
      throw GraphError.body("Cannot convert the value of 'size' to the expected type 'Edm.Int64'.")
    }
    guard size >= Self.largeAttachment else { throw GraphError.attachmentTooSmall }
    let file = try Attachment(
      graph: name, type: members["contentType"]?.nullableText("contentType"),
      contentID: members["contentId"]?.nullableText("contentId"),
      isInline: members["isInline"]?.flag("isInline"),
      content: [])
    let draft = try await state.mail.item(id, in: access.mailbox, at: now)
    guard draft.isDraft else { throw GraphError.notDraft }
    let session = UploadSession(
      of: access.user, in: try access.mailbox, item: draft.number,
      itemName: try await writer(access).id(draft), file: file,
      size: size, expires: now + .seconds(state.settings.uploadSessionLifetime))
    await state.mail.open(session, at: now)
    let answer: JSONValue = [
      "@odata.context": .string("\(context.origin)/v1.0/$metadata#microsoft.graph.uploadSession"),
      "uploadUrl": .string("\(context.origin)\(session.path)?authtoken=\(session.token)"),
      "expirationDateTime": .string(session.expires.description),
      "nextExpectedRanges": ["0-"],
    ]
    return json(answer, status: .created)
  }

  /// Microsoft Learn, "attachmentItem resource type".
  private enum AttachmentKind: String { case file, item, reference }
}

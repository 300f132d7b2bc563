import HTTPTypes
import Hummingbird
import JSON
import MIME

extension GraphExchange {
  func perform(
    _ operation: GraphOperation, _ options: ODataQuery, _ access: GraphAccess
  ) async throws -> Response {
    switch operation {
    case .showUser: return try showUser(access.user, options)
    case .sendMail: return try await sendMail(access)
    case .listMessages(let folder): return try await listMessages(folder, options, access)
    case .countMessages(let folder): return try await countMessages(folder, options, access)
    case .createDraft(let folder): return try await createDraft(folder, access)
    case .showMessage(let id): return try await showMessage(id, options, access)
    case .updateMessage(let id): return try await updateMessage(id, access)
    case .deleteMessage(let id):
      try await state.mail.delete(id, in: access.mailbox, ifMatch: ifMatch, at: now)
      return response(.noContent)
    case .showContent(let id):
      try requireBodies(access)
      let item = try await state.mail.item(id, in: access.mailbox, at: now)
      return response(.ok, [.contentType: "text/plain"], item.message.source.bytes)
    case .sendDraft(let id): return try await sendDraft(id, access)
    case .moveMessage(let id): return try await moveMessage(id, access)
    case .copyMessage(let id): return try await copyMessage(id, access)
    case .purgeMessage(let id): return try await purgeMessage(id, access)
    case .createReply(let kind, let id): return try await createReply(kind, id, access)
    case .sendReply(let kind, let id): return try await sendReply(kind, id, access)
    case .replaceContent(let id): return try await replaceContent(id, access)
    case .translateIDs: return try await translateIDs(access)
    case .listAttachments(let id): return try await listAttachments(id, options, access)
    case .addAttachment(let id): return try await addAttachment(id, access)
    case .createUpload(let id): return try await createUpload(id, access)
    case .deleteAttachment(let id, let part): return try await deleteAttachment(id, part, access)
    case .showAttachment(let id, let part): return try await showAttachment(id, part, options, access)
    case .showAttachmentContent(let id, let part):
      let (writer, index) = try await attachment(id, part, access)
      let attachment = writer.item.message.attachments[index]
      let type = attachment.enclosed == nil ? attachment.contentType : "text/plain"
      return response(.ok, [.contentType: type], attachment.content)
    case .listFolders(let parent): return try await listFolders(parent, options, access)
    case .countFolders(let parent): return try await countFolders(parent, options, access)
    case .showFolder(let id): return try await showFolder(id, options, access)
    case .createFolder(let parent): return try await createFolder(parent, access)
    case .updateFolder(let id): return try await updateFolder(id, access)
    case .deleteFolder(let id): return try await deleteFolder(id, access)
    case .moveFolder(let id): return try await moveFolder(id, access)
    case .copyFolder(let id): return try await copyFolder(id, access)
    case .purgeFolder(let id): return try await purgeFolder(id, access)
    case .messageDelta(let folder): return try await messageDelta(folder, options, access)
    case .folderDelta: return try await folderDelta(options, access)
    }
  }

  func writer(_ access: GraphAccess) async throws(GraphError) -> MessageJSON {
    MessageJSON(
      origin: context.origin, epoch: await state.mail.epoch, mailbox: try access.mailbox,
      preferences: preferences, isBasic: access.isBasic, showsOwnHeaders: state.settings.sentCopyHeaders)
  }

  /// The URL of a collection as `@odata.context` spells it.
  func metadata(_ access: GraphAccess, _ tail: String) -> JSONValue {
    .string("\(context.origin)/v1.0/$metadata#users('\(access.user.id)')/\(tail)")
  }

  /// A resource on its own begins with its context.
  func entity(_ resource: JSONValue, _ access: GraphAccess, _ tail: String) -> JSONValue {
    let members = resource.object?.members ?? []
    return .object(JSONObject([(key: "@odata.context", value: metadata(access, tail))] + members))
  }
}

// Messages.
extension GraphExchange {
  private func query(_ options: ODataQuery, _ folder: String?, _ access: GraphAccess) async throws
    -> MessageQuery
  {
    try MessageJSON.validate(options)
    var query = MessageQuery()
    if let folder { query.folder = try await state.mail.folder(folder, in: access.mailbox) }
    query.filter = options.filter?.expression
    if !options.order.isEmpty { query.order = options.order }
    query.skip = options.skip
    query.top = pageSize(options)
    query.wantsTotal = options.wantsCount
    query.search = options.search
    return query
  }

  /// `$top` and a preference both bound a page.
  func pageSize(_ options: ODataQuery) -> Int {
    switch (options.top, preferences.pageSize) {
    case (let top?, let size?): min(top, size)
    case (let top, let size): top ?? size ?? ODataQuery.defaultTop
    }
  }

  private func listMessages(
    _ folder: String?, _ options: ODataQuery, _ access: GraphAccess
  ) async throws -> Response {
    let page = try await state.mail.page(query(options, folder, access), in: access.mailbox, at: now)
    let writer = try await writer(access)
    let place = folder.map { "mailFolders('\($0)')/messages" } ?? "messages"
    let messages = page.items.map {
      writer.json($0, select: options.select, expansion: options.expansion)
    }
    return collection(
      .init(elements: messages, total: page.total, hasMore: page.hasMore), options,
      metadata(access, place + options.contextSuffix))
  }

  func collection(
    _ page: ODataQuery.Page<JSONValue>, _ options: ODataQuery, _ metadata: JSONValue
  ) -> Response {
    let link =
      page.hasMore ? options.nextLink(context.origin + request.uri.path, after: page.elements.count) : nil
    return json(
      .object(omittingAbsent: [
        "@odata.context": metadata, "@odata.count": options.wantsCount ? JSONValue(page.total) : nil,
        "value": .array(page.elements), "@odata.nextLink": link.map { .string($0) },
      ]))
  }

  private func countMessages(
    _ folder: String?, _ options: ODataQuery, _ access: GraphAccess
  ) async throws -> Response {
    var query = try await query(options, folder, access)
    query.wantsTotal = true
    let page = try await state.mail.page(query, in: access.mailbox, at: now)
    return response(.ok, [.contentType: "text/plain"], Array(String(page.total).utf8))
  }

  private func showMessage(
    _ id: String, _ options: ODataQuery, _ access: GraphAccess
  ) async throws -> Response {
    try MessageJSON.validate(options)
    let item = try await state.mail.item(id, in: access.mailbox, at: now)
    let resource = try await writer(access)
      .json(item, select: options.select, expansion: options.expansion)
    return json(entity(resource, access, "messages\(options.contextSuffix)/$entity"))
  }
}

// People.
extension GraphExchange {
  private func showUser(_ user: SandboxDirectory.User, _ options: ODataQuery) throws -> Response {
    let known = UserJSON.members(user) + (options.select.isEmpty ? [] : UserJSON.onRequest(user))
    let members = try options.selected(known, of: "user")
    let place = "\(context.origin)/v1.0/$metadata#users\(options.contextSuffix)/$entity"
    return json(.object(JSONObject([(key: "@odata.context", value: .string(place))] + members)))
  }
}

/// The default properties of the `user` resource (Microsoft Learn, "Get user").
private enum UserJSON {
  static func members(_ user: SandboxDirectory.User) -> [(key: String, value: JSONValue)] {
    let names = user.displayName.split(separator: " ", maxSplits: 1).map(String.init)
    let json: JSONObject = [
      "businessPhones": [],
      "displayName": .string(user.displayName),
      "givenName": names.first.map { .string($0) } ?? .null,
      "jobTitle": .null,
      "mail": user.mail.map { .string($0) } ?? .null,
      "mobilePhone": .null,
      "officeLocation": .null,
      "preferredLanguage": .null,
      "surname": names.count > 1 ? .string(names[1]) : .null,
      "userPrincipalName": .string(user.userPrincipalName),
      "id": .string(user.id),
    ]
    return json.members
  }

  /// Returned only when `$select` names them.
  static func onRequest(_ user: SandboxDirectory.User) -> [(key: String, value: JSONValue)] {
    let addresses = user.mail.map { ["SMTP:" + $0] } ?? []
    let json: JSONObject = [
      "proxyAddresses": .strings(user.kind == .personal ? [] : addresses + user.aliases.map { "smtp:" + $0 }),
      "userType": user.kind == .personal ? .null : .string(user.isGuest ? "Guest" : "Member"),
    ]
    return json.members
  }
}

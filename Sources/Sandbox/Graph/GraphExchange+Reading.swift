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
      try await state.mail.delete(id, in: access.mailbox, at: now)
      return response(.noContent)
    case .showContent(let id):
      try requireBodies(access)
      let item = try await state.mail.item(id, in: access.mailbox, at: now)
      return response(.ok, [.contentType: "text/plain"], item.message.mime)
    case .sendDraft(let id): return try await sendDraft(id, access)
    case .moveMessage(let id): return try await moveMessage(id, access)
    case .listAttachments(let id): return try await listAttachments(id, access)
    case .showAttachment(let id, let part): return try await showAttachment(id, part, access)
    case .showAttachmentContent(let id, let part):
      let (item, index) = try await attachment(id, part, access)
      let attachment = item.message.attachments[index]
      return response(.ok, [.contentType: attachment.contentType], attachment.content)
    case .listFolders: return try await listFolders(options, access)
    case .showFolder(let id): return try await showFolder(id, options, access)
    }
  }

  func writer(_ access: GraphAccess) async throws(GraphError) -> MessageJSON {
    MessageJSON(
      origin: context.origin, epoch: await state.mail.epoch, mailbox: try access.mailbox,
      preferences: preferences, isBasic: access.isBasic)
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
    try MessageJSON.validate(options.select)
    var query = MessageQuery()
    if let folder { query.folder = try await state.mail.folder(folder, in: access.mailbox) }
    query.conditions = options.filter?.conditions ?? []
    query.order = options.order ?? MessageQuery.Order()
    query.skip = options.skip
    query.top = options.top ?? preferences.pageSize ?? ODataQuery.defaultTop
    return query
  }

  private func listMessages(
    _ folder: String?, _ options: ODataQuery, _ access: GraphAccess
  ) async throws -> Response {
    let page = try await state.mail.page(query(options, folder, access), in: access.mailbox, at: now)
    let writer = try await writer(access)
    let place = folder.map { "mailFolders('\($0)')/messages" } ?? "messages"
    let messages = page.items.map {
      writer.json($0, select: options.select, expandsAttachments: options.expandsAttachments)
    }
    let link =
      page.hasMore ? options.nextLink(context.origin + request.uri.path, after: page.items.count) : nil
    return json(
      .object(omittingAbsent: [
        "@odata.context": metadata(access, place + options.contextSuffix),
        "@odata.count": options.wantsCount ? JSONValue(page.total) : nil, "value": .array(messages),
        "@odata.nextLink": link.map { .string($0) },
      ]))
  }

  private func countMessages(
    _ folder: String?, _ options: ODataQuery, _ access: GraphAccess
  ) async throws -> Response {
    let page = try await state.mail.page(query(options, folder, access), in: access.mailbox, at: now)
    return response(.ok, [.contentType: "text/plain"], Array(String(page.total).utf8))
  }

  private func showMessage(
    _ id: String, _ options: ODataQuery, _ access: GraphAccess
  ) async throws -> Response {
    try MessageJSON.validate(options.select)
    let item = try await state.mail.item(id, in: access.mailbox, at: now)
    let resource = try await writer(access)
      .json(item, select: options.select, expandsAttachments: options.expandsAttachments)
    return json(entity(resource, access, "messages\(options.contextSuffix)/$entity"))
  }
}

// Attachments.
extension GraphExchange {
  private func requireBodies(_ access: GraphAccess) throws(GraphError) {
    guard !access.isBasic else { throw .accessDenied }
  }

  private func listAttachments(_ id: String, _ access: GraphAccess) async throws -> Response {
    try requireBodies(access)
    let item = try await state.mail.item(id, in: access.mailbox, at: now)
    let attachments = try await writer(access).attachments(item)
    return json([
      "@odata.context": metadata(access, "messages('\(id)')/attachments"), "value": .array(attachments),
    ])
  }

  private func showAttachment(_ id: String, _ part: String, _ access: GraphAccess) async throws -> Response {
    let (item, index) = try await attachment(id, part, access)
    let resource = try await writer(access).attachment(item, at: index)
    return json(entity(resource, access, "messages('\(id)')/attachments/$entity"))
  }

  private func attachment(
    _ id: String, _ part: String, _ access: GraphAccess
  ) async throws -> (MailItem, Int) {
    try requireBodies(access)
    let item = try await state.mail.item(id, in: access.mailbox, at: now)
    let writer = try await writer(access)
    let names = item.message.attachments.indices.map { writer.attachmentID(item, at: $0) }
    guard let index = names.firstIndex(of: part) else { throw GraphError.itemNotFound }
    return (item, index)
  }
}

// Folders and people.
extension GraphExchange {
  private func listFolders(_ options: ODataQuery, _ access: GraphAccess) async throws -> Response {
    let counts = try await state.mail.folderCounts(in: access.mailbox, at: now)
    let writer = try await writer(access)
    return json([
      "@odata.context": metadata(access, "mailFolders" + options.contextSuffix),
      "value": .array(try counts.map { try Self.folder(writer.folder($0), options) }),
    ])
  }

  private func showFolder(
    _ name: String, _ options: ODataQuery, _ access: GraphAccess
  ) async throws -> Response {
    let folder = try await state.mail.folder(name, in: access.mailbox)
    let count = try await state.mail.mailbox(access.mailbox, at: now).count(folder)
    let resource = try await Self.folder(writer(access).folder(count), options)
    return json(entity(resource, access, "mailFolders\(options.contextSuffix)/$entity"))
  }

  private static func folder(_ json: JSONValue, _ options: ODataQuery) throws(GraphError) -> JSONValue {
    .object(JSONObject(try options.selected(json.object?.members ?? [], of: "mailFolder")))
  }

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

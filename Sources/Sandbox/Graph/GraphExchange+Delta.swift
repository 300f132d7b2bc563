import Core
import Hummingbird
import JSON

// What has changed (Microsoft Learn, "Use delta query to track changes in Microsoft Graph data").
extension GraphExchange {
  func messageDelta(
    _ name: String, _ options: ODataQuery, _ access: GraphAccess
  ) async throws -> Response {
    let folder = try await state.mail.folder(name, in: access.mailbox)
    let (first, token) = try carried(options, .messageDelta(folder: name))
    try MessageJSON.validate(first)
    let request = DeltaRequest(
      token: token, filter: first.filter?.expression, isByDate: !first.order.isEmpty, kind: first.changeKind,
      size: pageSize(first), options: first.carried, lifetime: state.settings.deltaTokenLifetime)
    let page = try await state.mail.changes(
      of: folder, request, immutableIDs: preferences.immutableIDs, in: access.mailbox, at: now)
    let writer = try await writer(access)
    let elements = page.elements.map { element -> JSONValue in
      switch element {
      case .present(let item):
        .typed("message", writer.json(item, select: first.select, expansion: first.expansion))
      case .gone(let kind, let number): .removed("message", id: writer.name(kind, number))
      }
    }
    let place = "mailFolders('\(name.keyEncoded)')/messages/delta"
    return try delta(elements, of: "message", at: place, page.token)
  }

  func folderDelta(_ options: ODataQuery, _ access: GraphAccess) async throws -> Response {
    let (first, token) = try carried(options, .folderDelta)
    try ODataQuery.check(first.select, of: "mailFolder", in: MessageJSON.folderProperties)
    let request = DeltaRequest(
      token: token, size: pageSize(first), options: first.carried,
      lifetime: state.settings.deltaTokenLifetime)
    let page = try await state.mail.folderChanges(request, in: access.mailbox, at: now)
    let writer = try await writer(access)
    let elements = try page.elements.map { element -> JSONValue in
      switch element {
      case .present(let count):
        .typed("mailFolder", try Self.folder(writer.folder(count), first, keepsID: true))
      case .gone(let folder): .removed("mailFolder", id: writer.folderID(folder))
      }
    }
    return try delta(elements, of: "mailFolder", at: "mailFolders/delta", page.token)
  }

  /// The options of the first request, and the token if this is not that. An option that is repeated beside a token must
  /// be what it was.
  private func carried(
    _ options: ODataQuery, _ operation: GraphOperation
  ) throws(GraphError) -> (ODataQuery, DeltaToken?) {
    guard let text = options.deltaToken ?? options.skipToken else { return (options, nil) }
    guard options.deltaToken == nil || options.skipToken == nil, let token = DeltaToken(text),
      token.isPage == (options.skipToken != nil)
    else { throw .malformedSyncState }
    guard let fields = try? FormFields(urlEncoded: token.options) else { throw .malformedSyncState }
    let first = try ODataQuery(fields, for: operation.shape)
    guard options.isRepetition(of: first) else {
      throw .query("The query options of a delta request cannot change after the first request.")
    }
    return (first, token)
  }

  private func delta(
    _ elements: [JSONValue], of type: String, at place: String, _ token: DeltaToken
  ) throws(GraphError) -> Response {
    let owner =
      switch try GraphPath(String(request.uri.path.dropFirst("/v1.0".count))).owner {
      case .me: "me"
      case .user(let name): "users('\(name)')"
      }
    let resource = "\(context.origin)/v1.0/\(owner)/\(place)"
    let link = "\(resource)?\(token.isPage ? "$skiptoken" : "$deltatoken")=\(token.text)"
    return json([
      "@odata.context": .string("\(context.origin)/v1.0/$metadata#Collection(\(type))"),
      token.isPage ? "@odata.nextLink" : "@odata.deltaLink": .string(link),
      "value": .array(elements),
    ])
  }
}

extension JSONValue {
  /// A resource that says what it is.
  fileprivate static func typed(_ type: String, _ resource: JSONValue) -> JSONValue {
    let members = resource.object?.members ?? []
    return .object(
      JSONObject([(key: "@odata.type", value: .string("#microsoft.graph.\(type)"))] + members))
  }

  fileprivate static func removed(_ type: String, id: String) -> JSONValue {
    [
      "@odata.type": .string("#microsoft.graph.\(type)"), "id": .string(id),
      "@removed": ["reason": "deleted"],
    ]
  }
}

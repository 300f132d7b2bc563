import Hummingbird
import JSON

// Folders (Microsoft Learn, "mailFolder resource type").
extension GraphExchange {
  private func folders(
    _ parent: String, _ options: ODataQuery, _ access: GraphAccess
  ) async throws -> [FolderCount] {
    let parent = try await state.mail.folder(parent, in: access.mailbox)
    var folders = try await state.mail.children(
      of: parent, includingHidden: options.includesHidden, in: access.mailbox, at: now)
    if let filter = options.filter {
      folders = folders.filter { folder in filter.expression.holds { folder.filterValue($0) } }
    }
    for order in options.order.reversed() {
      // Stable, so that the first property decides and the later ones break ties.
      let sorted = folders.enumerated().sorted { a, b in
        let (x, y) = (a.element.filterValue(order.property), b.element.filterValue(order.property))
        guard let x, let y, x != y else { return a.offset < b.offset }
        return x.isBefore(y) != order.descending
      }
      folders = sorted.map(\.element)
    }
    return folders
  }

  func listFolders(
    _ parent: String, _ options: ODataQuery, _ access: GraphAccess
  ) async throws -> Response {
    let writer = try await writer(access)
    try ODataQuery.check(options.select, of: "mailFolder", in: MessageJSON.folderProperties)
    let page = options.page(of: try await folders(parent, options, access), size: pageSize(options))
    let shown = try page.elements.map { try Self.folder(writer.folder($0), options) }
    return collection(
      .init(elements: shown, total: page.total, hasMore: page.hasMore), options,
      metadata(access, "mailFolders" + options.contextSuffix))
  }

  func countFolders(
    _ parent: String, _ options: ODataQuery, _ access: GraphAccess
  ) async throws -> Response {
    let folders = try await folders(parent, options, access)
    return response(.ok, [.contentType: "text/plain"], Array(String(folders.count).utf8))
  }

  func showFolder(
    _ name: String, _ options: ODataQuery, _ access: GraphAccess
  ) async throws -> Response {
    let folder = try await state.mail.folder(name, in: access.mailbox)
    let count = try await state.mail.count(folder, in: access.mailbox, at: now)
    let resource = try await Self.folder(writer(access).folder(count), options)
    return json(entity(resource, access, "mailFolders\(options.contextSuffix)/$entity"))
  }

  static func folder(
    _ json: JSONValue, _ options: ODataQuery, keepsID: Bool = false
  ) throws(GraphError) -> JSONValue {
    let members = json.object?.members ?? []
    let selected = try options.selected(members, of: "mailFolder")
    let adds = keepsID && !selected.contains { $0.key == "id" }
    return .object(JSONObject((adds ? members.filter { $0.key == "id" } : []) + selected))
  }
}

// Changes of folders.
extension GraphExchange {
  func createFolder(_ parent: String, _ access: GraphAccess) async throws -> Response {
    let parent = try await state.mail.folder(parent, in: access.mailbox)
    let fields = try FolderFields(try await jsonBody())
    guard let name = fields.displayName else { throw GraphError.propertyMissing }
    let count = try await state.mail.createFolder(
      name, in: parent, isHidden: fields.isHidden ?? false, of: access.mailbox, at: now)
    return try await answer(count, status: .created, access)
  }

  func updateFolder(_ name: String, _ access: GraphAccess) async throws -> Response {
    let folder = try await state.mail.folder(name, in: access.mailbox)
    let fields = try FolderFields(try await jsonBody())
    guard fields.isHidden == nil else {
      throw GraphError.notSettable("The property 'isHidden' can only be set when a folder is created.")
    }
    guard let name = fields.displayName else { throw GraphError.propertyMissing }
    return try await answer(
      state.mail.rename(folder, to: name, in: access.mailbox, at: now), status: .ok, access)
  }

  func deleteFolder(_ name: String, _ access: GraphAccess) async throws -> Response {
    let folder = try await state.mail.folder(name, in: access.mailbox)
    try await state.mail.delete(folder, in: access.mailbox, at: now)
    return response(.noContent)
  }

  func purgeFolder(_ name: String, _ access: GraphAccess) async throws -> Response {
    try await refuseParameters(of: "permanentDelete")
    let folder = try await state.mail.folder(name, in: access.mailbox)
    try await state.mail.purge(folder, in: access.mailbox, at: now)
    return response(.noContent)
  }

  func moveFolder(_ name: String, _ access: GraphAccess) async throws -> Response {
    let folder = try await state.mail.folder(name, in: access.mailbox)
    let parent = try await destination(of: "move", access)
    return try await answer(
      state.mail.move(folder, to: parent, in: access.mailbox, at: now), status: .ok, access)
  }

  func copyFolder(_ name: String, _ access: GraphAccess) async throws -> Response {
    let folder = try await state.mail.folder(name, in: access.mailbox)
    let parent = try await destination(of: "copy", access)
    return try await answer(
      state.mail.copy(folder, to: parent, in: access.mailbox, at: now), status: .ok, access)
  }

  private func answer(
    _ count: FolderCount, status: HTTPResponse.Status, _ access: GraphAccess
  ) async throws -> Response {
    json(entity(try await writer(access).folder(count), access, "mailFolders/$entity"), status: status)
  }
}

/// The properties of a `mailFolder` that a client has set. Read-only ones are accepted and change nothing.
struct FolderFields: Sendable {
  var displayName: String?
  var isHidden: Bool?

  init(_ json: JSONValue) throws(GraphError) {
    let members = try json.members(
      "mailFolder", of: "mailFolder", Self.settable.union(Self.readOnly), unsupported: Self.unbuilt)
    if let name = try members["displayName"]?.text("displayName") {
      // Exchange's own limit of a folder's name (MS-OXCSTOR: PidTagDisplayName).
      guard !name.isEmpty, name.count <= 255, !name.contains("\0") else {
        throw .notSettable("The property 'displayName' has 1 to 255 characters.")
      }
      displayName = name
    }
    isHidden = try members["isHidden"]?.flag("isHidden")
  }

  private static let settable: Set = ["displayName", "isHidden"]
  private static let readOnly: Set = [
    "id", "parentFolderId", "childFolderCount", "unreadItemCount", "totalItemCount", "sizeInBytes",
  ]
  private static let unbuilt: Set = [
    "childFolders", "messages", "messageRules", "singleValueExtendedProperties",
    "multiValueExtendedProperties", "userConfigurations",
  ]
}

import Access
import Accounts
import Core
import Hummingbird
import Store

/// `/v1/workspaces`, for operators.
struct WorkspaceRoutes: Sendable {
  let workspaces: WorkspaceDirectory
  let bodyLimit: Int

  func add(to group: RouterGroup<WebContext>) {
    group.get("workspaces", use: list)
    group.post("workspaces", use: create)
    group.get("workspaces/:workspace", use: get)
    group.put("workspaces/:workspace", use: update)
    group.delete("workspaces/:workspace", use: delete)
  }

  private func list(_ request: Request, _ context: WebContext) async throws -> Response {
    try context.requireOperator()
    let paging = try request.pageRequest
    let page = try await workspaces.workspaces(paging)
    let head = PageHead(paging, total: page.total)
    return try reply(
      WorkspacePage(
        total: head.total, page: head.page, pages: head.pages,
        workspaces: page.elements.map(WorkspaceReply.init)))
  }

  private func create(_ request: Request, _ context: WebContext) async throws -> Response {
    try context.requireOperator()
    let body = try await request.body(WorkspaceRequest.self, limit: bodyLimit).value
    let id = try await workspaces.create(
      NewWorkspace(
        id: body.workspace.map { WorkspaceID($0) }, name: body.name, redirectHosts: body.redirectHosts))
    struct Created: Encodable {
      let workspace: String
      let created: Bool
    }
    return try reply(Created(workspace: id.rawValue, created: true))
  }

  private func get(_ request: Request, _ context: WebContext) async throws -> Response {
    try context.requireOperator()
    return try reply(WorkspaceReply(try await workspaces.workspace(try context.namedWorkspace)))
  }

  private func update(_ request: Request, _ context: WebContext) async throws -> Response {
    try context.requireOperator()
    let id = try context.namedWorkspace
    let body = try await request.body(WorkspaceUpdateRequest.self, limit: bodyLimit).value
    var change = WorkspaceChange()
    change.name = body.name
    change.redirectHosts = body.redirectHosts
    change.defaultSender = body.defaultSender.map { $0.isEmpty ? .none : .account(AccountID($0)) }
    try await workspaces.update(id, change)
    struct Updated: Encodable {
      let workspace: String
      let updated: Bool
    }
    return try reply(Updated(workspace: id.rawValue, updated: true))
  }

  private func delete(_ request: Request, _ context: WebContext) async throws -> Response {
    try context.requireOperator()
    let id = try context.namedWorkspace
    try await workspaces.delete(id, force: try request.queryFlag("force"))
    struct Deleted: Encodable {
      let workspace: String
      let deleted: Bool
    }
    return try reply(Deleted(workspace: id.rawValue, deleted: true))
  }
}

extension WebContext {
  fileprivate var namedWorkspace: WorkspaceID {
    get throws { WorkspaceID(try pathText("workspace")) }
  }
}

private struct WorkspacePage: Encodable {
  let total, page, pages: Int
  let workspaces: [WorkspaceReply]
}

private struct WorkspaceReply: Encodable {
  let workspace, name, created: String
  let redirectHosts: [String]
  let defaultSender: String?

  init(_ record: WorkspaceRecord) {
    workspace = record.id.rawValue
    name = record.name
    redirectHosts = record.redirectHosts
    defaultSender = record.defaultSender?.rawValue
    created = record.created.description
  }
}

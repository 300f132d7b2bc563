import API
import Access
import Core
import Store

/// The workspaces, for operators.
struct WorkspaceRoutes: Sendable {
  let workspaces: WorkspaceDirectory

  func add(to router: APIRouter) {
    router.on(Operations.workspaces) { call in
      let page = try await workspaces.workspaces(call.query.request)
      var reply = WorkspacePage(call.query, total: page.total)
      reply.workspaces = page.elements.map { WorkspaceReply($0) }
      return reply
    }
    router.on(Operations.addWorkspace) { call in
      WorkspaceCreated(
        try await workspaces.create(
          NewWorkspace(
            id: call.body.workspace, name: call.body.name, redirectHosts: call.body.redirectHosts)))
    }
    router.on(Operations.workspace) { call in
      WorkspaceReply(try await workspaces.workspace(call.path))
    }
    router.on(Operations.updateWorkspace) { call in
      var change = WorkspaceChange()
      change.name = call.body.name
      change.redirectHosts = call.body.redirectHosts
      change.defaultSender = call.body.defaultSender.map { $0.rawValue.isEmpty ? .none : .account($0) }
      try await workspaces.update(call.path, change)
      return WorkspaceUpdated(call.path)
    }
    router.on(Operations.deleteWorkspace) { call in
      try await workspaces.delete(call.path, force: call.query.force)
      return WorkspaceDeleted(call.path)
    }
  }
}

extension WorkspaceReply {
  fileprivate init(_ record: WorkspaceRecord) {
    self.init()
    workspace = record.id
    name = record.name
    redirectHosts = record.redirectHosts
    defaultSender = record.defaultSender
    created = record.created.microseconds == 0 ? nil : record.created
  }
}

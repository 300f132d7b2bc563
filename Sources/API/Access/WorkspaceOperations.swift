package import Core

enum WorkspaceTerm {
  static let id = Term("workspace", Kind<WorkspaceID>.id(1...64), "The workspace's id.")
  static let redirectHosts = Term(
    "redirectHosts", Kind<[String]>.list(.line(1...255, format: .host), count: 0...100),
    "The hosts to which sign-ins may return; an empty list allows all.")
}

/// The body of `POST /v1/workspaces`.
package struct WorkspaceRequest: Contract {
  package var workspace: WorkspaceID?
  package var name = ""
  package var redirectHosts: [String] = []

  package init() {}

  package static let fields = Fields<Self>("WorkspaceRequest", "A workspace to be created.") {
    Field(
      "workspace", \.workspace, .id(1...64),
      "The id: up to 64 of a-z, 0-9 and hyphens; left out, Heliograph generates one.")
    Required("name", \.name, .line(1...256), "A name for people.")
    Field(WorkspaceTerm.redirectHosts, \.redirectHosts)
  }
}

/// The body of `PUT /v1/workspaces/{workspace}`: what is left out stays as it is.
package struct WorkspaceUpdateRequest: Contract {
  package var name: String?
  package var redirectHosts: [String]?
  /// Empty for none.
  package var defaultSender: AccountID?

  package init() {}

  package static let fields = Fields<Self>(
    "WorkspaceUpdateRequest", "Changes to a workspace; what is left out stays as it is."
  ) {
    Field("name", \.name, .line(0...256), "A name for people.")
    Field(WorkspaceTerm.redirectHosts, \.redirectHosts)
    Field(
      "defaultSender", \.defaultSender, .id(0...256),
      "The account that sends messages submitted without one; empty for none.")
  }
}

package struct WorkspaceReply: Contract {
  package var workspace = WorkspaceID("")
  package var name = ""
  package var redirectHosts: [String] = []
  package var defaultSender: AccountID?
  package var created: Instant?

  package init() {}

  package static let fields = Fields<Self>("Workspace", "A workspace.") {
    Required(WorkspaceTerm.id, \.workspace)
    Required("name", \.name, .line(0...256), "The name for people.")
    Required(WorkspaceTerm.redirectHosts, \.redirectHosts)
    Field("defaultSender", \.defaultSender, .id(), "The account that sends messages submitted without one.")
    Field("created", \.created, .moment, "When it was created; left out for the one that every database has.")
  }
}

package struct WorkspacePage: PagedReply {
  package var total = 0
  package var page = 0
  package var pages = 0
  package var workspaces: [WorkspaceReply] = []

  package init() {}

  package static let fields = Fields<Self>("WorkspacePage", "One page of the workspaces.") {
    Required(PageTerm.total, \.total)
    Required(PageTerm.number, \.page)
    Required(PageTerm.pages, \.pages)
    Required("workspaces", \.workspaces, .list(.object, count: 0...1000), "The workspaces.")
  }
}

package struct WorkspaceCreated: Contract {
  package var workspace = WorkspaceID("")
  package var created = true

  package init() {}

  package init(_ workspace: WorkspaceID) {
    self.workspace = workspace
  }

  package static let fields = Fields<Self>("WorkspaceCreated", "A workspace that was created.") {
    Required(WorkspaceTerm.id, \.workspace)
    Required("created", \.created, .flag, "Always `true`.")
  }
}

package struct WorkspaceUpdated: Contract {
  package var workspace = WorkspaceID("")
  package var updated = true

  package init() {}

  package init(_ workspace: WorkspaceID) {
    self.workspace = workspace
  }

  package static let fields = Fields<Self>("WorkspaceUpdated", "A workspace that was changed.") {
    Required(WorkspaceTerm.id, \.workspace)
    Required("updated", \.updated, .flag, "Always `true`.")
  }
}

package struct WorkspaceDeleted: Contract {
  package var workspace = WorkspaceID("")
  package var deleted = true

  package init() {}

  package init(_ workspace: WorkspaceID) {
    self.workspace = workspace
  }

  package static let fields = Fields<Self>("WorkspaceDeleted", "A workspace that was deleted.") {
    Required(WorkspaceTerm.id, \.workspace)
    Required("deleted", \.deleted, .flag, "Always `true`.")
  }
}

/// The query of `DELETE /v1/workspaces/{workspace}`.
package struct WorkspaceDeletion: Contract {
  package var force = false

  package init() {}

  package init(force: Bool) {
    self.force = force
  }

  package static let fields = Fields<Self>("WorkspaceDeletion", "How a workspace is deleted.") {
    Field(
      "force", \.force, .flag,
      "Whether everything in it is deleted too; without it, one with accounts is refused.")
  }
}

extension Operations {
  package static let workspaces = Operation<Nothing, PageQuery, Nothing, WorkspacePage>(
    .get, "/v1/workspaces", id: "getWorkspaces", .workspaces, .operator, "List the workspaces.")

  package static let addWorkspace = Operation<Nothing, Nothing, WorkspaceRequest, WorkspaceCreated>(
    .post, "/v1/workspaces", id: "postWorkspaces", .workspaces, .operator, "Make a workspace.",
    problems: [.workspaceExists])

  package static let workspace = Operation<WorkspaceID, Nothing, Nothing, WorkspaceReply>(
    .get, "/v1/workspaces/{workspace}", id: "getWorkspace", .workspaces, .operator, "Show one workspace.",
    problems: [.workspaceNotFound])

  package static let updateWorkspace = Operation<
    WorkspaceID, Nothing, WorkspaceUpdateRequest, WorkspaceUpdated
  >(
    .put, "/v1/workspaces/{workspace}", id: "putWorkspace", .workspaces, .operator, "Change a workspace.",
    problems: [.workspaceNotFound, .accountNotFound])

  package static let deleteWorkspace = Operation<WorkspaceID, WorkspaceDeletion, Nothing, WorkspaceDeleted>(
    .delete, "/v1/workspaces/{workspace}", id: "deleteWorkspace", .workspaces, .operator,
    "Delete a workspace.",
    problems: [.workspaceNotFound, .workspaceInUse])
}

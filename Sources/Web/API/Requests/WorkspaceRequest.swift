/// The body of `POST /v1/workspaces`.
struct WorkspaceRequest: RequestObject {
  /// `nil` for one that we choose.
  let workspace: String?
  let name: String
  let redirectHosts: [String]

  static let known: Set = ["workspace", "name", "redirectHosts"]

  init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, of: Self.self)
    workspace = fields.text("workspace", limit: 64)
    name = fields.requiredText("name", limit: 256) ?? ""
    redirectHosts = fields.optional("redirectHosts") ?? []
  }
}

/// The body of `PUT /v1/workspaces/{workspace}`: what is left out stays as it is.
struct WorkspaceUpdateRequest: RequestObject {
  let name: String?
  let redirectHosts: [String]?
  /// An account's id; empty for none.
  let defaultSender: String?

  static let known: Set = ["name", "redirectHosts", "defaultSender"]

  init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, of: Self.self)
    name = fields.text("name", limit: 256)
    redirectHosts = fields.optional("redirectHosts")
    defaultSender = fields.text("defaultSender", limit: 256)
  }
}

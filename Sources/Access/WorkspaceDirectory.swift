package import Core
package import Store

/// The workspaces, whose contents are kept separate.
package struct WorkspaceDirectory: Sendable {
  private let store: Store
  private let tokens: TokenDirectory
  private let time: any Time

  package init(store: Store, tokens: TokenDirectory, time: any Time) {
    self.store = store
    self.tokens = tokens
    self.time = time
  }

  /// Throws `workspace.exists` or `request.invalidField`, and then has stored nothing.
  package func create(_ new: NewWorkspace) async throws -> WorkspaceID {
    let now = time.now
    let id = new.id ?? Self.newID(at: now)
    try WorkspaceFields.validate(id)
    try WorkspaceFields.validate(name: new.name)
    let record = WorkspaceRecord(
      id: id, name: new.name, redirectHosts: try WorkspaceFields.hosts(new.redirectHosts), created: now)
    try await store.write { (tx: borrowing Transaction) in
      guard try tx.insert(record) else { throw Problem.workspaceExists(id) }
    }
    return id
  }

  package func workspace(_ id: WorkspaceID) async throws -> WorkspaceRecord {
    let found = try await store.read { (tx: borrowing Transaction) in try tx.workspace(id) }
    guard let found else { throw Problem.workspaceNotFound(id) }
    return found
  }

  /// Oldest first: `default` leads.
  package func workspaces(_ request: PageRequest) async throws -> Page<WorkspaceRecord> {
    try await store.read { (tx: borrowing Transaction) in try tx.workspaces(request) }
  }

  /// Throws `account.notFound` for a default sender that is not one of the workspace's accounts.
  package func update(_ id: WorkspaceID, _ change: WorkspaceChange) async throws {
    if let name = change.name { try WorkspaceFields.validate(name: name) }
    let hosts = try change.redirectHosts.map(WorkspaceFields.hosts)
    try await store.write { (tx: borrowing Transaction) in
      guard var workspace = try tx.workspace(id) else { throw Problem.workspaceNotFound(id) }
      workspace.name = change.name ?? workspace.name
      workspace.redirectHosts = hosts ?? workspace.redirectHosts
      switch change.defaultSender {
      case .account(let account):
        guard try tx.account(account, in: id) != nil else { throw Problem.accountNotFound(account) }
        workspace.defaultSender = account
      case .some(.none): workspace.defaultSender = nil
      case nil: break
      }
      _ = try tx.update(workspace)
    }
  }

  /// Also deletes all that belongs to it, with `force`; messages on their way are not followed any more.
  ///
  /// - Throws: `workspace.inUse` for `default`, while there are accounts and `force` is not given, and while
  ///   accounts of other workspaces use its apps.
  package func delete(_ id: WorkspaceID, force: Bool) async throws {
    guard id != .default else { throw Problem.workspaceInUse(id, "belongs to the operator") }
    try await store.write { (tx: borrowing Transaction) in
      guard try tx.workspace(id) != nil else { throw Problem.workspaceNotFound(id) }
      let accounts = try tx.accountCount(in: id)
      guard force || accounts == 0 else {
        throw Problem.workspaceInUse(id, "has \(accounts) accounts")
      }
      guard try tx.guestCount(ofAppsIn: id) == 0 else {
        throw Problem.workspaceInUse(id, "has an app that accounts of other workspaces use")
      }
      try tx.deleteWorkspace(id)
    }
    tokens.forgetTokens()
    // Messages may be large: some at a time, so that other writers do not wait for them. If this is
    // interrupted, the sweep finds chunks without their messages.
    while try await store.write({ (tx: borrowing Transaction) in try tx.deleteChunks(in: id, limit: 100) })
      > 0
    {}
  }

  /// The account that sends messages submitted without one.
  ///
  /// - Throws: `workspace.noDefaultSender`.
  package func defaultSender(in id: WorkspaceID) async throws -> AccountID {
    guard let account = try await workspace(id).defaultSender else {
      throw Problem.noDefaultSender(id)
    }
    return account
  }

  /// Ids of workspaces have hyphens where others have an underscore.
  private static func newID(at now: Instant) -> WorkspaceID {
    WorkspaceID(WorkspaceID.make(at: now).rawValue.replacing("_", with: "-"))
  }
}

extension Problem {
  fileprivate static func workspaceExists(_ id: WorkspaceID) -> Problem {
    Problem(
      .workspaceExists, "The workspace “\(id)” already exists.",
      remedy: "Choose another id, or change the existing workspace with PUT /v1/workspaces/\(id).")
  }

  fileprivate static func workspaceInUse(_ id: WorkspaceID, _ why: String) -> Problem {
    Problem(
      .workspaceInUse, "The workspace “\(id)” \(why).",
      remedy: id == .default
        ? "Delete its apps and accounts one by one."
        : "Delete those accounts first, or add ?force=true to delete those in it too.")
  }

  fileprivate static func noDefaultSender(_ id: WorkspaceID) -> Problem {
    Problem(
      .workspaceNoDefaultSender, "The workspace “\(id)” has no default sender.",
      remedy: "Use POST /v1/account/{account}/submit, or have an operator set the workspace's defaultSender."
    )
  }
}

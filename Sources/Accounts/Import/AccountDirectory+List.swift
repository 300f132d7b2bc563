import Core
import Store
import Vault

/// The result of one row.
typealias ImportOutcome = Result<(id: AccountID, origin: AccountOrigin), Problem>

/// The apps of a list's rows, each found or created once.
struct ImportedApps: Sendable {
  struct Client: Sendable, Hashable {
    let id: String
    let tenant: String?
    /// A hash of the secret, which is not kept.
    let secretHash: [UInt8]?
  }

  private(set) var known: [Client: AppID] = [:]

  /// Lists use one app or a few; when there are more, the cache is cleared.
  private static let most = 1000

  mutating func add(_ found: [Client: AppID]) {
    if known.count + found.count > Self.most { known = [:] }
    known.merge(found) { $1 }
  }
}

extension AccountDirectory {
  /// Saves each row that can be saved, all in one transaction, or with `isDryRun` only checks them.
  func save(
    _ rows: [ImportRow], knowing apps: ImportedApps, isDryRun: Bool, in workspace: WorkspaceID
  ) async throws -> (outcomes: [ImportOutcome], apps: ImportedApps) {
    let now = time.now
    let prepared = rows.map { PreparedRow($0, self, knowing: apps, in: workspace, at: now) }
    let outcomes: [ImportOutcome]
    var apps = apps
    do {
      let saved = try await store.write { [vault] (tx: borrowing Transaction) -> SavedRows in
        var saved = SavedRows()
        for row in prepared { try saved.add(row, tx, in: workspace, at: now, vault) }
        // After a failure nothing is kept.
        if isDryRun { throw DryRun(rows: saved) }
        return saved
      }
      apps.add(saved.apps)
      outcomes = saved.outcomes
    } catch let dryRun as DryRun {
      outcomes = dryRun.rows.outcomes
    }
    return (outcomes, apps)
  }
}

private struct DryRun: Error {
  let rows: SavedRows
}

/// A row with everything that is created outside a transaction.
private struct PreparedRow: Sendable {
  enum App: Sendable {
    case known(AppID)
    case prepared(PreparedApp)
    case refused(Problem)
  }

  let grant: ImportedGrant
  let client: ImportedApps.Client
  let app: App
  let newID: AccountID

  init(
    _ row: ImportRow, _ directory: AccountDirectory, knowing apps: ImportedApps, in workspace: WorkspaceID,
    at now: Instant
  ) {
    grant = row.grant
    client = row.client
    newID = AccountID.make(at: now)
    if let id = apps.known[row.client] {
      app = .known(id)
    } else {
      do {
        app = .prepared(try directory.prepareApp(of: row.grant, in: workspace))
      } catch {
        app = .refused(
          error as? Problem ?? .appInvalid("The app cannot be created.", remedy: "Check the row."))
      }
    }
  }
}

private struct SavedRows: Sendable {
  var outcomes: [ImportOutcome] = []
  var apps: [ImportedApps.Client: AppID] = [:]

  mutating func add(
    _ row: PreparedRow, _ tx: borrowing Transaction, in workspace: WorkspaceID, at now: Instant,
    _ vault: Vault
  ) throws {
    do {
      outcomes.append(.success(try save(row, tx, in: workspace, at: now, vault)))
    } catch let problem as Problem where problem.scope != .installation {
      outcomes.append(.failure(problem))
    }
  }

  private mutating func save(
    _ row: PreparedRow, _ tx: borrowing Transaction, in workspace: WorkspaceID, at now: Instant,
    _ vault: Vault
  ) throws -> (id: AccountID, origin: AccountOrigin) {
    let existing = try existing(row.grant, tx, in: workspace)
    try existing?.refuseIfDeclared()
    let app = try tx.signInApp(try app(of: row, tx), in: workspace)
    let id = row.grant.account ?? existing?.id ?? row.newID
    return (id, try tx.save(row.grant, as: id, app, existing: existing, in: workspace, at: now, vault))
  }

  private mutating func app(of row: PreparedRow, _ tx: borrowing Transaction) throws -> AppID {
    if let id = apps[row.client] { return id }
    switch row.app {
    case .known(let id): return id
    case .refused(let problem): throw problem
    case .prepared(let app):
      let id = try app.findOrCreate(tx, mayRenew: false).id
      apps[row.client] = id
      return id
    }
  }

  /// A row without an account id is for the account of its mailbox.
  private func existing(
    _ grant: ImportedGrant, _ tx: borrowing Transaction, in workspace: WorkspaceID
  ) throws -> AccountRecord? {
    if let id = grant.account { return try tx.personsAccount(id, in: workspace) }
    let accounts = try tx.personsAccounts(of: grant.email, in: workspace)
    guard accounts.count < 2 else { throw Problem.severalAccounts(grant.email) }
    return accounts.first
  }
}

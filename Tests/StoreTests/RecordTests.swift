import Core
import StoreTesting
import Testing
import Vault

@testable import Store

@Suite struct RecordTests {
  @Test(arguments: StoreEngine.allCases)
  func `an API token is found by its hash until it expires`(engine: StoreEngine) async throws {
    let now = Instant(microseconds: 1_000_000)
    let lasting = APITokenRecord(
      workspace: .default, id: .make(at: now), hash: [1, 2, 3], description: "for ever", scopes: ["*"],
      created: now)
    let brief = APITokenRecord(
      workspace: .default, id: .make(at: now), hash: [4, 5, 6], description: "for a second",
      scopes: ["send", "accounts"], created: now + .seconds(1), expires: now + .seconds(2))
    try await withStore(engine) { store in
      try await store.write { (tx: borrowing Transaction) in
        try tx.insert(lasting)
        try tx.insert(brief)
      }
      let found = try await store.read { (tx: borrowing Transaction) in
        [
          try tx.apiToken(hash: [1, 2, 3], at: now + .seconds(3)),
          try tx.apiToken(hash: [4, 5, 6], at: now + .seconds(1)),
          try tx.apiToken(hash: [4, 5, 6], at: now + .seconds(2)),
          try tx.apiToken(hash: [7], at: now),
        ]
      }
      #expect(found == [lasting, brief, nil, nil])
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `API tokens are listed and deleted in their workspace`(engine: StoreEngine) async throws {
    let other = WorkspaceRecord(id: WorkspaceID("other"), name: "Other", created: Instant(microseconds: 1))
    let tokens = (0..<5).map { number in
      APITokenRecord(
        workspace: number == 4 ? other.id : .default, id: TokenID("tok_\(number)"), hash: [UInt8(number)],
        description: "", scopes: [], created: Instant(microseconds: Int64(number)))
    }
    try await withStore(engine) { store in
      let (page, deleted, rest) = try await store.write { (tx: borrowing Transaction) in
        _ = try tx.insert(other)
        for token in tokens { try tx.insert(token) }
        let page = try tx.apiTokens(PageRequest(page: 1, size: 3), in: .default)
        let deleted = [
          try tx.deleteAPIToken(tokens[0].id, in: other.id),
          try tx.deleteAPIToken(tokens[0].id, in: .default),
          try tx.deleteAPIToken(tokens[0].id, in: .default),
        ]
        return (page, deleted, try tx.apiTokens(PageRequest(), in: .default))
      }
      #expect(page.elements == [tokens[3]])
      #expect(page.total == 4)
      #expect(deleted == [false, true, false])
      #expect(rest.elements == Array(tokens[1...3]))
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `the default workspace leads the others`(engine: StoreEngine) async throws {
    let other = WorkspaceRecord(id: WorkspaceID("a"), name: "Another", created: Instant(microseconds: 1))
    try await withStore(engine) { store in
      let workspaces = try await store.write { (tx: borrowing Transaction) in
        _ = try tx.insert(other)
        return try tx.workspaces(PageRequest()).elements
      }
      #expect(workspaces.map(\.id) == [.default, other.id])
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a database opens with the key that made it and no other`(engine: StoreEngine) async throws {
    let first = MasterKey.random()
    try await withDatabase(engine) { database in
      for (key, refused) in [(first, false), (first, false), (.random(), true), (first, false)] {
        let store = try await database.open()
        if refused {
          let problem = await #expect(throws: Problem.self) { try await store.checkKey(Vault(key: key)) }
          #expect(problem?.code == .vaultWrongKey)
        } else {
          try await store.checkKey(Vault(key: key))
        }
        await store.close()
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `of nodes that bring different keys to a new database one prevails`(engine: StoreEngine) async throws {
    let keys = (0..<16).map { _ in MasterKey.random() }
    try await withStore(engine) { store in
      let accepted = await withTaskGroup(of: Bool.self) { group in
        for key in keys {
          group.addTask {
            do { try await store.checkKey(Vault(key: key)) } catch {
              #expect((error as? Problem)?.code == .vaultWrongKey)
              return false
            }
            return true
          }
        }
        return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
      }
      #expect(accepted == 1)
    }
  }
}

import Core
package import Vault

extension Store {
  /// Proves that `vault` has the key with which this database was created. The first call stores the proof.
  ///
  /// - Throws: `Problem` with `vault.wrongKey`, before anything is sealed with a key that is not the right
  ///   one.
  package func checkKey(_ vault: Vault) async throws {
    let identity = BoxIdentity("key_check", "key", "box")
    let offered = vault.seal(Self.knownText, for: identity)
    let box = try await write { (tx: borrowing Transaction) in
      try tx.execute("INSERT INTO key_check (id, box) VALUES ('key', $1) ON CONFLICT DO NOTHING", offered)
      return try tx.row("SELECT box FROM key_check WHERE id = 'key'") { try $0.bytes("box") }
    }
    guard let box, try vault.open(box, for: identity) == Self.knownText else {
      throw Problem.malformedRow(column: "key_check.box")
    }
  }

  private static let knownText = Array("Heliograph".utf8)
}

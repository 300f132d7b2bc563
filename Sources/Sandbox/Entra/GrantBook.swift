/// Consents, authorization codes and refresh tokens: what Entra remembers. A value; time comes from outside.
package struct GrantBook: Sendable {
  private struct ConsentKey: Hashable {
    var userID: String
    var clientID: String
  }

  private var consents: [ConsentKey: Set<String>] = [:]

  init(directory: SandboxDirectory) {}

  /// Scopes in full spelling (`https://graph.microsoft.com/Mail.Send`).
  func consented(userID: String, clientID: String) -> Set<String> {
    consents[ConsentKey(userID: userID, clientID: clientID)] ?? []
  }

  mutating func consent(userID: String, clientID: String, scopes: [String]) {
    consents[ConsentKey(userID: userID, clientID: clientID), default: []].formUnion(scopes)
  }
}

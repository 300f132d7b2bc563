package import Core

/// An app registration, as a request names it.
package struct EntraClient: Sendable {
  package var clientID: String
  package var credential: ClientCredential

  package init(clientID: String, credential: ClientCredential) {
    self.clientID = clientID
    self.credential = credential
  }
}

/// How an app authenticates. The platform of its redirect URI decides which one Entra wants.
package enum ClientCredential: Sendable {
  /// A native (public) client; a secret sent for one is refused with AADSTS700025.
  case none
  /// A web client or a daemon.
  case secret(Secret)
  /// The same, with a certificate; `at` is now, from which the proof is valid for ten minutes.
  case certificate(ClientCertificate, at: Instant)
}

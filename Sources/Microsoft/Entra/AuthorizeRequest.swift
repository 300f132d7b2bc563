import Core

/// The request with which a browser is sent to Entra (Microsoft Learn, "OAuth 2.0 authorization code flow").
package struct AuthorizeRequest: Sendable {
  package var clientID: String
  /// Registered with the app, exactly; only the port of `localhost` is free.
  package var redirectURI: String
  /// May span resources, unlike the scopes of a token request.
  package var scopes: [String]
  package var state: String
  package var nonce: String
  package var challenge: String
  package var account: Account

  /// Which of the browser's accounts signs in. Entra refuses a hint together with the picker.
  package enum Account: Sendable, Hashable {
    case picked
    case hinted(String)
    /// No one, and no page is shown.
    case none
  }

  package init(
    clientID: String, redirectURI: String, scopes: [String], state: String, nonce: String, challenge: String,
    account: Account
  ) {
    self.clientID = clientID
    self.redirectURI = redirectURI
    self.scopes = scopes
    self.state = state
    self.nonce = nonce
    self.challenge = challenge
    self.account = account
  }

  var query: String {
    formEncoded([
      ("client_id", clientID), ("response_type", "code"), ("redirect_uri", redirectURI),
      ("response_mode", "query"), ("scope", scopes.joined(separator: " ")), ("state", state),
      ("nonce", nonce), ("code_challenge", challenge), ("code_challenge_method", "S256"), hint,
    ])
  }

  private var hint: (String, String) {
    switch account {
    case .picked: ("prompt", "select_account")
    case .hinted(let address): ("login_hint", address)
    case .none: ("prompt", "none")
    }
  }
}

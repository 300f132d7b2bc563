package import Core

extension Problem {
  /// The same words whether it is not there or not the caller's.
  package static func workspaceNotFound(_ id: WorkspaceID) -> Problem {
    Problem(
      .workspaceNotFound, "There is no workspace “\(id)”.",
      remedy:
        "Use the id of an existing workspace; only an operator may name a workspace other than their own.")
  }

  package static func invalidField(_ field: String, _ flaw: String, remedy: String) -> Problem {
    Problem(
      .requestInvalidField, "“\(field)” \(flaw).", remedy: remedy,
      fields: [FieldFault(message: flaw, key: field)])
  }

  static func tokenDeclared(_ id: TokenID) -> Problem {
    Problem(
      .configurationDeclared,
      "The gateway's configuration file declares the token “\(id)”, so it cannot be revoked here.",
      remedy: "Remove it from the file and restart the gateway.")
  }

  package static func tokenNotFound(_ id: TokenID) -> Problem {
    Problem(
      .tokenNotFound, "There is no API token with the id “\(id)”.",
      remedy: "Use the id of an existing token.")
  }

  /// A caller can neither grant nor revoke more rights than it has.
  static func tokenScope(_ scope: String) -> Problem {
    Problem(
      .tokenScope, "The API token itself does not have the scope \(scope).",
      remedy: "Use a token that has it, or `heliograph token` on the gateway's machine.")
  }

  static func tokenOutlives(_ end: Instant) -> Problem {
    .invalidField(
      "expires", "is later than \(end), when the creating token itself expires",
      remedy: "Choose an earlier date, or leave it out for that one.")
  }
}

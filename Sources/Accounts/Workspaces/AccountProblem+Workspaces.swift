import Core

extension AccountProblem {
  /// The same words whether it is not there or not the caller's.
  static func workspaceNotFound(_ id: WorkspaceID) -> AccountProblem {
    AccountProblem(
      .workspaceNotFound, "There is no workspace “\(id)”.",
      remedy: "Use an id that GET /v1/workspaces lists; only an operator may name another than their own.")
  }

  static func tokenNotFound(_ id: TokenID) -> AccountProblem {
    AccountProblem(
      .tokenNotFound, "There is no API token with the id “\(id)”.",
      remedy: "Use an id that GET /v1/tokens lists.")
  }

  /// Nobody gives away, or takes away, more than they have.
  static func tokenScope(_ scope: String) -> AccountProblem {
    AccountProblem(
      .tokenScope, "The API token itself does not have the scope \(scope).",
      remedy: "Use a token that has it, or `heliograph token` on the gateway's machine.")
  }

  static func tokenOutlives(_ end: Instant) -> AccountProblem {
    .invalidField(
      "expires", "is later than \(end), when the token that asks expires itself",
      remedy: "Choose an earlier date, or leave it out for that one.")
  }
}

package import Core
import Microsoft
import Store

/// What a failure means and who can fix it, for a person who knows only its code.
package struct HelpAnswer: Sendable, Hashable {
  /// Microsoft's name for it; `nil` for one of Heliograph's.
  package let name: String?
  package let code: ProblemCode
  package let meaning: String
  package let remedy: String?
  package let actor: Responsible?
  /// The page at Microsoft where it can be fixed.
  package let link: String?
}

extension SignIn {
  /// Explains what a page said: one of Microsoft's, where some failures end without ever coming back here, or one
  /// of ours. `nil` when nothing is known about it.
  ///
  /// - Parameter data: with `sig` the sign-in link that the person used. The values of its app are used in the
  ///   answer, when it offers one only; a link that no longer works is left aside.
  package func explain(_ text: String, data: String?, sig: String?) async throws -> HelpAnswer? {
    if let problem = Problem.onPages.first(where: { $0.code.rawValue == text }) {
      return HelpAnswer(
        name: nil, code: problem.code, meaning: problem.summary, remedy: problem.remedy, actor: problem.actor,
        link: problem.link)
    }
    let values = try await values(data: data ?? "", sig: sig ?? "")
    return ErrorCatalogue.explain(text, values).map {
      HelpAnswer(
        name: $0.name, code: $0.code, meaning: $0.meaning, remedy: $0.remedy, actor: $0.actor, link: $0.link)
    }
  }

  private func values(data: String, sig: String) async throws -> ErrorValues {
    guard let link = try? HostedLink(data: data, signature: sig, vault) else { return ErrorValues() }
    let found = try await store.read { (tx: borrowing Transaction) -> (HostedFormRecord, OAuth2AppRecord)? in
      guard let form = try tx.form(link.form, in: link.workspace) else { return nil }
      do {
        let apps = try tx.choices(form)
        return apps.count == 1 ? (form, apps[0]) : nil
      } catch is Problem {
        return nil
      }
    }
    guard let (form, app) = found else { return ErrorValues() }
    return try await values(
      of: app, for: form, redirectURI: PendingSignIn(app: app, publicURL: publicURL).redirectURI)
  }

  /// What the catalogue's sentences are filled with when a sign-in fails.
  func values(
    of app: OAuth2AppRecord, for form: HostedFormRecord, redirectURI: String
  ) async throws -> ErrorValues {
    ErrorValues(
      cloud: try endpoints.cloud(of: app), clientID: app.clientID, tenant: app.authority,
      redirectURI: redirectURI, scopes: try await requestedScopes(of: app, for: form),
      mailbox: form.wantedEmail)
  }
}

extension Problem {
  /// Those that one of our pages may have shown, in general terms.
  fileprivate static let onPages: [Problem] = [
    .formInvalid, .formUsed, .signInExpired, .browserMismatch, .noIdentity, .noRefreshToken, .noAppEnabled,
    Problem(
      .accountIdentityMismatch,
      "The person signed in with a different mailbox from the one that the link is for.",
      remedy: "Open the link again and sign in as the mailbox that its page names."),
    Problem(
      .accountIdentityUnproven,
      "Microsoft does not confirm that the address that the link is for belongs to the person who signed in.",
      remedy: "Open the link again and sign in with that address itself, or ask for a link for another one."),
  ]
}

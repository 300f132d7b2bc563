package import Core
import Microsoft
import Store

/// What a failure means and who mends it, for somebody who knows only its code.
package struct HelpAnswer: Sendable, Hashable {
  package let code: ProblemCode
  package let meaning: String
  package let remedy: String?
  package let actor: Responsible?
  /// The page at Microsoft where it is mended.
  package let link: String?
}

extension SignIn {
  /// Explains what a page said: one of Microsoft's, where some failures end without ever coming back here, or one
  /// of ours. `nil` when nothing is known about it.
  ///
  /// - Parameter data: with `sig` the sign-in link that the person came by. The values of its app stand in the
  ///   answer, when it offers one only; a link that no longer works is left aside.
  package func explain(_ text: String, data: String?, sig: String?) async throws -> HelpAnswer? {
    if let problem = AccountProblem.onPages.first(where: { $0.code.rawValue == text }) {
      return HelpAnswer(
        code: problem.code, meaning: problem.summary, remedy: problem.remedy, actor: problem.actor,
        link: problem.link)
    }
    guard let answer = ErrorCatalogue.explain(text) else { return nil }
    return HelpAnswer(
      code: answer.code, meaning: answer.meaning, remedy: answer.remedy, actor: answer.actor,
      link: answer.link)
  }
}

extension AccountProblem {
  /// Those that a page of ours may have shown, in words that hold for everybody.
  fileprivate static let onPages: [AccountProblem] = [
    .formInvalid, .formUsed, .signInExpired, .browserMismatch, .noIdentity, .noRefreshToken, .noAppEnabled,
    AccountProblem(
      .accountIdentityMismatch, "Somebody signed in with another mailbox than the one the link is for.",
      remedy: "Open the link again and sign in as the mailbox that its page names."),
  ]
}

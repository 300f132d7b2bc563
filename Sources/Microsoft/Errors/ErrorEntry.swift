package import Core

/// One of Microsoft's errors, and its meaning here.
package struct ErrorEntry: Sendable {
  package let party: Party
  /// As Microsoft writes them: `AADSTS50011`, `ErrorSendAsDenied`, `535 5.7.139 SmtpClientAuthentication is
  /// disabled`. An SMTP code is followed by words of its text where the code alone means several things.
  package let names: [String]
  package let code: ProblemCode
  /// Who can do what the remedy says.
  package let actor: Responsible
  /// What it stops: the code's own scope, unless this entry knows better.
  package let scope: Scope
  /// Where it can be fixed.
  package let link: Link?
  /// One sentence, with placeholders for the values in play.
  package let meaning: String
  /// What to do, with placeholders; `nil` where waiting is all there is to do.
  package let remedy: String?
  package let verdict: Verdict

  package enum Party: String, Sendable, CaseIterable {
    case entra, graph, smtp, imap
  }

  package enum Link: Sendable, Hashable {
    case portal(PortalPage)
    /// Where an administrator allows the app in the whole tenant.
    case adminConsent
  }

  /// What a repeat brings where Microsoft has not acted.
  package enum Verdict: Sendable, Hashable {
    case futile
    /// It may succeed, but not before this time nor before `Retry-After`.
    case later(Duration?)
  }

  init(
    _ party: Party, _ names: [String], _ code: ProblemCode, _ actor: Responsible, stops scope: Scope? = nil,
    at link: Link? = nil, _ meaning: String, _ remedy: String?, _ verdict: Verdict = .futile
  ) {
    self.party = party
    self.names = names
    self.code = code
    self.actor = actor
    self.scope = scope ?? code.scope
    self.link = link
    self.meaning = meaning
    self.remedy = remedy
    self.verdict = verdict
  }

  /// An entry of Entra's numbers.
  init(
    _ numbers: [Int], _ code: ProblemCode, _ actor: Responsible, stops scope: Scope? = nil,
    at link: Link? = nil,
    _ meaning: String, _ remedy: String?, _ verdict: Verdict = .futile
  ) {
    self.init(
      .entra, numbers.map { "AADSTS\($0)" }, code, actor, stops: scope, at: link, meaning, remedy, verdict)
  }
}

import Core
import Testing

@testable import Microsoft

@Suite struct EntraVerdictTests {
  @Test(
    arguments: [
      ("invalid_grant", nil, .entraGrantRevoked, .user),
      ("invalid_grant", "basic_action", .entraInteractionRequired, .user),
      ("invalid_grant", "token_expired", .entraGrantExpired, .user),
      ("invalid_grant", "message_only", .entraAccessBlocked, .user),
      ("interaction_required", "message_only", .entraInteractionRequired, .user),
      ("interaction_required", "consent_required", .entraConsentRequired, .user),
      ("server_error", "consent_required", .entraUnavailable, .nobody),
      ("access_denied", nil, .signInDeclined, .user), ("expired_token", nil, .signInDeviceCodeExpired, .user),
      ("invalid_scope", nil, .entraScopeInvalid, .appOwner),
      ("invalid_client", nil, .entraRejected, .appOwner),
      ("never_heard", "of_this", .entraRejected, .user),
    ] as [(String, String?, ProblemCode, Responsible)])
  func `the words of the protocol decide`(
    name: String, suberror: String?, code: ProblemCode, actor: Responsible
  ) {
    var error = EntraError(error: name, description: nil)
    error.suberror = suberror
    let verdict = error.verdict(status: 400)
    #expect(verdict.code == code && verdict.actor == actor)
    #expect((verdict.remedy == nil) == verdict.passes)
  }

  @Test func `no word has two verdicts, so the order matters only between a word and a suberror`() {
    let names = EntraVerdict.all.flatMap(\.names)
    let suberrors = EntraVerdict.all.flatMap(\.suberrors)
    #expect(Set(names).count == names.count && Set(suberrors).count == suberrors.count)
  }

  @Test func `the status comes before the words`() {
    let error = EntraError(error: "invalid_grant", description: nil)
    #expect(error.verdict(status: 429).code == .entraThrottled)
    #expect(error.verdict(status: 503).code == .entraUnavailable)
    #expect(error.verdict(status: nil).code == .entraGrantRevoked)
  }
}

import Core
import Testing

@testable import Microsoft

@Suite struct ErrorScopeTests {
  private static let proofFaults: Set<ProblemCode> = [
    .entraSecretWrong, .entraSecretExpired, .entraSecretMissing, .entraSecretUnexpected,
    .entraCertificateRejected,
  ]

  @Test func `a fault of the app's proof stops the app, and one of a person that person's account`() {
    for entry in ErrorCatalogue.entries where entry.party == .entra {
      if Self.proofFaults.contains(entry.code) { #expect(entry.scope == .app, "\(entry.names)") }
      if entry.actor == .user {
        #expect(entry.scope == .account || entry.scope == .request, "\(entry.names)")
      }
    }
    #expect(ErrorCatalogue.entry(aadsts: 70002)?.scope == .app)
    #expect(ErrorCatalogue.entry(aadsts: 90038)?.scope == .account)
  }

  @Test func `what passes by itself fails no message`() {
    for entry in ErrorCatalogue.entries where entry.verdict != .futile {
      #expect(entry.scope.letsMessagesWait, "\(entry.names)")
    }
  }

  @Test func `an entry's scope is the problem's`() {
    let problem = Problem(
      callbackError: "invalid_request", description: "AADSTS70002: Error validating credentials.")
    #expect(problem.code == .entraRejected && problem.scope == .app)
  }
}

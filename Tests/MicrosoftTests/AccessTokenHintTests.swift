import Core
import Foundation
import Testing

@testable import Microsoft

@Suite struct AccessTokenHintTests {
  @Test func `a token of an app shows its roles, one of a person their scopes`() throws {
    let app = try #require(
      AccessTokenHint(
        token(
          #"{"aud":"https://graph.microsoft.com","tid":"t","roles":["Mail.Send","Mail.ReadWrite"],"idtyp":"app"}"#
        )))
    #expect(app.roles == ["Mail.Send", "Mail.ReadWrite"] && app.scopes.isEmpty)
    #expect(app.audience == "https://graph.microsoft.com" && app.tenantID == "t")
    let person = try #require(AccessTokenHint(token(#"{"scp":"Mail.Send User.Read"}"#)))
    #expect(person.scopes == ["Mail.Send", "User.Read"] && person.roles.isEmpty)
    let limited = try #require(AccessTokenHint(token("{}")))
    #expect(limited.roles.isEmpty && limited.audience == nil)
  }

  @Test(arguments: ["EwBoA8l6BAAUs5...", "", "a.b.c", "..", "a.e30", "e30.W10.x"])
  func `an opaque token shows nothing`(text: String) {
    #expect(AccessTokenHint(Secret(text)) == nil)
  }

  @Test func `what a token shows is one short line`() throws {
    let long = String(repeating: "x", count: 5000)
    let hint = try #require(AccessTokenHint(token(#"{"roles":["a\nb\u202e<","\#(long)"]}"#)))
    #expect(hint.roles[0] == "a b <")
    #expect(hint.roles[1].count == 101)
  }

  private func token(_ claims: String) -> Secret {
    Secret("e30." + Data(claims.utf8).base64URL + ".x")
  }
}

import Core
import Foundation
import NIOHTTP1
import Sandbox
import Testing

@testable import HTTP
@testable import Microsoft

/// The whole way with the neighbour that stands in for Microsoft, at its most awkward.
@Suite struct AgainstSandboxTests {
  let tenant = "c0000000-0000-4000-8000-000000000001"

  @Test func `an app sends a message as a draft and finds it again by its header`() async throws {
    try await withSandbox { sandbox, cloud, http in
      sandbox.settings.dropUnknownHeaders = false
      let daemon = try #require(sandbox.directory.apps.first { $0.kind == .daemon && !$0.secretExpired })
      let token = try await Entra(cloud: cloud, http: http).clientCredentials(
        scope: cloud.graphDefaultScope, client: EntraClient(daemon), tenant: tenant)
      let graph = Graph(
        cloud: cloud, http: http, mailbox: .user("alice@contoso.test"), token: token.accessToken)

      let draft = try await graph.createDraft(message)
      #expect(draft.isDraft)
      let drafts = try await graph.folderID(.drafts)
      #expect(draft.parentFolderID == drafts)
      #expect(try await graph.find(header: "X-Heliograph-Id", value: "q_1") == [draft])
      #expect(try await graph.find(internetMessageID: "<1@contoso.test>") == [draft])
      #expect(try await graph.message(draft.graphID) == draft)

      try await graph.sendDraft(draft.graphID)
      sandbox.clock.advance(by: .seconds(3))

      let sent = try await graph.find(header: "X-Heliograph-Id", value: "q_1")
      let sentItems = try await graph.folderID(.sentItems)
      #expect(sent.map(\.parentFolderID) == [sentItems])
      #expect(sent.allSatisfy { !$0.isDraft && $0.graphID != draft.graphID })
      let gone = try await failure { _ = try await graph.message(draft.graphID) }
      #expect(gone.code == .graphItemNotFound)

      let orphan = try await graph.createDraft(message)
      try await graph.deleteMessage(orphan.graphID)
      try await graph.sendMail(message)
    }
  }

  @Test func `a person signs in, is known, and the grant is refreshed`() async throws {
    try await withSandbox { sandbox, cloud, http in
      let web = try #require(sandbox.directory.apps.first { $0.kind == .web && !$0.secretExpired })
      let entra = Entra(cloud: cloud, http: http)
      let scopes =
        ["openid", "profile", "offline_access"] + ["Mail.ReadWrite", "User.Read"].map(cloud.graphScope)
      let consent =
        #"{"user":"alice@contoso.test","clientId":"\#(web.clientId)","scopes":["Mail.ReadWrite","User.Read"]}"#
      let consented = try await http.send(
        HTTPRequest(
          method: .POST, url: cloud.login + "/sandbox/consents",
          headers: ["Content-Type": "application/json"],
          body: Array(consent.utf8)))
      #expect(consented.status < 300)

      let pkce = PKCE()
      let page = entra.authorizeURL(
        tenant: "common",
        AuthorizeRequest(
          clientID: web.clientId, redirectURI: "http://localhost:3000/oauth", scopes: scopes, state: "s",
          nonce: "n", challenge: pkce.challenge, account: .hinted("alice@contoso.test")))
      let answer = try await http.send(HTTPRequest(method: .GET, url: page + "&prompt=none"))
      let location = try #require(answer.headers.first(name: "Location").flatMap(URLComponents.init(string:)))
      let code = try #require(location.queryItems?.first { $0.name == "code" }?.value)

      let tokens = try await entra.redeem(
        code: Secret(code), redirectURI: "http://localhost:3000/oauth", pkce: pkce, scopes: scopes,
        client: EntraClient(web), tenant: "common")
      #expect(tokens.grants("Mail.ReadWrite", in: cloud))
      let person = try #require(tokens.idToken)
      let now = sandbox.clock.now
      try person.validate(clientID: web.clientId, nonce: "n", tenant: "common", cloud: cloud, now: now)
      #expect(person.preferredUsername == "alice@contoso.test")

      let refreshed = try await entra.refresh(
        try #require(tokens.refreshToken), scopes: scopes, client: EntraClient(web), tenant: "common")
      let graph = Graph(cloud: cloud, http: http, mailbox: .me, token: refreshed.accessToken)
      let user = try await graph.user()
      #expect(user.address == "alice@contoso.test")

      let used = try await #require(throws: Problem.self) {
        try await entra.redeem(
          code: Secret(code), redirectURI: "http://localhost:3000/oauth", pkce: pkce, scopes: scopes,
          client: EntraClient(web), tenant: "common")
      }
      #expect(used.code == .entraCodeUsed)
      let wrong = EntraClient(clientID: web.clientId, credential: .secret(Secret("wrong")))
      let refused = try await #require(throws: Problem.self) {
        try await entra.refresh(
          refreshed.refreshToken ?? Secret(""), scopes: scopes, client: wrong, tenant: "common")
      }
      #expect(refused.code == .entraSecretWrong)
    }
  }

  private let message = Array(
    """
    From: alice@contoso.test\r
    To: bob@contoso.test\r
    Subject: Hello\r
    Message-ID: <1@contoso.test>\r
    X-Heliograph-Id: q_1\r
    \r
    Hello\r

    """.utf8)
}

import Core
import Foundation
import Testing

@testable import Microsoft

@Suite struct GraphFindingTests {
  @Test func `a token's owner is known by mail, else by principal name`() async throws {
    // Microsoft Learn, "Get user", with $select.
    let megan = """
      {"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#users(id,mail,userPrincipalName,displayName)/$entity",
      "id":"48d31887-5fad-4d73-a9f5-3c356e68a038","mail":"MeganB@contoso.test",
      "userPrincipalName":"megan@contoso.onmicrosoft.test","displayName":"Megan Bowen"}
      """
    try await withGraph(react: { _ in .answer(200, body: megan) }) { graph, server in
      let user = try await graph.user()
      #expect(user.address == "MeganB@contoso.test")
      #expect(user.id == "48d31887-5fad-4d73-a9f5-3c356e68a038")
      #expect(server.requests.map(\.target) == ["/v1.0/me?$select=id,mail,userPrincipalName,displayName"])
    }
    let bare = GraphUser(id: "1", mail: nil, userPrincipalName: "abe@outlook.test", displayName: nil)
    #expect(bare.address == "abe@outlook.test")
  }

  @Test func `a message is looked up by its id`() async throws {
    try await withGraph(.user("b@contoso.test"), react: { _ in .answer(200, body: message("x")) }) {
      graph, server in
      let found = try await graph.message("AA/b=")
      #expect(
        found == GraphMessage(graphID: "x", isDraft: false, parentFolderID: "F", internetMessageID: "<m@x>"))
      #expect(
        server.requests.map(\.target) == [
          "/v1.0/users/b%40contoso.test/messages/AA%2Fb%3D?$select=id,isDraft,parentFolderId,internetMessageId"
        ])
    }
  }

  @Test func `a message that is not there is told apart from a mailbox that is not`() async throws {
    for (name, code) in [
      ("ErrorItemNotFound", ProblemCode.graphItemNotFound), ("ErrorInvalidUser", .graphMailboxUnavailable),
    ] {
      let body =
        #"{"error":{"code":"\#(name)","message":"The specified object was not found in the store."}}"#
      try await withGraph(react: { _ in .answer(404, body: body) }) { graph, _ in
        let problem = try await failure { _ = try await graph.message("x") }
        #expect(problem.code == code)
      }
    }
  }

  @Test func `a folder's id is asked by its well-known name`() async throws {
    try await withGraph(react: { _ in .answer(200, body: #"{"id":"AQMk"}"#) }) { graph, server in
      let id = try await graph.folderID(.sentItems)
      #expect(id == "AQMk")
      #expect(server.requests.map(\.target) == ["/v1.0/me/mailFolders/sentitems?$select=id"])
    }
  }

  @Test func `messages are found by Message-ID in any folder`() async throws {
    try await withGraph(react: { _ in .answer(200, body: page([message("1"), message("2")])) }) {
      graph, server in
      let found = try await graph.find(internetMessageID: "<o'hara+1@contoso.test>")
      #expect(found.map(\.graphID) == ["1", "2"])
      #expect(
        server.requests.map(\.target) == [
          "/v1.0/me/messages?$filter=internetMessageId%20eq%20%27%3Co%27%27hara%2B1%40contoso.test%3E%27"
            + "&$select=id%2CisDraft%2CparentFolderId%2CinternetMessageId&$top=10"
        ])
    }
  }

  @Test func `messages are found by our own header`() async throws {
    try await withGraph(react: { _ in .answer(200, body: page([message("1")])) }) { graph, server in
      let found = try await graph.find(header: "X-Heliograph-Id", value: "q_1")
      #expect(found.map(\.graphID) == ["1"])
      let target = try #require(server.requests.first?.target.removingPercentEncoding)
      #expect(server.requests.count == 1)
      #expect(
        target.contains(
          "$filter=singleValueExtendedProperties/any(ep: ep/id eq "
            + "'String {00020386-0000-0000-C000-000000000046} Name X-Heliograph-Id' and ep/value eq 'q_1')"))
    }
  }

  @Test(arguments: [
    WireServer.Reaction.answer(
      400, body: #"{"error":{"code":"InefficientFilter","message":"Too complex."}}"#),
    .answer(200, body: page([])),
  ])
  func `a header that no message has, or that is not filtered by, is asked for once`(
    filtered: WireServer.Reaction
  ) async throws {
    try await withGraph(react: { _ in filtered }) { graph, server in
      let found = try await graph.find(header: "X-Heliograph-Id", value: "q_1")
      #expect(found.isEmpty)
      #expect(server.requests.count == 1)
    }
  }

  @Test(arguments: [429, 500, 503])
  func `a failing search is a failure and not an absence`(status: Int) async throws {
    try await withGraph(react: { _ in .answer(status) }) { graph, _ in
      for problem in try await [
        failure { _ = try await graph.find(header: "X", value: "1") },
        failure { _ = try await graph.find(internetMessageID: "<m>") },
        failure { _ = try await graph.message("1") },
      ] {
        #expect(problem.retry == .safe(after: nil))
      }
    }
  }

  @Test(arguments: ["", "[]", "{}", #"{"value":[{"id":"1"}]}"#, "<html>"])
  func `an answer of another shape is a failure and not an absence`(body: String) async throws {
    try await withGraph(react: { _ in .answer(200, body: body) }) { graph, _ in
      let problem = try await failure { _ = try await graph.find(internetMessageID: "<m>") }
      #expect(problem.code == .graphUnexpectedReply)
      #expect(problem.retry == .safe(after: nil))
    }
  }
}

/// Microsoft Learn, "List messages", with $select.
private func message(_ id: String) -> String {
  #"{"@odata.etag":"W/\"CQAA\"","id":"\#(id)","isDraft":false,"parentFolderId":"F","internetMessageId":"<m@x>"}"#
}

private func page(_ messages: [String]) -> String {
  #"{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#users('x')/messages","value":["#
    + messages.joined(separator: ",") + "]}"
}

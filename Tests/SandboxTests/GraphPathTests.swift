import Core
import Foundation
import Testing

@testable import Sandbox

@Suite struct GraphPathTests {
  @Test(
    arguments: [
      ("/me", .me, .user),
      ("/Me/SendMail", .me, .sendMail),
      ("/users/alice%40contoso.test/sendMail", .user("alice@contoso.test"), .sendMail),
      ("/users('alice@contoso.test')/messages", .user("alice@contoso.test"), .messages(folder: nil)),
      ("/me/mailFolders('inbox')/messages", .me, .messages(folder: "inbox")),
      ("/me/mailfolders/SentItems/messages/AAMk%3D%2F", .me, .message("AAMk=/")),
      ("/me/messages/AAMk=/$value", .me, .content("AAMk=")),
      ("/me/messages/AAMk=/%24value", .me, .content("AAMk=")),
      ("/me/messages('it''s')/send", .me, .send("it's")),
      ("/me/messages/1/microsoft.graph.send()", .me, .send("1")),
      ("/me/messages/1/move", .me, .move("1")),
      ("/me/messages/$count", .me, .messageCount(folder: nil)),
      ("/me/messages/1/attachments/2/$value", .me, .attachmentContent("1", "2")),
      ("/me/mailFolders", .me, .folders),
      ("/me/mailFolders/drafts", .me, .folder("drafts")),
    ] as [(String, GraphOwner, GraphRoute)])
  func `A path says whose and what`(path: String, owner: GraphOwner, route: GraphRoute) throws {
    let parsed = try GraphPath(path)
    #expect(parsed.owner == owner)
    #expect(parsed.route == route)
  }

  @Test(arguments: [
    "/", "/me/calendar", "/me/messages/1/reply", "/groups", "/users", "/me/mailFolders/inbox/sendMail",
  ])
  func `A path that this sandbox does not have is no resource`(path: String) {
    #expect(throws: GraphError.self) { try GraphPath(path) }
  }
}

@Suite struct ODataFilterTests {
  @Test func `Comparisons are joined by and`() throws {
    let filter = try ODataFilter(
      "receivedDateTime ge 2026-11-20T00:00:00Z and internetMessageId eq '<it''s@x>' and isDraft eq false")
    #expect(filter.properties == ["receivedDateTime", "internetMessageId", "isDraft"])
    guard case .messageID(let id) = filter.conditions[1] else { throw HarnessFailure(what: "condition") }
    #expect(id == "<it's@x>")
  }

  @Test(arguments: ["ep: ep", "ep:ep", "p:  p"])
  func `An internet header is asked for as an extended property`(variable: String) throws {
    let name = String(variable.prefix { $0 != ":" })
    let filter = try ODataFilter(
      "singleValueExtendedProperties/any(\(variable)/id eq 'String {00020386-0000-0000-c000-000000000046} "
        + "Name X-Heliograph-Id' and \(name)/value eq 'q_1')")
    guard case .header(let header) = filter.conditions.first else { throw HarnessFailure(what: "condition") }
    #expect(header == MessageHeader(name: "X-Heliograph-Id", value: "q_1"))
  }

  @Test(
    arguments: [
      "", "isRead", "isRead eq", "isRead eq maybe", "isRead eq true or isDraft eq true", "isRead eq true and",
      "startswith(subject,'a')", "internetMessageId eq '<unclosed", "toRecipients/any(a:a/x eq 'y')",
      "receivedDateTime ge yesterday", "((isRead eq true))", "internetMessageId eq <a@b>",
      String(repeating: "(", count: 9000),
      "singleValueExtendedProperties/any(ep: ep/id eq 'String 0x1042' and ep/value eq 'x')",
    ])
  func `What Exchange cannot search for is refused`(filter: String) {
    #expect(throws: GraphError.invalidFilter) { try ODataFilter(filter) }
  }

  @Test(
    arguments: [
      ("2026-11-20T22:41:26Z", "2026-11-20T22:41:26Z"),
      ("2026-11-20T22:41:26.123Z", "2026-11-20T22:41:26Z"),
      ("2026-11-20T22:41:26.1234567+02:00", "2026-11-20T20:41:26Z"),
      ("2026-11-20", "2026-11-20T00:00:00Z"),
      ("2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"),
      ("1969-12-31T23:59:59Z", "1969-12-31T23:59:59Z"),
    ])
  func `A date is read in every spelling of OData`(text: String, shown: String) throws {
    #expect(try #require(Instant(dateTimeOffset: text)).dateTimeOffset == shown)
  }

  @Test func `A sort order must begin with the property that the filter begins with`() throws {
    #expect(throws: GraphError.inefficientFilter) {
      try ODataQuery(FormFields(urlEncoded: "$filter=isRead+eq+false&$orderby=receivedDateTime"))
    }
    let query = try ODataQuery(
      FormFields(
        urlEncoded: "%24filter=receivedDateTime+ge+2026-01-01+and+isRead+eq+false&$orderby=receivedDateTime"))
    #expect(query.order?.descending == false)
  }
}

@Suite struct GraphIDTests {
  @Test(arguments: [.immutable, .place(moves: 7), .folder, .conversation] as [GraphID.Kind])
  func `A name says what it was made from`(kind: GraphID.Kind) throws {
    let mailbox = MailboxID(uuid: UUID())
    let id = GraphID(epoch: 77, mailbox: mailbox, kind: kind, number: 1 << 40)
    #expect(GraphID(id.text) == id)
    #expect(id.text.hasPrefix(kind == .immutable ? "AAkA" : "AA"))
    #expect(!id.text.contains("/") && !id.text.contains("+"))
  }

  @Test(arguments: ["", "x", "AAMk", "AAMkAGI2-not-ours=", "../../etc/passwd"])
  func `Text that is not one of our ids is malformed`(text: String) {
    #expect(GraphID(text) == nil)
  }
}

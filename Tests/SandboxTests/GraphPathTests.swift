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
      ("/me/messages/1/copy", .me, .copy("1")),
      ("/me/mailFolders/inbox/messages/1/microsoft.graph.createReplyAll", .me, .createReply(.replyAll, "1")),
      ("/me/messages('1')/forward", .me, .sendReply(.forward, "1")),
      ("/me/messages/1/permanentDelete", .me, .permanentDelete("1")),
      ("/me/translateExchangeIds", .me, .translateIDs),
      ("/me/messages/$count", .me, .messageCount(folder: nil)),
      ("/me/messages/1/attachments/2/$value", .me, .attachmentContent("1", "2")),
      ("/me/mailFolders", .me, .folders(parent: "msgfolderroot")),
      ("/me/mailFolders/$count", .me, .folderCount(parent: "msgfolderroot")),
      ("/me/mailFolders/inbox/childFolders", .me, .folders(parent: "inbox")),
      ("/me/mailFolders/inbox/childFolders('x')/messages/1", .me, .message("1")),
      ("/me/mailFolders/drafts", .me, .folder("drafts")),
    ] as [(String, GraphOwner, GraphRoute)])
  func `A path says whose and what`(path: String, owner: GraphOwner, route: GraphRoute) throws {
    let parsed = try GraphPath(path)
    #expect(parsed.owner == owner)
    #expect(parsed.route == route)
  }

  @Test(arguments: [
    "/", "/me/calendar", "/me/messages/1/paint", "/me/messages/1/microsoft.graph.attachments", "/groups",
    "/users", "/me/mailFolders/inbox/sendMail",
  ])
  func `A path that this sandbox does not have is no resource`(path: String) {
    #expect(throws: GraphError.self) { try GraphPath(path) }
  }
}

@Suite struct ODataFilterTests {
  @Test func `The properties of a filter are named in Microsoft's spelling and in their order`() throws {
    let filter = try ODataFilter(
      "ReceivedDateTime ge 2026-11-20T00:00:00Z and internetMessageId eq '<it''s@x>' and isDraft eq false "
        + "and receivedDateTime lt 2026-11-21")
    #expect(filter.properties == ["receivedDateTime", "internetMessageId", "isDraft"])
    guard case .comparison("internetMessageId", .eq, .text(let id)) = filter.expression.conjuncts[1] else {
      throw HarnessFailure(what: "condition")
    }
    #expect(id == "<it's@x>")
  }

  @Test(arguments: ["ep: ep", "ep:ep", "p:  p"])
  func `An internet header is asked for as an extended property`(variable: String) throws {
    let name = String(variable.prefix { $0 != ":" })
    let filter = try ODataFilter(
      "singleValueExtendedProperties/any(\(variable)/id eq 'String {00020386-0000-0000-c000-000000000046} "
        + "Name X-Heliograph-Id' and \(name)/value eq 'q_1')")
    guard case .extendedProperty(let id, .eq, "q_1") = filter.expression else {
      throw HarnessFailure(what: "condition")
    }
    #expect(id.internetHeader == "X-Heliograph-Id")
  }

  @Test(
    arguments: [
      "", "isRead", "isRead eq", "isRead eq maybe", "isRead eq true and", "isRead eq true isDraft eq true",
      "startswith(subject,'a'", "startswith(isRead,'a')", "internetMessageId eq '<unclosed",
      "receivedDateTime ge yesterday", "(isRead eq true", "internetMessageId eq <a@b>", "isRead like true",
      "categories/any(c: d eq 'Red')", "isRead eq 'true'",
    ])
  func `What is no filter is refused as Graph does`(filter: String) {
    #expect(throws: GraphError.invalidFilter) { try ODataFilter(filter) }
  }

  @Test(arguments: [
    String(repeating: "(", count: 17) + "isRead eq true" + String(repeating: ")", count: 17),
    String(repeating: "(", count: 9000), String(repeating: "not ", count: 17) + "(isRead eq true)",
  ])
  func `A filter that is nested or long beyond reason is too complex`(filter: String) {
    #expect(throws: GraphError.inefficientFilter) { try ODataFilter(filter) }
  }

  @Test(arguments: [
    "toRecipients/any(a:a/emailAddress/address eq 'y')", "tolower(subject) eq 'a'", "body/content eq 'a'",
    "categories/all(c: c eq 'Red')", "importance has 'high'", "subject eq null", "parentFolderId eq 'x'",
    "singleValueExtendedProperties/any(ep: ep/id eq 'Integer 0x0E07' and cast(ep/value, Edm.Int32) eq 1)",
    "singleValueExtendedProperties/any(ep: ep/id eq 'String 0x1042')",
  ])
  func `What Graph may search for and the sandbox does not is refused in the sandbox's name`(filter: String) {
    let error = #expect(throws: GraphError.self) { try ODataFilter(filter) }
    #expect(error?.code == "SandboxNotSupported")
    #expect(error?.message.hasSuffix("is not supported by this sandbox.") == true)
  }

  @Test(arguments: ["colour eq 'red'", "startswith(colour,'a')", "colour/any(c: c eq 'x')"])
  func `A filter names properties that the type has`(filter: String) {
    let error = #expect(throws: GraphError.self) { try ODataFilter(filter) }
    #expect(error?.code == "BadRequest")
    #expect(error?.message.contains("'colour' on type 'microsoft.graph.message'") == true)
  }

  @Test(arguments: [
    ("String 0x1042", "String 0x1042"), ("string 0X1042", "String 0x1042"),
    ("Integer 0x0E07", "Integer 0xe07"),
    (
      "String {00020386-0000-0000-C000-000000000046} Name X-Tag",
      "String {00020386-0000-0000-c000-000000000046} Name X-Tag"
    ),
    (
      "integer {00062008-0000-0000-C000-000000000046} id 0x8012",
      "Integer {00062008-0000-0000-c000-000000000046} Id 0x8012"
    ),
  ])
  func `An extended property has one name however it is spelled`(spelled: String, shown: String) throws {
    #expect(try PropertyID(spelled).text == shown)
  }

  @Test(arguments: [
    "", "String", "String 1042", "Text 0x1042", "String {x} Name y", "String 0x1042 z",
    "String {00020386-0000-0000-C000-000000000046} Title y", "StringArray 0x1042", "String 0x123456789",
  ])
  func `What names no extended property is refused`(id: String) {
    #expect(throws: GraphError.propertyID(id)) { try PropertyID(id) }
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
    #expect(query.order == [ODataQuery.Order(property: "receivedDateTime", descending: false)])
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

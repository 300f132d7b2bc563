import AccountsTesting
import Core
import Foundation
import MIME
import Store
import StoreTesting
import Testing
import Vault

@testable import Backends

/// The mailbox of bob, to whom alice writes, through the sandbox's Graph.
private struct Mail: Sendable {
  let world: Sandboxed
  let alice: any Sender
  let reader: any Reader

  static func run(
    _ body: @escaping @Sendable (Mail) async throws -> Void
  ) async throws {
    try await Sandboxed.run(.sqlite) { world in
      try await world.control("settings", #"{"sendLagMs": 0}"#)
      let app = try await world.addWebApp()
      let alice = try await world.connected("alice", as: "alice@contoso.test", app: app)
      let bob = try await world.connected("bob", as: "bob@contoso.test", app: app)
      try await body(
        Mail(
          world: world, alice: try await world.house.backends.sender(for: alice, in: .default),
          reader: try await world.house.backends.reader(for: bob, in: .default)))
    }
  }

  func send(_ number: Int, _ mime: String? = nil) async throws {
    var message = try OutgoingMessage.sample(number, envelope: ["bob@contoso.test"])
    if let mime { message.mime = Array(mime.replacing("\n", with: "\r\n").utf8) }
    try await alice.submit(message)
  }

  func inbox(_ page: MessagePageRequest = MessagePageRequest()) async throws -> MessagePage {
    try await reader.messages(in: .path(.inbox), page)
  }

  func newest() async throws -> StoredMessage { try #require(try await inbox().messages.first) }
}

@Suite struct GraphReaderTests {
  private static let withFiles = """
    From: Alice <alice@contoso.test>
    To: Bob <bob@contoso.test>
    Subject: Two files
    In-Reply-To: <earlier@example.test>
    Message-ID: <files@contoso.test>
    Content-Type: multipart/mixed; boundary=b

    --b
    Content-Type: text/html; charset=utf-8

    <p>Grüße &amp; <b>more</b></p>
    --b
    Content-Type: text/csv
    Content-Disposition: attachment; filename=list.csv

    a,b
    1,2
    --b
    Content-Type: message/rfc822

    From: carol@fabrikam.test
    Subject: Inner

    inner text
    --b--

    """

  @Test func `folders have their paths, their uses and their counts`() async throws {
    try await Mail.run { mail in
      try await mail.send(1)
      let folders = try await mail.reader.folders(counting: true)
      let inbox = try #require(folders.first { $0.specialUse == .inbox })
      #expect(inbox.path == .inbox && inbox.messages == 1 && inbox.unseen == 1)
      for use in SpecialUse.allCases { #expect(folders.filter { $0.specialUse == use }.count == 1) }
      #expect(folders.contains { $0.path.text == "Sent Items" && $0.specialUse == .sent })
      #expect(Set(folders.map(\.path)).count == folders.count)
    }
  }

  @Test func `a list has what people see of messages, and asks for no text`() async throws {
    try await Mail.run { mail in
      try await mail.send(1, Self.withFiles)
      let page = try await mail.inbox()
      let message = try #require(page.messages.first)
      #expect(page.total == 1 && page.next == nil && page.previous == nil)
      #expect(message.subject == "Two files" && message.flags == [] && message.path == .inbox)
      #expect(
        message.from?.address == "alice@contoso.test" && message.to.first?.address == "bob@contoso.test")
      #expect(message.internetMessageID == "<files@contoso.test>" && message.specialUse == .inbox)
      let asked = try #require(try await mail.world.requests("/messages").last?.query.removingPercentEncoding)
      let select = try #require(asked.split(separator: "&").first { $0.contains("select=") })
      #expect(
        select.contains("subject") && !select.split(whereSeparator: { ",=".contains($0) }).contains("body"))
    }
  }

  @Test func `pages go on where the last one ended, whatever arrives meanwhile`() async throws {
    try await Mail.run { mail in
      for number in 1...7 { try await mail.send(number) }
      var (seen, request, pages) = ([StoredMessageID](), MessagePageRequest(size: 3), 0)
      while true {
        let page = try await mail.inbox(request)
        #expect(page.total == 7 && page.page == pages)
        seen += page.messages.map(\.id)
        pages += 1
        // It is newer than all that was listed, so it is on none of the pages to come.
        try await mail.world.control("clock", #"{"advanceSeconds": 5}"#)
        try await mail.send(100 + pages)
        guard let next = page.next else { break }
        let cursor = try #require(MessageCursor(text: next.text))
        #expect(cursor == next)
        request = MessagePageRequest(size: 3, cursor: cursor)
      }
      #expect(pages == 3 && seen.count == 7 && Set(seen).count == 7)
      let numbered = try await mail.inbox(MessagePageRequest(page: 1, size: 3))
      let before = try #require(numbered.previous)
      #expect(try await mail.inbox(MessagePageRequest(size: 3, cursor: before)).page == 0)
      #expect(numbered.messages.count == 3)
    }
  }

  @Test(arguments: ["", "ms_", "ms_e30", "xx_eyJmIjoxfQ", "ms_////", String(repeating: "a", count: 10_000)])
  func `what is not a cursor is not read as one`(text: String) {
    #expect(MessageCursor(text: text) == nil)
  }

  @Test(
    arguments: [
      #"{"folder":"inbox","page":9223372036854775807,"skip":0,"total":1}"#,
      #"{"folder":"inbox","page":1,"skip":9223372036854775807,"total":1}"#,
      #"{"folder":"inbox","page":1,"skip":0,"total":9223372036854775807}"#,
      #"{"folder":"inbox","page":1,"skip":0,"total":-1}"#,
      #"{"folder":"inbox","page":-1,"skip":0,"total":1}"#,
      #"{"folder":"inbox","page":1,"skip":0,"total":1,"until":9223372036854775807}"#,
    ])
  func `a cursor that somebody else has written is refused`(json: String) {
    #expect(MessageCursor(text: "ms_" + Digest.base64URL(Array(json.utf8))) == nil)
  }

  @Test func `a cursor of another folder is refused`() async throws {
    try await Mail.run { mail in
      for number in 1...2 { try await mail.send(number) }
      let next = try #require(try await mail.inbox(MessagePageRequest(size: 1)).next)
      let problem = await problem {
        _ = try await mail.reader.messages(in: .special(.sent), MessagePageRequest(size: 1, cursor: next))
      }
      #expect(problem?.code == .mailCursorInvalid)
    }
  }

  @Test func `a message has its header, its attachments and its text in both forms`() async throws {
    try await Mail.run { mail in
      try await mail.send(1, Self.withFiles)
      let id = try await mail.newest().id
      let message = try await mail.reader.message(id)
      #expect(message.inReplyTo == "<earlier@example.test>")
      #expect(
        message.headers?.contains { $0.name.lowercased() == "subject" && $0.value == "Two files" } == true)
      let attachments = try #require(message.attachments)
      #expect(attachments.map(\.filename) == ["list.csv", "Inner"])
      #expect(attachments.map(\.contentType) == ["text/csv", "message/rfc822"])
      let text = try await mail.reader.text(of: id, [.plain, .html])
      #expect(text.html?.contains("<b>more</b>") == true && text.plain?.contains("Grüße & more") == true)
      let contents = try await attachments.asyncMap { try await all(mail.reader.attachment($0.id).1) }
      #expect(contents[0] == Array("a,b\r\n1,2".utf8))
      #expect(String(decoding: contents[1], as: UTF8.self).contains("Subject: Inner"))
    }
  }

  @Test func `the source is byte for byte what Graph gives`() async throws {
    try await Mail.run { mail in
      // Latin 1, and a byte that is no character of any: what decodes it as text damages it.
      var message = try OutgoingMessage.sample(1, envelope: ["bob@contoso.test"])
      message.mime =
        Array("From: alice@contoso.test\r\nTo: bob@contoso.test\r\nSubject: x\r\n\r\n".utf8) + [
          0xE9, 0xFF, 0x0D, 0x0A,
        ]
      try await mail.alice.submit(message)
      let source = try await all(mail.reader.source(of: mail.newest().id))
      #expect(source.suffix(4) == [0xE9, 0xFF, 0x0D, 0x0A])
    }
  }

  @Test func `flags and labels are changed, and others are left alone`() async throws {
    try await Mail.run { mail in
      try await mail.send(1)
      let id = try await mail.newest().id
      var change = FlagChange()
      (change.add, change.addLabels) = ([.seen, .flagged], ["Red", "Blue"])
      #expect(try await mail.reader.update(id, change).flags == [.seen, .flagged])
      change = FlagChange()
      (change.remove, change.removeLabels, change.addLabels) = ([.flagged], ["Red"], ["Green"])
      let changed = try await mail.reader.update(id, change)
      #expect(changed.flags == [.seen] && changed.labels == ["Blue", "Green"])
      change = FlagChange()
      change.set = []
      #expect(try await mail.reader.update(id, change).flags == [])
      change.set = [.answered]
      let last = change
      #expect(await problem { _ = try await mail.reader.update(id, last) }?.code == .mailFlagNotSupported)
    }
  }

  @Test func `a message keeps its id when it moves, goes to Deleted Items, and then is gone`() async throws {
    try await Mail.run { mail in
      try await mail.send(1)
      let id = try await mail.newest().id
      #expect(try await mail.reader.move(id, to: .path(FolderPath("Archive"))) == id)
      #expect(try await mail.reader.message(id).specialUse == .archive)
      #expect(
        try await mail.reader.delete(id, permanently: false)
          == .moved(to: FolderPath(names: ["Deleted Items"]), as: id))
      #expect(try await mail.reader.delete(id, permanently: false) == .deleted)
      #expect(await problem { _ = try await mail.reader.message(id) }?.code == .mailMessageNotFound)
    }
  }

  @Test(arguments: ["No such folder", "INBOX/none", "", "/", "a'b", "100%25"])
  func `a folder that is not there is named`(path: String) async throws {
    try await Mail.run { mail in
      let problem = await problem {
        _ = try await mail.reader.messages(in: .path(FolderPath(path)), MessagePageRequest())
      }
      #expect(problem?.code == .mailFolderNotFound)
    }
  }

  @Test(arguments: ["AAMkAGI2", "x", "a/b=c", "../../users", "%2F", String(repeating: "A", count: 2000)])
  func `an id that is of no message is not found`(id: String) async throws {
    try await Mail.run { mail in
      #expect(
        await problem { _ = try await mail.reader.message(StoredMessageID(id)) }?.code == .mailMessageNotFound
      )
      #expect(
        await problem { _ = try await mail.reader.source(of: StoredMessageID(id)) }?.code
          == .mailMessageNotFound)
    }
  }

  @Test(arguments: ["INBOX", "a%2Fb/c", "50%25", "Ünï/✉️", "a b"])
  func `a path is read as it is written`(text: String) {
    #expect(FolderPath(text).text == text)
  }

  @Test func `downloads with a token that is refused do not wait for each other`() async throws {
    try await Mail.run { mail in
      try await mail.send(1)
      let id = try await mail.newest().id
      try await mail.world.control(
        "faults", #"{"path": "*/$value", "status": 401, "code": "InvalidAuthenticationToken", "count": 2}"#)
      let sizes = try await withThrowingTaskGroup(of: Int.self) { tasks in
        for _ in 0..<2 { tasks.addTask { try await all(mail.reader.source(of: id)).count } }
        return try await tasks.reduce(into: []) { $0.append($1) }
      }
      #expect(sizes.count == 2 && Set(sizes).count == 1)
    }
  }

  @Test func `no more downloads go on than leave slots for what is quick`() async throws {
    try await Mail.run { mail in
      try await mail.send(1)
      let id = try await mail.newest().id
      var open: [StoredContent] = []
      for _ in 0..<MailboxLimiter.downloads { open.append(try await mail.reader.source(of: id)) }
      #expect(await problem { _ = try await mail.reader.source(of: id) }?.code == .serverBusy)
      #expect(try await mail.reader.message(id).id == id)
      for content in open { #expect(try await !all(content).isEmpty) }
      open = []
      #expect(try await !all(mail.reader.source(of: id)).isEmpty)
    }
  }

  @Test func `a slot is taken until the bytes were read, and then it is free`() async throws {
    try await Mail.run { mail in
      try await mail.send(1)
      let id = try await mail.newest().id
      let limiter = mail.world.house.limiter
      let lane = try #require((mail.reader as? GraphReader)?.access.account.lane)
      var source: StoredContent? = try await mail.reader.source(of: id)
      #expect(limiter.inFlight(lane) == 1)
      if let content = source { _ = try await all(content) }
      source = nil
      #expect(limiter.inFlight(lane) == 0)
    }
  }
}

private func all(_ content: StoredContent) async throws -> [UInt8] {
  try await content.reduce(into: []) { $0 += $1 }
}

private func problem(_ body: () async throws -> Void) async -> Problem? {
  do {
    try await body()
    return nil
  } catch {
    return error as? Problem
  }
}

extension Array {
  fileprivate func asyncMap<Value>(_ body: (Element) async throws -> Value) async rethrows -> [Value] {
    var values: [Value] = []
    for element in self { values.append(try await body(element)) }
    return values
  }
}

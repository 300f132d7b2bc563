import Access
import Core
import SMTP
import StoreTesting
import Testing

@testable import Delivery
@testable import Store
@testable import Submission

/// Who may send what, over a session without a socket.
@Suite struct ConversationTests {
  @Test(arguments: StoreEngine.allCases)
  func `a message that was answered with 250 is in the outbox, with its envelope`(engine: StoreEngine)
    async throws
  {
    try await Talk.run(engine) { talk in
      var line = try await talk.connect(as: "anna")
      let reply = await line.send(
        "From: anna@example.com\nTo: Carl <carl@example.org>\nSubject: Scan\n\nText.",
        to: ["carl@example.org", "hidden@example.org"])
      let message = try #require(try await talk.messages().first)
      #expect(reply == "250 2.0.0 Queued as \(message.id)\n")
      #expect(message.source == "smtp" && message.subject == "Scan" && message.account == AccountID("anna"))
      #expect(message.envelopeTo == ["carl@example.org", "hidden@example.org"])
      #expect(try await talk.outbox.entry(message.id).state == .ready)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `what was repaired is in the message's history`(engine: StoreEngine) async throws {
    try await Talk.run(engine) { talk in
      var line = try await talk.connect(as: "anna")
      #expect(await line.send("Subject:Scan\nDate: yesterday\n\nText.").hasPrefix("250"))
      talk.time.advance(by: .seconds(1))
      #expect(
        await line.send(
          "From: anna@example.com\nDate: Tue, 1 Dec 2026 10:00:00 +0000\nMessage-ID: <a@b>\n\nText."
        )
        .hasPrefix("250"))
      let messages = try await talk.messages()
      #expect(messages.count == 2)
      let changes = [
        "A blank was added after the colon of a header field.",
        "From was missing; anna@example.com was added.", "Date could not be read and was replaced.",
        "Message-ID was missing and was added.",
      ]
      let entry = try await talk.outbox.entry(messages[0].id)
      #expect(entry.changes == changes)
      #expect(try await talk.outbox.entry(messages[1].id).changes.isEmpty)
      let events = try await talk.store.read { (tx: borrowing Transaction) in
        try tx.events(.default, AccountID("anna"), limit: 10).map(\.event)
      }
      #expect(events.map(\.kind) == ["messageQueued", "messageQueued"])
      for change in changes { #expect(events[0].data.contains("\"\(change)\"")) }
      #expect(!events[1].data.contains("changes"))
    }
  }

  @Test func `what a client asks of reports is kept beside the envelope`() async throws {
    try await Talk.run { talk in
      var line = try await talk.connect(as: "anna")
      for command in [
        "MAIL FROM:<anna@example.com> RET=FULL ENVID=a+2Bb", "RCPT TO:<Carl@example.org> NOTIFY=NEVER",
        "RCPT TO:<dora@example.org> NOTIFY=FAILURE,DELAY ORCPT=rfc822;d+2B@example.org",
        "RCPT TO:<emil@example.org> NOTIFY=SUCCESS", "RCPT TO:<frida@example.org>",
      ] { #expect(await line.say(command).hasPrefix("250")) }
      _ = await line.say("DATA")
      #expect(await line.say("Subject: x\n\nText.\n.").hasPrefix("250"))
      #expect(await line.send("Subject: y\n\nText.").hasPrefix("250"))
      let messages = try await talk.messages()
      #expect(messages.first { $0.subject == "y" }?.reportRequest == nil)
      let asked = ReportRequest(json: messages.first { $0.subject == "x" }?.reportRequest)
      #expect(asked.returnsMessage && asked.envelopeID == "a+b")
      #expect(
        asked.recipients == [
          "carl@example.org": ReportRequest.Recipient(wantsFailures: false, original: nil),
          "dora@example.org": ReportRequest.Recipient(
            wantsFailures: true, original: "rfc822;d+@example.org"),
          "emil@example.org": ReportRequest.Recipient(wantsFailures: false, original: nil),
        ])
    }
  }

  @Test(arguments: [
    // Who has the token, which scopes, who signs in; whether that is right.
    ("anna", ["smtp"], "anna", true), (nil, ["smtp"], "bert", true), (nil, ["*"], "anna", true),
    ("anna", ["smtp"], "bert", false), (nil, ["smtp"], "nobody", false), (nil, ["api"], "anna", false),
    ("anna", ["smtp"], "Anna", false),
  ])
  func `a password is a token of the scope smtp for that account`(
    owner: String?, scopes: [String], user: String, isRight: Bool
  ) async throws {
    try await Talk.run { talk in
      var line = talk.connect()
      _ = await line.say("EHLO x")
      let password = try await talk.token(scopes, account: owner).token.reveal()
      async let wake: Void = isRight ? () : talk.wake()
      let reply = await line.signIn(user, password)
      await wake
      #expect(reply.hasPrefix(isRight ? "235 2.7.0" : "535-5.7.8"), "\(reply)")
    }
  }

  @Test func `wrong passwords are answered alike, later each time, and end the connection at last`()
    async throws
  {
    try await Talk.run { talk in
      var line = talk.connect()
      _ = await line.say("EHLO x")
      var replies: Set<String> = []
      for (attempt, user) in ["anna", "nobody", "anna", "nobody"].enumerated() {
        let before = talk.time.now
        async let wake: Void = talk.wake()
        replies.insert(await line.signIn(user, "wrong"))
        await wake
        #expect(talk.time.now - before == .seconds(1 << attempt))
      }
      #expect(replies.count == 1)
      async let wake: Void = talk.wake()
      #expect(await line.signIn("anna", "wrong").hasPrefix("421 4.7.0"))
      await wake
      #expect(!line.isOpen)
    }
  }

  @Test func `a token that is revoked sends no further message over an open connection`() async throws {
    try await Talk.run { talk in
      let token = try await talk.token(account: "anna")
      var line = try await talk.connect(as: "anna", token: token)
      #expect(await line.send("Subject: x\n\nText.").hasPrefix("250 2.0.0 Queued"))
      #expect(try await talk.tokens.revoke(token.id))
      #expect(await line.send("Subject: x\n\nText.").hasPrefix("421 4.7.0"))
      #expect(!line.isOpen)
    }
  }

  @Test(arguments: [
    ("MAIL FROM:<bert@example.com>", "550-5.7.1 MAIL FROM is bert@example.com, but this account sends as"),
    ("MAIL FROM:<>", "550-5.7.1 The null sender"), ("MAIL FROM:<anna>", "553-5.1.3"),
    ("MAIL FROM:<ANNA@Example.COM>", "250 2.1.0"),
    ("MAIL FROM:<anna@example.com> SIZE=99999999", "552 5.3.4"),
  ])
  func `the sender of the envelope is the account's address`(command: String, reply: String) async throws {
    try await Talk.run { talk in
      var line = try await talk.connect(as: "anna")
      let answer = await line.say(command)
      #expect(answer.hasPrefix(reply), "\(answer)")
    }
  }

  @Test(arguments: [
    ("From: bert@example.com", "550-5.7.1 From is bert@example.com"),
    ("From: Anna <anna@example.com>\nSender: bert@example.com", "550-5.7.1 Sender is bert@example.com"),
    ("From: anna@example.com, bert@example.com", "550-5.7.1 From is"),
    ("From: =?utf-8?q?bert=40example=2Ecom?= <anna@example.com>", "250"),
    ("From: Anna\n <anna@example.com>", "250"), ("From: team: anna@example.com;", "250"),
    ("From: team: anna@example.com, bert@example.com;", "550-5.7.1 From is"),
    ("From: \u{0430}nna@example.com", "550-5.7.1 From is"),
    ("From: anna@example.com\nFrom: anna@example.com", "554-5.6.0 The message has more than one From"),
    ("Sender: anna@example.com\nsender: anna@example.com", "554-5.6.0 The message has more than one Sender"),
    ("To: stranger@example.org", "554-5.6.0"), ("Cc: carl@example.org, stranger@example.org", "554-5.6.0"),
    ("To: undisclosed-recipients:;", "250"), ("Bcc: stranger@example.org", "250"), ("Subject: none", "250"),
    ("X-EE-Gateway: other", "554-5.6.0 The header field X-EE-Gateway is not supported"),
    ("X-EE-Account: bert", "554-5.6.0 The header field X-EE-Account names another account"),
    ("X-EE-Account: anna", "250"),
  ])
  func `From, Sender and the recipients of the header are judged`(header: String, reply: String) async throws
  {
    try await Talk.run { talk in
      var line = try await talk.connect(as: "anna")
      let answer = await line.send(header + "\n\nText.")
      #expect(answer.hasPrefix(reply), "\(answer)")
      #expect(try await talk.messages().count == (reply == "250" ? 1 : 0))
      // The next message is not concerned.
      #expect(await line.send("Subject: x\n\nText.").hasPrefix("250"))
    }
  }

  @Test func `a refused recipient leaves the others, and a message without any is none`() async throws {
    try await Talk.run { talk in
      var line = try await talk.connect(as: "anna")
      _ = await line.say("MAIL FROM:<anna@example.com>")
      #expect(await line.say("RCPT TO:<nonsense>").hasPrefix("553-5.1.3"))
      #expect(await line.say("DATA").hasPrefix("503 5.5.1"))
      #expect(await line.say("RCPT TO:<carl@example.org>").hasPrefix("250"))
      #expect(await line.say("DATA").hasPrefix("354"))
      #expect(await line.say("\nText.\n.").hasPrefix("250"))
      #expect(try await talk.messages().map(\.envelopeTo) == [["carl@example.org"]])
    }
  }

  @Test func `a paused account and one that was never connected are refused early, for now`() async throws {
    try await Talk.run { talk in
      var line = try await talk.connect(as: "anna")
      try await talk.change("anna", AccountStatus(state: .connected, paused: true))
      #expect(await line.say("MAIL FROM:<anna@example.com>").hasPrefix("451-4.7.0 The account is paused"))
      try await talk.change("anna", AccountStatus(state: .unset))
      #expect(await line.say("MAIL FROM:<anna@example.com>").hasPrefix("451-4.7.0 The account has never"))
      // A lost grant waits for its owner, and so do messages.
      try await talk.change("anna", AccountStatus(state: .authenticationError))
      #expect(await line.say("MAIL FROM:<anna@example.com>").hasPrefix("250"))
    }
  }

  @Test(
    arguments: [
      // Restrictions and permissions; whether that is right.
      (["192.0.2.0/24"], nil, nil, nil, true), (["198.51.100.1", "192.0.2.1"], nil, nil, nil, true),
      (["198.51.100.0/24", "2001:db8::/32"], nil, nil, nil, false),
      (nil, ["*.example.com/*"], nil, nil, false),
      (nil, nil, [TokenAction.send], [TokenGroup.submit], true), (nil, nil, [.send], nil, true),
      (nil, nil, [.read, .write], nil, false), (nil, nil, nil, [.account, .outbox], false),
    ] as [([String]?, [String]?, Set<TokenAction>?, Set<TokenGroup>?, Bool)])
  func `a password works from where and for what its token may be used`(
    addresses: [String]?, referrers: [String]?, actions: Set<TokenAction>?, groups: Set<TokenGroup>?,
    isRight: Bool
  ) async throws {
    try await Talk.run { talk in
      var new = NewToken(description: "test", scopes: ["smtp"], account: AccountID("anna"))
      var restrictions = TokenRestrictions()
      (restrictions.addresses, restrictions.referrers) = (addresses, referrers)
      new.restrictions = restrictions
      new.permissions = TokenPermissions(actions: actions, groups: groups)
      var line = talk.connect()
      _ = await line.say("EHLO x")
      let token = try await talk.tokens.issue(new, in: .default)
      async let wake: Void = isRight ? () : talk.wake()
      let reply = await line.signIn("anna", token.token.reveal())
      await wake
      // The words are those of a wrong password.
      #expect(reply.hasPrefix(isRight ? "235 2.7.0" : "535-5.7.8 The user name or the password is wrong"))
    }
  }

  @Test func `a token sends no more messages than its rate allows`() async throws {
    try await Talk.run { talk in
      var new = NewToken(description: "test", scopes: ["smtp"], account: AccountID("anna"))
      new.restrictions = TokenRestrictions()
      new.restrictions?.rateLimit = TokenRestrictions.RateLimit(maxRequests: 2, timeWindow: 60)
      let token = try await talk.tokens.issue(new, in: .default)
      var line = try await talk.connect(as: "anna", token: token)
      for _ in 0..<2 { #expect(await line.send("\nText.").hasPrefix("250")) }
      #expect(
        await line.say("MAIL FROM:<anna@example.com>").hasPrefix("452-4.7.1 The API token has been used 2"))
      #expect(line.isOpen)
      talk.time.advance(by: .seconds(60))
      #expect(await line.send("\nText.").hasPrefix("250"))
    }
  }

  @Test func `a full disk is told before the content`() async throws {
    try await Talk.run(configure: { $0.freeSpace = { 3 << 20 } }) { talk in
      var line = try await talk.connect(as: "anna")
      #expect(await line.say("MAIL FROM:<anna@example.com> SIZE=600000").hasPrefix("452-4.3.1"))
      #expect(await line.say("MAIL FROM:<anna@example.com> SIZE=1000").hasPrefix("250"))
    }
  }

  @Test func `a token for the workspace may name the account in the message`() async throws {
    try await Talk.run { talk in
      var line = try await talk.connect(as: "anna", token: talk.token())
      let message = "From: bert@example.com\nX-EE-Account: bert\n\nText."
      #expect(await line.send(message, from: "bert@example.com").hasPrefix("250"))
      #expect(try await talk.messages().map(\.account) == [AccountID("bert")])
      #expect(await line.send(message, from: "anna@example.com").hasPrefix("550-5.7.1 MAIL FROM"))
      #expect(
        await line.send("X-EE-Account: nobody\n\nText.", from: "bert@example.com").hasPrefix("550-5.1.1"))
    }
  }

  @Test func `fields that steer are honoured and taken out`() async throws {
    try await Talk.run { talk in
      var line = try await talk.connect(as: "anna")
      let message =
        "X-EE-Send-At: 2027-05-20T14:00:00Z\nX-EE-Delivery-Attempts: 3\nX-EE-Idempotency-Key: k\nSubject: x\n\nText."
      let first = await line.send(message)
      #expect(first.hasPrefix("250"))
      #expect(await line.send(message) == first)
      #expect(await line.send(message, to: ["dora@example.org"]).hasPrefix("550-5.3.0"))
      let stored = try #require(try await talk.messages().first)
      #expect(try await talk.messages().count == 1)
      let text = try await talk.content(of: stored)
      #expect(!text.lowercased().contains("x-ee-") && text.contains("Subject: x"))
      let entry = try await talk.outbox.entry(stored.id)
      #expect(entry.nextAttempt?.description == "2027-05-20T14:00:00.000Z")
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `devices of a network send as its account, so many a day`(engine: StoreEngine) async throws {
    try await Talk.run(engine, configure: { $0.networkDailyLimit = 2 }) { talk in
      var line = talk.connect(network: "anna")
      _ = await line.say("HELO printer")
      #expect(await line.send("X-EE-Account: bert\n\nText.").hasPrefix("554-5.6.0"))
      #expect(await line.send("\nText.", from: "bert@example.com").hasPrefix("550-5.7.1"))
      #expect(await line.send("\nText.").hasPrefix("250"))
      // What is refused at the end does not count.
      #expect(await line.send("To: stranger@example.org\n\nText.").hasPrefix("554"))
      // Another node, or this one after a restart, knows of it.
      var other = talk.again().connect(network: "anna")
      _ = await other.say("HELO printer")
      #expect(await other.send("\nText.").hasPrefix("250"))
      #expect(await other.send("\nText.").hasPrefix("450-4.7.1"))
      #expect(await line.send("\nText.").hasPrefix("450-4.7.1"))
      talk.time.advance(by: .seconds(87_001))
      #expect(await line.send("\nText.").hasPrefix("250"))
    }
  }

  @Test func `a large message is stored as it comes, and dropped when it does not end`() async throws {
    try await Talk.run { talk in
      var line = try await talk.connect(as: "anna")
      let text = String(
        repeating: "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcd\n", count: 8000)
      #expect(await line.send("Subject: large\n\n" + text).hasPrefix("250"))
      #expect(try await talk.messages().first?.size ?? 0 > 500_000)
      let before = try await talk.chunks()
      for command in ["MAIL FROM:<anna@example.com>", "RCPT TO:<carl@example.org>", "DATA"] {
        _ = await line.say(command)
      }
      _ = await line.say("\n" + text)
      #expect(try await talk.chunks() > before)
      await line.conversation.reset()
      #expect(try await talk.chunks() == before)
    }
  }
}

extension Talk {
  /// Lets the one who waits to be answered go on.
  func wake() async {
    await time.untilSleeping()
    guard let until = time.wakings.first else { return }
    time.advance(by: until - time.now)
  }

  func content(of message: OutgoingMessageRecord) async throws -> String {
    let bytes = try await store.read { (tx: borrowing Transaction) in
      try tx.contentExtents(of: message).flatMap { try tx.chunk($0.key) ?? [] }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  func chunks() async throws -> Int64 {
    try await store.read { (tx: borrowing Transaction) in
      try tx.row("SELECT count(*) AS total FROM chunk") { try $0.integer("total") } ?? 0
    }
  }
}

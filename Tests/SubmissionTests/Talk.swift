import Access
import Accounts
import Core
import Delivery
import Logging
import SMTP
import StoreTesting

@testable import Store
@testable import Submission

/// A database with the accounts `anna` and `bert`, and a client that talks to the server without a socket.
struct Talk {
  let store: Store
  let time: ManualTime
  let outbox: Outbox
  let tokens: TokenDirectory
  let intake: Intake
  let clients: Clients
  private let configuration: SubmissionConfiguration

  static nonisolated(nonsending) func run(
    _ engine: StoreEngine = .sqlite, configure: (inout SubmissionConfiguration) -> Void = { _ in },
    _ body: nonisolated(nonsending) (Talk) async throws -> Void
  ) async throws {
    try await withStore(engine) { store in
      var configuration = SubmissionConfiguration(host: "127.0.0.1", port: 0, tlsPort: nil, name: "mail.test")
      configure(&configuration)
      let talk = Talk(store, ManualTime(), configuration)
      try await talk.addAccounts(["anna", "bert"])
      try await body(talk)
    }
  }

  /// A server that has just started, with the same database.
  func again() -> Talk { Talk(store, time, configuration) }

  private init(_ store: Store, _ time: ManualTime, _ configuration: SubmissionConfiguration) {
    self.store = store
    self.time = time
    self.configuration = configuration
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    outbox = Outbox(
      store: store, senders: { _, account in throw Problem.accountNotFound(account) }, time: time,
      node: NodeID("one"), logger: logger)
    tokens = TokenDirectory(store: store, time: time)
    intake = Intake(outbox: outbox, store: store, time: time, configuration: configuration, logger: logger)
    clients = Clients(tokens: tokens, store: store, time: time, logger: logger)
  }

  private func addAccounts(_ names: [String]) async throws {
    let now = time.now
    try await store.write { (tx: borrowing Transaction) in
      try tx.insert(
        OAuth2AppRecord(
          workspace: .default, id: AppID("app"), name: "App", title: nil, description: nil,
          provider: .outlook, enabled: true, clientID: "client", clientSecret: nil, authority: "common",
          redirectURL: nil, extraScopes: [], skipScopes: [], created: now))
      for name in names {
        try tx.upsert(
          AccountRecord(
            workspace: .default, id: AccountID(name), name: name, email: "\(name)@example.com",
            app: AppID("app"), mailbox: "\(name)@example.com", state: .connected, mailboxFound: false,
            unknownOutcome: .hold, created: now))
      }
    }
  }

  func change(_ account: String, _ status: AccountStatus) async throws {
    try await store.write { (tx: borrowing Transaction) in
      try tx.execute(
        "UPDATE account SET state = $1, paused = $2 WHERE id = $3", status.state.rawValue, status.paused,
        AccountID(account))
    }
  }

  func token(_ scopes: [String] = ["smtp"], account: String? = nil) async throws -> IssuedToken {
    try await tokens.issue(
      NewToken(description: "test", scopes: scopes, account: account.map { AccountID($0) }), in: .default)
  }

  /// A connection of a client, which may be one of a listed network.
  func connect(network: String? = nil) -> Line {
    var configuration = ServerSession.Configuration(host: "mail.test", sizeLimit: 1 << 20)
    configuration.isEncrypted = true
    configuration.needsAuthentication = network == nil
    return Line(
      session: ServerSession(configuration),
      conversation: Conversation(
        clients: clients, intake: intake, limits: SubmissionLimits(), address: "192.0.2.1",
        client: network.map { Client(workspace: .default, account: AccountID($0)) },
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
  }

  /// A connection over which messages may be sent.
  func connect(as account: String, token: IssuedToken? = nil) async throws -> Line {
    var line = connect()
    let token = if let token { token } else { try await self.token(account: account) }
    _ = await line.say("EHLO x")
    _ = await line.signIn(account, token.token.reveal())
    return line
  }

  /// What is in the outbox, oldest first, with its recipients.
  func messages() async throws -> [OutgoingMessageRecord] {
    try await store.read { (tx: borrowing Transaction) in
      try tx.queueRows().compactMap { try tx.message(.default, $0) }
    }
  }
}

extension Transaction {
  fileprivate func queueRows() throws -> [QueueID] {
    try rows("SELECT id FROM message ORDER BY created, id") { try $0.identifier("id") }
  }
}

/// One connection.
struct Line {
  var session: ServerSession
  var conversation: Conversation
  private(set) var isOpen = true

  init(session: ServerSession, conversation: Conversation) {
    (self.session, self.conversation) = (session, conversation)
    _ = self.session.takeOutput()
  }

  /// Sends lines and returns the replies to them.
  mutating func say(_ text: String) async -> String {
    session.receive(Array((text.replacing("\n", with: "\r\n") + "\r\n").utf8))
    while let event = session.next() {
      if case .close = event { isOpen = false }
      session.answer(await conversation.answer(event))
    }
    return String(decoding: session.takeOutput(), as: UTF8.self).replacing("\r\n", with: "\n")
  }

  mutating func signIn(_ user: String, _ password: String) async -> String {
    await say("AUTH PLAIN " + base64("\0\(user)\0\(password)"))
  }

  /// Sends one message; returns the first reply that refuses it, or the last one.
  mutating func send(
    _ message: String, from: String = "anna@example.com", to: [String] = ["carl@example.org"]
  )
    async -> String
  {
    for command in ["RSET", "MAIL FROM:<\(from)>"] + to.map({ "RCPT TO:<\($0)>" }) + ["DATA"] {
      let reply = await say(command)
      guard reply.hasPrefix("250") || reply.hasPrefix("354") else { return reply }
    }
    return await say(message + "\n.")
  }
}

private func base64(_ text: String) -> String {
  let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  let bytes = Array(text.utf8)
  var output: [UInt8] = []
  for start in stride(from: 0, to: bytes.count, by: 3) {
    let piece = bytes[start..<min(start + 3, bytes.count)]
    let bits = piece.reduce(0) { $0 << 8 | UInt32($1) } << (8 * (3 - UInt32(piece.count)))
    for index in 0..<4 {
      let isThere = index <= piece.count
      output.append(isThere ? alphabet[Int(bits >> (18 - 6 * UInt32(index)) & 63)] : UInt8(ascii: "="))
    }
  }
  return String(decoding: output, as: UTF8.self)
}

import Core
import Foundation
import Hummingbird
import JSON

extension SandboxState {
  /// `POST /sandbox/messages`, and what concerns delta tokens and subscriptions.
  func addMailControlRoutes(to router: Router<SandboxContext>) {
    router.post("/sandbox/messages") { [self] request, context in
      let body = try await ControlBody(request)
      return Response.json(try await receive(body, origin: context.origin))
    }
    router.post("/sandbox/expire") { [self] request, _ in
      var body = try await ControlBody(request)
      let mailbox = try mailbox(in: &body)
      try body.finish(known: ["user"])
      try await mail.expireTokens(of: mailbox, at: clock.now)
      return Response.json([:])
    }
    router.get("/sandbox/subscriptions") { [self] _, _ in
      let all = await notifier.current.map { $0.json(showsState: true) }
      return Response.json(["value": .array(all)])
    }
    router.get("/sandbox/notifications") { [self] _, _ in
      Response.json(["value": .array(await notifier.attempts.map(\.json))])
    }
    router.post("/sandbox/lifecycle") { [self] request, _ in
      var body = try await ControlBody(request)
      guard let id = try body.string("subscription") else {
        throw ControlRefusal("'subscription' is missing.", field: "subscription")
      }
      let event: LifecycleEvent? = try body.choice("event")
      try body.finish(known: ["subscription", "event"])
      guard let event else { throw ControlRefusal("'event' is missing.", field: "event") }
      guard await notifier.tell(event, of: id) else {
        throw HTTPError(
          .notFound, message: "There is no subscription '\(id)' with a lifecycleNotificationUrl.")
      }
      return Response.json([:])
    }
  }

  private func mailbox(in body: inout ControlBody) throws -> MailboxID {
    guard let name = try body.string("user") else {
      throw ControlRefusal("'user' is missing.", field: "user")
    }
    guard let user = directory.user(name), user.hasMailbox, let mailbox = MailboxID(user.id) else {
      throw HTTPError(.notFound, message: "There is no mailbox for '\(name)'.")
    }
    return mailbox
  }

  /// One message that arrives, or many that are made up.
  private func receive(_ body: ControlBody, origin: String) async throws -> JSONValue {
    var body = body
    let mailbox = try mailbox(in: &body)
    let generate = try body.object("generate")
    let folder = try body.string("folder")
    let raw = try body.string("raw")
    let isRead = try body.bool("isRead")
    let received = try body.string("received")
    try body.finish(known: ["user", "folder", "raw", "isRead", "received", "generate"])
    if let generate {
      guard folder == nil, raw == nil, isRead == nil, received == nil else {
        throw ControlRefusal("'generate' stands beside 'user' only.", field: "generate")
      }
      return try await self.generate(generate, in: mailbox)
    }
    guard let raw, let bytes = Data(base64Encoded: raw), !bytes.isEmpty else {
      throw ControlRefusal("'raw' must be a message in base64.", field: "raw")
    }
    let date = received.flatMap { Instant(dateTimeOffset: $0) }
    guard received == nil || date != nil else {
      throw ControlRefusal("'received' must be a date and a time (RFC 3339).", field: "received")
    }
    let message: Message
    do throws(Problem) {
      message = try Message(parsing: Array(bytes))
    } catch {
      throw ControlRefusal("The message passes a limit of Exchange: \(error.summary)", field: "raw")
    }
    let place = try await self.folder(folder ?? "inbox", in: mailbox, makes: true)
    let item = try await mail.receive(
      message, in: place, of: mailbox, isRead: isRead ?? false, received: date, at: clock.now)
    var preferences = GraphPreferences()
    preferences.immutableIDs = true
    let writer = MessageJSON(
      origin: origin, epoch: await mail.epoch, mailbox: mailbox, preferences: preferences,
      showsOwnHeaders: true)
    return writer.json(item)
  }

  private func generate(_ body: ControlBody, in mailbox: MailboxID) async throws -> JSONValue {
    var body = body
    let count = try body.integer("count", in: 1...1_000_000)
    let names = try body.strings("folders") ?? ["inbox"]
    try body.finish(known: ["count", "folders"])
    guard let count else { throw ControlRefusal("'count' is missing.", field: "count") }
    guard !names.isEmpty else { throw ControlRefusal("'folders' is empty.", field: "folders") }
    var folders: [MailFolder] = []
    for name in names { folders.append(try await folder(name, in: mailbox, makes: true)) }
    try await mail.generate(count, in: folders, of: mailbox, at: clock.now)
    return ["count": JSONValue(count)]
  }

  func folder(_ name: String, in mailbox: MailboxID, makes: Bool = false) async throws -> MailFolder {
    do throws(MailFault) {
      return try await mail.folder(at: name, in: mailbox, makes: makes)
    } catch {
      let names = MailFolder.wellKnownNames.joined(separator: ", ")
      throw HTTPError(
        .badRequest,
        message: "There is no folder '\(name)'; there are \(names), and those that were made, by their path.")
    }
  }
}

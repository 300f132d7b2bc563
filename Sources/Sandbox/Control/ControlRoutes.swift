import Core
import Hummingbird
import JSON

extension SandboxState {
  /// `/sandbox/reset`, `settings`, `clock`, `requests`, `messages`, `faults`. Those about
  /// consent are in `ConsentRoutes.swift`.
  func addControlRoutes(to router: Router<SandboxContext>) throws {
    router.get("/sandbox/requests") { [log] _, _ in
      Response.json(["value": .array(log.entries.map(\.json))])
    }
    router.get("/sandbox/messages") { [self] request, context in try await messages(request, context) }
    router.post("/sandbox/reset") { [self] request, _ in
      try await ControlBody(request).finish(known: [])
      await reset()
      return timeAnswer()
    }
    router.get("/sandbox/clock") { [self] _, _ in timeAnswer() }
    router.post("/sandbox/clock") { [self] request, _ in try await advance(request) }
    router.get("/sandbox/settings") { [self] _, _ in Response.json(settings.json) }
    router.post("/sandbox/settings") { [self] request, _ in try await changeSettings(request) }
    addDirectoryRoutes(to: router)
    router.get("/sandbox/faults") { [faults] _, _ in Response.json(faults.json) }
    router.post("/sandbox/faults") { [self] request, _ in try await addFault(request) }
    router.delete("/sandbox/faults") { [faults] request, _ in
      try await ControlBody(request).finish(known: [])
      faults.removeAll()
      return Response.json(faults.json)
    }
  }

  /// The instant by the sandbox's clock.
  private func timeAnswer() -> Response { .json(["now": .string(clock.now.description)]) }

  private func advance(_ request: Request) async throws -> Response {
    var body = try await ControlBody(request)
    // A century: longer jumps have no use, and instants have a range.
    let seconds = try body.number("advanceSeconds", in: -3.2e9...3.2e9)
    try body.finish(known: ["advanceSeconds"])
    guard let seconds else { throw HTTPError(.badRequest, message: "'advanceSeconds' is missing.") }
    clock.advance(by: .microseconds(Int64(seconds * 1_000_000)))
    return timeAnswer()
  }

  /// Absent fields stay as they are.
  private func changeSettings(_ request: Request) async throws -> Response {
    var body = try await ControlBody(request)
    var new = settings
    new.sendLagMs = try body.integer("sendLagMs", in: 0...86_400_000) ?? new.sendLagMs
    new.newIdOnSend = try body.bool("newIdOnSend") ?? new.newIdOnSend
    new.replaceMessageId = try body.bool("replaceMessageId") ?? new.replaceMessageId
    new.strictRotation = try body.bool("strictRotation") ?? new.strictRotation
    new.concurrencyLimit = try body.integer("concurrencyLimit", in: 1...10_000) ?? new.concurrencyLimit
    new.accessTokenLifetime =
      try body.integer("accessTokenLifetime", in: 1...86_400) ?? new.accessTokenLifetime
    new.deviceInterval = try body.integer("deviceInterval", in: 0...3600) ?? new.deviceInterval
    new.dropUnknownHeaders = try body.bool("dropUnknownHeaders") ?? new.dropUnknownHeaders
    new.sentCopyHeaders = try body.bool("sentCopyHeaders") ?? new.sentCopyHeaders
    new.sendFromAlias = try body.bool("sendFromAlias") ?? new.sendFromAlias
    new.requireRefreshScope = try body.bool("requireRefreshScope") ?? new.requireRefreshScope
    try body.finish(known: new.json.object?.keys ?? [])
    settings = new
    return .json(new.json)
  }

  private func addFault(_ request: Request) async throws -> Response {
    var body = try await ControlBody(request)
    let fault = Fault(
      path: try body.string("path"), user: try body.string("user"),
      status: try body.integer("status", in: 302...599), then: try body.integer("then", in: 400...599),
      code: try body.string("code"),
      retryAfter: try body.integer("retryAfter", in: 0...86_400),
      delayMs: try body.integer("delayMs", in: 0...600_000),
      close: try body.choice("close"), count: try body.integer("count", in: -1...1_000_000) ?? 1)
    try body.finish(known: [
      "path", "user", "status", "then", "code", "retryAfter", "delayMs", "close", "count",
    ])
    if let status = fault.status, status != 302, status < 400 {
      throw HTTPError(.badRequest, message: "'status' must be 302 or a whole number from 400 to 599.")
    }
    if let contradiction = fault.contradiction { throw HTTPError(.badRequest, message: contradiction) }
    if let user = fault.user, directory.user(user) == nil {
      throw HTTPError(.badRequest, message: "There is no user '\(user)'.")
    }
    faults.add(fault)
    return .json(fault.json)
  }

  /// `?user=` and, if wanted, `&folder=`: Graph's messages with immutable ids and all header fields, newest
  /// first.
  private func messages(_ request: Request, _ context: SandboxContext) async throws -> Response {
    let fields = try FormFields(query: request)
    let known = ["user", "folder"]
    if let unknown = fields.fields.first(where: { !known.contains($0.name) }) {
      throw HTTPError(
        .badRequest,
        message: "There is no parameter '\(unknown.name)' here; the known ones are user and folder.")
    }
    guard let name = fields["user"] else { throw HTTPError(.badRequest, message: "'user' is missing.") }
    guard let user = directory.user(name), user.hasMailbox, let mailbox = MailboxID(user.id) else {
      throw HTTPError(.notFound, message: "There is no mailbox for '\(name)'.")
    }
    var query = MessageQuery()
    if let name = fields["folder"] {
      guard let folder = MailFolder(wellKnownName: name) else {
        let names = MailFolder.allCases.map(\.wellKnownName).joined(separator: ", ")
        throw HTTPError(.badRequest, message: "There is no folder '\(name)'; there are \(names).")
      }
      query.folder = folder
    }
    let items = try await mail.page(query, in: mailbox, at: clock.now).items
    var preferences = GraphPreferences()
    preferences.immutableIDs = true
    let writer = MessageJSON(
      origin: context.origin, epoch: await mail.epoch, mailbox: mailbox, preferences: preferences,
      showsOwnHeaders: true)
    let value = items.map { writer.json($0, showsHeaders: true) }
    return .json(["value": .array(value)])
  }
}

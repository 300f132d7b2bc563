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
    router.post("/sandbox/clock") { [self] request, _ in
      let body = try await ControlBody(request)
      try moveClock(body)
      return timeAnswer()
    }
    router.get("/sandbox/settings") { [self] _, _ in Response.json(settings.json) }
    router.post("/sandbox/settings") { [self] request, _ in
      let body = try await ControlBody(request)
      try settings.change(body)
      return Response.json(settings.json)
    }
    addDirectoryRoutes(to: router)
    addMailControlRoutes(to: router)
    router.get("/sandbox/faults") { [faults] _, _ in Response.json(faults.json) }
    router.post("/sandbox/faults") { [self] request, _ in
      let body = try await ControlBody(request)
      return Response.json(try addFault(body).json)
    }
    router.delete("/sandbox/faults") { [faults] request, _ in
      try await ControlBody(request).finish(known: [])
      faults.removeAll()
      return Response.json(faults.json)
    }
    router.delete("/sandbox/faults/:id") { [faults] request, context in
      try await ControlBody(request).finish(known: [])
      guard let id = context.parameters.get("id", as: Int.self), faults.remove(id) else {
        throw HTTPError(.notFound, message: "There is no fault with this id; it may be used up.")
      }
      return Response.json(faults.json)
    }
  }

  /// The instant by the sandbox's clock, and how far that is from the machine's.
  private func timeAnswer() -> Response {
    let seconds = Double(clock.offset.microseconds) / 1_000_000
    return .json(["now": .string(clock.now.description), "offsetSeconds": JSONValue(seconds)])
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
      query.folder = try await folder(name, in: mailbox)
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

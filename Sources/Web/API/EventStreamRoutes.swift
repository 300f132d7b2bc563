import API
import Access
import Core
import Events
import HTTPTypes
import Hummingbird
import JSON
import NIOCore
import Store
import Synchronization
import Webhooks

/// Events as they come, as server-sent events (HTML Living Standard, "Server-sent events").
struct EventStreamRoutes: Sendable {
  let log: EventLog
  let time: any Time
  let serviceURL: String
  private let open = OpenStreams()

  /// Less than what a proxy, or the server's own watch over answers, allows between two bytes.
  private static let heartbeat: Duration = .seconds(10)
  /// Then the client connects again, and its token is looked at again.
  private static let longest: Duration = .seconds(3600)

  init(log: EventLog, time: any Time, serviceURL: String) {
    self.log = log
    self.time = time
    self.serviceURL = serviceURL
  }

  func add(to router: APIRouter) {
    router.handle(Operations.eventStream) { call, request in
      let account = try Self.account(call.query.account, call.caller)
      let workspace = try call.workspace
      if let account { _ = try await log.events(of: account, after: 0, limit: 1, in: workspace) }
      let header = try RequestHeader.lastEventID.read(request.headers[.lastEventID])
      // An empty one is none (HTML Living Standard, "Server-sent events": it is not even sent).
      let start = try header.flatMap { $0.isEmpty ? nil : try Self.position($0) } ?? call.query.since
      let position = if let start { start } else { try await log.lastPosition(in: workspace) }
      return try stream(after: position, in: workspace) { placed in
        guard account == nil || placed.event.account == account else { return nil }
        let envelope = EventEnvelope(placed, serviceURL: serviceURL)
        return ServerSentEvent(id: placed.position, name: placed.event.kind, data: envelope.json)
      }
    }
    router.handle(Operations.accountChanges) { call, _ in
      let (own, workspace) = (try call.caller.account, try call.workspace)
      let position = try await log.lastPosition(in: workspace)
      return try stream(after: position, in: workspace) { placed in
        guard own == nil || placed.event.account == own, let change = Self.change(placed.event) else {
          return nil
        }
        return ServerSentEvent(id: placed.position, name: nil, data: change.serialized())
      }
    }
  }

  /// A token of one account gets that account's events alone.
  private static func account(_ asked: AccountID?, _ caller: Principal) throws -> AccountID? {
    guard let own = caller.account else { return asked }
    if let asked, asked != own { throw Problem.accountNotFound(asked) }
    return own
  }

  private static func position(_ text: String) throws -> Int64 {
    guard let position = Int64(text), position >= 0 else {
      let fault = FieldFault(message: "must be the id of an event, not \(text)", key: "Last-Event-ID")
      throw Problem(
        .requestInvalidField, "Last-Event-ID \(fault.message).",
        remedy: "Send the id of the last event that was received.", fields: [fault])
    }
    return position
  }

  /// As the vocabulary has it; `nil` for an event that changes no state.
  private static func change(_ event: EventRecord) -> JSONValue? {
    let states = [
      "accountAdded": "init", "authenticationSuccess": "connected",
      "authenticationError": "authenticationError", "connectError": "connectError",
      "accountDeleted": "deleted",
    ]
    guard let account = event.account, let state = states[event.kind] else { return nil }
    let payload = (try? JSONValue(parsing: event.data)) ?? [:]
    return [
      "account": .string(account.rawValue), "type": "state", "key": .string(state), "payload": payload,
    ]
  }

  private func stream(
    after position: Int64, in workspace: WorkspaceID,
    _ event: @escaping @Sendable (PlacedEvent) -> ServerSentEvent?
  ) throws -> Response {
    let place = try open.take(in: workspace)
    return Response(
      status: .ok,
      headers: [
        .contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-store",
        // nginx would keep events back until its buffer is full.
        .accelBuffering: "no",
      ],
      body: ResponseBody { [log, time] writer in
        defer { place.giveBack() }
        // An id without data is no event: it tells a client that is cut off before its first one where to go on.
        try await writer.write(ByteBuffer(string: "id: \(position)\n\n"))
        let end = time.now + Self.longest
        do {
          try await log.follow(after: position, heartbeat: Self.heartbeat, in: workspace) {
            placed, position in
            let events = placed.compactMap(event)
            for event in events { try await writer.write(event.bytes) }
            // The client learns how far it is, and both ends that the other is still there.
            if placed.isEmpty { try await writer.write(ByteBuffer(string: "id: \(position)\n\n")) }
            if time.now >= end { throw StreamEnded() }
            return !events.isEmpty
          }
        } catch is StreamEnded {}
        try await writer.finish(nil)
      })
  }

  private struct StreamEnded: Error {}
}

/// One event on its way to a client.
private struct ServerSentEvent: Sendable {
  var id: Int64
  var name: String?
  /// JSON on one line.
  var data: [UInt8]

  var bytes: ByteBuffer {
    var buffer = ByteBuffer(string: "id: \(id)\n")
    if let name { buffer.writeString("event: \(name)\n") }
    buffer.writeString("data: ")
    buffer.writeBytes(data)
    buffer.writeString("\n\n")
    return buffer
  }
}

/// How many clients listen. Each costs a connection, and a look into the database every two seconds.
private final class OpenStreams: Sendable {
  private let counts = Mutex<[WorkspaceID: Int]>([:])

  private static let most = 256
  /// So that no workspace takes all.
  private static let mostOfWorkspace = 64

  /// - Throws: `server.busy` when there are too many.
  func take(in workspace: WorkspaceID) throws(Problem) -> Place {
    let isFree = counts.withLock { counts in
      guard counts.values.reduce(0, +) < Self.most, counts[workspace, default: 0] < Self.mostOfWorkspace
      else {
        return false
      }
      counts[workspace, default: 0] += 1
      return true
    }
    guard isFree else { throw .tooManyStreams(Self.mostOfWorkspace) }
    return Place(streams: self, workspace: workspace)
  }

  /// Given back once, at the latest when nobody has it any more.
  final class Place: Sendable {
    private let streams: OpenStreams
    private let workspace: WorkspaceID
    private let isHeld = Mutex(true)

    init(streams: OpenStreams, workspace: WorkspaceID) {
      self.streams = streams
      self.workspace = workspace
    }

    func giveBack() {
      let wasHeld = isHeld.withLock { held in
        defer { held = false }
        return held
      }
      if wasHeld {
        streams.counts.withLock { $0[workspace] = $0[workspace].flatMap { $0 > 1 ? $0 - 1 : nil } }
      }
    }

    deinit { giveBack() }
  }
}

extension Problem {
  fileprivate static func tooManyStreams(_ limit: Int) -> Problem {
    Problem(
      .serverBusy, "\(limit) clients of this workspace receive events already, or too many in all.",
      remedy: "Close streams that are not read, or read GET /v1/events from time to time.",
      retry: .safe(after: .seconds(10)))
  }
}

extension HTTPField.Name {
  fileprivate static let lastEventID = HTTPField.Name("Last-Event-ID") ?? .from
  fileprivate static let accelBuffering = HTTPField.Name("X-Accel-Buffering") ?? .from
}

import Access
import Accounts
import Core
import Events
import Foundation
import Hummingbird
import Store

/// `GET /v1/events`: the event log of an account, or of the workspace as a whole, by cursor.
struct EventRoutes: Sendable {
  let log: EventLog

  func add(to group: RouterGroup<WebContext>) {
    group.get("events", use: list)
  }

  private func list(_ request: Request, _ context: WebContext) async throws -> Response {
    let account = request.query("account").map { AccountID($0) }
    if let own = try context.caller.account {
      guard let account else { throw Problem.tokenOfOneAccount }
      guard account == own else { throw Problem.accountNotFound(account) }
    }
    let since = Int64(try request.queryInteger("since", in: 0...Int.max) ?? 0)
    let events = try await log.events(
      of: account, after: since, limit: try request.queryInteger("limit", in: 1...1000) ?? 100,
      in: context.workspace)
    return try reply(
      EventPage(
        account: account?.rawValue, events: try events.map { try EventReply($0.sequence, $0.event) },
        next: events.last?.sequence ?? since))
  }
}

private struct EventPage: Encodable {
  let account: String?
  let events: [EventReply]
  /// The `since` of the next call.
  let next: Int64
}

private struct EventReply: Encodable {
  let id: Int64
  let event, date: String
  let data: JSONValue

  init(_ sequence: Int64, _ record: EventRecord) throws {
    id = sequence
    event = record.kind
    date = record.created.description
    data = try JSONDecoder().decode(JSONValue.self, from: Data(record.data.utf8))
  }
}

/// A JSON value that is passed on as it is.
private enum JSONValue: Codable {
  case null
  case bool(Bool)
  case integer(Int64)
  case number(Double)
  case text(String)
  case list([JSONValue])
  case object([String: JSONValue])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Int64.self) {
      self = .integer(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .text(value)
    } else if let value = try? container.decode([JSONValue].self) {
      self = .list(value)
    } else {
      self = .object(try container.decode([String: JSONValue].self))
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let value): try container.encode(value)
    case .integer(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .text(let value): try container.encode(value)
    case .list(let value): try container.encode(value)
    case .object(let value): try container.encode(value)
    }
  }
}

import API
import Access
import Core
import Events
import JSON
import Store

/// The events of an account, or of the whole workspace, by cursor.
struct EventRoutes: Sendable {
  let log: EventLog

  func add(to router: APIRouter) {
    router.on(Operations.events) { call in
      let query = call.query
      if let own = try call.caller.account {
        guard let account = query.account else { throw Problem.tokenOfOneAccount }
        guard account == own else { throw Problem.accountNotFound(account) }
      }
      var page = EventPage()
      page.account = query.account
      page.events = try await events(query, in: call.workspace)
      page.next = page.events.last?.id ?? query.since
      return page
    }
  }

  private func events(_ query: EventsQuery, in workspace: WorkspaceID) async throws -> [EventReply] {
    if let account = query.account {
      return try await log.events(of: account, after: query.since, limit: query.limit, in: workspace)
        .map { try EventReply($0.event, id: $0.sequence) }
    }
    return try await log.events(after: query.since, limit: query.limit, in: workspace)
      .map { try EventReply($0.event, id: $0.position) }
  }
}

extension EventReply {
  fileprivate init(_ record: EventRecord, id: Int64) throws {
    self.init()
    self.id = id
    account = record.account
    event = record.kind
    date = record.created
    data = try JSONValue(parsing: record.data)
  }
}

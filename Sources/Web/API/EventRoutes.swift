import API
import Access
import Core
import Events
import JSON
import Store

/// The event log of an account, or of the workspace as a whole, by cursor.
struct EventRoutes: Sendable {
  let log: EventLog

  func add(to router: APIRouter) {
    router.on(Operations.events) { call in
      let query = call.query
      if let own = try call.caller.account {
        guard let account = query.account else { throw Problem.tokenOfOneAccount }
        guard account == own else { throw Problem.accountNotFound(account) }
      }
      let events = try await log.events(
        of: query.account, after: query.since, limit: query.limit, in: call.workspace)
      var page = EventPage()
      page.account = query.account
      page.events = try events.map { try EventReply($0.sequence, $0.event) }
      page.next = events.last?.sequence ?? query.since
      return page
    }
  }
}

extension EventReply {
  fileprivate init(_ sequence: Int64, _ record: EventRecord) throws {
    self.init()
    id = sequence
    event = record.kind
    date = record.created
    data = try JSONValue(parsing: record.data)
  }
}

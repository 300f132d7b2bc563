import API
import Core
import Delivery
import MIME
import Store

/// The suppression lists of a workspace.
struct ListRoutes: Sendable {
  let lists: SuppressionLists

  func add(to router: APIRouter) {
    router.on(Operations.blocklists) { call in
      let page = try await lists.lists(call.query.request, in: call.workspace)
      var reply = BlocklistsPage(call.query, total: page.total)
      reply.blocklists = page.elements.map { BlocklistCount($0.list, count: $0.count) }
      return reply
    }
    router.on(Operations.blocklist) { call in
      let list = try call.path.checked()
      let page = try await lists.entries(of: list, call.query.request, in: call.workspace)
      var reply = BlocklistPage(call.query, total: page.total)
      reply.listId = list
      reply.addresses = page.elements.map { BlocklistEntry($0) }
      return reply
    }
    router.on(Operations.addToBlocklist) { call in
      let body = call.body
      let added = try await lists.block(
        try EmailAddress(field: body.recipient), in: try call.path.checked(), reason: body.reason,
        account: body.account, of: call.workspace, from: call.context.clientAddress)
      return BlocklistAdded(added: added)
    }
    router.on(Operations.deleteFromBlocklist) { call in
      BlocklistDeleted(
        deleted: try await lists.unblock(
          try EmailAddress(field: call.query.recipient), in: try call.path.checked(), of: call.workspace))
    }
  }
}

extension EmailAddress {
  /// - Throws: `message.invalidAddress` that names the field `recipient`.
  fileprivate init(field text: String) throws(Problem) {
    do {
      self = try EmailAddress(text)
    } catch {
      var reader = AddressReader()
      _ = reader.address(text, "recipient")
      try reader.finish()
      throw error
    }
  }
}

extension BlocklistEntry {
  fileprivate init(_ record: SuppressionRecord) {
    self.init()
    recipient = record.address
    account = record.account
    messageId = record.messageID
    source = record.source
    reason = record.reason
    remoteAddress = record.remoteAddress
    userAgent = record.userAgent
    created = record.created
  }
}

package import Core
import Foundation
import JSON

extension Graph {
  /// `graph.itemNotFound` when there is no such message; for a draft that was sent this does not mean that it was
  /// not (its id may have changed).
  package func message(_ graphID: String) async throws(Problem) -> GraphMessage {
    try await get(url: url(of: graphID) + "?$select=" + GraphMessage.select) { (json) throws(ReplyFault) in
      try GraphMessage(json)
    }
  }

  package func folderID(_ folder: WellKnownFolder) async throws(Problem) -> String {
    try await get(url: cloud.graph + mailbox.path + "/mailFolders/" + folder.rawValue + "?$select=id") {
      (json) throws(ReplyFault) in try json.required("id", \.string)
    }
  }

  /// Messages with this Message-ID, angle brackets included, in any folder.
  package func find(internetMessageID: String) async throws(Problem) -> [GraphMessage] {
    try await filtered("internetMessageId eq " + odataQuoted(internetMessageID))
  }

  /// Messages that carry this header field, in any folder; where the server does not filter by it, or finds
  /// nothing, among the newest in Drafts and Sent Items. Up to five exchanges.
  ///
  /// Finding nothing proves nothing: the message may be further down than the pages that are read.
  package func find(header name: String, value: String) async throws(Problem) -> [GraphMessage] {
    let property = Self.property(ofHeader: name)
    let filter =
      "singleValueExtendedProperties/any(ep: ep/id eq \(odataQuoted(property)) "
      + "and ep/value eq \(odataQuoted(value)))"
    do throws(Problem) {
      let found = try await filtered(filter)
      if !found.isEmpty { return found }
    } catch  where error.origin?.status == 400 {
      // The filter is documented, but not every mailbox answers it.
    }
    // Both, because a sent copy may exist in addition to its draft.
    return try await scan(.drafts, header: name, value: value)
      + scan(.sentItems, header: name, value: value)
  }

  private func filtered(_ filter: String) async throws(Problem) -> [GraphMessage] {
    try await get(
      url: cloud.graph + mailbox.path + "/messages?"
        + query([("$filter", filter), ("$select", GraphMessage.select), ("$top", "10")])
    ) { (json) throws(ReplyFault) in
      try json.list("value") { (element) throws(ReplyFault) in try GraphMessage(element) }
    }
  }

  /// Messages per page: with all header fields one is some ten kilobytes.
  static let scanPageSize = 100
  /// Two pages are 200 messages: at Exchange's thirty a minute, the last six minutes of a busy mailbox.
  static let scanPages = 2

  /// Newest first, as Graph orders a folder.
  private func scan(
    _ folder: WellKnownFolder, header name: String, value: String
  ) async throws(Problem) -> [GraphMessage] {
    var next: String? =
      cloud.graph + mailbox.path + "/mailFolders/" + folder.rawValue + "/messages?"
      + query([
        ("$select", GraphMessage.select + ",internetMessageHeaders"), ("$top", String(Self.scanPageSize)),
      ])
    for _ in 0..<Self.scanPages {
      guard let url = next else { return [] }
      let page = try await get(url: url) { (json) throws(ReplyFault) in try ScannedPage(json) }
      let found = page.messages.filter { $0.carries(name, value) }
      if !found.isEmpty { return found.map(\.message) }
      next = page.nextLink.flatMap { isOnGraph($0) ? $0 : nil }
    }
    return []
  }

  /// A link elsewhere would carry the token away.
  func isOnGraph(_ link: String) -> Bool {
    guard let link = URLComponents(string: link), let graph = URLComponents(string: cloud.graph) else {
      return false
    }
    return link.scheme == graph.scheme && link.host == graph.host && link.port == graph.port
      && link.user == nil
  }

  func query(_ options: [(String, String)]) -> String {
    options.map { $0.0 + "=" + percentEncoded($0.1) }.joined(separator: "&")
  }
}

/// A string in an OData expression: quotes are doubled (OData 4.01 URL conventions, section 5.1.1.6.1).
func odataQuoted(_ text: String) -> String {
  "'" + text.replacing("'", with: "''") + "'"
}

/// One page of a folder, with the header fields of its messages.
private struct ScannedPage {
  var messages: [ScannedMessage]
  var nextLink: String?

  init(_ json: JSONValue) throws(ReplyFault) {
    messages = try json.list("value") { (element) throws(ReplyFault) in try ScannedMessage(element) }
    nextLink = try json.optional("@odata.nextLink", \.string)
  }
}

private struct ScannedMessage {
  var message: GraphMessage
  private var headers: [(name: String, value: String)] = []

  init(_ json: JSONValue) throws(ReplyFault) {
    message = try GraphMessage(json)
    // Graph leaves the list out of a draft that has none.
    guard try json.optional("internetMessageHeaders", \.array) != nil else { return }
    headers = try json.list("internetMessageHeaders") { (header) throws(ReplyFault) in
      (name: try header.required("name", \.string), value: try header.required("value", \.string))
    }
  }

  /// Field names are compared without case (RFC 5322 section 1.2.2).
  func carries(_ name: String, _ value: String) -> Bool {
    headers.contains { $0.name.lowercased() == name.lowercased() && $0.value == value }
  }
}

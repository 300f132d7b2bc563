package import Core
import Foundation

extension Graph {
  /// `graph.itemNotFound` when there is no such message; for a draft that was sent this does not mean that it was
  /// not (its id may have changed).
  package func message(_ graphID: String) async throws(Problem) -> GraphMessage {
    try await get(url: url(of: graphID) + "?$select=" + GraphMessage.select)
  }

  package func folderID(_ folder: WellKnownFolder) async throws(Problem) -> String {
    struct Folder: Decodable { var id: String }
    let found: Folder = try await get(mailbox.path + "/mailFolders/" + folder.rawValue + "?$select=id")
    return found.id
  }

  /// Messages with this Message-ID, angle brackets included, in any folder.
  package func find(internetMessageID: String) async throws(Problem) -> [GraphMessage] {
    try await filtered("internetMessageId eq " + odataQuoted(internetMessageID))
  }

  /// Messages that carry this header field, in any folder; where the server does not filter by it, or finds
  /// nothing, among the newest in Drafts and Sent Items. Up to five exchanges.
  ///
  /// Finding nothing proves nothing: the message may lie deeper than is looked.
  package func find(header name: String, value: String) async throws(Problem) -> [GraphMessage] {
    let property = "String {00020386-0000-0000-C000-000000000046} Name " + name
    let filter =
      "singleValueExtendedProperties/any(ep: ep/id eq \(odataQuoted(property)) "
      + "and ep/value eq \(odataQuoted(value)))"
    do throws(Problem) {
      let found = try await filtered(filter)
      if !found.isEmpty { return found }
    } catch  where error.origin?.status == 400 {
      // The filter is documented, but not every mailbox answers it.
    }
    // Both, because a sent copy may lie beside its draft.
    return try await scan(.drafts, header: name, value: value)
      + scan(.sentItems, header: name, value: value)
  }

  private func filtered(_ filter: String) async throws(Problem) -> [GraphMessage] {
    let page: Page<GraphMessage> = try await get(
      mailbox.path + "/messages?"
        + query([("$filter", filter), ("$select", GraphMessage.select), ("$top", "10")]))
    return page.value
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
      let page: Page<MarkedMessage> = try await get(url: url)
      let found = page.value.filter { $0.carries(name, value) }
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

  private func query(_ options: [(String, String)]) -> String {
    options.map { $0.0 + "=" + percentEncoded($0.1) }.joined(separator: "&")
  }
}

/// A string in an OData expression: quotes are doubled (OData 4.01 URL conventions, section 5.1.1.6.1).
func odataQuoted(_ text: String) -> String {
  "'" + text.replacing("'", with: "''") + "'"
}

struct Page<Element: Decodable>: Decodable {
  var value: [Element]
  var nextLink: String?

  enum CodingKeys: String, CodingKey {
    case value
    case nextLink = "@odata.nextLink"
  }
}

private struct MarkedMessage: Decodable {
  struct Header: Decodable {
    var name: String
    var value: String
  }

  var message: GraphMessage
  var headers: [Header]

  private enum CodingKeys: String, CodingKey {
    case headers = "internetMessageHeaders"
  }

  init(from decoder: any Decoder) throws {
    message = try GraphMessage(from: decoder)
    headers =
      try decoder.container(keyedBy: CodingKeys.self).decodeIfPresent([Header].self, forKey: .headers) ?? []
  }

  /// Field names are compared without case (RFC 5322 section 1.2.2).
  func carries(_ name: String, _ value: String) -> Bool {
    headers.contains { $0.name.lowercased() == name.lowercased() && $0.value == value }
  }
}

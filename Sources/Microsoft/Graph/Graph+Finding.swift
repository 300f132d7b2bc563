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

  /// Messages that carry this header field, in any folder: Exchange keeps the field as a property (Microsoft Learn, "Get
  /// singleValueLegacyExtendedProperty"). There is no other way to see it: drafts and sent copies show no
  /// `internetMessageHeaders`.
  ///
  /// Finding nothing proves nothing: Exchange may have dropped the field, or may refuse to filter by it.
  package func find(header name: String, value: String) async throws(Problem) -> [GraphMessage] {
    do throws(Problem) {
      return try await filtered(
        "singleValueExtendedProperties/any(ep: ep/id eq \(odataQuoted(Self.property(ofHeader: name))) "
          + "and ep/value eq \(odataQuoted(value)))")
    } catch  where error.origin?.status == 400 {
      // As an error it would stand in the way of what was found by other ids.
      return []
    }
  }

  private func filtered(_ filter: String) async throws(Problem) -> [GraphMessage] {
    try await get(
      url: cloud.graph + mailbox.path + "/messages?"
        + query([("$filter", filter), ("$select", GraphMessage.select), ("$top", "10")])
    ) { (json) throws(ReplyFault) in
      try json.list("value") { (element) throws(ReplyFault) in try GraphMessage(element) }
    }
  }

  func query(_ options: [(String, String)]) -> String {
    options.map { $0.0 + "=" + percentEncoded($0.1) }.joined(separator: "&")
  }
}

/// A string in an OData expression: quotes are doubled (OData 4.01 URL conventions, section 5.1.1.6.1).
func odataQuoted(_ text: String) -> String {
  "'" + text.replacing("'", with: "''") + "'"
}

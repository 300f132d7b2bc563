package import Core
import Foundation
package import HTTP
import JSON
import NIOHTTP1

/// Which messages of a folder are listed: newest first.
package struct GraphListing: Sendable, Hashable {
  /// An id or a well-known name.
  package var folder: String
  /// Only those that were received in the second that begins here, or before. Exchange keeps finer times than it shows.
  package var until: Instant?
  package var skip: Int
  /// 1 to 100, so that a page of messages to hundreds stays within what is read of a reply.
  package var top: Int

  package init(folder: String, until: Instant? = nil, skip: Int = 0, top: Int) {
    self.folder = folder
    self.until = until
    self.skip = skip
    self.top = top
  }
}

// Messages in folders.
extension Graph {
  /// One page, with how many messages there are as Exchange counts them for this request.
  ///
  /// - Throws: `graph.itemNotFound` when there is no such folder.
  package func items(
    _ listing: GraphListing
  ) async throws(Problem) -> (items: [GraphItem], total: Int?, hasMore: Bool) {
    var options = [
      ("$select", GraphItem.select), ("$orderby", "receivedDateTime desc"), ("$top", String(listing.top)),
      ("$skip", String(listing.skip)), ("$count", "true"),
    ]
    if let until = listing.until {
      options.append(("$filter", "receivedDateTime lt \((until + .seconds(1)).dateTimeOffset)"))
    }
    let page = try await page(
      cloud.graph + mailbox.path + "/mailFolders/" + percentEncoded(listing.folder) + "/messages?"
        + query(options)
    ) { (json) throws(ReplyFault) in try GraphItem(json) }
    return (page.elements, page.total, page.next != nil)
  }

  /// - Throws: `graph.itemNotFound`.
  package func item(_ graphID: String) async throws(Problem) -> GraphItem {
    try await get(
      url: url(of: graphID) + "?$select=" + GraphItem.select + ",internetMessageHeaders"
    ) { (json) throws(ReplyFault) in try GraphItem(json) }
  }

  /// The text in one of its forms; Exchange makes the one that the message does not have.
  ///
  /// The HTML is as it was received, and not safe to show.
  package func body(of graphID: String, as form: GraphBody.Form) async throws(Problem) -> GraphBody {
    let reply = try await exchange(
      .GET, url: url(of: graphID) + "?$select=body",
      headers: ["Prefer": "outlook.body-content-type=\"\(form.rawValue)\", outlook.allow-unsafe-html"],
      effect: .idempotent, replyLimit: Self.bodyLimit)
    guard reply.status == 200 else { throw refusal(reply, effect: .idempotent, needs: .readWrite) }
    return try read(reply, effect: .idempotent) { (json) throws(ReplyFault) in try GraphBody(json) }
  }

  /// Bytes of a reply with a text. Exchange itself takes messages of 150 MB, but texts over a few megabytes are files
  /// that somebody has pasted.
  private static let bodyLimit = 32 << 20

  /// Everything that is attached, also what is shown in the text; without its bytes.
  package func attachments(of graphID: String) async throws(Problem) -> [GraphAttachment] {
    var attachments: [GraphAttachment] = []
    var url: String? =
      url(of: graphID) + "/attachments?"
      // Of a type of its own, `contentId` can be selected only by that type's name.
      + query([
        ("$select", "id,name,contentType,size,isInline,microsoft.graph.fileAttachment/contentId"),
        ("$top", "999"),
      ])
    while let next = url {
      let page = try await page(next) { (json) throws(ReplyFault) in try GraphAttachment(json) }
      attachments += page.elements
      url = page.next
    }
    return attachments
  }

  /// The whole message as Exchange writes it in MIME (Microsoft Learn, "Get MIME content of a message").
  package func source(of graphID: String) async throws(Problem) -> HTTPDownload {
    try await download(url(of: graphID) + "/$value")
  }

  /// The bytes of a file; an attached item in its own format (Microsoft Learn, "Get attachment").
  package func content(
    of attachment: String, in graphID: String
  ) async throws(Problem) -> HTTPDownload {
    try await download(url(of: graphID) + "/attachments/" + percentEncoded(attachment) + "/$value")
  }

  private func download(_ url: String) async throws(Problem) -> HTTPDownload {
    let download: HTTPDownload
    do throws(HTTPFailure) {
      download = try await http.download(
        HTTPRequest(method: .GET, url: url, headers: headers(["Accept": "*/*"])))
    } catch {
      throw Problem(error, host: cloud.graph, effect: .idempotent)
    }
    guard download.status == 200 else {
      throw refusal(await download.collected(), effect: .idempotent, needs: .readWrite)
    }
    return download
  }
}

// Changing them.
extension Graph {
  /// What can be changed of any message; `nil` leaves it as it is.
  package struct Changes: Sendable, Hashable {
    package var isRead: Bool?
    package var isFlagged: Bool?
    package var categories: [String]?

    package init(isRead: Bool? = nil, isFlagged: Bool? = nil, categories: [String]? = nil) {
      self.isRead = isRead
      self.isFlagged = isFlagged
      self.categories = categories
    }
  }

  /// Returns the message as it is then.
  package func update(_ graphID: String, _ changes: Changes) async throws(Problem) -> GraphItem {
    var body = JSONWriter()
    body.beginObject()
    if let isRead = changes.isRead {
      body.key("isRead")
      body.bool(isRead)
    }
    if let isFlagged = changes.isFlagged {
      body.key("flag")
      body.beginObject()
      body.key("flagStatus")
      body.string(isFlagged ? "flagged" : "notFlagged")
      body.endObject()
    }
    if let categories = changes.categories {
      body.key("categories")
      body.beginArray()
      for category in categories { body.string(category) }
      body.endArray()
    }
    body.endObject()
    // The reply has the text too.
    let reply = try await exchange(
      .PATCH, url: url(of: graphID), headers: ["Content-Type": "application/json"], body: body.bytes,
      effect: .idempotent, replyLimit: Self.bodyLimit)
    guard reply.status == 200 else { throw refusal(reply, effect: .idempotent, needs: .readWrite) }
    return try read(reply, effect: .idempotent) { (json) throws(ReplyFault) in try GraphItem(json) }
  }

  /// Moves a message to a folder, and returns its id there: the same, where ids are immutable. A repeat finds it where it
  /// is already.
  ///
  /// - Parameter isFinal: Whether a repeat would do something else, so that a lost reply must be told.
  package func move(
    _ graphID: String, to folder: String, isFinal: Bool = false
  ) async throws(Problem) -> String {
    let effect: Effect = isFinal ? .acts : .idempotent
    let reply = try await exchange(
      .POST, url: url(of: graphID) + "/move", headers: ["Content-Type": "application/json"],
      body: Self.destination(folder), effect: effect, replyLimit: Self.bodyLimit)
    guard reply.status == 201 else { throw refusal(reply, effect: effect, needs: .readWrite) }
    return try read(reply, effect: effect) { (json) throws(ReplyFault) in
      try json.required("id", \.string)
    }
  }

  /// Removes a message for good, where the cloud has that (Microsoft Learn, "message: permanentDelete").
  package func purge(_ graphID: String) async throws(Problem) {
    let reply = try await exchange(
      .POST, url: url(of: graphID) + "/permanentDelete", effect: .idempotent)
    guard reply.status == 204 else { throw refusal(reply, effect: .idempotent, needs: .readWrite) }
  }

  private static func destination(_ folder: String) -> [UInt8] {
    var body = JSONWriter()
    body.beginObject()
    body.key("destinationId")
    body.string(folder)
    body.endObject()
    return body.bytes
  }
}

extension Instant {
  /// As OData writes a DateTimeOffset, to the second: Exchange knows no finer times of messages.
  fileprivate var dateTimeOffset: String {
    Date(timeIntervalSince1970: Double(microseconds / 1_000_000)).formatted(.iso8601)
  }
}

package import Core
import HTTP
import JSON

/// A folder of a mailbox (Microsoft Learn, "mailFolder resource type").
package struct GraphFolder: Sendable, Hashable {
  /// Constant as long as the folder exists.
  package var id: String
  /// Localised by Exchange for the folders that every mailbox has.
  package var name: String
  /// Of a folder at the top: the id of `msgfolderroot`, which no list has.
  package var parentID: String
  package var children: Int
  /// Items of every kind.
  package var items: Int
  package var unread: Int

  package init(id: String, name: String, parentID: String, children: Int, items: Int, unread: Int) {
    self.id = id
    self.name = name
    self.parentID = parentID
    self.children = children
    self.items = items
    self.unread = unread
  }

  init(_ json: JSONValue) throws(ReplyFault) {
    id = try json.required("id", \.string)
    name = try json.required("displayName", \.string)
    parentID = try json.optional("parentFolderId", \.string) ?? ""
    children = Int(clamping: try json.optional("childFolderCount", \.int64) ?? 0)
    items = Int(clamping: try json.optional("totalItemCount", \.int64) ?? 0)
    unread = Int(clamping: try json.optional("unreadItemCount", \.int64) ?? 0)
  }

  static let select = "id,displayName,parentFolderId,childFolderCount,totalItemCount,unreadItemCount"
}

// Folders.
extension Graph {
  /// The folders right below another; below the root of what people see when `parent` is `nil`. Hidden ones are left
  /// out. One exchange for each 250.
  ///
  /// - Throws: `graph.itemNotFound` when there is no such parent.
  package func folders(below parent: String?) async throws(Problem) -> [GraphFolder] {
    let path = parent.map { "/" + percentEncoded($0) + "/childFolders" } ?? ""
    var url: String? =
      cloud.graph + mailbox.path + "/mailFolders" + path + "?"
      + query([("$select", GraphFolder.select), ("$top", "250")])
    var folders: [GraphFolder] = []
    while let next = url {
      let page = try await page(next) { (json) throws(ReplyFault) in try GraphFolder(json) }
      folders += page.elements
      url = page.next
    }
    return folders
  }

  /// - Parameter name: An id, or a well-known name.
  /// - Throws: `graph.itemNotFound`.
  package func folder(_ name: String) async throws(Problem) -> GraphFolder {
    try await get(
      url: cloud.graph + mailbox.path + "/mailFolders/" + percentEncoded(name) + "?$select="
        + GraphFolder.select
    ) { (json) throws(ReplyFault) in try GraphFolder(json) }
  }

  /// The folder with this name right below another, or at the top. Exchange compares names without regard to case, and
  /// has no two of the same name there.
  package func folder(named name: String, below parent: String?) async throws(Problem) -> GraphFolder? {
    let path = parent.map { "/" + percentEncoded($0) + "/childFolders" } ?? ""
    return try await page(
      cloud.graph + mailbox.path + "/mailFolders" + path + "?"
        + query([
          ("$filter", "displayName eq " + odataQuoted(name)), ("$select", GraphFolder.select), ("$top", "2"),
        ])
    ) { (json) throws(ReplyFault) in try GraphFolder(json) }.elements.first
  }
}

/// A page of a collection.
struct GraphPage<Element: Sendable>: Sendable {
  var elements: [Element]
  /// The URL of the next one; `nil` on the last.
  var next: String?
  /// How many elements all pages have, if that was asked for.
  var total: Int?
}

extension Graph {
  /// One page of a collection. The URL of the next is followed only at this cloud's Graph.
  func page<Element: Sendable>(
    _ url: String, _ element: (JSONValue) throws(ReplyFault) -> Element
  ) async throws(Problem) -> GraphPage<Element> {
    let graph = cloud.graph
    return try await get(url: url, limits: .page, replyLimit: 4 * HTTPRequest.replyLimit) {
      (json) throws(ReplyFault) in
      let next = try json.optional("@odata.nextLink", \.string)
      if let next, !next.hasPrefix(graph + "/") {
        throw ReplyFault("The link to the next page leads to another host than the cloud's.")
      }
      return GraphPage(
        elements: try json.list("value", of: element), next: next,
        total: try json.optional("@odata.count", \.int64).map { Int(clamping: $0) })
    }
  }
}

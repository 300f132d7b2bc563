import JSON

/// A message in a mailbox, as far as sending needs to know it.
package struct GraphMessage: Sendable, Hashable {
  /// Immutable within the mailbox, except that sending a draft may change it.
  package var graphID: String
  package var isDraft: Bool
  package var parentFolderID: String
  /// Exchange may replace the one we wrote.
  package var internetMessageID: String?

  package init(graphID: String, isDraft: Bool, parentFolderID: String, internetMessageID: String?) {
    self.graphID = graphID
    self.isDraft = isDraft
    self.parentFolderID = parentFolderID
    self.internetMessageID = internetMessageID
  }

  init(_ json: JSONValue) throws(ReplyFault) {
    graphID = try json.required("id", \.string)
    isDraft = try json.required("isDraft", \.bool)
    parentFolderID = try json.required("parentFolderId", \.string)
    internetMessageID = try json.optional("internetMessageId", \.string)
  }

  static let select = "id,isDraft,parentFolderId,internetMessageId"
}

/// Whose token it is.
package struct GraphUser: Sendable, Hashable {
  package var id: String
  /// The primary address; absent without a mailbox and for some personal accounts.
  package var mail: String?
  package var userPrincipalName: String
  package var displayName: String?
  /// Addresses of the mailbox; empty unless they were asked for.
  package var proxyAddresses: [String] = []
  /// Whether the account is of another directory and was invited to this one.
  package var isGuest = false

  package init(id: String, mail: String?, userPrincipalName: String, displayName: String?) {
    self.id = id
    self.mail = mail
    self.userPrincipalName = userPrincipalName
    self.displayName = displayName
  }

  init(_ json: JSONValue) throws(ReplyFault) {
    id = try json.required("id", \.string)
    mail = try json.optional("mail", \.string)
    userPrincipalName = try json.required("userPrincipalName", \.string)
    displayName = try json.optional("displayName", \.string)
    proxyAddresses = (try json.optional("proxyAddresses", \.strings) ?? []).compactMap { address in
      // Others are of X.400, SIP and the like.
      address.lowercased().hasPrefix("smtp:") ? String(address.dropFirst(5)) : nil
    }
    let type = try json.optional("userType", \.string)
    isGuest = type?.lowercased() == "guest" || userPrincipalName.uppercased().contains("#EXT#")
  }

  /// What the mailbox is called: the address, else the name that the person signs in with.
  package var address: String {
    mail.flatMap { $0.isEmpty ? nil : $0 } ?? userPrincipalName
  }
}

package enum WellKnownFolder: String, Sendable, CaseIterable {
  case inbox
  case drafts
  case sentItems = "sentitems"
  case deletedItems = "deleteditems"
  case junkEmail = "junkemail"
  case archive
}

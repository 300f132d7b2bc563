/// A message in a mailbox, as far as sending needs to know it.
package struct GraphMessage: Sendable, Hashable, Decodable {
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

  package enum CodingKeys: String, CodingKey {
    case graphID = "id"
    case isDraft
    case parentFolderID = "parentFolderId"
    case internetMessageID = "internetMessageId"
  }

  static let select = "id,isDraft,parentFolderId,internetMessageId"
}

/// Whose token it is.
package struct GraphUser: Sendable, Hashable, Decodable {
  package var id: String
  /// The primary address; absent without a mailbox and for some personal accounts.
  package var mail: String?
  package var userPrincipalName: String
  package var displayName: String?

  /// What the mailbox is called: the address, else the name that the person signs in with.
  package var address: String {
    mail.flatMap { $0.isEmpty ? nil : $0 } ?? userPrincipalName
  }
}

package enum WellKnownFolder: String, Sendable, CaseIterable {
  case inbox
  case drafts
  case sentItems = "sentitems"
  case junkEmail = "junkemail"
}

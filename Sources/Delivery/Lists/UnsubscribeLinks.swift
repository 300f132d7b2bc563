import Accounts
package import Core
import Foundation
package import Vault

/// The links by which recipients leave lists: signed, so that nobody can leave a list for somebody else.
package struct UnsubscribeLinks: Sendable {
  private let publicURL: String
  private let vault: Vault

  /// Below the gateway's URL.
  package static let path = "/unsubscribe"
  private static let purpose = "unsubscribe"

  /// - Parameter publicURL: how mail programs reach the gateway, without a trailing slash.
  package init(publicURL: String, vault: Vault) {
    self.publicURL = publicURL
    self.vault = vault
  }

  package func url(_ recipient: ListRecipient) -> String {
    SignedText(recipient.text).url(publicURL + Self.path, purpose: Self.purpose, vault)
  }

  /// Throws `list.linkInvalid` unless we have signed exactly this.
  package func recipient(data: String, signature: String) throws(Problem) -> ListRecipient {
    let signed = SignedText(data: data, signature: signature, purpose: Self.purpose, vault)
    guard let text = signed?.text, let recipient = ListRecipient(text: text) else { throw .listLinkInvalid }
    return recipient
  }

  /// Mail programs use no other for one click (RFC 8058 section 3.1).
  var isSecure: Bool { publicURL.hasPrefix("https:") }

  /// Of the gateway; a list needs one in its identifier.
  var host: String {
    let host = URLComponents(string: publicURL)?.host ?? ""
    return host.isEmpty || host.contains(":") ? "localhost" : host.lowercased()
  }
}

/// What a link is about: one recipient of one message of a list.
package struct ListRecipient: Sendable, Hashable {
  package var workspace: WorkspaceID
  package var account: AccountID
  package var list: ListID
  /// An address.
  package var recipient: String
  /// With its angle brackets; `nil` where it is not known.
  package var messageID: String?

  package init(
    workspace: WorkspaceID, account: AccountID, list: ListID, recipient: String, messageID: String?
  ) {
    self.workspace = workspace
    self.account = account
    self.list = list
    self.recipient = recipient
    self.messageID = messageID
  }

  /// One value a line: none of them has a line break.
  fileprivate var text: String {
    [workspace.rawValue, account.rawValue, list.rawValue, recipient, messageID ?? ""].joined(separator: "\n")
  }

  fileprivate init?(text: String) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard lines.count == 5 else { return nil }
    self.init(
      workspace: WorkspaceID(lines[0]), account: AccountID(lines[1]), list: ListID(lines[2]),
      recipient: lines[3], messageID: lines[4].isEmpty ? nil : lines[4])
  }
}

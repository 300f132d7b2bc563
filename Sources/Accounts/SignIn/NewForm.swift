import Access
package import Core
import Store

/// A sign-in link as requested; nothing is checked yet.
package struct NewForm: Sendable {
  /// The account to create or to connect again; `nil` creates one with a new id.
  package var account: AccountID?
  package var name: String?
  /// The address that the sign-in page is opened with. Like `expectedEmail`, no other may sign in.
  package var email: String?
  package var expectedEmail: String?
  /// Whether `email` is another mailbox, which the person who signs in may use.
  package var delegated: Bool
  /// `nil` lets the person choose among the enabled ones.
  package var app: AppID?
  /// Where the browser goes afterwards, with `account` and `state` added to the query.
  package var redirectURL: String
  /// `nil` leaves an existing account's as it is.
  package var unknownOutcome: UnknownOutcome?

  package init(
    account: AccountID? = nil, name: String? = nil, email: String? = nil, expectedEmail: String? = nil,
    delegated: Bool = false, app: AppID? = nil, redirectURL: String, unknownOutcome: UnknownOutcome? = nil
  ) {
    self.account = account
    self.name = name
    self.email = email
    self.expectedEmail = expectedEmail
    self.delegated = delegated
    self.app = app
    self.redirectURL = redirectURL
    self.unknownOutcome = unknownOutcome
  }

  func validate() throws(Problem) {
    if let account { try account.validate() }
    if let name, !isPlainText(name, longest: 256) {
      throw .invalidField(
        "name", "is empty or too long", remedy: "Give a name of at most 256 bytes, or leave it out.")
    }
    try validateAddress(email, field: "email")
    try validateAddress(expectedEmail, field: "expectedEmail")
    if delegated, email == nil {
      throw .invalidField("email", "is missing", remedy: "Name the mailbox that another person signs in for.")
    }
    guard redirectURL.utf8.count <= 2048, WebURL(redirectURL) != nil else {
      throw .invalidField(
        "redirectUrl", "is not an absolute http or https URL",
        remedy: "Give the URL of the page to which the person returns.")
    }
  }

  /// Throws unless the redirect leads to one of the workspace's hosts, if it lists any, or to the gateway.
  func validateRedirect(hosts: [String], publicURL: String) throws(Problem) {
    guard !hosts.isEmpty else { return }
    let host = WebURL(redirectURL)?.asciiHost
    guard let host, hosts.contains(host) || host == WebURL(publicURL)?.asciiHost else {
      throw .invalidField(
        "redirectUrl",
        "leads to “\(String((host ?? "").prefix(80)))”, to which this workspace does not return people",
        remedy: "Use a page on \(hosts.joined(separator: ", ")), or have the operator add the host to the "
          + "workspace's “redirectHosts”.")
    }
  }
}

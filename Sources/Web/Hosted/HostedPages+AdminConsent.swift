import HTML
import Hummingbird

// Where the admin-consent link leads back to.
extension HostedPages {
  /// What our links carry as `state`.
  private static let state = "adminConsent"

  /// The page for an administrator who comes from Microsoft's consent page; `nil` for anyone else. Nothing
  /// changes here: what was allowed comes with the next token.
  func afterConsent(_ query: [String: String]) -> Response? {
    guard query["admin_consent"] != nil || query["state"] == Self.state else { return nil }
    guard let error = query["error"] else { return html(.consented) }
    return redirect(to: HelpLink(code: query["error_description"] ?? error).help.text)
  }
}

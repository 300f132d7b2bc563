import Foundation

/// Where and how the browser is sent back to the client (OAuth 2.0 Multiple Response Type Encoding Practices,
/// OAuth 2.0 Form Post Response Mode).
struct ReplyAddress: Sendable, Equatable {
  enum Mode: String, Sendable {
    case query, fragment
    case formPost = "form_post"
  }

  var redirectURI: String
  var mode: Mode
  var state: String?

  /// The URL to redirect to. A redirect URI without a path gets one.
  func location(_ parameters: FormFields) -> String {
    var uri = redirectURI
    if let components = URLComponents(string: uri), components.path.isEmpty, components.query == nil {
      uri += "/"
    }
    let separator =
      switch mode {
      case .fragment: "#"
      case .query, .formPost: uri.contains("?") ? "&" : "?"
      }
    return uri + separator + parameters.urlEncoded
  }

  /// Whether a registration covers the URI that was asked. The port counts for nothing on `localhost` and
  /// `127.0.0.1`; all else is compared exactly (Microsoft Learn, "Redirect URI (reply URL) restrictions and
  /// limitations").
  static func isRegistered(_ asked: String, in registered: [String]) -> Bool {
    let asked = withoutLoopbackPort(asked)
    return registered.contains { withoutLoopbackPort($0) == asked }
  }

  private static func withoutLoopbackPort(_ uri: String) -> String {
    guard var components = URLComponents(string: uri), let host = components.host,
      host == "localhost" || host == "127.0.0.1"
    else { return uri }
    components.port = nil
    if components.path == "/" { components.path = "" }
    return components.string ?? uri
  }
}

extension ReplyAddress {
  /// Where the fields of a request send the answer. Throws 900971 or 50011.
  init(_ fields: FormFields, for app: SandboxDirectory.App) throws(EntraError) {
    guard let uri = fields["redirect_uri"] else { throw EntraError(900_971) }
    guard Self.isRegistered(uri, in: app.redirectUris) else {
      throw EntraError(
        50011,
        "The redirect URI '\(uri)' specified in the request does not match the redirect URIs"
          + " configured for the application '\(app.clientId)'. Make sure the redirect URI sent in the request"
          + " matches one added to your application in the Azure portal.")
    }
    redirectURI = uri
    mode = fields["response_mode"].flatMap(Mode.init) ?? .query
    state = fields["state"]
  }
}

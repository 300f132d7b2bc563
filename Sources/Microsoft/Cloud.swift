/// One of Microsoft's separate clouds: where people sign in, where Graph answers, and what scopes are called.
///
/// App registrations and tokens never cross clouds (Microsoft Learn, "National clouds").
package struct Cloud: Sendable, Hashable {
  /// `global`, `gcc-high`, `dod`, `china`, or what the operator's configuration calls it.
  package let name: String
  /// Without a trailing slash: `{login}/{tenant}/oauth2/v2.0/token`.
  package let login: String
  /// With the version, without a trailing slash: `{graph}/me`.
  package let graph: String
  /// The resource that Graph scopes begin with: `{graphResource}/Mail.Send`.
  package let graphResource: String
  /// The resource that IMAP and SMTP scopes begin with.
  package let outlookResource: String
  /// Where an administrator registers the app.
  package let portal: String
}

extension Cloud {
  package static let global = Cloud(
    name: "global",
    login: "https://login.microsoftonline.com",
    graph: "https://graph.microsoft.com/v1.0",
    graphResource: "https://graph.microsoft.com",
    outlookResource: "https://outlook.office.com",
    portal: "https://entra.microsoft.com")

  package static let gccHigh = Cloud(
    name: "gcc-high",
    login: "https://login.microsoftonline.us",
    graph: "https://graph.microsoft.us/v1.0",
    graphResource: "https://graph.microsoft.us",
    outlookResource: "https://outlook.office365.us",
    portal: "https://portal.azure.us")

  package static let dod = Cloud(
    name: "dod",
    login: "https://login.microsoftonline.us",
    graph: "https://dod-graph.microsoft.us/v1.0",
    graphResource: "https://dod-graph.microsoft.us",
    outlookResource: "https://outlook.office365.us",
    portal: "https://portal.azure.us")

  package static let china = Cloud(
    name: "china",
    login: "https://login.partner.microsoftonline.cn",
    graph: "https://microsoftgraph.chinacloudapi.cn/v1.0",
    graphResource: "https://microsoftgraph.chinacloudapi.cn",
    outlookResource: "https://partner.outlook.cn",
    portal: "https://portal.azure.cn")

  /// Microsoft's own clouds; an app registration names one of them.
  package static let all = [global, gccHigh, dod, china]

  package init?(named name: String) {
    guard let cloud = Self.all.first(where: { $0.name == name }) else { return nil }
    self = cloud
  }

  /// The global cloud with login and Graph on one other origin, as the operator's configuration asks.
  /// Scopes keep their global names, because clients write them into their requests.
  ///
  /// Throws `configuration.invalid` unless `base` is `https`, or `http` on this machine.
  package init(replacing base: String, name: String = Cloud.global.name) throws(EndpointProblem) {
    let origin = try BaseURL(base)
    self.init(
      name: name, login: origin.text, graph: origin.text + "/v1.0",
      graphResource: Self.global.graphResource, outlookResource: Self.global.outlookResource,
      portal: origin.text)
  }

  /// `graphScope("Mail.Send")` is `https://graph.microsoft.com/Mail.Send`.
  package func graphScope(_ permission: String) -> String { graphResource + "/" + permission }

  /// What an app asks for when it acts for itself: everything an administrator has granted it on Graph.
  package var graphDefaultScope: String { graphScope(".default") }
}

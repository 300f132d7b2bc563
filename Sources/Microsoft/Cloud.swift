package import Core
import Foundation
import HTTP

/// One of Microsoft's separate clouds: where people sign in, where Graph and Exchange answer, and what scopes
/// are called.
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
  /// The resource that a person's IMAP and SMTP scopes begin with: `{outlookResource}/SMTP.Send`.
  package let outlookResource: String
  /// What an app asks for when it acts for itself over IMAP and SMTP.
  package let outlookDefaultScope: String
  /// IMAP with TLS from the first byte, on port 993.
  package let imapHost: String
  /// SMTP submission with STARTTLS, on port 587.
  package let smtpHost: String
  /// Where an administrator registers the app, without a trailing slash.
  package let portal: String
  /// What `Connect-ExchangeOnline` calls it (Microsoft Learn, "Connect to Exchange Online PowerShell"); `nil` for the
  /// one that it connects to by itself.
  package var exchangeEnvironment: String?
  /// The domains of mail addresses that Microsoft itself gives to people; empty where there are no personal accounts.
  package var consumerDomains: Set<String> = []
  /// What replaces all of Microsoft's hosts, for the operator's configuration.
  private var origin: String?
}

// The table (Microsoft Learn, "National clouds", "Microsoft Graph national cloud deployments" and "Office 365 URLs and IP
// address ranges"). The mail hosts and scopes of DoD and China come from other clients: Microsoft does not document them.
extension Cloud {
  package static let global = Cloud(
    name: "global",
    login: "https://login.microsoftonline.com",
    graph: "https://graph.microsoft.com/v1.0",
    graphResource: "https://graph.microsoft.com",
    outlookResource: "https://outlook.office.com",
    outlookDefaultScope: "https://outlook.office365.com/.default",
    imapHost: "outlook.office365.com",
    smtpHost: "smtp.office365.com",
    portal: "https://entra.microsoft.com",
    consumerDomains: ConsumerDomains.all)

  package static let gccHigh = Cloud(
    name: "gcc-high",
    login: "https://login.microsoftonline.us",
    graph: "https://graph.microsoft.us/v1.0",
    graphResource: "https://graph.microsoft.us",
    outlookResource: "https://outlook.office365.us",
    outlookDefaultScope: "https://outlook.office365.us/.default",
    imapHost: "outlook.office365.us",
    smtpHost: "smtp.office365.us",
    portal: "https://portal.azure.us",
    exchangeEnvironment: "O365USGovGCCHigh")

  package static let dod = Cloud(
    name: "dod",
    login: "https://login.microsoftonline.us",
    graph: "https://dod-graph.microsoft.us/v1.0",
    graphResource: "https://dod-graph.microsoft.us",
    outlookResource: "https://outlook.office365.us",
    outlookDefaultScope: "https://outlook.office365.us/.default",
    imapHost: "outlook-dod.office365.us",
    smtpHost: "outlook-dod.office365.us",
    portal: "https://portal.azure.us",
    exchangeEnvironment: "O365USGovDoD")

  package static let china = Cloud(
    name: "china",
    login: "https://login.partner.microsoftonline.cn",
    graph: "https://microsoftgraph.chinacloudapi.cn/v1.0",
    graphResource: "https://microsoftgraph.chinacloudapi.cn",
    outlookResource: "https://partner.outlook.cn",
    outlookDefaultScope: "https://partner.outlook.cn/.default",
    imapHost: "partner.outlook.cn",
    smtpHost: "partner.outlook.cn",
    portal: "https://portal.azure.cn",
    exchangeEnvironment: "O365China")

  /// Microsoft's own clouds; an app registration names one of them.
  package static let all = [global, gccHigh, dod, china]
}

extension Cloud {
  package init?(named name: String) {
    guard let cloud = Self.all.first(where: { $0.name == name }) else { return nil }
    self = cloud
  }

  /// The global cloud with login, Graph and portal on one other origin, for the operator's configuration.
  /// Scopes keep their global names, because clients write them into their requests.
  ///
  /// Throws `configuration.invalid` unless `base` is `https`, or `http` on this machine.
  package init(replacing base: String, name: String = Cloud.global.name) throws(Problem) {
    let origin = try BaseURL(base)
    self.init(
      name: name, login: origin.text, graph: origin.text + "/v1.0",
      graphResource: Self.global.graphResource, outlookResource: Self.global.outlookResource,
      outlookDefaultScope: Self.global.outlookDefaultScope, imapHost: Self.global.imapHost,
      smtpHost: Self.global.smtpHost, portal: origin.text,
      consumerDomains: ConsumerDomains.all.union(ConsumerDomains.reserved), origin: origin.text)
  }

  /// Whether the URL of an upload session leads to one of the cloud's Outlook hosts, which are not Graph's (Microsoft
  /// Learn, "Attach large files to Outlook messages").
  package func takesUploads(at url: String) -> Bool {
    guard let given = URLComponents(string: url), given.user == nil, let origin = given.origin else {
      return false
    }
    if let replacement = self.origin { return origin == URLComponents(string: replacement)?.origin }
    return [outlookResource, outlookDefaultScope, graphResource, "https://" + imapHost]
      .contains { URLComponents(string: $0)?.origin == origin }
  }

  /// `graphScope("Mail.Send")` is `https://graph.microsoft.com/Mail.Send`.
  package func graphScope(_ permission: String) -> String { graphResource + "/" + permission }

  /// What an app asks for when it acts for itself: everything an administrator has granted it on Graph.
  package var graphDefaultScope: String { graphScope(".default") }
}

extension URLComponents {
  /// Scheme, host and port.
  fileprivate var origin: String? {
    guard let scheme = scheme?.lowercased(), let host = host?.lowercased() else { return nil }
    return "\(scheme)://\(host):\(port ?? (scheme == "https" ? 443 : 80))"
  }
}

package import Core
package import HTTP
package import Microsoft
package import Store

/// The Microsoft cloud that an app belongs to, and how it is reached.
package struct Endpoints: Sendable {
  package let clouds: Clouds
  package let http: HTTPExchange

  package init(clouds: Clouds, http: HTTPExchange) {
    self.clouds = clouds
    self.http = http
  }

  /// Throws `app.cloudUnknown` for a cloud that the operator's configuration no longer lists.
  package func cloud(of app: OAuth2AppRecord) throws(Problem) -> Cloud {
    guard let cloud = clouds.cloud(named: app.cloud) else {
      throw .cloudRemoved(app)
    }
    return cloud
  }

  package func entra(for app: OAuth2AppRecord) throws(Problem) -> Entra {
    Entra(cloud: try cloud(of: app), http: http)
  }

  package func graph(
    for app: OAuth2AppRecord, mailbox: GraphMailbox, token: Secret
  ) throws(Problem) -> Graph {
    Graph(
      cloud: try cloud(of: app), http: http, mailbox: mailbox, token: token,
      values: ErrorValues(clientID: app.clientID, tenant: app.authority))
  }

  /// What people are asked to grant when they sign in to it.
  ///
  /// - Parameter shared: whether for a mailbox that is not their own.
  package func requestedScopes(of app: OAuth2AppRecord, shared: Bool = false) throws(Problem) -> [String] {
    let more = shared && app.baseScopes == .api ? Scopes.shared(sendOnly: app.sendOnly) : []
    return Scopes(cloud: try cloud(of: app), base: app.baseScopes).requested(
      sendOnly: app.sendOnly, extra: app.extraScopes + more, skip: app.skipScopes)
  }
}

extension Endpoints {
  /// What was granted, no more: requesting one scope that was not granted makes the whole request fail. Of an
  /// imported one that is unknown, so everything is requested (Microsoft Learn, "Scopes and permissions",
  /// `.default`).
  package func scopes(toRefresh grant: OAuth2GrantRecord, of app: OAuth2AppRecord) throws(Problem) -> [String]
  {
    let scopes = Scopes(cloud: try cloud(of: app), base: app.baseScopes)
    let granted = grant.scopes.filter { !scopes.isOpenID($0) && scopes.belongsHere($0) }
    return (granted.isEmpty ? [scopes.resource + "/.default"] : granted) + Scopes.openID
  }
}

extension Endpoints {
  /// Why a grant with these scopes is of no use; `nil` where it can send, or where the app requests none that can.
  func sendingRefusal(_ granted: [String], of app: OAuth2AppRecord) throws(Problem) -> Problem? {
    let permission = app.baseScopes == .api ? "Mail.Send" : "SMTP.Send"
    guard Scopes.grant(try requestedScopes(of: app), includes: permission),
      !Scopes.grant(granted, includes: permission)
    else { return nil }
    return .mayNotSend(permission, clientID: app.clientID, link: try permissionsLink(of: app))
  }

  /// The page at Microsoft where the app's permissions are.
  package func permissionsLink(of app: OAuth2AppRecord) throws(Problem) -> String {
    try cloud(of: app).portalLink(.permissions, clientID: app.clientID)
  }
}

extension Problem {
  fileprivate static func cloudRemoved(_ app: OAuth2AppRecord) -> Problem {
    Problem(
      .appCloudUnknown,
      "The app “\(app.name)” belongs to the cloud “\(app.cloud)”, which the configuration no longer lists.",
      remedy: "Add the cloud under “clouds” again; the app's messages wait until then.")
  }

  package static func cloudUnknown(_ name: String, known: [String]) -> Problem {
    .appInvalid(
      "There is no cloud “\(String(name.prefix(80)))”.",
      remedy: "Use one of \(known.joined(separator: ", ")).")
  }
}

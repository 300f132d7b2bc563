import Core
package import HTTP

extension HTTPExchange {
  /// Sends one GET without a token to where people sign in.
  package func reach(loginOf cloud: Cloud) async -> Reachability {
    await reach(cloud.login + "/common/v2.0/.well-known/openid-configuration", .entraUnreachable)
  }

  /// Sends one GET without a token to Graph, which refuses it.
  package func reach(graphOf cloud: Cloud) async -> Reachability {
    await reach(cloud.graph + "/me", .graphUnreachable)
  }
}

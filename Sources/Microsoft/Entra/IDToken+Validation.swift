package import Core

extension IDToken {
  /// Entra's clock and ours may differ by this much, as Microsoft's own libraries allow.
  package static let clockSkew: Duration = .seconds(300)

  /// OpenID Connect Core section 3.1.3.7: the token is for this app, from this cloud, for this sign-in, and
  /// fresh. `tenant` is the segment that was asked: when it is a tenant id, the token must be from that tenant.
  /// `nonce` is `nil` where none was sent: with a device code and with a refresh.
  package func validate(
    clientID: String, nonce: String?, tenant: String, cloud: Cloud, now: Instant
  ) throws(Problem) {
    guard nonce == nil || self.nonce == nonce else { throw .nonceMismatch }
    guard audience.lowercased() == clientID.lowercased() else { throw .identity("is for another app") }
    guard issuer == cloud.login + "/" + tenantID + "/v2.0" else { throw .identity("is from another issuer") }
    if isGUID(tenant), tenantID.lowercased() != tenant.lowercased() {
      throw .identity("is from another tenant")
    }
    guard now - Self.clockSkew < expires else { throw .identity("has expired") }
    if let notBefore, now + Self.clockSkew < notBefore { throw .identity("is not valid yet") }
  }
}

extension Problem {
  fileprivate static var nonceMismatch: Problem {
    Problem(
      .signInNonceMismatch, "Microsoft's answer belongs to another sign-in.",
      remedy: "Start again from the link.", retry: .futile, actor: .user)
  }

  fileprivate static func identity(_ flaw: String) -> Problem {
    Problem(
      .signInIdentityInvalid, "The identity that Microsoft returned \(flaw).",
      remedy:
        "Start again from the link; if it happens again, check the tenant, the cloud and the server's clock.",
      retry: .futile)
  }
}

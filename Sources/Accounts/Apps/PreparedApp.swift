package import Core
import Microsoft
package import Store
import Vault

/// An app whose values are checked, ready to be stored in a transaction.
package struct PreparedApp: Sendable {
  private let workspace: WorkspaceID
  private let app: NewApp
  private let validated: ValidatedApp
  /// Its id, if it is new.
  private let id: AppID
  private let now: Instant
  private let vault: Vault

  init(
    _ app: NewApp, _ validated: ValidatedApp, id: AppID, in workspace: WorkspaceID, at now: Instant,
    vault: Vault
  ) {
    self.workspace = workspace
    self.app = app
    self.validated = validated
    self.id = id
    self.now = now
    self.vault = vault
  }

  var record: OAuth2AppRecord {
    var record = OAuth2AppRecord(
      workspace: workspace, id: id, name: app.name, title: app.title, description: app.description,
      provider: app.provider, enabled: app.enabled, cloud: validated.cloud.name, baseScopes: app.baseScopes,
      sendOnly: app.sendOnly, shared: app.shared, listed: app.listed, clientID: app.clientID,
      clientSecret: nil,
      authority: validated.authority.segment, redirectURL: app.redirectURL, extraScopes: app.extraScopes,
      skipScopes: app.skipScopes, created: now)
    record.set(validated.credential, vault)
    return record
  }

  /// Finds the workspace's app with the same provider, cloud, client id, authority and base scopes, or stores
  /// this one. A secret or certificate that the one found does not have yet replaces its current one.
  ///
  /// - Parameter mayRenew: false only fills a gap: what came with one mailbox must not break the app for all
  ///   others. A shared or declared app is never changed in this way.
  package func findOrCreate(
    _ tx: borrowing Transaction, mayRenew: Bool = true
  ) throws -> (id: AppID, isNew: Bool) {
    let new = record
    let same = try tx.apps(clientID: app.clientID, in: workspace).first {
      $0.provider == new.provider && $0.cloud == new.cloud && $0.authority == new.authority
        && $0.baseScopes == new.baseScopes
    }
    guard var found = same else {
      try tx.insert(new)
      return (id, true)
    }
    if !found.shared, !found.declared, mayRenew || !found.isConfidential, try isRenewed(found) {
      found.set(validated.credential, vault)
      found.updated = now
      try tx.update(found)
    }
    return (found.id, false)
  }

  private func isRenewed(_ found: OAuth2AppRecord) throws -> Bool {
    switch validated.credential {
    case .none: false
    case .secret(let secret, _): try found.secret(vault) != secret
    case .certificate(let certificate, _): found.certificateThumbprint != certificate.thumbprint
    }
  }
}

extension OAuth2AppRecord {
  /// In place of its previous credential.
  mutating func set(_ credential: AppCredential, _ vault: Vault) {
    (clientSecret, clientCertificate, certificateThumbprint, secretExpires) = (nil, nil, nil, nil)
    secretWarned = nil
    switch credential {
    case .none: break
    case .secret(let secret, let expires):
      clientSecret = vault.seal(secret, for: .clientSecret(id, in: workspace))
      secretExpires = expires
    case .certificate(let certificate, let pem):
      clientCertificate = vault.seal(pem, for: .clientCertificate(id, in: workspace))
      certificateThumbprint = certificate.thumbprint
      secretExpires = certificate.notAfter
    }
  }

  func secret(_ vault: Vault) throws(Problem) -> Secret? {
    guard let clientSecret else { return nil }
    return try vault.openSecret(clientSecret, for: .clientSecret(id, in: workspace))
  }

  /// As PEM, with its key.
  func certificate(_ vault: Vault) throws(Problem) -> Secret? {
    guard let clientCertificate else { return nil }
    return try vault.openSecret(clientCertificate, for: .clientCertificate(id, in: workspace))
  }
}

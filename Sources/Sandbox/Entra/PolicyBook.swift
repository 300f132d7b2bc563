import JSON

/// Conditional Access, and the state of the account.
struct AccessPolicy: Sendable, Hashable {
  /// Multi-factor authentication. A sign-in with a browser passes; a grant from before does not.
  var mfa = false
  /// Conditional Access blocks every sign-in and every refresh.
  var block = false
  /// The account is disabled.
  var disabled = false
  /// Entra treats every refresh as that of a client that runs in a loop.
  var loop = false

  var json: JSONValue {
    ["mfa": .bool(mfa), "block": .bool(block), "disabled": .bool(disabled), "loop": .bool(loop)]
  }
}

/// The policies that were set, by person and by tenant.
struct PolicyBook: Sendable {
  private(set) var policies: [String: AccessPolicy] = [:]

  var json: JSONValue {
    .object(JSONObject(policies.sorted { $0.key < $1.key }.map { (key: $0.key, value: $0.value.json) }))
  }

  /// - Parameter subject: the id of a person or of a tenant.
  mutating func set(_ policy: AccessPolicy, for subject: String) {
    policies[subject] = policy == AccessPolicy() ? nil : policy
  }

  func policy(for subject: String) -> AccessPolicy { policies[subject] ?? AccessPolicy() }

  /// Of the person and of the tenant together.
  func policy(for user: SandboxDirectory.User) -> AccessPolicy {
    let (own, tenant) = (policy(for: user.id), policy(for: user.tenantId))
    return AccessPolicy(
      mfa: own.mfa || tenant.mfa, block: own.block || tenant.block, disabled: own.disabled || tenant.disabled,
      loop: own.loop || tenant.loop)
  }
}

extension AccessPolicy {
  /// Throws 50057 or 53003. A person at a browser does the second factor then and there.
  func checkSignIn() throws(EntraError) {
    guard !disabled else { throw EntraError(50057) }
    guard !block else { throw EntraError(53003) }
  }

  /// Throws 50057, 50196, 53003 or 50076.
  ///
  /// - Parameter passedMFA: whether the sign-in that the grant came from had a second factor.
  func checkRefresh(passedMFA: Bool) throws(EntraError) {
    guard !disabled else { throw EntraError(50057) }
    guard !loop else { throw EntraError(50196) }
    try checkSignIn()
    guard !mfa || passedMFA else { throw EntraError(50076) }
  }
}

// A missing address or secret is written as null: readers find every key in every entry.

extension SandboxDirectory.User {
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(id, forKey: .id)
    try container.encode(userPrincipalName, forKey: .userPrincipalName)
    try container.encode(mail, forKey: .mail)
    try container.encode(displayName, forKey: .displayName)
    try container.encode(tenantId, forKey: .tenantId)
    try container.encode(kind, forKey: .kind)
    try container.encode(hasMailbox, forKey: .hasMailbox)
  }

  package enum CodingKeys: String, CodingKey {
    case id, userPrincipalName, mail, displayName, tenantId, kind, hasMailbox
  }
}

extension SandboxDirectory.App {
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(clientId, forKey: .clientId)
    try container.encode(displayName, forKey: .displayName)
    try container.encode(kind, forKey: .kind)
    try container.encode(tenantId, forKey: .tenantId)
    try container.encode(secret, forKey: .secret)
    try container.encode(redirectUris, forKey: .redirectUris)
    try container.encode(delegatedScopes, forKey: .delegatedScopes)
    try container.encode(applicationRoles, forKey: .applicationRoles)
    try container.encode(secretExpired, forKey: .secretExpired)
    try container.encode(signInAudience, forKey: .signInAudience)
  }

  package enum CodingKeys: String, CodingKey {
    case clientId, displayName, kind, tenantId, secret, redirectUris, delegatedScopes, applicationRoles
    case secretExpired, signInAudience
  }
}

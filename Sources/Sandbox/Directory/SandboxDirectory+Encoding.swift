import Core

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
    try container.encode(isAdministrator, forKey: .isAdministrator)
    try container.encode(members, forKey: .members)
  }

  package enum CodingKeys: String, CodingKey {
    case id, userPrincipalName, mail, displayName, tenantId, kind, hasMailbox, isAdministrator, members
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
    try container.encode(secretId, forKey: .secretId)
    try container.encode(secretExpired, forKey: .secretExpired)
    try container.encode(secretExpires?.description, forKey: .secretExpires)
    try container.encode(redirectUris, forKey: .redirectUris)
    try container.encode(redirects, forKey: .redirects)
    try container.encode(delegatedScopes, forKey: .delegatedScopes)
    try container.encode(applicationRoles, forKey: .applicationRoles)
    try container.encode(signInAudience, forKey: .signInAudience)
    try container.encode(allowsPublicClient, forKey: .allowsPublicClient)
    try container.encode(certificates, forKey: .certificates)
    try container.encode(adminConsented, forKey: .adminConsented)
    try container.encode(dynamicConsent, forKey: .dynamicConsent)
    try container.encode(disabledIn, forKey: .disabledIn)
    try container.encode(mailboxScope, forKey: .mailboxScope)
    try container.encode(plant, forKey: .plant)
  }

  package enum CodingKeys: String, CodingKey {
    case clientId, displayName, kind, tenantId, secret, secretId, secretExpired, secretExpires, redirectUris
    case redirects, delegatedScopes, applicationRoles, signInAudience, allowsPublicClient, certificates
    case adminConsented, dynamicConsent, disabledIn, mailboxScope, plant
  }
}

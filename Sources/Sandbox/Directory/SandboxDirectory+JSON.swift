import Core
import JSON

// What `GET /sandbox/directory` shows. A missing address or secret is written as null: readers find every key
// in every entry.

extension SandboxDirectory {
  var json: JSONValue {
    [
      "tenants": .array(tenants.map(\.json)), "users": .array(users.map(\.json)),
      "apps": .array(apps.map(\.json)),
    ]
  }
}

extension SandboxDirectory.Tenant {
  var json: JSONValue {
    ["id": .string(id), "domain": .string(domain), "consentPolicy": .string(consentPolicy.rawValue)]
  }
}

extension SandboxDirectory.User {
  var json: JSONValue {
    [
      "id": .string(id), "userPrincipalName": .string(userPrincipalName), "mail": .orNull(mail),
      "aliases": .strings(aliases), "displayName": .string(displayName), "tenantId": .string(tenantId),
      "kind": .string(kind.rawValue), "isGuest": .bool(isGuest), "hasMailbox": .bool(hasMailbox),
      "isAdministrator": .bool(isAdministrator),
      "members": .array(members.map(\.json)),
    ]
  }
}

extension SandboxDirectory.Member {
  fileprivate var json: JSONValue {
    [
      "user": .string(user), "fullAccess": .bool(fullAccess), "sendAs": .bool(sendAs),
      "sendOnBehalf": .bool(sendOnBehalf),
    ]
  }
}

extension SandboxDirectory.App {
  var json: JSONValue {
    [
      "clientId": .string(clientId), "displayName": .string(displayName), "kind": .string(kind.rawValue),
      "tenantId": .string(tenantId), "secret": .orNull(secret), "secretId": .orNull(secretId),
      "secretExpired": .bool(secretExpired), "secretExpires": .orNull(secretExpires?.description),
      "redirectUris": .strings(redirectUris), "redirects": .array(redirects.map(\.json)),
      "delegatedScopes": .strings(delegatedScopes), "applicationRoles": .strings(applicationRoles),
      "signInAudience": .string(signInAudience.rawValue), "allowsPublicClient": .bool(allowsPublicClient),
      "certificates": .array(certificates.map(\.json)), "adminConsented": .bool(adminConsented),
      "dynamicConsent": .bool(dynamicConsent), "disabledIn": .strings(disabledIn),
      "mailboxScope": mailboxScope?.json ?? .null, "plant": .orNull(plant),
    ]
  }
}

extension SandboxDirectory.Redirect {
  fileprivate var json: JSONValue { ["uri": .string(uri), "platform": .string(platform.rawValue)] }
}

extension SandboxDirectory.MailboxScope {
  fileprivate var json: JSONValue { ["kind": .string(kind.rawValue), "mailboxes": .strings(mailboxes)] }
}

extension ClientCertificate {
  fileprivate var json: JSONValue {
    ["pem": .string(pem), "thumbprint": .string(thumbprint), "sha1": .string(sha1)]
  }
}

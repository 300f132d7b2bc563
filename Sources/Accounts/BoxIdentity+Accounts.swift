import Core
import Vault

/// Where the secrets of apps and accounts are kept.
extension BoxIdentity {
  static func clientSecret(_ app: AppID, in workspace: WorkspaceID) -> BoxIdentity {
    BoxIdentity("oauth2_app", workspace.rawValue, app.rawValue, "client_secret")
  }

  static func clientCertificate(_ app: AppID, in workspace: WorkspaceID) -> BoxIdentity {
    BoxIdentity("oauth2_app", workspace.rawValue, app.rawValue, "client_certificate")
  }

  static func appToken(_ app: AppID, in workspace: WorkspaceID) -> BoxIdentity {
    BoxIdentity("app_token", workspace.rawValue, app.rawValue, "access_token")
  }

  static func accessToken(_ account: AccountID, in workspace: WorkspaceID) -> BoxIdentity {
    BoxIdentity("oauth2_grant", workspace.rawValue, account.rawValue, "access_token")
  }

  static func refreshToken(_ account: AccountID, in workspace: WorkspaceID) -> BoxIdentity {
    BoxIdentity("oauth2_grant", workspace.rawValue, account.rawValue, "refresh_token")
  }

  static func pendingAccessToken(_ account: AccountID, in workspace: WorkspaceID) -> BoxIdentity {
    BoxIdentity("pending_grant", workspace.rawValue, account.rawValue, "access_token")
  }

  static func pendingRefreshToken(_ account: AccountID, in workspace: WorkspaceID) -> BoxIdentity {
    BoxIdentity("pending_grant", workspace.rawValue, account.rawValue, "refresh_token")
  }

  static func signIn(_ stateHash: [UInt8]) -> BoxIdentity {
    BoxIdentity("sign_in", Digest.base64URL(stateHash), "secrets")
  }
}

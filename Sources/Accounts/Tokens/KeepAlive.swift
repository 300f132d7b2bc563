import Core
import Store

/// When a grant is refreshed though nobody uses it. Entra lets a refresh token die after 90 idle days (Microsoft
/// Learn, "Refresh tokens in the Microsoft identity platform").
enum KeepAlive {
  /// A fortnight, give or take a tenth, so that accounts connected together do not all ask at once.
  static func next(after now: Instant) -> Instant {
    now + .seconds(14 * 86_400) + .seconds(Int64.random(in: -120_960...120_960))
  }
}

extension BaseScopes {
  /// What an account becomes once a token is held: without a backend it cannot send, so it is not connected.
  var stateWithToken: AccountState {
    switch self {
    case .api: .connected
    case .imap: .unset
    }
  }
}

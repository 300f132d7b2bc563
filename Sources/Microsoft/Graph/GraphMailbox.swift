import Core

/// Whose mailbox a request is about.
package enum GraphMailbox: Sendable, Hashable {
  /// The one of the person whose token it is. An app's own token has none.
  case me
  /// A user's id or principal name, or the address of a shared mailbox, with an app's own token.
  case user(String)
  /// The address of a mailbox that is open to the person whose token it is.
  case shared(String)

  var path: String {
    switch self {
    case .me: "/me"
    case .user(let name), .shared(let name): "/users/" + percentEncoded(name)
    }
  }

  var name: String? {
    switch self {
    case .me: nil
    case .user(let name), .shared(let name): name
    }
  }
}

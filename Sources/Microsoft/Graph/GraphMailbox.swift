/// Whose mailbox a request is about.
package enum GraphMailbox: Sendable, Hashable {
  /// The one of the person whose token it is. An app's own token has none.
  case me
  /// A user's id or principal name, or the address of a shared mailbox.
  case user(String)

  var path: String {
    switch self {
    case .me: "/me"
    case .user(let name): "/users/" + percentEncoded(name)
    }
  }
}

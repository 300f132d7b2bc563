/// Which paths the sandbox serves for itself, and not in Microsoft's place: its pages and its control API. Requests to
/// them are not logged and no fault applies to them.
///
/// None collides with a path of Entra's, whose first segment is a tenant, nor with one of Graph's.
enum SandboxPath {
  private static let own: Set<Substring> = ["sandbox", "mailbox", "requests", "control", "favicon.ico"]

  static func isOwn(_ path: String) -> Bool {
    path == "/" || path.split(separator: "/", maxSplits: 1).first.map(own.contains) == true
  }

  /// Where upload URLs point to, as Outlook's own do: an older API than Graph.
  static let outlook = "/outlook/api/v2.0/"

  /// Graph, and Outlook behind it.
  static func isGraph(_ path: String) -> Bool { path.hasPrefix("/v1.0/") || path.hasPrefix(outlook) }

  /// A control request of a program, in JSON. Everything else that is our own is a page.
  static func isControlAPI(_ path: String) -> Bool { path.hasPrefix("/sandbox/") }
}

/// Which paths the sandbox serves for itself, and not in Microsoft's place: its pages and its control API. Requests to
/// them are not logged and no fault applies to them.
///
/// None collides with a path of Entra's, whose first segment is a tenant, nor with one of Graph's.
enum SandboxPath {
  private static let own: Set<Substring> = ["sandbox", "mailbox", "requests", "control", "favicon.ico"]

  static func isOwn(_ path: String) -> Bool {
    path == "/" || path.split(separator: "/", maxSplits: 1).first.map(own.contains) == true
  }

  /// A control request of a program, in JSON. Everything else that is our own is a page.
  static func isControlAPI(_ path: String) -> Bool { path.hasPrefix("/sandbox/") }
}

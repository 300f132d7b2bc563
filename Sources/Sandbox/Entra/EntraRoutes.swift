import Hummingbird

extension SandboxState {
  /// Everything that Microsoft serves at its login host, and the control requests about people and their consent:
  /// `GET /sandbox/directory`, `POST /sandbox/consents`, `POST /sandbox/revoke`.
  func addEntraRoutes(to router: Router<SandboxContext>) throws {
    router.get("/sandbox/directory") { [directory] _, _ in try Response.json(directory) }
  }
}

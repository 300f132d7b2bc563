import Hummingbird

extension SandboxState {
  /// `GET /` and what it links to.
  func addPageRoutes(to router: Router<SandboxContext>) throws {}
}

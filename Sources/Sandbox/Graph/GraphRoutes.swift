import Hummingbird

extension SandboxState {
  /// Everything under `/v1.0`.
  func addGraphRoutes(to router: Router<SandboxContext>) throws {}
}

import Hummingbird

extension SandboxState {
  /// `/sandbox/reset`, `settings`, `clock`, `requests`, `messages`, `faults`. What concerns people and their consent is in
  /// `EntraRoutes`.
  func addControlRoutes(to router: Router<SandboxContext>) throws {}
}

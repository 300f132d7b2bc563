import HTTPTypes
import Hummingbird

extension SandboxState {
  /// Everything under `/v1.0`.
  func addGraphRoutes(to router: Router<SandboxContext>) throws {
    for method in [HTTPRequest.Method.get, .post, .patch, .put, .delete] {
      router.on("/v1.0/**", method: method) { [self] request, context in
        try await GraphExchange(state: self, request: request, context: context).answer()
      }
    }
  }
}

package import Hummingbird

/// The faults that were asked for and have not been used up.
package final class FaultStore: Sendable {
  package init() {}
  package func reset() {}
}

package struct FaultMiddleware: RouterMiddleware {
  let state: SandboxState

  package func handle(
    _ request: Request, context: SandboxContext,
    next: (Request, SandboxContext) async throws -> Response
  ) async throws -> Response {
    try await next(request, context)
  }
}

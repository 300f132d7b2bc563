import API
import Core
import Hummingbird
import Logging

/// Answers every failure of the REST API with the error object.
struct ProblemMiddleware: RouterMiddleware {
  typealias Context = WebContext

  let bodyLimit: Int

  func handle(
    _ request: Request, context: Context, next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    do {
      return try await next(request, context)
    } catch let problem as Problem {
      if problem.code.status >= 500 {
        context.logger.error("The request failed.", metadata: ["problem": "\(problem.description)"])
      }
      throw APIError(problem)
    } catch let error as HTTPError where error.status == .contentTooLarge {
      throw APIError(Problem.tooLarge(limit: bodyLimit))
    } catch let error as HTTPError where error.status == .notFound {
      let (method, path) = (request.method.rawValue, request.uri.path)
      let allowed = Operations.methods(at: path)
      guard !allowed.isEmpty else { throw APIError(Problem.noRoute(method, path)) }
      throw APIError(Problem.methodNotAllowed(method, path, allowed), allowed: allowed)
    } catch let error as HTTPError {
      throw APIError(Problem.refused(status: error.status.code, error.body))
    } catch {
      // The client learns nothing about our insides; the log does.
      context.logger.error(
        "The request failed with an unexpected error.",
        metadata: ["error": "\(String(reflecting: type(of: error)))"])
      throw APIError(Problem.internalFailure)
    }
  }
}

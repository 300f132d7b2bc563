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
    } catch let problem as any Problem {
      if APIError.status(of: problem.code).kind == .serverError {
        context.logger.error("request failed", metadata: ["problem": "\(problem.description)"])
      }
      throw APIError(problem)
    } catch let error as HTTPError where error.status == .contentTooLarge {
      throw APIError(RequestProblem.tooLarge(limit: bodyLimit))
    } catch let error as HTTPError where error.status == .notFound {
      throw APIError(RequestProblem.noRoute(request.method.rawValue, request.uri.path))
    } catch let error as HTTPError {
      throw APIError(RequestProblem.refused(status: error.status.code, error.body))
    } catch {
      // The client learns nothing about our insides; the log does.
      context.logger.error(
        "unexpected failure", metadata: ["error": "\(String(reflecting: type(of: error)))"])
      throw APIError(RequestProblem.internalFailure)
    }
  }
}

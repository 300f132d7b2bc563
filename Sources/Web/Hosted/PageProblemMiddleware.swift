import Core
import Hummingbird
import NIOCore

/// Answers every failure of a hosted page with a page.
struct PageProblemMiddleware: RouterMiddleware {
  typealias Context = WebContext

  let pages: HostedPages

  func handle(
    _ request: Request, context: Context, next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    do {
      return try await next(request, context)
    } catch let problem as Problem {
      return pages.refusal(PageFailure(problem))
    } catch is NIOTooManyBytesError {
      return pages.refusal(PageFailure(Problem.incompleteForm))
    } catch let error as HTTPError {
      return pages.refusal(PageFailure(Problem.refused(status: error.status.code, error.body)))
    } catch is DecodingError {
      return pages.refusal(PageFailure(Problem.incompleteForm))
    }
  }
}

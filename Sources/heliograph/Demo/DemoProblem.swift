import Core
import Foundation

/// Why the demo did not get its letter through.
struct DemoProblem: Problem {
  let code = ProblemCode.requestInternal
  let summary: String
  let remedy: String?
  let retry = Retry.futile

  static func noButton(_ name: String, _ page: HTMLPage) -> DemoProblem {
    DemoProblem(
      summary: "The page \(page.url.absoluteString) has no button \(name). It says: \(page.text.prefix(300))",
      remedy: nil)
  }

  static func tooManyRedirects(_ url: URL) -> DemoProblem {
    DemoProblem(summary: "The sign-in was redirected in circles, last to \(url.absoluteString).", remedy: nil)
  }

  static func notConnected(_ page: HTMLPage) -> DemoProblem {
    DemoProblem(summary: "The sign-in ended elsewhere: \(page.text.prefix(300))", remedy: nil)
  }

  static func notArrived(after seconds: Int) -> DemoProblem {
    DemoProblem(
      summary: "The letter did not arrive within \(seconds) seconds.",
      remedy: "Run the demo without --exit and look at `heliograph queue list`.")
  }
}

import Core
import Foundation

// Why the demo did not deliver its message.
extension Problem {
  static func noButton(_ name: String, _ page: HTMLPage) -> Problem {
    Problem(
      .requestInternal,
      "The page \(page.url.absoluteString) has no button \(name). It says: \(page.text.prefix(300))",
      remedy: nil)
  }

  static func tooManyRedirects(_ url: URL) -> Problem {
    Problem(
      .requestInternal, "The sign-in was redirected too often, last to \(url.absoluteString).", remedy: nil)
  }

  static func demoNotConnected(_ page: HTMLPage) -> Problem {
    Problem(
      .requestInternal, "The sign-in did not succeed. The last page says: \(page.text.prefix(300))",
      remedy: nil)
  }

  static func notArrived(after seconds: Int) -> Problem {
    Problem(
      .requestInternal, "The message did not arrive within \(seconds) seconds.",
      remedy: "Run the demo without --exit and check `heliograph queue list`.")
  }
}

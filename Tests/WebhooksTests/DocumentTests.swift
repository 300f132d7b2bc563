import Foundation
import Queue
import Testing

@testable import Webhooks

/// docs/webhooks.md names the times and limits of the code.
@Suite struct DocumentTests {
  private static let page: String = {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let text = (try? String(contentsOf: root.appending(path: "docs/webhooks.md"), encoding: .utf8)) ?? ""
    return text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }()

  private static let configuration = WebhookConfiguration()

  /// Whole units, the largest that fits.
  private static func words(_ duration: Duration) -> String {
    let seconds = Int(duration.components.seconds)
    for (length, unit) in [(86_400, "day"), (60, "minute"), (1, "second")]
    where seconds.isMultiple(of: length) {
      return "\(seconds / length) \(unit)\(seconds == length ? "" : "s")"
    }
    return ""
  }

  static let sentences: [String] = [
    "Reply within \(words(configuration.timeout))",
    "nothing is posted to it for \(words(configuration.endpointBackoff.first)), then longer, up to "
      + words(configuration.endpointBackoff.limit),
    "The event is posted again after \(words(configuration.eventBackoff.first)), then at longer intervals, up to "
      + words(configuration.eventBackoff.limit),
    "An event fails for \(words(configuration.setAside)) while others are taken",
    "fails for \(words(configuration.giveUp)) | It is given up.",
    "posts it again, within \(words(configuration.retention))",
    "Nothing is taken for \(words(configuration.disable)), or the reply is 410",
    "back after \(words(configuration.outage).replacing("1 ", with: "a ")) or more",
    "lists the posts of the last \(words(configuration.retention))",
    "One request posts up to \(Webhooks.replayLimit.formatted(.number.locale(Locale(identifier: "en_US")))) of them",
    "A workspace may have \(Webhooks.routeLimit) routes",
    "nested up to \(EventFilter.depthLimit) levels, with up to \(EventFilter.ruleLimit) rules",
    "up to \(PayloadTemplate.sizeLimit.formatted(.number.locale(Locale(identifier: "en_US")))) values",
    "up to \(Words.small[configuration.queue.attemptsPerLane] ?? "?") posts of a route are under way at once",
  ]

  private enum Words {
    static let small = [4: "four", 8: "eight", 16: "sixteen"]
  }

  @Test(arguments: sentences) func `the page says what the code does`(sentence: String) {
    #expect(Self.page.contains(sentence), "docs/webhooks.md: \(sentence)")
  }
}

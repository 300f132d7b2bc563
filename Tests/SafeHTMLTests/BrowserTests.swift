import Foundation
import Testing

@testable import SafeHTML

@Suite(.serialized)
struct BrowserTests {
  /// In `make torture` more of them; a page has as many as Chromium reads within some seconds.
  private static let pages =
    ProcessInfo.processInfo.environment["HELIOGRAPH_TORTURE"] == "1" ? 8 : 1

  @Test(arguments: 1...pages)
  func `Chromium finds nothing outside the tables in ten thousand results, and the same tree in each`(
    _ page: Int
  ) throws {
    var generator = Generator(seed: UInt64(page))
    var results = HostileTests.vectors.map { SafeHTML($0).html }
    while results.count < 10_000 {
      let options = SafeHTML.Options(allowsRemoteContent: results.count % 2 == 0) { _ in
        "data:image/gif;base64,R0lGODlhAQABAAAAACw="
      }
      results.append(SafeHTML(generator.html(), options: options).html)
    }
    let verdict = try Browser.verdict(on: results)
    #expect(verdict.faults == [])
    #expect(verdict.results == results.count && verdict.runs == 0)
    // There was something to judge.
    #expect(verdict.elements > 100_000 && verdict.attributes > 10_000)
    #expect(verdict.properties > 10_000 && verdict.links > 1000)
  }

  @Test func `Chromium finds what is not in the tables`() throws {
    let faults = [
      "<script>a</script>", "<svg></svg>", "<p id=\"a\"></p>", "<img src=\"x\" onerror=\"alert(1)\">",
      "<a href=\"javascript:a\">b</a>",
      "<p style=\"position: fixed\">a</p>", "<p style=\"color: red !important\">a</p>",
      "<p style=\"background-image: url(a)\">a</p>",
      "<p>a<p>b</p></p>", "<!-- a -->", "<b>a<i>b</b></i>", "<a href=\"http://a/\">b</a>",
      "<img src=\"data:image/svg+xml;base64,AA\">",
    ]
    let verdict = try Browser.verdict(on: ["<p>a</p>"] + faults)
    #expect(Set(verdict.faults.map { $0.prefix { $0 != ":" } }) == Set((1...faults.count).map { "\($0)" }))
    #expect(verdict.runs > 0)
  }
}

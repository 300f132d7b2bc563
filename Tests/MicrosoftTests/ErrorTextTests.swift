import Core
import Testing

@testable import Microsoft

/// Anybody may have a text explained, so finding a name in it is cheap: one look-up for each word.
@Suite struct ErrorTextTests {
  @Test func `ordinary words lead to few names, whatever the text`() {
    let words = "Sorry, but we are having trouble with signing you in. You cannot access this right now. "
    let text = ErrorText(String(repeating: words, count: 100))
    #expect(ErrorCatalogue.phrases.candidates(in: text).count <= 2)
  }

  @Test func `no text leads to a name twice`() {
    let anchors = ErrorCatalogue.entries.flatMap(\.names).flatMap { ErrorText($0).words }
    let text = ErrorText((anchors + anchors).joined(separator: " "))
    #expect(ErrorCatalogue.phrases.candidates(in: text).count <= ErrorCatalogue.phrases.count)
  }

  @Test func `few names share an anchor`() {
    for entry in ErrorCatalogue.entries where entry.party != .graph {
      for name in entry.names {
        let text = ErrorText(name)
        #expect(ErrorCatalogue.phrases.candidates(in: text).count <= 6, "\(name)")
      }
    }
  }

  @Test(arguments: ["x ", "5.7.139 ", "é", "AADSTS", "not allowed to send as ", "\u{0}", "."])
  func `at most 2000 bytes are read`(unit: String) {
    let text = ErrorText(String(repeating: unit, count: 50_000))
    #expect(text.spelt.map(\.utf8.count).reduce(0, +) <= ErrorText.limit)
    #expect(text.words.count <= ErrorText.limit / 2)
  }

  @Test func `a text is cut into words as codes are written`() {
    let text = ErrorText(
      "535-5.7.139 “ErrorAccessDenied”: AADSTS50011, Authorization_Request. v1.2.x #5.7.3.")
    #expect(
      text.spelt == [
        "535", "5.7.139", "ErrorAccessDenied", "AADSTS50011", "Authorization_Request", "v1.2", "x", "5.7.3",
      ])
    #expect(text.words[2] == "erroraccessdenied")
  }
}

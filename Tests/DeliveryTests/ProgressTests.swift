import Accounts
import Testing

@testable import Backends
@testable import Delivery

@Suite struct ProgressTests {
  static let spellings: [(Progress, String)] = [
    (.fresh, "fresh"), (.creating, "creating"), (.submitting, "submitting"),
    (.drafted(DraftID("AAMk="), inDoubt: false), "drafted AAMk="),
    (.drafted(DraftID("AAMk="), inDoubt: true), "drafted? AAMk="),
    (.sending(DraftID("a b"), inDoubt: false), "sending a b"),
    (.sending(DraftID("a b"), inDoubt: true), "sending? a b"),
  ]

  @Test(arguments: spellings)
  func `progress is kept as text and read back`(progress: Progress, text: String) {
    #expect(progress.rawValue == text)
    #expect(Progress(rawValue: text) == progress)
  }

  @Test(arguments: ["", "fresher", "drafted", "sending ", "fresh AAMk=", "Creating"])
  func `other text is no progress`(text: String) {
    #expect(Progress(rawValue: text) == nil)
  }
}

import Accounts
import Testing

@testable import Backends
@testable import Delivery

@Suite struct ProgressTests {
  static let spellings: [(Progress, String)] = [
    (.fresh, "fresh"), (.creating, "creating"), (.submitting, "submitting"),
    (.attached(DraftID("AAMk="), files: 0), "attached 0 AAMk="),
    (.attaching(DraftID("a b"), files: 12), "attaching 12 a b"),
    (.uploading(DraftID("a b"), files: 3, UploadSession("sealed")), "uploading 3 sealed a b"),
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

  @Test(arguments: [
    "", "fresher", "drafted", "sending ", "fresh AAMk=", "Creating", "attached AAMk=", "attaching -1 AAMk=",
    "uploading 1 AAMk=",
  ])
  func `other text is no progress`(text: String) {
    #expect(Progress(rawValue: text) == nil)
  }
}

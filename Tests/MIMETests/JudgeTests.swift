import Core
import Foundation
import MIME
import Testing

@Suite struct JudgeTests {
  @Test func `Python's email package reads what we compose as we meant it`() throws {
    let letters = try (1000..<1200 as Range<UInt64>).map { seed in
      var generator = Generator(seed: seed)
      return try generator.composition()
    }
    let verdicts = try Judge.verdicts(on: letters.map { try $0.compose() })
    #expect(verdicts.count == letters.count)
    for (letter, verdict) in zip(letters, verdicts) { check(verdict, letter) }
  }

  /// Where an extra field changes between plain and encoded words, one blank is as good as several.
  private func withoutBlanks(_ text: String) -> String { text.filter { $0 != " " && $0 != "\t" } }

  private func check(_ verdict: Verdict, _ letter: Composition) {
    #expect(verdict.defects == [])
    #expect(verdict.subject == letter.subject)
    #expect(verdict.addresses["From"] == [letter.from.description])
    #expect(verdict.addresses["Reply-To"] == letter.replyTo.map(\.description))
    #expect(verdict.addresses["To"] == letter.to.map(\.description))
    #expect(verdict.addresses["Cc"] == letter.cc.map(\.description))
    #expect(verdict.date == Int(letter.date.microseconds / 1_000_000))
    #expect(verdict.headers.map(withoutBlanks) == letter.headers.map { withoutBlanks($0.value) })
    #expect(verdict.messageID == letter.messageID.text)
    let expectedText = letter.text ?? (letter.html == nil ? "" : nil)
    #expect(verdict.text?.withLineEnd == expectedText?.normalized.withLineEnd)
    #expect(verdict.html?.withLineEnd == letter.html?.normalized.withLineEnd)
    let inline = letter.html == nil ? [] : letter.attachments.filter(\.isInline)
    let files = letter.html == nil ? letter.attachments : letter.attachments.filter { !$0.isInline }
    let expectedFiles = (inline + files).map {
      Verdict.File(
        name: $0.name, type: $0.contentType, contentID: $0.contentID, isInline: $0.isInline,
        content: Data($0.content))
    }
    #expect(verdict.files == expectedFiles)
  }
}

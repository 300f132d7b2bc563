import Core
import Foundation
import MIME
import Testing

@Suite struct JudgeTests {
  @Test func `Python's email package reads what we compose as we meant it`() throws {
    let compositions = try (1000..<1200 as Range<UInt64>).map { seed in
      var generator = Generator(seed: seed)
      return try generator.composition()
    }
    let verdicts = try Judge.verdicts(on: compositions.map { try $0.compose() })
    #expect(verdicts.count == compositions.count)
    for (composition, verdict) in zip(compositions, verdicts) { check(verdict, composition) }
  }

  /// Where an extra field changes between plain and encoded words, one blank is as good as several.
  private func withoutBlanks(_ text: String) -> String { text.filter { $0 != " " && $0 != "\t" } }

  private func check(_ verdict: Verdict, _ composition: Composition) {
    #expect(verdict.defects == [])
    #expect(verdict.subject == composition.subject)
    #expect(verdict.addresses["From"] == [composition.from.description])
    #expect(verdict.addresses["Reply-To"] == composition.replyTo.map(\.description))
    #expect(verdict.addresses["To"] == composition.to.map(\.description))
    #expect(verdict.addresses["Cc"] == composition.cc.map(\.description))
    #expect(verdict.date == Int(composition.date.microseconds / 1_000_000))
    #expect(verdict.headers.map(withoutBlanks) == composition.headers.map { withoutBlanks($0.value) })
    #expect(verdict.messageID == composition.messageID.text)
    let expectedText = composition.text ?? (composition.html == nil ? "" : nil)
    #expect(verdict.text?.withLineEnd == expectedText?.normalized.withLineEnd)
    #expect(verdict.html?.withLineEnd == composition.html?.normalized.withLineEnd)
    let inline = composition.html == nil ? [] : composition.attachments.filter(\.isInline)
    let files =
      composition.html == nil ? composition.attachments : composition.attachments.filter { !$0.isInline }
    let expectedFiles = (inline + files).map {
      Verdict.File(
        name: $0.name, type: $0.contentType, contentID: $0.contentID, isInline: $0.isInline,
        content: Data($0.content))
    }
    #expect(verdict.files == expectedFiles)
  }
}

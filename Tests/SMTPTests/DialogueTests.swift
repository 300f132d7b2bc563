import Foundation
import Testing

@testable import SMTP

@Suite struct DialogueTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(
    path: "Dialogues")

  static let names: [String] = {
    let files = try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
    return (files ?? []).filter { $0.pathExtension == "txt" }.map {
      $0.deletingPathExtension().lastPathComponent
    }
    .sorted()
  }()

  @Test func `there are dialogues`() {
    #expect(Self.names.count >= 12)
  }

  @Test(arguments: names)
  func `a dialogue goes as its file says, in one piece and octet by octet`(name: String) throws {
    let text = try String(contentsOf: Self.folder.appending(path: name + ".txt"), encoding: .utf8)
    let dialogue = Dialogue(text)
    let isLong = dialogue.sent.joined().count > 50_000
    for size in isLong ? [Int.max, 4099] : [Int.max, 1, 2, 7] {
      let transcript = Transcript(of: dialogue, inPiecesOf: size)
      #expect(transcript.events == dialogue.events, "in pieces of \(size)")
      #expect(transcript.replies.count == dialogue.replies.count, "in pieces of \(size)")
      for (reply, expected) in zip(transcript.replies, dialogue.replies) {
        if expected.hasSuffix("...") {
          #expect(reply.hasPrefix(expected.dropLast(3)), "in pieces of \(size)")
        } else {
          #expect(reply == expected, "in pieces of \(size)")
        }
      }
    }
  }
}

import Core
import Foundation
import Testing

/// Holds the catalogue of codes to its own rules.
@Suite struct ProblemCodeTests {
  private static let sources = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Sources/Core/Problems")

  /// The names of all `static let x = ProblemCode("area.reason", …` with their codes.
  private static func declared() throws -> [(name: String, code: String)] {
    let files = try FileManager.default.contentsOfDirectory(at: sources, includingPropertiesForKeys: nil)
    return try files.filter { $0.pathExtension == "swift" }.flatMap { file in
      try String(contentsOf: file, encoding: .utf8)
        .matches(of: /static let (\w+) = ProblemCode\(\s*"([^"]+)"/).map { (String($0.1), String($0.2)) }
    }
  }

  @Test func `every declared code is in the list of all, once`() throws {
    let declared = try Self.declared().map(\.code).sorted()
    #expect(declared.count > 100)
    #expect(declared == ProblemCode.all.map(\.rawValue).sorted())
    #expect(Set(declared).count == declared.count)
  }

  @Test func `a code is called by its area and its reason`() throws {
    for (name, code) in try Self.declared() {
      #expect(code.wholeMatch(of: /[a-z]+([A-Z][a-z]+)*\.[a-z]+([A-Z][a-z]+)*/) != nil, "\(code)")
      #expect(name.lowercased() == code.replacing(".", with: "").lowercased())
      #expect(ProblemCode(rawValue: code)?.rawValue == code)
    }
    #expect(ProblemCode(rawValue: "no.such") == nil)
  }

  @Test(arguments: ProblemCode.all)
  func `its replies can be given`(code: ProblemCode) throws {
    // RFC 9110 section 15, RFC 6585.
    let statuses: Set = [
      400, 401, 403, 404, 405, 408, 409, 410, 412, 413, 415, 416, 422, 429, 500, 501, 502, 503, 504,
    ]
    #expect(statuses.contains(code.status))
    // RFC 5321 section 4.2.1: a failure's second digit is 0 to 5. RFC 3463 section 2.
    let reply = try #require(
      "\(code.smtp)".wholeMatch(of: /([45])[0-5][0-9] ([45])\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})/))
    #expect(reply.1 == reply.2)
    if code.scope.letsMessagesWait { #expect(reply.1 == "4", "messages wait, so a client is to try again") }
  }

  @Test(arguments: ProblemCode.all)
  func `its words are sentences`(code: ProblemCode) {
    for words in [code.meaning, code.remedy] {
      #expect(words.first?.isUppercase == true && words.hasSuffix("."), "\(words)")
      #expect(!words.contains("  ") && !words.contains("\n") && words.count < 320, "\(words)")
    }
    if let word = code.vocabulary { #expect(word.wholeMatch(of: /([A-Z][a-z]+)+/) != nil) }
  }
}

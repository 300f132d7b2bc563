import Core
import Foundation
import Testing

@Suite struct ErrorDocumentTests {
  /// The rows of `docs/errors.md` that begin with a code.
  private let rows: [[String]]

  init() throws {
    let package = URL(filePath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let text = try String(contentsOf: package.appending(path: "docs/errors.md"), encoding: .utf8)
    rows = text.split(separator: "\n").filter { $0.hasPrefix("| `") }.map { line in
      line.dropFirst().dropLast().split(separator: "|", omittingEmptySubsequences: false)
        .map { $0.trimmingCharacters(in: .whitespaces) }
    }
  }

  private var documented: [String] { rows.map { $0[0].trimmingCharacters(in: ["`"]) } }

  @Test(arguments: ProblemCode.allCases)
  func `every code has a row`(code: ProblemCode) {
    #expect(documented.contains(code.rawValue))
  }

  @Test func `every row is a code, once`() {
    #expect(documented.filter { ProblemCode(rawValue: $0) == nil } == [])
    #expect(Dictionary(grouping: documented, by: \.self).filter { $1.count > 1 }.keys.sorted() == [])
  }

  @Test func `every row says what the code means and what to do`() {
    #expect(rows.filter { $0.count != 3 || $0.contains("") } == [])
  }
}

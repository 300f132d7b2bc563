import Foundation
import Testing

/// Holds the Markdown pages against the program.
@Suite struct DocumentTests {
  private static let package = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  private static let pages =
    ["README.md"]
    + (FileManager.default.enumerator(atPath: package.appending(path: "docs").path)?
      .compactMap { $0 as? String }.filter { $0.hasSuffix(".md") }.map { "docs/" + $0 }.sorted() ?? [])

  private static func text(_ page: String) throws -> String {
    try String(contentsOf: package.appending(path: page), encoding: .utf8)
  }
}

extension DocumentTests {
  @Test(arguments: pages)
  func `every file that a page names exists`(page: String) throws {
    let text = try Self.text(page)
    let folder = page.lastIndex(of: "/").map { String(page[...$0]) } ?? ""
    let named = text.matches(of: /`((?:Sources|Tests|Scripts|docs)\/[^`\s*]+)`/).map { String($0.1) }
    let linked = text.matches(of: /\]\(([^):\s#]+)\)/).map { folder + $0.1 }
    let missing = (named + linked).filter {
      !FileManager.default.fileExists(atPath: Self.package.appending(path: $0).path)
    }
    #expect(missing == [])
  }
}

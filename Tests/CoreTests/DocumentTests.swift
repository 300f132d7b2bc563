import Foundation
import Testing

/// Holds the Markdown pages against the sources.
@Suite struct DocumentTests {
  private static let package = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  private static let pages =
    ["README.md", "CHANGELOG.md"] + files(in: "docs").filter { $0.hasSuffix(".md") }

  /// By path within the repository.
  private static let sources = Dictionary(
    uniqueKeysWithValues: files(in: "Sources").filter { $0.hasSuffix(".swift") }.map {
      ($0, (try? text($0)) ?? "")
    })

  private static func text(_ page: String) throws -> String {
    try String(contentsOf: package.appending(path: page), encoding: .utf8)
  }

  private static func files(in folder: String) -> [String] {
    let found = FileManager.default.enumerator(atPath: package.appending(path: folder).path)
    return found?.compactMap { $0 as? String }.map { folder + "/" + $0 }.sorted() ?? []
  }

  private static func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: package.appending(path: path).path)
  }

  private static func filesNamed(in text: some StringProtocol) -> [String] {
    String(text).matches(of: /`((?:Sources|Tests|Scripts|docs)\/[^`\s*]+)`/).map { String($0.1) }
  }

  @Test(arguments: pages)
  func `every file that a page names exists`(page: String) throws {
    let text = try Self.text(page)
    let folder = page.lastIndex(of: "/").map { String(page[...$0]) } ?? ""
    let linked = text.matches(of: /\]\(([^):\s#]+)\)/).map { folder + $0.1 }
    #expect((Self.filesNamed(in: text) + linked).filter { !Self.exists($0) } == [])
  }

  @Test func `every type that flow.md names is declared`() throws {
    let named = Set(
      try Self.text("docs/flow.md").matches(of: /`([A-Z]\w*[a-z]\w*)(?:\.\w+)?(?:\(\w*:?\))?`/).map(\.1))
    let declared = Set(
      Self.sources.values.flatMap {
        $0.matches(of: /(?m)^\s*(?:[a-z]+ )*(?:struct|class|enum|actor|protocol|typealias) (\w+)/).map(\.1)
      })
    #expect(named.count >= 5)
    #expect(named.subtracting(declared).sorted() == [])
  }
}

// docs/protocols.md
extension DocumentTests {
  /// One of the two sides that a row speaks of.
  enum Side: Int, CaseIterable {
    case gateway = 1
    case sandbox = 2

    func has(_ source: String) -> Bool { source.hasPrefix("Sources/Sandbox/") == (self == .sandbox) }
  }

  /// The cells of each row: document, gateway, sandbox, where.
  private static func protocols() throws -> [[String]] {
    try text("docs/protocols.md").split(separator: "\n")
      .filter { $0.hasPrefix("| ") && !$0.hasPrefix("| ---") && !$0.contains("| Gateway | Sandbox |") }
      .map { row in
        row.dropFirst().dropLast().split(separator: "|", omittingEmptySubsequences: false)
          .map { $0.trimmingCharacters(in: .whitespaces) }
      }
  }

  @Test func `a protocol is spoken, in part or not at all, and the row says where`() throws {
    for row in try Self.protocols() {
      #expect(row.count == 4, "\(row)")
      guard row.count == 4 else { continue }
      let answers = row[1...2].map { String($0.prefix { $0.isLetter || $0 == "-" }) }
      #expect(answers.allSatisfy { ["yes", "partly", "no", "-"].contains($0) }, "\(row)")
      let files = Self.filesNamed(in: row[3])
      for side in Side.allCases where ["yes", "partly"].contains(answers[side.rawValue - 1]) {
        // Both sides stand on the targets that are nobody's own.
        let isNamed = files.contains { side.has($0 + "/") } || (side == .sandbox && !files.isEmpty)
        #expect(isNamed, "no file of the \(side) in \(row[0])")
      }
    }
  }

  /// `no` names what an implementation could not do without.
  @Test(arguments: Side.allCases)
  func `what a row says no to is not built`(side: Side) throws {
    for row in try Self.protocols() where row.count == 4 && row[side.rawValue].hasPrefix("no") {
      let word = try #require(row[side.rawValue].wholeMatch(of: /no: `([^`]+)`/)?.1, "\(row[0])")
      let built = Self.sources.filter { side.has($0.key) && $0.value.contains(word) }.keys.sorted()
      #expect(built == [], "\(word), of which \(row[0]) says no")
    }
  }

  @Test(arguments: Side.allCases)
  func `every RFC that the sources name has a row, and that does not say no`(side: Side) throws {
    let rows = try Self.protocols().filter { $0.count == 4 && !$0[side.rawValue].hasPrefix("no") }
    let documented = Set(
      rows.filter { $0[side.rawValue] != "-" }.flatMap { row in
        row[0].matches(of: /RFC (\d+(?:, \d+)*)/).flatMap { $0.1.split(separator: ", ").map(String.init) }
      })
    let named = Self.sources.filter { side.has($0.key) }.flatMap { file, text in
      text.matches(of: /RFC (\d+)/).map { (number: String($0.1), file: file) }
    }
    #expect(named.count > 10)
    let missing = named.filter { !documented.contains($0.number) }.map { "RFC \($0.number) in \($0.file)" }
    #expect(Set(missing).sorted() == [])
  }
}

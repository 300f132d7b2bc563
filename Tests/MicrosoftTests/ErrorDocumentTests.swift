import Core
import Foundation
import Testing

@testable import Microsoft

/// Holds the part of docs/errors.md that comes from the catalogue. `make docs` writes it anew.
@Suite struct ErrorDocumentTests {
  private static let page = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "docs/errors.md")
  private static let begin = "<!-- catalogue -->\n"
  private static let end = "<!-- /catalogue -->"

  @Test func `the page shows the catalogue as it is`() throws {
    let text = try String(contentsOf: Self.page, encoding: .utf8)
    let begin = try #require(text.firstRange(of: Self.begin))
    let end = try #require(text.firstRange(of: Self.end))
    let fresh = text[..<begin.upperBound] + Self.catalogue + text[end.lowerBound...]
    if ProcessInfo.processInfo.environment["HELIOGRAPH_WRITE_DOCS"] == "1" {
      try Data(fresh.utf8).write(to: Self.page)
    } else {
      #expect(fresh == text, "docs/errors.md is stale: run make docs")
    }
  }

  private static var catalogue: String {
    let parties: [(ErrorEntry.Party, String)] = [
      (.entra, "Entra: the sign-in page and the token endpoint"), (.graph, "Graph"),
      (.smtp, "Exchange over SMTP"),
      (.imap, "Exchange over IMAP"),
    ]
    return parties.map { party, title in
      let rows = ErrorCatalogue.entries.filter { $0.party == party }.map(row).joined()
      return """

        ### \(title)

        | Microsoft says | Our code | Meaning | What to do | Who |
        | --- | --- | --- | --- | --- |
        \(rows)
        """
    }.joined() + "\n"
  }

  private static func row(_ entry: ErrorEntry) -> String {
    let cells = [
      entry.names.joined(separator: ", "), "`\(entry.code.rawValue)`", readable(entry.meaning),
      entry.remedy.map(readable) ?? "Wait; it is tried again.", who(entry.actor),
    ]
    return "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |\n"
  }

  /// `{redirectURI}` as ‹the redirect URI that Heliograph shows›.
  private static func readable(_ template: String) -> String {
    template.replacing(/\{(\w+)\}/) { match in
      Placeholder(rawValue: String(match.1)).map { "‹\($0.neutral)›" } ?? "?"
    }
  }

  private static func who(_ actor: Responsible) -> String {
    switch actor {
    case .user: "the mailbox's owner"
    case .appOwner: "the owner of the app"
    case .administrator: "an administrator of the tenant"
    case .operator: "whoever runs the gateway"
    case .nobody: "nobody"
    }
  }
}

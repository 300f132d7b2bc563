import Core
import Foundation
import Testing

@testable import Microsoft

/// Holds docs/errors.md against the two catalogues: our codes, and what Microsoft says. `make docs` writes the page.
@Suite struct ErrorDocumentTests {
  private static let page = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "docs/errors.md")

  @Test func `the page shows both catalogues as they are`() throws {
    let text = try String(contentsOf: Self.page, encoding: .utf8)
    let fresh = try Self.replaced(
      "catalogue", by: Self.catalogue, in: Self.replaced("codes", by: Self.codes, in: text))
    if ProcessInfo.processInfo.environment["HELIOGRAPH_WRITE_DOCS"] == "1" {
      try Data(fresh.utf8).write(to: Self.page)
    } else {
      #expect(fresh == text, "docs/errors.md is stale: run make docs")
    }
  }

  @Test func `every code belongs to one part of the page`() {
    for code in ProblemCode.all {
      let parts = Self.parts.filter { $0.areas.contains(Self.area(code)) }
      #expect(parts.count == 1, "\(code.rawValue)")
    }
  }

  @Test func `no cell is empty, and none breaks its row`() {
    let rows = (Self.codes + Self.catalogue).split(separator: "\n").filter { $0.hasPrefix("| ") }
    for row in rows {
      let cells = row.replacing("\\|", with: "").split(separator: "|", omittingEmptySubsequences: false)
        .dropFirst().dropLast().map { $0.trimmingCharacters(in: .whitespaces) }
      #expect(cells.count == 6 || cells.count == 5, "\(row)")
      #expect(!cells.contains(""), "\(row)")
    }
  }

  private static func replaced(_ name: String, by content: String, in text: String) throws -> String {
    let begin = try #require(text.firstRange(of: "<!-- \(name) -->\n"))
    let end = try #require(text.firstRange(of: "<!-- /\(name) -->"))
    return text[..<begin.upperBound] + content + text[end.lowerBound...]
  }
}

// Our codes
extension ErrorDocumentTests {
  private static let parts: [(areas: [String], title: String)] = [
    (["request"], "calls to the REST API"), (["token"], "our own bearer tokens"),
    (["workspace"], "who owns accounts and apps"),
    (["app", "account", "backend", "form", "signIn"], "connecting mailboxes"),
    (["entra"], "Microsoft's sign-in page and token endpoint"), (["graph"], "Microsoft Graph"),
    (["smtp", "imap"], "Exchange Online without Graph"),
    (
      ["message", "envelope", "upload", "template", "idempotency", "queue", "delivery", "list"],
      "messages and sending them"
    ),
    (["mail"], "reading and changing mailboxes"), (["webhook"], "posting events"),
    (["store", "vault", "configuration", "server", "clock"], "this installation"),
  ]

  private static func area(_ code: ProblemCode) -> String {
    String(code.rawValue.prefix { $0 != "." })
  }

  private static var codes: String {
    parts.map { part in
      """

      ## \(part.areas.joined(separator: ", ")): \(part.title)

      | Code | Meaning | What to do | Who | HTTP, SMTP | What it stops |
      | --- | --- | --- | --- | --- | --- |
      \(ProblemCode.all.filter { part.areas.contains(area($0)) }.map(row).joined())
      """
    }.joined() + "\n"
  }

  private static func row(_ code: ProblemCode) -> String {
    let http = code.vocabulary.map { "\(code.status) `\($0)`" } ?? "\(code.status)"
    return line([
      "`\(code.rawValue)`", code.meaning, code.remedy, code.actor.map(who) ?? "the caller",
      "\(http), \(code.smtp)",
      stopped(by: code.scope),
    ])
  }

  private static func stopped(by scope: Scope) -> String {
    switch scope {
    case .request: "the request"
    case .message, .recipient: "the message, which fails"
    case .account: "the account, whose messages wait"
    case .app: "all accounts of the app, whose messages wait"
    case .service: "what needs that service; messages wait"
    case .endpoint: "posts to that receiver, whose events wait"
    case .installation: "the gateway; messages wait"
    }
  }
}

// What Microsoft says
extension ErrorDocumentTests {
  private static var catalogue: String {
    let parties: [(ErrorEntry.Party, String)] = [
      (.entra, "Entra: the sign-in page and the token endpoint"), (.graph, "Graph"),
      (.smtp, "Exchange over SMTP"), (.imap, "Exchange over IMAP"),
    ]
    return parties.map { party, title in
      """

      ### \(title)

      | Microsoft says | Our code | Meaning | What to do | Who |
      | --- | --- | --- | --- | --- |
      \(ErrorCatalogue.entries.filter { $0.party == party }.map(row).joined())
      """
    }.joined() + "\n"
  }

  private static func row(_ entry: ErrorEntry) -> String {
    // Where it is not what the code's own row says.
    let stops = entry.scope == entry.code.scope ? "" : " This stops \(stopped(by: entry.scope))."
    return line([
      entry.names.joined(separator: ", "), "`\(entry.code.rawValue)`", readable(entry.meaning) + stops,
      entry.remedy.map(readable) ?? "Wait; Heliograph retries.", who(entry.actor),
    ])
  }

  private static func line(_ cells: [String]) -> String {
    "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |\n"
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

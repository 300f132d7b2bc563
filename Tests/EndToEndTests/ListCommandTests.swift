import Foundation
import Testing

/// `heliograph list` against a running gateway.
@Suite struct ListCommandTests {
  @Test func `Addresses are blocked, listed and unblocked`() async throws {
    try await Rig.run { rig in
      let account = try await rig.connectDaemon([rig.sandbox.directory.mailboxes[0]])[0]
      let empty = try await rig.command(["list"])
      #expect(empty.status == 0 && empty.output == "Nobody has left a list.\n", "\(empty.errors)")
      let block = [
        "list", "block", "News", "bob@contoso.test", "--account", account, "--reason", "on request",
      ]
      let blocked = try await rig.command(block)
      #expect(
        blocked.status == 0 && blocked.output == "bob@contoso.test receives no more of the list News.\n")
      #expect(try await rig.command(block).output == "bob@contoso.test is on the list News already.\n")
      #expect(try await rig.command(["list"]).output == "LIST\tADDRESSES\nnews\t1\n")
      let shown = try await rig.command(["list", "show", "news"])
      #expect(shown.output.contains("bob@contoso.test\t\(account)\tapi\ton request\t"), "\(shown.output)")
      let json = try JSON(parsing: try await rig.command(["list", "show", "news", "--json"]).output)
      #expect(json["total"].int == 1)
      let unblocked = try await rig.command(["list", "unblock", "news", "BOB@contoso.test"])
      #expect(unblocked.output == "BOB@contoso.test receives the list news again.\n", "\(unblocked.errors)")
      #expect(try await rig.command(["list", "show", "news"]).output == "Nobody has left the list news.\n")
      for (arguments, words) in [
        (["show", "a b"], "listId"), (["block", "news", "nobody", "--account", account], "recipient"),
        (["block", "news", "a@b.test", "--account", "nobody"], "nobody"),
      ] {
        let refused = try await rig.command(["list"] + arguments)
        #expect(refused.status == 1 && refused.errors.contains(words), "\(arguments): \(refused.errors)")
      }
    }
  }

  @Test func `Messages of a list carry its fields, and rows to those who have left it are skipped`()
    async throws
  {
    try await Rig.run { rig in
      try await rig.sandbox.settings(["sendLagMs": 0])
      _ = try await rig.connectDaemon(["alice@contoso.test"])
      let block = ["list", "block", "news", "bob@contoso.test", "--account", "a0"]
      #expect(try await rig.command(block).status == 0)
      let send = ["send", "--account", "a0", "--text", "x", "--list-id"]
      let refused = try await rig.command(send + ["news", "--to", "bob@contoso.test"])
      #expect(refused.status == 1 && refused.errors.contains("[list.recipientUnsubscribed]"), "\(refused)")
      let invalid = try await rig.command(send + ["a b", "--to", "bob@contoso.test"])
      #expect(invalid.status == 64 && invalid.errors.contains("not “a b”"), "\(invalid)")
      let preview = try await rig.command(send + ["News", "--to", "alice@contoso.test", "--dry-run"])
      #expect(preview.output.contains("\r\nList-ID: <news.localhost>\r\n"), "\(preview)")

      let table = try Self.write(
        "to,subject\nbob@contoso.test,One\nalice@contoso.test,Two\n", "list.csv", in: rig)
      let csv = send + ["news", "--csv", table]
      let left = ", 1 to recipients who have left the list.\n"
      let dry = try await rig.command(csv + ["--dry-run"])
      #expect(dry.status == 0 && dry.output == "1 of 2 rows can be sent, 0 with errors" + left, "\(dry)")
      let first = try await rig.command(csv + ["--json"])
      let lines = try first.output.split(separator: "\n").map { try JSON(parsing: String($0)) }
      #expect(first.status == 0 && lines.contains { $0["state"].text == "skipped" }, "\(first)")
      #expect(lines.last?["done"]["unsubscribed"].int == 1 && lines.last?["done"]["failed"].int == 0)
      let results = try String(contentsOfFile: table + ".results.csv", encoding: .utf8)
      #expect(results.contains("\n2,,skipped,") && results.contains(",queued,,csv-3-"), "\(results)")
      // A second run leaves them alone, even if they have come back.
      #expect(try await rig.command(["list", "unblock", "news", "bob@contoso.test"]).status == 0)
      let second = try await rig.command(csv)
      #expect(
        second.status == 0
          && second.output == "0 of 2 rows queued, 0 with errors, 1 already queued by an earlier run" + left,
        "\(second)")
      #expect(try String(contentsOfFile: table + ".results.csv", encoding: .utf8) == results)
      // A row that was corrected is another message.
      _ = try Self.write("to,subject\nbob@contoso.test,New\nalice@contoso.test,Two\n", "list.csv", in: rig)
      let third = try await rig.command(csv)
      #expect(third.status == 0 && third.output.hasPrefix("1 of 2 rows queued, 0 with errors"), "\(third)")
    }
  }

  private static func write(_ text: String, _ name: String, in rig: Rig) throws -> String {
    let file = rig.folder.appending(path: name)
    try Data(text.utf8).write(to: file)
    return file.path
  }
}

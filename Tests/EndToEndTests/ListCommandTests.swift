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
}

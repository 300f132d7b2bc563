import Foundation
import Testing

/// `heliograph template`, and merges that arrive.
@Suite struct TemplateCommandTests {
  private static func write(_ text: String, _ name: String, in rig: Rig) throws -> String {
    let file = rig.folder.appending(path: name)
    try Data(text.utf8).write(to: file)
    return file.path
  }

  @Test func `a template is made of files, shown, changed, tried and removed`() async throws {
    try await Rig.run { rig in
      try await rig.sandbox.settings(["sendLagMs": 0])
      _ = try await rig.connectDaemon(["alice@contoso.test"])
      let html = try Self.write("<p>{{params.name}}</p>\n", "a.html", in: rig)
      let defaults = try Self.write(#"{"name":"you"}"#, "defaults.json", in: rig)
      let made = try await rig.command([
        "template", "add", "--name", "Welcome", "--subject", "Hello {{name}}", "--html", html,
      ])
      #expect(made.status == 0, "\(made)")
      let id = made.output.trimmingCharacters(in: .newlines)
      #expect(try await rig.command(["template", "list"]).output.contains("Welcome"))
      let missing = try await rig.command(["template", "preview", id])
      #expect(missing.status == 1 && missing.errors.contains("“params.name” has no value"), "\(missing)")
      let changed = try await rig.command([
        "template", "update", id, "--missing", "default", "--defaults", defaults, "--preview-text", "Soon",
      ])
      #expect(changed.status == 0 && changed.output == "Updated \(id).\n", "\(changed)")
      let shown = try await rig.command(["template", "show", id])
      for words in ["Welcome", "default", #"{"name":"you"}"#, "Hello {{name}}", "Soon"] {
        #expect(shown.output.contains(words), "\(shown)")
      }
      let preview = try await rig.command(["template", "preview", id, "--param", "name=<Ada>"])
      #expect(
        preview.output.contains("Hello <Ada>") && preview.output.contains("<p>&lt;Ada&gt;</p>"), "\(preview)")
      let tried = try await rig.command([
        "template", "test", id, "--account", "a0", "--to", "bob@contoso.test", "--json",
      ])
      #expect(tried.status == 0, "\(tried)")
      try await eventually("it arrives") {
        try await rig.sandbox.subjects(of: "bob@contoso.test") == ["Hello you"]
      }
      let refused = try await rig.command(["template", "remove", id])
      #expect(refused.status == 64 && refused.errors.contains("Add --yes"))
      #expect(try await rig.command(["template", "remove", id, "--yes"]).output == "Removed \(id).\n")
      let gone = try await rig.command(["template", "show", id])
      #expect(gone.status == 1 && gone.errors.contains("heliograph template list"), "\(gone.errors)")
    }
  }

  @Test func `what is no template or no value is refused before or by the gateway`() async throws {
    try await Rig.run { rig in
      let html = try Self.write("<p>\n{{#if name}}x{{/if}}", "a.html", in: rig)
      let add = ["template", "add", "--name", "x"]
      let handlebars = try await rig.command(add + ["--html", html])
      #expect(handlebars.status == 1 && handlebars.errors.contains("content.html: line 2"), "\(handlebars)")
      let cases: [([String], Int32, String)] = [
        (add + ["--html", html + ".none"], 1, "a.html.none"),
        (add + ["--missing", "guess"], 64, "guess"),
        (add + ["--missing", "default", "--defaults", html], 64, "is not a JSON object"),
        (["template", "preview", "tpl_1", "--param", "name"], 64, "NAME=TEXT"),
      ]
      for (command, status, words) in cases {
        let answer = try await rig.command(command)
        #expect(answer.status == status && answer.errors.contains(words), "\(answer)")
      }
    }
  }

  @Test func `a merge arrives as messages of their own, with the file that is stored once`() async throws {
    try await Rig.run { rig in
      try await rig.sandbox.settings(["sendLagMs": 0])
      _ = try await rig.connectDaemon(["alice@contoso.test"])
      let file = Data((0..<4_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }).base64EncodedString()
      let names = ["bob", "alice"]
      let entries = names.map { name in
        #"{"to":{"address":"\#(name)@contoso.test"},"params":{"name":"\#(name)"}}"#
      }
      let body =
        #"{"subject":"For {{params.name}}","html":"<p>{{rcpt.address}}</p>","mailMerge":[\#(entries.joined(separator: ","))],"#
        + #""attachments":[{"filename":"a.bin","content":"\#(file)"}]}"#
      let reply = try await rig.gateway.send("POST", "/v1/account/a0/submit", body: body).expect()
      #expect(reply["mailMerge"].list.count == 2)
      for name in names {
        try await eventually("\(name) has it") {
          try await rig.sandbox.subjects(of: "\(name)@contoso.test") == ["For \(name)"]
        }
      }
    }
  }
}

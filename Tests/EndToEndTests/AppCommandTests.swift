import Foundation
import Testing

/// `heliograph app`, as somebody types it who has registered an app or is about to.
@Suite struct AppCommandTests {
  @Test func `the guide says what to register, before and after`() async throws {
    try await Rig.run { rig in
      let plan = try await rig.command(["app", "guide", "--name", "Contoso mail"])
      #expect(plan.status == 0, "\(plan.errors)")
      for words in [
        "Name: Contoso mail", "Any Entra ID tenant + personal Microsoft accounts", "platform “Web”",
        rig.gateway.origin + "/oauth", "Value (not Secret ID)",
        "Mail.Send (Microsoft Graph, delegated) e383f46e-2787-4529-855e-0e479a3ffac0",
        "Allow public client flows: No",
      ] {
        #expect(plan.output.contains(words), "\(words) is not in \(plan.output)")
      }
      let app = try await rig.gateway.register(rig.sandbox.directory.app("daemon"))
      let guide = try await rig.command(["app", "guide", app, "--json"])
      let json = try JSON(parsing: guide.output)
      #expect(json["accountTypes"]["signInAudience"].text == "AzureADMyOrg")
      #expect(json["permissions"].list.compactMap { $0["kind"].text } == ["application", "application"])
      #expect(json["adminConsent"]["needed"].text == "yes")
      #expect(json["adminConsent"]["link"].text?.contains("/v2.0/adminconsent?client_id=") == true)
    }
  }

  @Test func `an app is added, shown, changed and deleted without a secret on the command line`()
    async throws
  {
    try await Rig.run { rig in
      let secret = rig.folder.appending(path: "secret")
      try Data("0f5a7c1e-1111-4222-8333-444455556666\n".utf8).write(to: secret)
      let added = try await rig.command([
        "app", "add", "--name", "Contoso", "--client-id", "6731de76-14a6-49ae-97bc-6eba6914391e",
        "--secret-file", secret.path,
        "--send-only",
        "--secret-expires", "2020-01-01",
      ])
      #expect(added.status == 0, "\(added.errors)")
      #expect(added.errors.contains("Secret ID") && added.errors.contains("expired on 2020-01-01"))
      let app = added.output.trimmingCharacters(in: .whitespacesAndNewlines)
      let changed = try await rig.command(
        ["app", "update", app, "--secret", "--authority", "contoso.test", "--no-send-only"],
        input: "a~real.secret\n")
      #expect(changed.status == 0 && changed.errors.isEmpty, "\(changed.errors)")
      let shown = try await rig.command(["app", "show", app])
      #expect(shown.output.contains("contoso.test") && !shown.output.contains("Warning"))
      #expect(!shown.output.contains("a~real.secret"))
      #expect(try await rig.command(["app", "disable", app]).status == 0)
      let disabled = try JSON(parsing: try await rig.command(["app", "show", app, "--json"]).output)
      #expect(disabled["enabled"].bool == false && disabled["clientSecret"].text == "******")
      #expect(try await rig.command(["app", "update", app, "--no-secret"]).status == 0)
      let native = try JSON(parsing: try await rig.command(["app", "show", app, "--json"]).output)
      #expect(native["clientSecret"].text == nil)
      #expect(try await rig.command(["app", "delete", app, "--yes"]).status == 0)
      let gone = try await rig.command(["app", "show", app])
      #expect(gone.status == 1 && gone.errors.contains("[app.notFound]"))
    }
  }

  @Test func `an appsettings file becomes an app, once`() async throws {
    try await Rig.run { rig in
      let file = rig.folder.appending(path: "appsettings.Production.json")
      let text = """
        \u{FEFF}{
          // where people are sent back to
          "BaseUrl": "https://mail.contoso.test/",
          "MicrosoftEntraApp": {
            "clientId": "11111111-2222-4333-8444-555555555555", /* of the app */
            "TenantId": "",
            "Note": "not a // comment, and no \\",] end", // ,
            "ClientSecret": "a~secret", /* the last one
            */
          },
        }
        """
      try Data(text.utf8).write(to: file)
      let dry = try await rig.command(["app", "import", file.path, "--dry-run"])
      #expect(dry.output.contains("https://mail.contoso.test/api/v1/outlook-authorization/code"))
      #expect(dry.output.contains("******") && !dry.output.contains("a~secret"))
      let first = try await rig.command(["app", "import", file.path])
      #expect(first.status == 0, "\(first.errors)")
      let second = try await rig.command(["app", "import", file.path])
      #expect(first.output == second.output && !first.output.isEmpty)
      let app = first.output.trimmingCharacters(in: .whitespacesAndNewlines)
      let json = try JSON(parsing: try await rig.command(["app", "show", app, "--json"]).output)
      #expect(json["authority"].text == "common" && json["clientSecret"].text == "******")
      #expect(json["redirectUrl"].text == "https://mail.contoso.test/api/v1/outlook-authorization/code")
      #expect(try await rig.gateway.get("/v1/oauth2").expect()["total"].int == 1)
    }
  }

  @Test(arguments: [
    ("{", "is not JSON"), ("{/*", "is not JSON"), (#"{"a": "\"#, "is not JSON"), ("{,}", "is not JSON"),
    ("[]", "has no section “MicrosoftEntraApp”"), ("{}", "has no section"),
    (#"{"MicrosoftEntraApp": {"TenantId": "x"}}"#, "has no MicrosoftEntraApp.ClientId"),
  ])
  func `a file that is not one is refused with what is wrong`(text: String, words: String) async throws {
    try await withFolder { folder in
      let file = folder.appending(path: "appsettings.json")
      try Data(text.utf8).write(to: file)
      let ended = try await Program.run(
        ["app", "import", file.path], environment: ["HELIOGRAPH_TOKEN": "t"], in: folder)
      #expect(ended.status == 1 && ended.errors.contains(words), "\(ended.errors)")
    }
  }
}

extension JSON {
  init(parsing text: String) throws {
    self = try JSONDecoder().decode(JSON.self, from: Data(text.utf8))
  }
}

import Foundation
import Testing

/// `heliograph settings` against a running gateway.
@Suite struct SettingsCommandTests {
  @Test func `Settings are set by kind, listed with their sources, read and unset`() async throws {
    try await Rig.run { rig in
      for (key, value, shown) in [
        ("webhooks", "https://crm.example/hook", "https://crm.example/hook"),
        ("webhooksEnabled", "true", "true"),
        ("webhookEvents", "messageSent,messageFailed", "messageSent,messageFailed"),
        ("notifyTextSize", "1024", "1024"), ("locale", "et", "et"),
        (
          "webhooksCustomHeaders", #"[{"key":"X-A","value":"b"}]"#, #"[{"key":"X-A","value":"******"}]"#
        ),
      ] {
        let set = try await rig.command(["settings", "set", key, value])
        #expect(set.status == 0 && set.output == "Changed \(key).\n", "\(set.errors)")
        let got = try await rig.command(["settings", "get", key])
        #expect(got.status == 0 && got.output == shown + "\n", "\(got.output)\(got.errors)")
      }
      let list = try await rig.command(["settings"])
      #expect(list.output.hasPrefix("SETTING\tVALUE\tSOURCE\n"), "\(list.output)\(list.errors)")
      for line in ["webhooksEnabled\ttrue\tapi", "timezone\t\tdefault", "serviceSecret\t\tdefault"] {
        #expect(list.output.contains("\n\(line)\n"), "\(line)")
      }
      let unset = try await rig.command(["settings", "set", "--unset", "webhookEvents", "--unset", "locale"])
      #expect(unset.status == 0 && unset.output == "Changed webhookEvents, locale.\n", "\(unset.errors)")
      #expect(try await rig.command(["settings", "get", "webhookEvents"]).output == "*\n")
    }
  }

  @Test func `What cannot be set is refused with its reason, and a secret is no argument`() async throws {
    try await Rig.run { rig in
      for (arguments, words) in [
        (["webhooks", "12"], "must be a URL"), (["webhookEvents", "messageSnt"], "webhookEvents[0]"),
        (["notifyTextSize", "1.5"], "not 1.5"), (["notifyText", "yes"], "must be true or false"),
        (["webhoks", "x"], "webhoks"), (["trackOpens", "true"], "not supported"),
        (["serviceUrl", "https://x.example"], "--url"), (["--unset", "webhoks"], "webhoks"),
      ] {
        let refused = try await rig.command(["settings", "set"] + arguments)
        #expect(refused.status == 1 && refused.errors.contains(words), "\(arguments): \(refused.errors)")
      }
      let argument = try await rig.command([
        "settings", "set", "serviceSecret", "a secret that everybody sees",
      ])
      #expect(argument.status == 64 && argument.errors.contains("HELIOGRAPH_SERVICE_SECRET"))
      let nothing = try await rig.command(["settings", "set"])
      #expect(nothing.status == 64)
    }
  }
}

import Foundation
import HTML
import Testing

@testable import Sandbox

@Suite struct ControlPageTests {
  @Test(arguments: [
    (
      [("form", "addFault"), ("path", "/send"), ("status", "429"), ("retryAfter", "30"), ("user", "")],
      "faultAdded"
    ),
    ([("form", "setting"), ("newIdOnSend", "true")], "settingChanged"),
    ([("form", "setting"), ("sendLagMs", " 5 ")], "settingChanged"),
    ([("form", "clock"), ("advanceSeconds", "3600")], "clockMoved"),
    ([("form", "removeFaults")], "faultsRemoved"), ([("form", "removeFault"), ("id", "9")], "faultGone"),
    ([("form", "reset")], "reset"),
  ])
  func `A form does what it says, and leads to a page that says so`(
    fields: [(String, String)], notice: String
  ) async throws {
    try await SandboxHarness.run { sandbox async throws in
      let answer = try await sandbox.postForm("/control", fields, headers: ["origin": sandbox.origin])
      #expect(answer.status == 303)
      let location = try #require(answer.header("location"))
      #expect(location.hasPrefix("/control?done=\(notice)#"))
      let page = try await sandbox.get(String(location.prefix { $0 != "#" }))
      #expect(page.status == 200)
      #expect(page.body.contains("role=\"status\">\(ControlNotice(rawValue: notice)?.words.text ?? "?")</p>"))
    }
  }

  @Test func `Faults are listed in words, and removed one by one or all at once`() async throws {
    try await SandboxHarness.run { sandbox async throws in
      #expect(try await sandbox.get("/control").body.contains("No faults"))
      for fields in [
        [("path", "/send"), ("status", "429"), ("code", "ApplicationThrottled"), ("retryAfter", "30")],
        [("path", "*/token"), ("user", "bob@contoso.test"), ("then", "503"), ("count", "3")],
        [("close", "after"), ("delayMs", "7"), ("count", "0")],
      ] {
        _ = try await sandbox.postForm("/control", [("form", "addFault")] + fields)
      }
      let faults = sandbox.state.faults.all
      #expect(faults.map(\.status) == [429, nil, nil] && faults.map(\.count) == [1, 3, 0])
      let page = try await sandbox.get("/control").body
      for words in [
        "Next request to paths that contain <code><bdi>/send</bdi></code>",
        "reply 429 without carrying it out",
        "Retry-After 30 s", "Next 3 requests to paths that match <code><bdi>*/token</bdi></code>",
        "about <bdi>bob@contoso.test</bdi>", "carry it out, then reply 503",
        "Every request to Entra or Graph, until this is removed",
        "wait 7 ms, carry it out, then close the connection without a reply", "Remove all faults",
      ] {
        #expect(page.contains(words), "\(words)")
      }
      let gone = try await sandbox.postForm("/control", [("form", "removeFault"), ("id", "\(faults[1].id)")])
      #expect(gone.header("location")?.contains("faultRemoved") == true)
      #expect(sandbox.state.faults.all == [faults[0], faults[2]])
      _ = try await sandbox.postForm("/control", [("form", "removeFaults")])
      #expect(sandbox.state.faults.all.isEmpty)
    }
  }

  @Test func `A fault of one method that comes later says so`() async throws {
    try await SandboxHarness.run { sandbox async throws in
      let fields = [("method", "PUT"), ("path", "Sessions"), ("skip", "2"), ("advanceSeconds", "60")]
      _ = try await sandbox.postForm("/control", [("form", "addFault")] + fields)
      let page = try await sandbox.get("/control").body
      for words in [
        "Next PUT request to paths that contain <code><bdi>Sessions</bdi></code>, after 2 more",
        "move the clock by 60 s",
      ] {
        #expect(page.contains(words), "\(words)")
      }
      for (name, _) in fields { #expect(page.contains(" name=\"\(name)\"")) }
    }
  }

  @Test func `Every common fault is accepted`() async throws {
    try await SandboxHarness.run { sandbox async throws in
      for preset in FaultPreset.all {
        let fields = [("form", "addFault")] + preset.fields.map { ($0.name, $0.value) }
        #expect(try await sandbox.postForm("/control", fields).status == 303, "\(preset.label.text)")
      }
      #expect(sandbox.state.faults.all.count == FaultPreset.all.count)
      // The page offers them with the same fields.
      let page = try await sandbox.get("/control").body
      for field in FaultPreset.all.flatMap(\.fields) {
        #expect(page.contains("<input type=\"hidden\" name=\"\(field.name)\" value=\"\(field.value)\">"))
      }
    }
  }

  @Test func `Each setting is shown with its value, and changes alone`() async throws {
    try await SandboxHarness.run { sandbox async throws in
      let first = try await sandbox.get("/control").body
      for setting in SandboxSettings.all { #expect(first.contains("<code>\(setting.name)</code>")) }
      #expect(!first.contains(">changed</span>"))
      var wanted = SandboxSettings()
      for setting in SandboxSettings.all {
        let value: String
        switch setting.kind {
        case .flag(let path):
          wanted[keyPath: path].toggle()
          value = String(wanted[keyPath: path])
        case .number(let path, _):
          wanted[keyPath: path] += 1
          value = String(wanted[keyPath: path])
        }
        let answer = try await sandbox.postForm("/control", [("form", "setting"), (setting.name, value)])
        #expect(answer.status == 303)
        #expect(sandbox.state.settings == wanted)
      }
      let last = try await sandbox.get("/control").body
      #expect(last.matches(of: />changed<\/span>/).count == SandboxSettings.all.count)
      #expect(last.contains("value=\"2001\""))
    }
  }

  @Test func `The clock is moved and taken back, and the whole sandbox reset`() async throws {
    try await SandboxHarness.run { sandbox async throws in
      #expect(!(try await sandbox.get("/control").body.contains("Back to the machine")))
      _ = try await sandbox.postForm("/control", [("form", "clock"), ("advanceSeconds", "7862400")])
      let moved = try await sandbox.get("/control").body
      #expect(moved.contains("moved by +91 d") && moved.contains("Back to the machine’s time"))
      _ = try await sandbox.postForm("/control", [("form", "clock"), ("offsetSeconds", "0")])
      #expect(sandbox.state.clock.offset == .zero)
      _ = try await sandbox.postForm("/control", [("form", "clock"), ("advanceSeconds", "-60")])
      try await sandbox.settings(#"{"newIdOnSend": true}"#)
      _ = try await sandbox.postForm("/control", [("form", "reset")])
      #expect(sandbox.state.clock.offset == .zero && sandbox.state.settings == SandboxSettings())
    }
  }

  @Test(arguments: [
    ("addFault", "status", "350", "must be 302 or a whole number from 400 to 599"),
    ("addFault", "status", "7<b>", "must be a whole number from 302 to 599"),
    ("addFault", "user", "nobody@contoso.test", "There is no user"),
    ("addFault", "path", "/send", "A fault needs a status"),
    ("addFault", "paths", "/send", "There is no field"),
    ("setting", "sendLagMs", "soon", "must be a whole number from 0 to 86400000"),
    ("setting", "sendLagMs", "", "must be a whole number from 0 to 86400000"),
    ("setting", "concurrencyLimit", "0", "must be a whole number from 1 to 10000"),
    ("setting", "newIdOnSend", "maybe", "must be true or false"),
    ("setting", "other", "1", "There is no field"),
    ("clock", "advanceSeconds", "an hour", "must be a number"),
    ("clock", "advanceSeconds", "", "is missing"),
    ("removeFault", "id", "x", "must be a whole number"), ("reset", "all", "1", "There is no field"),
  ])
  func `A form that is not understood is shown again with what was entered and what is wrong`(
    form: String, field: String, value: String, words: String
  ) async throws {
    let more = field == "user" ? [("status", "500")] : []
    let (answer, state) = try await SandboxHarness.run { sandbox in
      (try await sandbox.postForm("/control", [("form", form), (field, value)] + more), sandbox.state)
    }
    #expect(answer.status == 400)
    #expect(answer.body.contains(words) && !answer.body.contains("<b>"))
    let isMarked = answer.body.contains("aria-invalid=\"true\"")
    let hasField = ["status", "user", "sendLagMs", "concurrencyLimit", "advanceSeconds"].contains(field)
    #expect(isMarked == hasField)
    let entered = value.replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    #expect(!hasField || value.isEmpty || answer.body.contains("name=\"\(field)\""))
    #expect(!hasField || value.isEmpty || answer.body.contains("value=\"\(entered)\""))
    #expect(state.settings == SandboxSettings() && state.faults.all.isEmpty && state.clock.offset == .zero)
  }

  @Test(arguments: [
    ["origin": "https://evil.test"], ["origin": "null"], ["sec-fetch-site": "cross-site"],
    ["sec-fetch-site": "same-site"], ["sec-fetch-site": "none"], ["origin": "http://localhost:1"],
  ])
  func `A form on another page changes nothing`(headers: [String: String]) async throws {
    try await SandboxHarness.run { sandbox async throws in
      let fields = [("form", "setting"), ("newIdOnSend", "true")]
      #expect(try await sandbox.postForm("/control", fields, headers: headers).status == 403)
      let evil = ["origin": "https://evil.test", "sec-fetch-site": "same-origin"]
      #expect(try await sandbox.postForm("/control", fields, headers: evil).status == 403)
      #expect(sandbox.state.settings == SandboxSettings())
      let own = ["origin": sandbox.origin, "sec-fetch-site": "same-origin"]
      #expect(try await sandbox.postForm("/control", fields, headers: own).status == 303)
    }
  }

  @Test func `What is no form of the page is refused`() async throws {
    try await SandboxHarness.run { sandbox async throws in
      #expect(try await sandbox.postForm("/control", [("form", "explode")]).status == 400)
      #expect(try await sandbox.postForm("/control", []).status == 400)
      let made = try await sandbox.get("/control?done=%3Cscript%3E")
      #expect(made.status == 200 && !made.body.contains("<script"))
    }
  }
}

import Foundation
import Testing

/// What the README tells people to type.
@Suite struct ReadmeTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  private static func page(_ name: String) throws -> String {
    try String(contentsOf: root.appending(path: name), encoding: .utf8)
  }

  @Test func `Fenced and indented blocks are found, with their comments`() {
    let page = """
      Text with `code`.

          echo one
            echo two

      1. An item:

         <!-- runs on -->
         ```sh
         echo three

         echo four
         ```

             echo five

      <!-- post: /v1/x -->
      ```json
      {}
      ```
      """
    let blocks = MarkdownBlock.all(of: page)
    #expect(blocks.map(\.text) == ["echo one\n  echo two", "echo three\n\necho four", "echo five", "{}"])
    #expect(blocks.map(\.mark) == [nil, "runs on", nil, "post: /v1/x"])
    #expect(blocks.map(\.language) == [nil, "sh", nil, "json"])
    #expect(blocks.map(\.line) == [3, 10, 15, 19])
  }

  @Test(arguments: [
    "<!-- not run: -->\n    make x", "<!-- not run: no -->\n```sh\nmake x\n```", "```json\n{}\n```",
    "<!-- post: /v1/x -->\n```json\n{\n```", "```text\nx\n```", "<!-- whatever -->\n```sh\nx\n```",
  ])
  func `A block that nobody could run needs a reason`(page: String) {
    #expect(throws: UnexpectedAnswer.self) { try ReadmeSession(page) }
  }

  @Test func `JSON stands in blocks, where it is checked`() throws {
    let inline = try Self.page("README.md").matches(of: /`\{[^`{]*"[^`]*`/).map { String($0.0) }
    #expect(inline == [])
  }

  @Test func `Every command and every body of the README works, in order`() async throws {
    try await withFolder { folder in
      try await HTTP.run { http in
        let sandbox = try await SandboxProcess(folder: folder, http: http)
        let reader = try await Reader(folder: folder, http: http, sandbox: sandbox)
        try await reader.work(through: ReadmeSession(Self.page("README.md")))
        try await sandbox.child.killHard()
      }
    }
  }

  /// Each command in the prose with its flags; `heliograph --help` knows them all.
  @Test(arguments: [
    "README.md", "docs/bounces.md", "docs/configuration.md", "docs/installation.md", "docs/lists.md",
    "docs/sandbox.md",
    "docs/settings.md", "docs/testing.md", "docs/webhooks.md",
    "CHANGELOG.md",
  ])
  func `A command that is named exists, and takes the flags that are named with it`(page: String) async throws
  {
    let text = try Self.page(page)
    let commands = Set(text.matches(of: /`heliograph ([^`]+)`/).map { String($0.1) })
    try await withFolder { folder in
      for command in commands {
        let words = command.split(separator: " ").map(String.init)
        let path = words.prefix { $0.allSatisfy { $0.isLowercase || $0 == "-" } && !$0.hasPrefix("-") }
        let help = try await Program.run(path + ["--help"], in: folder)
        #expect(help.status == 0, "\(page): heliograph \(command)")
        for flag in words where flag.hasPrefix("--") {
          #expect(help.output.contains(flag), "\(page): heliograph \(command)")
        }
      }
    }
  }
}

// docs/configuration.md, as far as it is about commands
extension ReadmeTests {
  private static let configuration = "docs/configuration.md"

  @Test(arguments: ["sandbox", "demo"])
  func `The flags of a command are documented`(command: String) async throws {
    let section = try Self.page(Self.configuration).split(separator: "## heliograph \(command)\n").last
    let table = try #require(section?.split(separator: "\n## ").first)
    let documented = Set(table.matches(of: /(?m)^\| `(--[a-z-]+)`/).map(\.1))
    let help = try await Self.help([command])
    let taken = Set(help.matches(of: /(?m)^  (?:-\w, )?(--[a-z-]+)/).map(\.1))
    #expect(documented == taken.subtracting(["--help", "--version"]))
  }

  @Test func `The help names the clients and the variables that they read`() async throws {
    let text = try Self.page(Self.configuration)
    let help = try await Self.help([])
    let variables = text.matches(of: /(?m)^\| `(HELIOGRAPH_\w+)` \| (?!serve|`)/).map(\.1)
    #expect(variables.count > 3)
    #expect(variables.filter { !help.contains($0) } == [])
    let sentence = try #require(text.firstMatch(of: /The commands (.*) are clients/)?.1)
    let clients = sentence.replacing(" and ", with: ", ").split(separator: ", ").map(String.init)
    let commands = try #require(help.split(separator: "SUBCOMMANDS:").last)
      .matches(of: /(?m)^  ([a-z-]+)\s/).map { String($0.1) }
    #expect(Set(commands) == Set(clients + ["serve", "config", "bounce", "sandbox", "demo", "token"]))
  }

  private static func help(_ command: [String]) async throws -> String {
    try await withFolder { folder in try await Program.run(command + ["--help"], in: folder).output }
  }
}

/// Somebody who types what the README says, at a terminal and in a browser.
private struct Reader {
  let folder: URL
  let http: HTTP
  let sandbox: SandboxProcess
  private let gatewayPort = FreePort.take()
  private let demoSandboxPort = FreePort.take()
  private let refreshToken: String

  private static let alice = "alice@contoso.test"
  private static let bob = "bob@contoso.test"
  private static let tenant = "c0000000-0000-4000-8000-000000000001"
  private static let client = "11111111-2222-4333-8444-555555555555"
  private static let secret = "readme~Secret.value"

  private static let scopes = [
    "Mail.ReadWrite", "Mail.Send", "Mail.ReadWrite.Shared", "Mail.Send.Shared", "User.Read", "offline_access",
  ]

  /// What stands for values of the reader's own.
  private var names: [(name: String, value: String)] {
    [
      ("http://localhost:3000", gateway), ("CLIENT_ID", Self.client), ("TENANT_ID", Self.tenant),
      ("REFRESH_TOKEN", refreshToken), ("APP_ID", "$APP_ID"), ("you@example.com", Self.alice),
      ("friend@example.com", Self.bob), ("member@example.com", Self.bob),
      ("noreply@example.com", "mailbox001@contoso.test"), ("sales@example.com", "sales@contoso.test"),
      ("info@example.com", "info@contoso.test"),
    ]
  }

  private var gateway: String { "http://localhost:\(gatewayPort)" }

  /// Registers an app with Microsoft that can do all that the README does with one.
  init(folder: URL, http: HTTP, sandbox: SandboxProcess) async throws {
    (self.folder, self.http, self.sandbox) = (folder, http, sandbox)
    try await sandbox.settings(["sendLagMs": 0, "deviceInterval": 1])
    let app: JSON = [
      "clientId": .string(Self.client), "kind": "web", "tenant": "contoso.test",
      "secret": .string(Self.secret),
      "redirectUris": ["http://localhost/oauth"], "delegatedScopes": .list(Self.scopes.map { .string($0) }),
      "applicationRoles": ["Mail.ReadWrite", "Mail.Send"], "adminConsented": true, "allowsPublicClient": true,
    ]
    _ = try await http.send("POST", sandbox.origin + "/sandbox/apps", json: app).expect()
    refreshToken = try await Self.refreshToken(http, sandbox)
  }

  /// As another program was given it.
  private static func refreshToken(_ http: HTTP, _ sandbox: SandboxProcess) async throws -> String {
    let entra = sandbox.origin + "/common/oauth2/v2.0/"
    let redirect = "http://localhost/oauth"
    var browser = Browser(http: http)
    browser.stopsBefore = redirect
    let question = [
      ("client_id", client), ("response_type", "code"), ("redirect_uri", redirect),
      ("scope", "offline_access Mail.Send Mail.ReadWrite"), ("state", "s"),
    ]
    var page = try await browser.open(entra + "authorize?" + question.urlEncoded)
    page = try await browser.press(alice, on: page)
    if page.has(button: "accept") { page = try await browser.press("accept", on: page) }
    let items = URLComponents(url: page.url, resolvingAgainstBaseURL: true)?.queryItems
    let code = try #require(items?.first { $0.name == "code" }?.value, "\(page)")
    let form = [
      ("grant_type", "authorization_code"), ("client_id", client), ("client_secret", secret), ("code", code),
      ("redirect_uri", redirect),
    ]
    let answer = try await http.send(
      "POST", entra + "token", headers: [("Content-Type", "application/x-www-form-urlencoded")],
      body: form.urlEncoded)
    return try #require(try answer.expect()["refresh_token"].text)
  }

  func work(through session: ReadmeSession) async throws {
    let shell = try await terminal(session)
    var seen: Set<String> = []
    var mailboxes = session.mailboxes.map { mailbox in
      names.first { $0.name == mailbox }?.value ?? mailbox
    }
    try await eventually("the session has ended: \(shell.output.suffix(2000))") {
      for invitation in invitations(in: shell.output) where seen.insert(invitation.text).inserted {
        guard !mailboxes.isEmpty else { throw UnexpectedAnswer(description: "nobody is to sign in here") }
        try await accept(invitation, as: mailboxes.removeFirst())
      }
      return !shell.isRunning
    }
    let status = try await shell.status()
    try #require(status == 0, "\(shell.output.suffix(3000))\n\(shell.errors.suffix(3000))")
    #expect(mailboxes == [], "somebody was never asked to sign in")
    try await eventually("what was sent has arrived") {
      Set(try await sandbox.subjects(of: Self.bob)).isSuperset(of: ["Invoice 4711", "Lunch"])
    }
  }

  /// A shell with `heliograph` in its PATH, in a folder with the files that the README names.
  private func terminal(_ session: ReadmeSession) async throws -> Child {
    let (bin, work) = (folder.appending(path: "bin"), folder.appending(path: "work"))
    for folder in [bin, work] {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }
    // It ends with the shell, however that ends.
    let program = bin.appending(path: "heliograph")
    try write("#!/bin/sh\nexec setpriv --pdeathsig KILL -- \(Program.heliograph.path) \"$@\"\n", to: program)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program.path)
    try write(
      "\(Self.bob),\(Self.client)/\(Self.tenant),\(refreshToken),\(Self.secret)\n",
      to: work.appending(path: "mailboxes.csv"))
    let app: JSON = ["ClientId": .string(Self.client), "TenantId": "", "ClientSecret": .string(Self.secret)]
    try write(
      (["MicrosoftEntraApp": app] as JSON).written, to: work.appending(path: "appsettings.Production.json"))
    let demo = ["demo", "--port", "\(gatewayPort)", "--sandbox-port", "\(demoSandboxPort)"]
    let script = folder.appending(path: "session.sh")
    try write(try session.script(replacing: names, demo: demo, gateway: gateway), to: script)
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    return try await Child(
      URL(filePath: "/bin/bash"), [script.path],
      environment: [
        "PATH": bin.path + ":" + path, "README_FOLDER": work.path, "HELIOGRAPH_PORT": "\(gatewayPort)",
        "HELIOGRAPH_MICROSOFT": sandbox.origin, "HELIOGRAPH_CLIENT_SECRET": Self.secret,
        "HELIOGRAPH_REFRESH_TOKEN": refreshToken,
      ], name: "readme", folder: folder)
  }

  private func write(_ text: String, to file: URL) throws {
    try Data(text.utf8).write(to: file)
  }
}

// The mailbox's owner
extension Reader {
  /// What a command asks somebody to do elsewhere: to open a link, or to enter a code.
  private struct Invitation {
    let text: String
    let isLink: Bool
  }

  private func invitations(in output: String) -> [Invitation] {
    output.matches(of: /(?m)^(?:(http:\/\/\S+\/accounts\/new\?\S+)|    ([A-Z2-9]{9}))$/).map { match in
      Invitation(text: String(match.1 ?? match.2 ?? ""), isLink: match.1 != nil)
    }
  }

  private func accept(_ invitation: Invitation, as user: String) async throws {
    guard invitation.isLink else {
      let body: JSON = ["userCode": .string(invitation.text), "user": .string(user), "decision": "accept"]
      _ = try await http.send("POST", sandbox.origin + "/sandbox/device", json: body).expect(204)
      return
    }
    var browser = Browser(http: http)
    var page = try await browser.open(invitation.text)
    page = try await browser.press("app", on: page)
    if page.has(button: user) { page = try await browser.press(user, on: page) }
    if page.has(button: "accept") { page = try await browser.press("accept", on: page) }
    #expect(page.url.query?.contains("account=") == true, "\(page.text)")
  }
}

extension ReadmeSession {
  /// Who is asked to sign in, in order, as the page names them.
  fileprivate var mailboxes: [String] {
    blocks.flatMap {
      $0.block.text.matches(of: /account add --(?:link|device).*--email (\S+)/).map { String($0.1) }
    }
  }
}

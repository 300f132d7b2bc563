import Foundation
import StoreTesting
import Testing

/// Secrets lie sealed in the database, and nowhere else at all.
@Suite struct SecrecyTests {
  @Test(arguments: StoreEngine.allCases)
  func `No secret is in the data folder, the database or the log at its most talkative`(
    engine: StoreEngine
  ) async throws {
    let key = Data((0..<32).map { _ in UInt8.random(in: 0...255) }).base64EncodedString()
    let environment = ["HELIOGRAPH_SECRET_KEY": key]
    try await Rig.run(engine, arguments: ["--log-level", "trace"], environment: environment) { rig in
      try await rig.sandbox.settings(["sendLagMs": 0, "strictRotation": true, "accessTokenLifetime": 200])
      let issued = try await rig.issueToken(["api"])
      var secrets = ["prepared token": rig.gateway.token, "secret key": key, "issued token": issued]
      try await rig.useEverything(token: issued)
      for (index, request) in try await rig.sandbox.requests().enumerated() {
        for (name, value) in request.secrets { secrets["\(name) of request \(index)"] = value }
      }
      for kind in ["client_secret", "refresh_token", "access_token", "id_token", "code", "code_verifier"] {
        #expect(secrets.keys.contains { $0.hasPrefix(kind + " ") }, "no \(kind) was seen")
      }
      let logged = try #require(rig.gateway.child)
      #expect(logged.errors.contains(" trace ") || logged.errors.contains(" debug "), "nothing talkative")
      let places = try await rig.places(engine)
      #expect(
        places.contains { $0.bytes.range(of: Data("daemon message".utf8)) != nil }, "no message was found")
      for (name, secret) in secrets.sorted(by: { $0.key < $1.key }) {
        for (form, pattern) in Self.forms(of: secret) {
          for place in places where place.bytes.range(of: pattern) != nil {
            Issue.record("\(name), \(form), is in \(place.name)")
          }
        }
      }
    }
  }

  @Test func `Every form of a planted secret is found`() {
    let secret = "s3cr3t~with/odd+chars=="
    for (form, pattern) in Self.forms(of: secret) {
      #expect(!pattern.isEmpty, "\(form)")
      #expect((Data("before ".utf8) + pattern + Data(" after".utf8)).range(of: pattern) != nil, "\(form)")
    }
    // Base64 of a text that begins inside another text.
    let inside = Data(("x" + secret + "y").utf8).base64EncodedData()
    #expect(Self.forms(of: secret).contains { inside.range(of: $0.pattern) != nil })
  }

  /// The texts by which a secret would be recognised.
  static func forms(of secret: String) -> [(form: String, pattern: Data)] {
    let bytes = Data(secret.utf8)
    let hex = bytes.map { String(format: "%02x", $0) }.joined()
    let unreserved = CharacterSet(charactersIn: "-._~").union(.alphanumerics)
    let percent = secret.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
    let everyByte = bytes.map { String(format: "%%%02X", $0) }.joined()
    var forms = [
      ("plain", bytes), ("hex", Data(hex.utf8)), ("HEX", Data(hex.uppercased().utf8)),
      ("percent-encoded", Data(percent.utf8)), ("percent-encoded throughout", Data(everyByte.utf8)),
      ("percent-encoded in lower case", Data(everyByte.lowercased().utf8)),
    ]
    // At each of the three places where it may begin within a group of three bytes, without the characters that
    // its neighbours have a part in.
    for offset in 0..<3 {
      let padded = Data(repeating: 0, count: offset) + bytes
      let whole = padded.prefix(padded.count / 3 * 3).base64EncodedString().dropFirst(offset == 0 ? 0 : 4)
      let url = whole.replacing("+", with: "-").replacing("/", with: "_")
      forms.append(("base64 at \(offset)", Data(whole.utf8)))
      forms.append(("base64url at \(offset)", Data(url.utf8)))
    }
    // A secret that is base64 itself, decoded.
    if let raw = Data(base64Encoded: secret), raw.count >= 16 { forms.append(("decoded", raw)) }
    return forms
  }
}

extension Rig {
  /// Signs in, sends with each kind of grant, refreshes, and is refused.
  fileprivate func useEverything(token: String) async throws {
    let mailboxes = Array(sandbox.directory.mailboxes.suffix(2))
    let account = try await connectDaemon([mailboxes[0]])[0]
    let link = try await signInLink(["account": "alice"])
    var browser = Browser(http: http)
    _ = try await signIn(&browser, link, as: "alice@contoso.test")
    // Both tokens count as expired, so that each message costs a refresh.
    for number in 1...2 {
      _ = try await gateway.submit("daemon message \(number)", from: account, to: mailboxes[1]).expect()
      _ = try await gateway.submit("person's message \(number)", from: "alice", to: mailboxes[1]).expect()
      try await eventually("both messages have arrived") {
        try await sandbox.subjects(of: mailboxes[1]).count == 2 * number
      }
    }
    #expect(try await gateway.get("/v1/accounts", token: token).status == 200)
    let app = try sandbox.directory.app("web")
    _ = try await gateway.register(app, ["name": "Wrong", "clientSecret": "wrong~planted-secret-value-0815"])
    _ = try await gateway.get("/v1/oauth2").expect()
    _ = try await gateway.get("/v1/accounts", token: "not-a-token-but-planted-all-the-same").status
    // A code that is refused: Microsoft's answer names it.
    try await sandbox.fault(["path": "/token", "status": 400, "code": "AADSTS70008"])
    let second = try await signInLink(["account": "bob"], app: ["name": "Second"])
    var other = Browser(http: http)
    _ = try await signIn(&other, second, as: "bob@contoso.test")
  }

  /// Everything that somebody could read later: the files of the data folder while the gateway runs (the
  /// write-ahead log has not been folded in then), after it has stopped, the dump, and the output.
  fileprivate func places(_ engine: StoreEngine) async throws -> [(name: String, bytes: Data)] {
    var places = try files(under: gateway.data, label: "running")
    if engine == .postgres, let databaseURL {
      let dump = try await Program.run(URL(filePath: "/usr/bin/pg_dump"), ["-d", databaseURL], in: folder)
      #expect(dump.status == 0, "\(dump.errors)")
      // bytea is dumped as hex: what is plain there is looked for in its hex form, too.
      places.append(("pg_dump", Data(dump.output.utf8)))
    }
    try await gateway.stop()
    places += try files(under: gateway.data, label: "stopped")
    places += try files(under: folder, label: "output").filter { $0.name.contains("gateway.") }
    return places
  }

  private func files(under folder: URL, label: String) throws -> [(name: String, bytes: Data)] {
    let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
    return names.sorted().compactMap { name in
      let url = folder.appending(path: name)
      guard (try? url.resourceValues(forKeys: [.isRegularFileKey]))?.isRegularFile == true else { return nil }
      return (try? Data(contentsOf: url)).map { ("\(name) (\(label))", $0) }
    }
  }
}

extension SandboxProcess.Request {
  /// What was secret in this exchange, by the name of its field.
  fileprivate var secrets: [(String, String)] {
    let names: Set = ["client_secret", "refresh_token", "access_token", "id_token", "code", "code_verifier"]
    var found: [(String, String)] = []
    if isToken {
      found += Self.fields(body).filter { names.contains($0.0) }
      if let answer = try? JSONDecoder().decode(JSON.self, from: Data(responseBody.utf8)) {
        found += names.compactMap { name in answer[name].text.map { (name, $0) } }
      }
    }
    if let location = responseHeaders["location"], let query = location.split(separator: "?").last {
      found += Self.fields(String(query)).filter { names.contains($0.0) }
    }
    return found.filter { !$0.1.isEmpty }
  }

  private static func fields(_ encoded: String) -> [(String, String)] {
    encoded.split(separator: "&").compactMap { pair in
      let parts = pair.split(separator: "=", maxSplits: 1)
      guard parts.count == 2 else { return nil }
      let value = parts[1].replacing("+", with: " ")
      return (String(parts[0]), String(value).removingPercentEncoding ?? String(value))
    }
  }
}

import ArgumentParser
import Core
import Foundation

extension App {
  struct Import: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Take an app over from an appsettings.Production.json.",
      discussion: """
        Reads { "BaseUrl", "MicrosoftEntraApp": { "ClientId", "TenantId", "ClientSecret" } }. Without a tenant it \
        is common, without a secret a native client, and the redirect URI is the BaseUrl's \
        \(AppSettingsFile.callbackPath). An app with the same client id and authority that is here already is \
        changed and not added.
        """)

    @Argument(help: "The file.") var file: String
    @Option(help: "A name for you.") var name = "Microsoft Entra app"
    @Flag(help: "Only show what would be sent.") var dryRun = false
    @Flag(help: "Print the gateway's answer, or what would be sent, as JSON.") var json = false

    func run() async throws {
      guard let data = FileManager.default.contents(atPath: file) else {
        throw Problem.unreadableFile(file)
      }
      let settings = try AppSettingsFile(data, name: file)
      var body = settings.body
      body.name = name
      if dryRun { return try show(body) }
      try await APIClient.withEnvironment { client in
        let reply: APIReply
        if let known = try await settings.find(client) {
          body.name = nil
          reply = try await client.put("/v1/oauth2/" + pathSegment(known), body.asChange)
        } else {
          reply = try await client.post("/v1/oauth2", body)
        }
        if json { return reply.printJSON() }
        try reply.read(AppSaved.self).print()
      }
    }

    private func show(_ body: AppBody) throws {
      var body = body
      body.clientSecret = body.clientSecret.map { Secret($0).description }
      if json {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Terminal.line(String(decoding: try encoder.encode(body), as: UTF8.self))
      }
      let rows = [
        ("name", body.name), ("client id", body.clientId), ("authority", body.authority),
        ("secret", body.clientSecret ?? "none"), ("redirect URI", body.redirectUrl),
      ]
      for (name, value) in rows {
        Terminal.line(name.padding(toLength: 14, withPad: " ", startingAt: 0) + (value ?? ""))
      }
    }
  }
}

/// The part of an appsettings.json that describes an app registration. Comments, trailing commas, a byte-order mark
/// and any case of the keys are allowed, as .NET allows them.
struct AppSettingsFile {
  let body: AppBody

  static let callbackPath = "/api/v1/outlook-authorization/code"

  init(_ data: Data, name: String) throws(Problem) {
    let decoder = JSONDecoder()
    decoder.allowsJSON5 = true
    let root: Node
    do {
      root = try decoder.decode(Node.self, from: Self.utf8(data))
    } catch {
      throw .settings(name, "is not JSON", remedy: "Check the file with a JSON editor; comments are allowed.")
    }
    guard let section = root["MicrosoftEntraApp"] else {
      throw .settings(
        name, "has no section “MicrosoftEntraApp”",
        remedy: "Choose the file that holds ClientId and TenantId.")
    }
    guard let clientID = section["ClientId"]?.text, !clientID.isEmpty else {
      throw .settings(
        name, "has no MicrosoftEntraApp.ClientId", remedy: "Enter the Application (client) ID there.")
    }
    let baseURL = root["BaseUrl"]?.text ?? ""
    body = AppBody(
      provider: "outlook", clientId: clientID,
      clientSecret: section["ClientSecret"]?.text.flatMap { $0.isEmpty ? nil : $0 },
      authority: section["TenantId"]?.text.flatMap { $0.isEmpty ? nil : $0 } ?? "common",
      redirectUrl: baseURL.isEmpty ? nil : baseURL.trimmingSuffix("/") + Self.callbackPath, enabled: true)
  }

  /// The app that is here already.
  func find(_ client: APIClient) async throws -> String? {
    struct Page: Decodable {
      let pages: Int
      let apps: [Entry]
    }
    struct Entry: Decodable { let id, provider, clientId, authority, cloud, baseScopes: String }
    var number = 0
    while true {
      let page: Page = try await client.get(
        "/v1/oauth2", query: ["page": String(number), "pageSize": "1000"]
      ).read()
      let found = page.apps.first {
        $0.provider == "outlook" && $0.clientId == body.clientId && $0.cloud == "global"
          && $0.authority == body.authority?.lowercased() && $0.baseScopes == "api"
      }
      if let found { return found.id }
      number += 1
      if number >= page.pages { return nil }
    }
  }

  /// As UTF-8 without a byte-order mark.
  private static func utf8(_ data: Data) -> Data {
    if data.starts(with: [0xFF, 0xFE]) || data.starts(with: [0xFE, 0xFF]) {
      return String(data: data, encoding: .utf16).map { Data($0.utf8) } ?? data
    }
    return data.starts(with: [0xEF, 0xBB, 0xBF]) ? data.dropFirst(3) : data
  }

  /// As much of the JSON as is looked at.
  private indirect enum Node: Decodable {
    case text(String)
    case object([String: Node])
    case other

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let text = try? container.decode(String.self) {
        self = .text(text)
      } else if let object = try? container.decode([String: Node].self) {
        self = .object(object)
      } else {
        self = .other
      }
    }

    subscript(key: String) -> Node? {
      guard case .object(let members) = self else { return nil }
      return members.first { $0.key.lowercased() == key.lowercased() }?.value
    }

    var text: String? {
      guard case .text(let text) = self else { return nil }
      return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
  }
}

extension AppBody {
  /// Of an app that is there already: its provider cannot be changed, and whether it is enabled is its owner's matter.
  fileprivate var asChange: AppBody {
    var change = self
    (change.provider, change.enabled) = (nil, nil)
    return change
  }
}

extension String {
  fileprivate func trimmingSuffix(_ suffix: Character) -> String {
    var text = self[...]
    while text.last == suffix { text.removeLast() }
    return String(text)
  }
}

extension Problem {
  fileprivate static func settings(_ file: String, _ flaw: String, remedy: String) -> Problem {
    Problem(.requestInvalidField, "\(file) \(flaw).", remedy: remedy)
  }
}

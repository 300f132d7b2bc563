import API
import ArgumentParser
import Core
import JSON

struct SettingsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "settings", abstract: "Show and change the settings of a workspace, such as its webhooks.",
    discussion: """
      These are the settings of GET and POST /v1/settings. Those of the gateway itself, such as its port and its \
      public URL, are flags, environment variables or keys of its configuration file.
      """,
    subcommands: [List.self, Get.self, Set.self], defaultSubcommand: List.self)

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the settings, their values and where these come from.")

    @Flag(help: "Print the gateway's reply as JSON.") var json = false

    func run() async throws {
      try await APIClient.withEnvironment { client in
        let reply = try await client.call(Operations.settings)
        if json { return reply.printJSON() }
        let shown = try reply.members
        Terminal.table(
          ["setting", "value", "source"],
          (reply.value.sources ?? []).map { [$0.name, shown[$0.name]?.plainText ?? "", $0.value] })
      }
    }
  }

  struct Get: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print the value of one setting; an empty line where it has none.")

    @Argument(help: "The setting's key, such as webhooks.") var key: String
    @Flag(help: "Print the gateway's reply as JSON.") var json = false

    func run() async throws {
      let query = try SettingsQuery.flag(key)
      try await APIClient.withEnvironment { client in
        let reply = try await client.call(Operations.settings, query: query)
        if json { return reply.printJSON() }
        Terminal.line(try reply.members[key]?.plainText ?? "")
      }
    }
  }

  struct Set: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Change a setting, or take its value away with --unset.",
      discussion: """
        VALUE is text, true or false, a number, words separated by commas, or JSON, as the setting requires. \
        serviceSecret is read from HELIOGRAPH_SERVICE_SECRET or standard input.

        EXAMPLES
          heliograph settings set webhooks https://crm.example/hook
          heliograph settings set webhookEvents messageSent,messageFailed
          heliograph settings set webhooksEnabled true
          heliograph settings set webhooksCustomHeaders '[{"key":"Authorization","value":"Bearer x"}]'
          openssl rand -hex 32 | heliograph settings set serviceSecret
          heliograph settings set --unset webhookEvents
        """)

    @Argument(help: "The setting's key.") var key: String?
    @Argument(help: "Its new value.") var value: String?
    @Option(help: .init("A setting that gets its default again; may be repeated.", valueName: "key"))
    var unset: [String] = []
    @Flag(help: "Print the gateway's reply as JSON.") var json = false

    func validate() throws {
      guard let key else {
        if unset.isEmpty { throw ValidationError("Give a key and its value, or --unset with a key.") }
        return
      }
      if key == Self.secret, value != nil {
        throw ValidationError(
          "\(Self.secret) is read from HELIOGRAPH_SERVICE_SECRET or standard input, because every user of this "
            + "machine can read arguments.")
      }
      if key != Self.secret, value == nil { throw ValidationError("Give a value for \(key).") }
      if unset.contains(key) { throw ValidationError("\(key) cannot be set and unset at once.") }
    }

    func run() async throws {
      let body = try request()
      try await APIClient.withEnvironment { client in
        let reply = try await client.call(Operations.updateSettings, body: body)
        if json { return reply.printJSON() }
        Terminal.line("Changed \(reply.value.updated.joined(separator: ", ")).")
      }
    }

    private static let secret = WorkspaceSetting.serviceSecret.rawValue

    private func request() throws -> SettingsRequest {
      var members = JSONObject()
      for key in unset { members[key] = .null }
      // Read by itself first: a null is accepted under any name.
      for key in unset { _ = try SettingsQuery.flag(key) }
      guard let key else { return try SettingsRequest.read(.object(members)) }
      guard key != Self.secret else {
        let secret = try StandardInput.secret(from: "HELIOGRAPH_SERVICE_SECRET", prompt: "Service secret")
        members[key] = .string(secret.reveal())
        return try SettingsRequest.read(.object(members))
      }
      return try SettingsRequest.read(members, key, text: value ?? "")
    }
  }
}

extension SettingsQuery {
  /// - Throws: what the gateway would say of a key that it does not have.
  fileprivate static func flag(_ key: String) throws(Problem) -> SettingsQuery {
    try read(query: formEncoded([(key, "true")]))
  }
}

extension SettingsRequest {
  /// The text as the first of these that the setting takes: text, JSON, words.
  fileprivate static func read(
    _ members: JSONObject, _ key: String, text: String
  ) throws(Problem) -> SettingsRequest {
    let json = try? JSONValue(parsing: Array(text.utf8))
    let words = JSONValue.array(text.split(separator: ",").map { .string(String($0)) })
    var refusals: [(problem: Problem, isOfKind: Bool)] = []
    for candidate in [.string(text), json ?? words] {
      var members = members
      members[key] = candidate
      do throws(Problem) {
        return try read(.object(members))
      } catch {
        refusals.append((error, error.fields.contains { $0.message.hasSuffix("not \(candidate.kind)") }))
      }
    }
    // That a value is wrong says more than that its kind is.
    throw (refusals.first { !$0.isOfKind } ?? refusals[0]).problem
  }
}

extension APIReply {
  /// Of the object as it was received.
  fileprivate var members: JSONObject {
    get throws { try JSONValue(parsing: bytes).object ?? [:] }
  }
}

extension JSONValue {
  /// For people: texts without quotation marks, nothing for null.
  fileprivate var plainText: String {
    switch self {
    case .null: ""
    case .string(let text): text
    case .array(let elements) where elements.allSatisfy { $0.string != nil }:
      elements.compactMap(\.string).joined(separator: ",")
    default: text
    }
  }
}

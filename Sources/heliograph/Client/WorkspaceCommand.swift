import ArgumentParser

struct WorkspaceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "workspace", abstract: "Workspaces: whose apps, accounts and tokens are kept apart.",
    discussion: """
      Needs an operator's token: one with the scope * in the workspace default. With HELIOGRAPH_WORKSPACE such a \
      token acts in another workspace, in every command that is a client.
      """,
    subcommands: [Add.self, List.self, Show.self, Update.self, Delete.self])

  struct Add: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a workspace and print its id.",
      discussion: """
        EXAMPLE
          heliograph workspace add --id north --name 'North Ltd' --redirect-host crm.north.example
          heliograph token issue --workspace north --description CRM
        """)

    @Option(help: "Its id: lower-case a-z, digits and hyphens. One is made when it is left out.")
    var id: String?
    @Option(help: "A name for you.") var name: String
    @Option(help: "A host that sign-ins may lead back to; may be repeated. All, when left out.")
    var redirectHost: [String] = []
    @Flag(help: "Print the gateway's answer as JSON.") var json = false

    func run() async throws {
      struct Body: Encodable {
        let workspace: String?
        let name: String
        let redirectHosts: [String]
      }
      let body = Body(workspace: id, name: name, redirectHosts: redirectHost)
      try await APIClient.withEnvironment { client in
        let reply = try await client.post("/v1/workspaces", body)
        if json { return reply.printJSON() }
        struct Created: Decodable { let workspace: String }
        Terminal.line(try reply.read(Created.self).workspace)
      }
    }
  }

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List the workspaces.")

    @OptionGroup var paging: Paging

    func run() async throws {
      struct Page: Decodable {
        let total: Int
        let workspaces: [Workspace]
      }
      try await paging.show("/v1/workspaces", empty: "No workspaces.") { (page: Page) in
        Terminal.table(
          ["workspace", "name", "default sender", "redirect hosts"],
          page.workspaces.map {
            [$0.workspace, $0.name, $0.defaultSender ?? "", $0.redirectHosts.joined(separator: " ")]
          })
        return page.total
      }
    }
  }

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show one workspace.")

    @Argument(help: "Its id.") var id: String
    @Flag(help: "Print the gateway's answer as JSON.") var json = false

    func run() async throws {
      try await APIClient.withEnvironment { client in
        let reply = try await client.get("/v1/workspaces/\(pathSegment(id))")
        if json { return reply.printJSON() }
        let workspace: Workspace = try reply.read()
        Terminal.line("workspace       \(workspace.workspace)")
        Terminal.line("name            \(workspace.name)")
        Terminal.line("default sender  \(workspace.defaultSender ?? "none")")
        let hosts = workspace.redirectHosts.joined(separator: " ")
        Terminal.line("redirect hosts  \(hosts.isEmpty ? "all" : hosts)")
        Terminal.line("created         \(workspace.created)")
      }
    }
  }

  struct Update: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Change a workspace; what is not named stays as it is.")

    @Argument(help: "Its id.") var id: String
    @Option(help: "A name for you.") var name: String?
    @Option(help: "The account that sends what names none; '' for none.") var defaultSender: String?
    @Option(help: "A host that sign-ins may lead back to; may be repeated.") var redirectHost: [String] = []
    @Flag(help: "Let sign-ins lead back to every host.") var anyRedirectHost = false
    @Flag(help: "Print the gateway's answer as JSON.") var json = false

    func validate() throws {
      if anyRedirectHost, !redirectHost.isEmpty {
        throw ValidationError("--any-redirect-host and --redirect-host contradict each other.")
      }
    }

    func run() async throws {
      struct Body: Encodable {
        let name, defaultSender: String?
        let redirectHosts: [String]?
      }
      let body = Body(
        name: name, defaultSender: defaultSender,
        redirectHosts: redirectHost.isEmpty && !anyRedirectHost ? nil : redirectHost)
      try await APIClient.withEnvironment { client in
        let reply = try await client.put("/v1/workspaces/\(pathSegment(id))", body)
        if json { return reply.printJSON() }
        Terminal.line("Updated \(id).")
      }
    }
  }

  struct Delete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Delete a workspace. Refused while it has accounts, unless --force.")

    @Argument(help: "Its id.") var id: String
    @Flag(help: "Also delete its accounts, apps, tokens, messages and events.") var force = false

    func run() async throws {
      try await APIClient.withEnvironment { client in
        _ = try await client.delete(
          "/v1/workspaces/\(pathSegment(id))", query: force ? ["force": "true"] : [:])
        Terminal.line("Deleted \(id).")
      }
    }
  }

  private struct Workspace: Decodable {
    let workspace, name, created: String
    let redirectHosts: [String]
    let defaultSender: String?
  }
}

import API
import ArgumentParser
import Core

struct WorkspaceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "workspace", abstract: "Manage workspaces, each with its own apps, accounts and tokens.",
    discussion: """
      Needs an operator's token: one with the scope * in the workspace default. HELIOGRAPH_WORKSPACE makes such \
      a token act in another workspace, in every command that is a client.
      """,
    subcommands: [Add.self, List.self, Show.self, Update.self, Delete.self])

  struct Add: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Create a workspace and print its id.",
      discussion: """
        EXAMPLE
          heliograph workspace add --id north --name 'North Ltd' --redirect-host crm.north.example
          heliograph token issue --workspace north --description CRM
        """)

    @Option(help: "The id: lower-case a-z, digits and hyphens; generated when left out.")
    var id: WorkspaceID?
    @Option(help: "A display name.") var name: String
    @Option(help: "A host to which sign-ins may return; may be repeated. Default: all.")
    var redirectHost: [String] = []
    @Flag(help: "Print the gateway's reply as JSON.") var json = false

    func run() async throws {
      var body = WorkspaceRequest()
      body.workspace = id
      body.name = name
      body.redirectHosts = redirectHost
      try await APIClient.withEnvironment { [body] client in
        let reply = try await client.call(Operations.addWorkspace, body: body)
        if json { return reply.printJSON() }
        Terminal.line(reply.value.workspace.rawValue)
      }
    }
  }

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List the workspaces.")

    @OptionGroup var paging: Paging

    func run() async throws {
      try await paging.show(Operations.workspaces, empty: "No workspaces.") { page in
        Terminal.table(
          ["workspace", "name", "default sender", "redirect hosts"],
          page.workspaces.map {
            [
              $0.workspace.rawValue, $0.name, $0.defaultSender?.rawValue ?? "",
              $0.redirectHosts.joined(separator: " "),
            ]
          })
      }
    }
  }

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show one workspace.")

    @Argument(help: "The workspace's id.") var id: WorkspaceID
    @Flag(help: "Print the gateway's reply as JSON.") var json = false

    func run() async throws {
      try await APIClient.withEnvironment { client in
        let reply = try await client.call(Operations.workspace, path: id)
        if json { return reply.printJSON() }
        let workspace = reply.value
        let hosts = workspace.redirectHosts.joined(separator: " ")
        Terminal.fields([
          ("workspace", workspace.workspace.rawValue), ("name", workspace.name),
          ("default sender", workspace.defaultSender?.rawValue ?? "none"),
          ("redirect hosts", hosts.isEmpty ? "all" : hosts),
          ("created", workspace.created?.description ?? "with the database"),
        ])
      }
    }
  }

  struct Update: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Change a workspace; what is left out stays as it is.")

    @Argument(help: "The workspace's id.") var id: WorkspaceID
    @Option(help: "A display name.") var name: String?
    @Option(help: "The account that sends messages submitted without one; '' for none.") var defaultSender:
      String?
    @Option(help: "A host to which sign-ins may return; may be repeated.") var redirectHost: [String] = []
    @Flag(help: "Let sign-ins return to any host.") var anyRedirectHost = false
    @Flag(help: "Print the gateway's reply as JSON.") var json = false

    func validate() throws {
      if anyRedirectHost, !redirectHost.isEmpty {
        throw ValidationError("--any-redirect-host cannot be combined with --redirect-host.")
      }
    }

    func run() async throws {
      var body = WorkspaceUpdateRequest()
      body.name = name
      body.defaultSender = defaultSender.map { AccountID($0) }
      body.redirectHosts = redirectHost.isEmpty && !anyRedirectHost ? nil : redirectHost
      try await APIClient.withEnvironment { [body] client in
        let reply = try await client.call(Operations.updateWorkspace, path: id, body: body)
        if json { return reply.printJSON() }
        Terminal.line("Updated \(id).")
      }
    }
  }

  struct Delete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Delete a workspace; with --force, one that has accounts.")

    @Argument(help: "The workspace's id.") var id: WorkspaceID
    @Flag(help: "Also delete its accounts, apps, tokens, messages and events.") var force = false
    @OptionGroup var confirmation: Confirmation
    @Flag(help: "Print the gateway's reply as JSON.") var json = false

    func run() async throws {
      try confirmation.ask("delete the workspace \(id)" + (force ? " and everything in it" : ""))
      try await APIClient.withEnvironment { client in
        let reply = try await client.call(
          Operations.deleteWorkspace, path: id, query: WorkspaceDeletion(force: force))
        if json { return reply.printJSON() }
        Terminal.line("Deleted \(id).")
      }
    }
  }
}

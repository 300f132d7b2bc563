import API

/// What a command calls that the REST API calls a method and a path, for remedies of the gateway.
enum CommandWords {
  /// The text with `PUT /v1/account/sales/resume` and the like written as commands.
  static func translate(_ text: String) -> String {
    text.replacing(/(GET|POST|PUT|DELETE) (\/v1\/[\w{}\/.@%+-]*[\w}])/) { match in
      command(String(match.1), String(match.2)) ?? String(match.0)
    }.replacing("add ?force=true", with: "add --force")
  }

  private static func command(_ method: String, _ path: String) -> String? {
    for operation in Operations.all where operation.method.rawValue == method && operation.matches(path) {
      guard var command = commands[operation.id] else { continue }
      let (template, parts) = (operation.template.split(separator: "/"), path.split(separator: "/"))
      for (name, part) in zip(template.map { String($0) }, parts) where name.hasPrefix("{") {
        let value = part == name ? part.dropFirst().dropLast().uppercased() : String(part)
        command = command.replacing(name, with: value)
      }
      return "`\(command)`"
    }
    return nil
  }

  /// By the operation's id.
  private static let commands = [
    "postAccountSubmit": "heliograph send --account {account}", "postSubmit": "heliograph send",
    "getOutbox": "heliograph queue list", "getOutboxEntry": "heliograph queue show {queueId}",
    "getOutboxEntrySource": "heliograph queue source {queueId}",
    "putOutboxCancel": "heliograph queue cancel", "putOutboxRetry": "heliograph queue retry",
    "putOutboxRelease": "heliograph queue release --as sent|queued",
    "putOutboxReschedule": "heliograph queue reschedule --at TIME",
    "putOutboxEntry": "heliograph queue reschedule {queueId} --at TIME",
    "deleteOutboxEntry": "heliograph queue cancel {queueId}",
    "putOutboxEntryRelease": "heliograph queue release {queueId} --as sent|queued",
    "putOutboxEntryRetry": "heliograph queue retry {queueId}", "postAccount": "heliograph account add",
    "getAccounts": "heliograph account list", "postAccountsImport": "heliograph account import FILE",
    "getAccount": "heliograph account show {account}",
    "putAccount": "heliograph account update {account}",
    "deleteAccount": "heliograph account delete {account}",
    "putAccountPause": "heliograph account pause {account}",
    "putAccountResume": "heliograph account resume {account}",
    "putAccountReconnect": "heliograph account reconnect {account}",
    "verifyAccount": "heliograph account verify {account}",
    "postAuthenticationForm": "heliograph account add --link",
    "postAuthenticationDevice": "heliograph account add --device", "getOAuth2Apps": "heliograph app list",
    "postOAuth2App": "heliograph app add", "getOAuth2App": "heliograph app show {app}",
    "putOAuth2App": "heliograph app update {app}", "deleteOAuth2App": "heliograph app delete {app}",
    "verifyOAuth2App": "heliograph app verify {app}",
    "getOAuth2AppRegistration": "heliograph app guide {app}",
    "planOAuth2AppRegistration": "heliograph app guide", "getEvents": "heliograph events",
    "getTemplates": "heliograph template list", "postTemplate": "heliograph template add",
    "getTemplate": "heliograph template show {template}",
    "putTemplate": "heliograph template update {template}",
    "deleteTemplate": "heliograph template remove {template}",
    "previewTemplate": "heliograph template preview {template}", "getTokens": "heliograph token list",
    "postTokens": "heliograph token issue",
    "deleteToken": "heliograph token revoke {token}", "getWorkspaces": "heliograph workspace list",
    "postWorkspaces": "heliograph workspace add", "getWorkspace": "heliograph workspace show {workspace}",
    "putWorkspace": "heliograph workspace update {workspace}",
    "deleteWorkspace": "heliograph workspace delete {workspace}",
    "getWebhookRoutes": "heliograph webhook list", "postWebhookRoutes": "heliograph webhook add",
    "getWebhookRoute": "heliograph webhook show {webhookRoute}",
    "putWebhookRoute": "heliograph webhook update {webhookRoute}",
    "deleteWebhookRoute": "heliograph webhook delete {webhookRoute}",
    "postWebhookRouteSecret": "heliograph webhook rotate {webhookRoute}",
    "postWebhookRouteTest": "heliograph webhook test {webhookRoute}",
    "getWebhookRoutePosts": "heliograph webhook posts {webhookRoute}",
    "postWebhookRouteReplay": "heliograph webhook replay {webhookRoute}",
    "getEventStream": "heliograph listen",
    "getSettings": "heliograph settings", "postSettings": "heliograph settings set KEY VALUE",
    "getBlocklists": "heliograph list", "getBlocklist": "heliograph list show {listId}",
    "postBlocklist": "heliograph list block {listId} ADDRESS --account ACCOUNT",
    "deleteBlocklist": "heliograph list unblock {listId} ADDRESS",
  ]
}

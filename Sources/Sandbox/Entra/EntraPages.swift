import Hummingbird
import Mustache

/// The pages of the login host: plain forms that work without scripts.
struct EntraPages: Sendable {
  private let accountPicker: MustacheTemplate
  private let consent: MustacheTemplate
  private let formPost: MustacheTemplate
  private let message: MustacheTemplate

  init() throws {
    accountPicker = try Self.page(Self.accountPickerBody)
    consent = try Self.page(Self.consentBody)
    formPost = try Self.page(Self.formPostBody)
    message = try Self.page(Self.messageBody)
  }

  /// - Parameter fields: the request, which the form carries along.
  func accountPicker(
    app: SandboxDirectory.App, users: [SandboxDirectory.User], action: String, fields: FormFields
  ) -> Response {
    let accounts = users.map { ["username": $0.userPrincipalName, "name": $0.displayName] }
    let values: [String: Any] = [
      "title": "Sign in", "app": app.displayName, "action": action, "fields": hidden(fields),
      "accounts": accounts,
    ]
    return .html(accountPicker.render(values))
  }

  func consent(
    app: SandboxDirectory.App, user: SandboxDirectory.User, permissions: [String], action: String,
    fields: FormFields
  ) -> Response {
    let values: [String: Any] = [
      "title": "Permissions requested", "app": app.displayName, "action": action,
      "fields": hidden(fields), "username": user.userPrincipalName, "permissions": permissions,
    ]
    return .html(consent.render(values))
  }

  /// OAuth 2.0 Form Post Response Mode; without a script the person presses the button.
  func formPost(to redirectURI: String, fields: FormFields) -> Response {
    let values: [String: Any] = [
      "title": "Continue to the application", "action": redirectURI, "fields": hidden(fields),
    ]
    return .html(formPost.render(values))
  }

  func message(title: String, text: String, details: [String] = [], status: Int = 200) -> Response {
    let values: [String: Any] = ["title": title, "text": text, "details": details]
    return .html(message.render(values), status: .init(code: status))
  }

  private func hidden(_ fields: FormFields) -> [[String: String]] {
    fields.fields.map { ["name": $0.name, "value": $0.value] }
  }

  private static func page(_ body: String) throws -> MustacheTemplate {
    try MustacheTemplate(string: head + body + "</main></body></html>\n")
  }

  private static let head = """
    <!DOCTYPE html>
    <html lang="en"><head><meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>{{title}} - sandbox</title>
    <style>
    body { font: 16px/1.5 system-ui, sans-serif; margin: 0; background: #eef1f4; color: #1b1b1b; }
    main { max-width: 26rem; margin: 4rem auto; padding: 2rem; background: #fff; border: 1px solid #ccd3da; }
    h1 { font-size: 1.4rem; margin: 0 0 1rem; }
    button { display: block; width: 100%; margin: .4rem 0; padding: .6rem; font: inherit; text-align: left; }
    input { width: 100%; box-sizing: border-box; padding: .6rem; font: inherit; }
    small { color: #555; } p { overflow-wrap: anywhere; }
    </style></head><body><main>
    <h1>{{title}}</h1>

    """

  private static let accountPickerBody = """
    <p>Choose who signs in to <b>{{app}}</b>. There are no passwords in the sandbox.</p>
    <form action="{{action}}" method="post">
    {{#fields}}
    <input type="hidden" name="{{name}}" value="{{value}}">
    {{/fields}}
    {{#accounts}}
    <button type="submit" name="username" value="{{username}}">{{name}} <small>{{username}}</small></button>
    {{/accounts}}
    <button type="submit" name="decision" value="cancel">Cancel</button>
    </form>
    <form action="{{action}}" method="post">
    {{#fields}}
    <input type="hidden" name="{{name}}" value="{{value}}">
    {{/fields}}
    <label>Another account <input type="text" name="username" value="" autocomplete="username"></label>
    <button type="submit">Next</button>
    </form>

    """

  private static let consentBody = """
    <p><b>{{app}}</b> asks to act for {{username}}:</p>
    <ul>
    {{#permissions}}
    <li>{{.}}</li>
    {{/permissions}}
    </ul>
    <form action="{{action}}" method="post">
    {{#fields}}
    <input type="hidden" name="{{name}}" value="{{value}}">
    {{/fields}}
    <input type="hidden" name="username" value="{{username}}">
    <button type="submit" name="decision" value="accept">Accept</button>
    <button type="submit" name="decision" value="cancel">Cancel</button>
    </form>

    """

  private static let formPostBody = """
    <form action="{{action}}" method="post">
    {{#fields}}
    <input type="hidden" name="{{name}}" value="{{value}}">
    {{/fields}}
    <button type="submit">Continue</button>
    </form>

    """

  private static let messageBody = """
    <p>{{text}}</p>
    {{#details}}
    <p><small>{{.}}</small></p>
    {{/details}}

    """
}

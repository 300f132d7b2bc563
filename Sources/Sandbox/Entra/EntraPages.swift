import HTML
import Hummingbird

/// The pages of the login host: plain forms that work without scripts.
struct EntraPages: Sendable {
  /// - Parameter fields: the request, which the form carries along.
  static func accountPicker(
    app: SandboxDirectory.App, users: [SandboxDirectory.User], action: String, fields: FormFields
  ) -> Response {
    let accounts = users.map { user -> Markup in
      let label: Markup = "\(user.displayName) <span class=\"dim\">\(user.userPrincipalName)</span>"
      return button(label, name: "username", value: user.userPrincipalName)
    }
    return page(
      "Sign in",
      """
      <p>Choose who signs in to <b>\(app.displayName)</b>. The sandbox has no passwords.</p>
      \(form(action, fields, Markup(joining: accounts + [cancel])))
      \(form(action, fields, typedAccount))
      """)
  }

  static func consent(
    app: SandboxDirectory.App, user: SandboxDirectory.User, permissions: [String], action: String,
    fields: FormFields, forEverybody: Bool = false
  ) -> Response {
    let list = permissions.map { permission -> Markup in "<li>\(permission)</li>\n" }
    var fields = fields
    fields.fields.append(("username", user.userPrincipalName))
    let accept = button("Accept", name: "decision", value: "accept")
    return page(
      "Permissions requested",
      """
      <p><b>\(app.displayName)</b> asks to act for
      \(forEverybody ? "everybody in the organization" : user.userPrincipalName):</p>
      <ul>
      \(Markup(joining: list))</ul>
      \(form(action, fields, Markup(joining: [accept, cancel])))
      """)
  }

  /// As on Microsoft's own page, the application gets no error unless the person returns to it.
  static func needAdministrator(
    app: SandboxDirectory.App, user: SandboxDirectory.User, action: String, fields: FormFields
  ) -> Response {
    let back = button(
      "Return to the application without granting consent", name: "decision", value: "cancel")
    return page(
      "Need admin approval",
      """
      <p>AADSTS90094: \(app.displayName) needs permission to access resources in your organization that only an
      admin can grant. Please ask an admin to grant permission to this app before you can use it.</p>
      <p class="dim">Signed in as \(user.userPrincipalName)</p>
      \(form(action, fields, back))
      """)
  }

  static func deviceCode(action: String, fields: FormFields, problem: String? = nil) -> Response {
    let note: Markup = if let problem { "<p>\(problem)</p>\n" } else { "" }
    let entry: Markup = """
      <p><label>Code: <input type="text" name="otc" value="" autocomplete="off"></label>
      <button type="submit">Next</button></p>

      """
    return page(
      "Enter code",
      """
      <p>Enter the code that your app or device shows.</p>
      \(note)\(form(action, fields, entry))
      """)
  }

  /// OAuth 2.0 Form Post Response Mode; without a script the person presses the button.
  static func formPost(to redirectURI: String, fields: FormFields) -> Response {
    page(
      "Continue to the application",
      form(redirectURI, fields, "<p><button type=\"submit\">Continue</button></p>\n"))
  }

  static func notice(title: String, text: String, details: [String] = [], status: Int = 200) -> Response {
    let lines = details.map { detail -> Markup in "<p class=\"dim\">\(detail)</p>\n" }
    return page(title, "<p>\(text)</p>\n\(Markup(joining: lines))", status: status)
  }
}

// What the pages are made of. One control a line, attributes in one order: programs read these pages too.
extension EntraPages {
  private static let cancel = button("Cancel", name: "decision", value: "cancel")

  private static let typedAccount: Markup = """
    <p><label>Another account: <input type="text" name="username" value="" autocomplete="username"></label>
    <button type="submit">Next</button></p>

    """

  private static func page(_ title: String, _ body: Markup, status: Int = 200) -> Response {
    let page = Page(title: title, body: "<h1>\(title)</h1>\n\(body)")
    return page.response(status: .init(code: status))
  }

  private static func form(_ action: String, _ fields: FormFields, _ controls: Markup) -> Markup {
    let hidden = fields.fields.map { field -> Markup in
      "<input type=\"hidden\" name=\"\(field.name)\" value=\"\(field.value)\">\n"
    }
    return """
      <form action="\(action)" method="post">
      \(Markup(joining: hidden))\(controls)</form>
      """
  }

  private static func button(_ label: Markup, name: String, value: String) -> Markup {
    "<p><button type=\"submit\" name=\"\(name)\" value=\"\(value)\">\(label)</button></p>\n"
  }
}

import Accounts
import Core
import HTML

// Connecting a mailbox.
extension HostedPage {
  /// What a sign-in link shows: who asks, and a button for each app.
  ///
  /// - Parameter view: which of the apps, and what their buttons do.
  static func signIn(_ page: FormPage, link: HelpLink, view: HelpLink.View?) -> HostedPage {
    let shown = page.apps.filter { view != .sending || $0.sendOnly }.filter {
      view != .code || $0.deviceCodes
    }
    let apps = shown.map { app -> Markup in
      """
      <button type="submit" name="app" value="\(app.id.rawValue)">\(.isolated(app.title))</button>

      """
    }
    let action: Markup = view == .code ? "/accounts/device" : "/accounts/new"
    let heading = Markup.isolated(page.email ?? "your mailbox")
    return HostedPage(
      title: "Connect a mailbox",
      content: """
        <h1>Connect \(heading)</h1>
        \(request(by: page.requester, email: page.email))
        <ul class="notes">
        <li>You sign in on Microsoft’s own page, which lists everything that is asked for. \
        Heliograph never sees your password.</li>
        <li>You can withdraw the permission in your Microsoft account at any time.</li>
        </ul>
        \(note(view, isEmpty: shown.isEmpty))<form method="post" action="\(action)">
        \(hidden("data", link.data))\(hidden("sig", link.sig))\(Markup(joining: apps))\
        \(view == nil ? codeInstead(page, link) : secondButton("All ways to sign in", to: link.signIn))</form>
        """,
      foot: """
        <p><a href="\(link.help)">Stuck on Microsoft’s page?</a></p>
        <p>You were not expecting this? Close the page; nothing has happened.</p>
        """)
  }

  private static func note(_ view: HelpLink.View?, isEmpty: Bool) -> Markup {
    switch view {
    case _ where isEmpty: "<p>There is no such way to sign in with this link.</p>\n"
    case nil: ""
    case .code: "<p>You get a code to enter on Microsoft’s page, in any browser on any device.</p>\n"
    case .sending: "<p>Only the permission to send mail is asked for.</p>\n"
    }
  }

  /// Where an app gets codes. With one app its code is one press away; with several the page is shown again, for
  /// codes.
  private static func codeInstead(_ page: FormPage, _ link: HelpLink) -> Markup {
    guard page.apps.contains(where: \.deviceCodes) else { return "" }
    guard page.apps.count == 1 else {
      return secondButton("Use a code instead", to: link.signIn(.code))
    }
    return """
      <button type="submit" class="second" name="app" value="\(page.apps[0].id.rawValue)" \
      formaction="/accounts/device">Use a code instead</button>

      """
  }

  /// A code to enter on another device.
  static func device(_ page: DevicePage) -> HostedPage {
    let place = page.verificationURL.replacing("https://", with: "")
    let link: Markup =
      if let address = WebAddress(page.verificationURL) {
        "<a href=\"\(address)\" target=\"_blank\" rel=\"noreferrer\">\(place)</a>"
      } else {
        "\(place)"
      }
    let identity = Markup(page.email) { " as <strong>\(.isolated($0))</strong>" }
    return HostedPage(
      title: "Enter a code",
      content: """
        <h1>Enter this code at Microsoft</h1>
        <p class="code">\(page.userCode)</p>
        <ol>
        <li>Open \(link) in any browser, on this device or another.</li>
        <li>Enter the code.</li>
        <li>Sign in\(identity) and accept.</li>
        </ol>
        \(Markup(page.requester) { request(by: $0, email: page.email) })
        """,
      foot: """
        <p>This page checks every few seconds whether you have finished. Leave it open.</p>
        <p>Enter the code only if you asked for it yourself.</p>
        """)
  }

  /// Where an administrator arrives who has answered Microsoft's consent page.
  static let consented = HostedPage(
    title: "Back from Microsoft",
    content: """
      <h1>You are back from Microsoft</h1>
      <p>If you pressed Accept there, the app is now allowed for your organisation, and the person who asked you \
      for it can sign in, or try again. It can take a minute for Microsoft to apply this everywhere.</p>
      <p>Nothing was changed here. You can close this window.</p>
      """)
}

// Where a sign-in ends without a program to return to.
extension HostedPage {
  /// - Parameter isProven: whether Microsoft has confirmed the address that was asked for.
  static func connected(_ account: String, isProven: Bool) -> HostedPage {
    let doubt: Markup =
      isProven
      ? ""
      : "\n<p>Microsoft does not confirm that the address in the link is yours; the program knows this.</p>"
    return HostedPage(
      title: "Connected",
      content: """
        \(check)
        <h1>The mailbox is connected</h1>
        <p>Account <strong>\(.isolated(account))</strong> can send. You can close this window.</p>\(doubt)
        """)
  }

  /// What a link shows that has done its work.
  static func alreadyConnected(email: String?) -> HostedPage {
    let mailbox = Markup(email) { " of <strong>\(.isolated($0))</strong>" }
    return HostedPage(
      title: "Already connected",
      content: """
        \(check)
        <h1>The mailbox is already connected</h1>
        <p>The mailbox\(mailbox) was connected through this link, which works once. There is nothing left to do: \
        you can close this window.</p>
        <p>To connect it again, or another one, ask for a new link where you got this one.</p>
        """)
  }

  static func notConnected(help: WebAddress?) -> HostedPage {
    let more = Markup(help) { ", or read <a href=\"\($0)\">what went wrong</a>" }
    return HostedPage(
      title: "Not connected",
      content: """
        <h1>The mailbox was not connected</h1>
        <p>Open the link again to try once more\(more).</p>
        """)
  }

  static let running = HostedPage(
    title: "Heliograph",
    content: """
      <h1>Heliograph is running</h1>
      <p>This is the gateway’s API. Programs use it under <strong>/v1</strong> with an API token; \
      run <strong>heliograph --help</strong> to get started.</p>
      """)

  static let check: Markup = """
    <svg class="check" viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="11"/>\
    <path d="M6.8 12.4l3.5 3.5 7-7.4"/></svg>
    """
}

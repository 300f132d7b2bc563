import Accounts
import Core
import HTML

// What went wrong, and what to do.
extension HostedPage {
  /// - Parameter seconds: after how many the browser is redirected.
  static func refused(
    _ failure: PageFailure, tryAgain: String? = nil, sendOnly: WebAddress? = nil, back: WayBack? = nil,
    seconds: Int
  ) -> HostedPage {
    let help = HelpLink(code: failure.peerCode ?? failure.code, of: tryAgain).help
    let leaving = Markup(back) {
      """
      <p>You will be taken back to \($0.host ?? "the program") in \(seconds) seconds. <a href="\(help)">Stay and read</a></p>
      """
    }
    let backButton = Markup(back) {
      secondButton("Back to \($0.host ?? "the program")", to: WebAddress($0.url))
    }
    return HostedPage(
      title: "Not connected",
      content: """
        <h1>The mailbox was not connected</h1>
        <p class="fault" role="alert">\(failure.summary)</p>
        \(cure(failure.cure))\(without(sendOnly))<div class="ways">
        \(button("Try again", to: tryAgain.flatMap(WebAddress.init)))\
        \(secondButton("Connect for sending only", to: sendOnly))\(backButton)</div>
        <p class="detail">\(failure.code)\(Markup(failure.peer) { " · \($0)" })</p>
        """,
      foot: leaving)
  }

  private static func without(_ sendOnly: WebAddress?) -> Markup {
    Markup(sendOnly) { _ in
      """
      <h2>Without an administrator</h2>
      <p>The program can also ask for the permission to send only. Most organisations let people grant that \
      themselves.</p>

      """
    }
  }

  /// What a code means, and a form to ask for another.
  static func help(_ link: HelpLink, _ answer: HelpAnswer?) -> HostedPage {
    let top: Markup =
      switch (answer, link.code) {
      case (let answer?, _): explained(answer)
      case (nil, let asked?):
        """
        <h1>Stuck on Microsoft’s page?</h1>
        <p class="fault">Heliograph has no explanation for “\(.isolated(asked))”.</p>
        <p>Look on Microsoft’s page for a number that begins with AADSTS and paste that. If there is none, send the \
        page’s text to the person who gave you the link.</p>
        """
      case (nil, nil):
        """
        <h1>Stuck on Microsoft’s page?</h1>
        <p>Some failures appear only on Microsoft’s own page and are never reported here. Paste what it says: the \
        code, such as AADSTS50011, or the whole text.</p>
        """
      }
    return HostedPage(
      title: "Help with signing in",
      content: """
        \(top)
        <form method="get" action="/accounts/help">
        \(hidden("data", link.data))\(link.data == nil ? "" : hidden("sig", link.sig))\
        <label for="code">What Microsoft’s page says</label>
        <textarea id="code" name="code" maxlength="\(HelpLink.longestCode)" required>\(link.code ?? "")</textarea>
        <button type="submit">Explain it</button>
        \(secondButton("Back to the sign-in", to: link.signIn))</form>
        """)
  }

  private static func explained(_ answer: HelpAnswer) -> Markup {
    """
    <h1>What it means</h1>
    <p class="fault">\(answer.meaning)</p>
    \(cure(Cure(remedy: answer.remedy, actor: answer.actor, link: answer.link)))\
    <p class="detail">\(answer.code.rawValue)\(Markup(answer.name) { " · \($0)" })</p>
    <h2>Something else?</h2>
    """
  }

  /// What to do, who must do it and where. A link that somebody else must open is written out, ready to be sent.
  private static func cure(_ cure: Cure) -> Markup {
    let link = cure.link.flatMap(WebAddress.init)
    let remedy =
      cure.hasLinkToSend ? cure.remedy?.replacing(cure.link ?? "", with: "the link below") : cure.remedy
    let what = Markup(remedy) { "<h2>What to do</h2>\n<p>\($0)</p>\n" }
    let who = Markup(cure.actor) { "<h2>Who can do it</h2>\n<p>\(PageFailure.words($0))</p>\n" }
    let place = Markup(link) { link in
      cure.hasLinkToSend
        ? "<h2>The link to send</h2>\n<p class=\"copy\"><a href=\"\(link)\">\(link.text)</a></p>\n"
        : "<p><a href=\"\(link)\">Open the page at Microsoft where this can be fixed</a></p>\n"
    }
    return "\(what)\(who)\(place)"
  }
}

/// What to do, who can do it, and where.
struct Cure: Sendable {
  let remedy: String?
  let actor: Responsible?
  let link: String?

  /// Whether an administrator has to open the link, who rarely is the reader.
  var hasLinkToSend: Bool { link.flatMap(WebAddress.init) != nil && actor == .administrator }
}

import Accounts
import Core
import HTML

// What went wrong, and what to do.
extension HostedPage {
  /// - Parameter seconds: after how many the browser is redirected.
  static func refused(_ failure: PageFailure, tryAgain: String?, back: WayBack?, seconds: Int) -> HostedPage {
    let help = HelpLink(code: failure.peerCode ?? failure.code, of: tryAgain).help
    let leaving = Markup(back) {
      """
      <p>You will be taken back to \($0.requester) in \(seconds) seconds. <a href="\(help)">Stay and read</a></p>
      """
    }
    let backButton = Markup(back) { secondButton("Back to \($0.requester)", to: WebAddress($0.url)) }
    return HostedPage(
      title: "Not connected",
      content: """
        <h1>The mailbox was not connected</h1>
        <p class="fault" role="alert">\(failure.summary)</p>
        \(cure(failure.remedy, failure.actor.map(PageFailure.words), failure.link))<div class="ways">
        \(button("Try again", to: tryAgain.flatMap(WebAddress.init)))\(backButton)</div>
        <p class="detail">\(failure.code)\(Markup(failure.peer) { " · \($0)" })</p>
        """,
      foot: leaving)
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
    \(cure(answer.remedy, answer.actor.map(PageFailure.words), answer.link))\
    <p class="detail">\(answer.code.rawValue)\(Markup(answer.name) { " · \($0)" })</p>
    <h2>Something else?</h2>
    """
  }

  /// What to do, who must do it and where.
  private static func cure(_ remedy: String?, _ actor: String?, _ portal: String?) -> Markup {
    let what = Markup(remedy) { "<h2>What to do</h2>\n<p>\($0)</p>\n" }
    let who = Markup(actor) { "<h2>Who can do it</h2>\n<p>\($0)</p>\n" }
    let place = Markup(portal.flatMap(WebAddress.init)) {
      "<p><a href=\"\($0)\">Open the page at Microsoft where this can be fixed</a></p>\n"
    }
    return "\(what)\(who)\(place)"
  }
}

import Core
import Delivery
import HTML

// Leaving a list.
extension HostedPage {
  /// What the link in a message of a list shows.
  ///
  /// - Parameter hasChanged: whether that is what the reader has just asked for.
  static func list(_ standing: ListStanding, hasChanged: Bool) -> HostedPage {
    let recipient: Markup = "<strong>\(.isolated(standing.recipient))</strong>"
    let list: Markup = "<strong>\(.isolated(standing.list.rawValue))</strong>"
    switch (standing.receives, hasChanged) {
    case (true, false):
      return HostedPage(
        title: "Unsubscribe",
        content: """
          <h1>Unsubscribe</h1>
          <p>Shall \(recipient) receive no more mail of the list \(list)?</p>
          \(form(.leave, "Unsubscribe"))
          """,
        foot: "<p>Opening this page has changed nothing.</p>")
    case (true, true):
      return HostedPage(
        title: "Subscribed again",
        content: """
          \(check)
          <h1>You are subscribed again</h1>
          <p>\(recipient) receives mail of the list \(list). You can close this window.</p>
          \(form(.leave, "Unsubscribe", isSecond: true))
          """)
    case (false, _):
      return HostedPage(
        title: "Unsubscribed",
        content: """
          \(check)
          <h1>You are unsubscribed</h1>
          <p>\(recipient) receives no more mail of the list \(list). What is on its way may still arrive. \
          You can close this window.</p>
          \(form(.comeBack, "Subscribe again", isSecond: true))
          """)
    }
  }

  /// Without an address, so that it is posted to the link itself.
  private static func form(
    _ change: UnsubscribeForm, _ label: Markup, isSecond: Bool = false
  ) -> Markup {
    let style: Markup = isSecond ? " class=\"second\"" : ""
    return """
      <form method="post">
      <button type="submit"\(style) name="\(UnsubscribeForm.button)" value="\(change.rawValue)">\(label)</button></form>
      """
  }

  /// A link that is not ours, or a form that says nothing.
  static func listUnchanged(_ failure: PageFailure) -> HostedPage {
    HostedPage(
      title: "Nothing was changed",
      content: """
        <h1>Nothing was changed</h1>
        <p class="fault" role="alert">\(failure.summary)</p>
        \(Markup(failure.remedy) { "<p>\($0)</p>\n" })<p class="detail">\(failure.code)</p>
        """)
  }
}

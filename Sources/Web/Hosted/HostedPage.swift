import Accounts
import HTML

/// What the owner of a mailbox reads. The pages work without script and with nothing from elsewhere.
struct HostedPage: Sendable {
  let title: String
  let content: Markup
  var foot: Markup = ""

  var html: String {
    let page: Markup = """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="robots" content="noindex">
      <title>\(title)</title>
      <link rel="stylesheet" href="/assets/heliograph.css">
      </head>
      <body>
      <header>\(HouseStyle.mark) Heliograph</header>
      <main>
      \(content)
      </main>
      <footer>
      \(foot)
      </footer>
      </body>
      </html>

      """
    return page.text
  }
}

// What several pages have.
extension HostedPage {
  /// Who wants what.
  static func request(by requester: Requester, email: String?) -> Markup {
    let who: Markup =
      switch (requester.name, requester.host) {
      case (let name?, let host): "<strong>\(.isolated(name))</strong> (\(host ?? "on this computer"))"
      case (nil, let host?): "The program at <strong>\(host)</strong>"
      case (nil, nil): "A program on <strong>this computer</strong>"
      }
    return "<p>\(who) asks to send mail from \(email == nil ? "your" : "this") mailbox.</p>"
  }

  static func hidden(_ name: String, _ value: String?) -> Markup {
    Markup(value) { "<input type=\"hidden\" name=\"\(name)\" value=\"\($0)\">\n" }
  }

  static func button(_ label: Markup, to address: WebAddress?) -> Markup {
    Markup(address) { "<a class=\"button\" href=\"\($0)\">\(label)</a>\n" }
  }

  static func secondButton(_ label: Markup, to address: WebAddress?) -> Markup {
    Markup(address) { "<a class=\"button second\" href=\"\($0)\">\(label)</a>\n" }
  }
}

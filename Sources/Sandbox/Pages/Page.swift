import HTML

/// The frame of all pages. No scripts, no images, nothing from other servers.
struct Page: Sendable {
  var title: String
  var body: Markup

  var html: String {
    let page: Markup = """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <title>\(title)</title>
      <style>\(Self.style)</style>
      </head>
      <body>
      \(body)
      </body>
      </html>

      """
    return page.text
  }

  private static let style: Markup = """
    :root { color-scheme: light dark; --line: #8884; --dim: #6b7280; --link: #0b5cad }
    @media (prefers-color-scheme: dark) { :root { --dim: #9aa3af; --link: #7ab7ff } }
    body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem }
    h1 { font-size: 1.4rem; margin: .5rem 0 } h2 { font-size: 1.1rem; margin: 1.5rem 0 .5rem }
    a { color: var(--link) } p.note, .dim { color: var(--dim) }
    ul.rows { list-style: none; margin: 0; padding: 0 }
    ul.rows > li { border-top: 1px solid var(--line); padding: .6rem 0; overflow-wrap: anywhere }
    nav a { display: inline-block; margin: 0 .9rem .3rem 0 } nav a[aria-current] { font-weight: 600 }
    .unread { font-weight: 600 }
    dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; margin: 1rem 0 }
    dt { color: var(--dim) } dd { margin: 0; overflow-wrap: anywhere }
    pre { white-space: pre-wrap; overflow-wrap: anywhere; border: 1px solid var(--line); border-radius: .4rem;
      padding: .8rem; font: inherit }
    details pre { font: .85rem/1.4 ui-monospace, monospace }
    @media (max-width: 32rem) { dl { grid-template-columns: 1fr; gap: 0 } dd { margin-bottom: .5rem } }
    """
}

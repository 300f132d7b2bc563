import Crypto
import Foundation
import HTML

/// The look of the sandbox's pages: the house style, and a wide layout for lists and forms.
enum PageStyle {
  /// CSS, in the page itself: a second request for it would be one more that is not the client's.
  static let sheet = Markup(joining: [HouseStyle.sheet, colours, layout, words, mail, forms, log])

  /// What a Content-Security-Policy allows it by.
  static let source = "'\(digest(sheet))'"

  /// CSP 3 section 2.3.1: `sha256-…` of a style sheet or a script.
  static func digest(_ text: Markup) -> String {
    "sha256-" + Data(SHA256.hash(data: Data(text.text.utf8))).base64EncodedString()
  }

  private static let colours: Markup = """
    :root { --good: #16623a; --good-ground: #edf7f0; --warn: #8a5200; }
    @media (prefers-color-scheme: dark) {
      :root { --good: #8ad8ad; --good-ground: #1b2c23; --warn: #f2b441; } }

    """

  private static let layout: Markup = """
    [hidden] { display: none !important; }
    body { padding: 0 1rem 4rem; }
    header, main { max-width: 70rem; margin: 0 auto; }
    header { flex-wrap: wrap; gap: .25rem 1.5rem; padding: 1rem .25rem; }
    .brand { display: flex; align-items: center; gap: .5rem; }
    header nav { display: flex; flex-wrap: wrap; gap: .25rem; }
    header nav a { padding: .25rem .75rem; border-radius: .6rem; color: var(--quiet); text-decoration: none; }
    header nav a:hover { color: var(--ink); }
    header nav a[aria-current] { background: var(--card); box-shadow: 0 0 0 1px var(--line); color: var(--ink); }
    .moved { margin-left: auto; color: var(--warn); font-weight: 600; font-size: .875rem; letter-spacing: 0; }
    .card { margin: 0 0 1rem; padding: 1.5rem; background: var(--card); border: 1px solid var(--line);
      border-radius: 1rem; box-shadow: var(--shade); }
    .card > :last-child { margin-bottom: 0; }
    .narrow header, .narrow main { max-width: 34rem; }
    .narrow header { padding-top: 2rem; }
    .narrow main { padding: 2rem; background: var(--card); border: 1px solid var(--line); border-radius: 1rem;
      box-shadow: var(--shade); }
    @media (min-width: 60rem) {
      .halves { display: grid; grid-template-columns: minmax(0, 22rem) minmax(0, 1fr); gap: 1rem;
        align-items: start; } }
    @media (max-width: 32rem) { .card, .narrow main { padding: 1.25rem 1rem; } .moved { margin-left: 0; } }

    """

  private static let words: Markup = """
    h1 { margin: .5rem .25rem 1rem; }
    .card h1, .narrow h1 { margin: 0 0 1rem; }
    h2 { margin: 0 0 .75rem; font-size: 1.1rem; line-height: 1.3; }
    h3 { margin: 1.25rem 0 .5rem; font-size: 1rem; }
    .dim, .note { color: var(--quiet); }
    .note { font-size: .925rem; }
    .small { font-size: .875rem; }
    .done { padding: .7rem 1rem; border-left: .25rem solid var(--good); border-radius: .25rem .6rem .6rem .25rem;
      background: var(--good-ground); color: var(--good); }
    .badge { display: inline-block; padding: 0 .5rem; border: 1px solid var(--line); border-radius: 1rem;
      color: var(--quiet); font-size: .8125rem; line-height: 1.5; white-space: nowrap; }
    .badge.new { border-color: var(--accent); color: var(--accent); font-weight: 600; }
    .mark { padding: 0 .2rem; border: 1px solid var(--line); border-radius: .25rem; color: var(--warn);
      font: .75em ui-monospace, monospace; white-space: nowrap; }
    .unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
      white-space: nowrap; }
    code, .mono { font-family: ui-monospace, monospace; font-size: .9em; }
    time { font-variant-numeric: tabular-nums; white-space: nowrap; }
    pre { margin: 0; padding: .8rem; max-width: 100%; overflow-x: auto; border: 1px solid var(--line);
      border-radius: .6rem; background: var(--paper); font: .8125rem/1.5 ui-monospace, monospace;
      white-space: pre-wrap; overflow-wrap: anywhere; }
    pre.text { font: inherit; }
    summary { cursor: pointer; }
    details[open] > summary { margin-bottom: .75rem; }
    .crumbs { margin: 0 .25rem .5rem; color: var(--quiet); font-size: .925rem; }

    """

  private static let mail: Markup = """
    .rows { list-style: none; margin: 0; padding: 0; }
    .rows > li { padding: .6rem 0; border-top: 1px solid var(--line); }
    .rows > li:first-child { border-top: 0; padding-top: 0; }
    .boxes > li, .mails > li { display: flex; flex-wrap: wrap; gap: 0 .75rem; align-items: baseline;
      justify-content: space-between; }
    .boxes .dim, .mails .route { flex-basis: 100%; font-size: .925rem; }
    .mails .subject { flex: 1 1 16rem; min-width: 0; }
    .mails .subject a { text-decoration: none; }
    .mails .subject a:hover { text-decoration: underline; }
    .mails .unread .subject a { font-weight: 600; }
    .mails .unread .subject a::before { content: ""; display: inline-block; width: .5rem; height: .5rem;
      margin-right: .5rem; border-radius: 50%; background: var(--accent); vertical-align: .1em; }
    .mails time { color: var(--quiet); font-size: .875rem; }
    .tabs { display: flex; flex-wrap: wrap; gap: .25rem; margin: 0 0 1rem; }
    .tabs a { padding: .2rem .75rem; border: 1px solid var(--line); border-radius: .6rem; text-decoration: none; }
    .tabs a[aria-current] { border-color: var(--ink); color: var(--ink); font-weight: 600; }
    dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .25rem 1rem; margin: 0 0 1rem; }
    dt { color: var(--quiet); }
    dd { margin: 0; }
    iframe { display: block; width: 100%; height: 32rem; resize: vertical; border: 1px solid var(--line);
      border-radius: .6rem; background: #fff; color-scheme: light; }
    @media (max-width: 32rem) { dl { grid-template-columns: minmax(0, 1fr); gap: 0; }
      dd { margin-bottom: .5rem; } }

    """

  private static let forms: Markup = """
    button, .button { display: inline-block; padding: .4rem .9rem; }
    input, select { width: 100%; padding: .4rem .6rem; }
    [aria-invalid] { border-color: var(--fault); }
    .buttons { display: flex; flex-wrap: wrap; gap: .5rem; margin: 0 0 1rem; }
    .fields { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 14rem), 1fr)); gap: 1rem;
      margin: 0 0 1rem; }
    .fields label, .fields small { display: block; }
    .fields small { color: var(--quiet); font-size: .8125rem; line-height: 1.4; margin-top: .25rem; }
    small.wrong, .fields small.wrong { color: var(--fault); font-weight: 600; }
    .settings > li, .faults > li { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: .25rem 1.5rem;
      align-items: center; }
    .settings form { display: flex; gap: .5rem; align-items: center; justify-content: flex-end; }
    .settings input { width: 7.5rem; }
    .settings .wrong { grid-column: 1 / -1; }
    .narrow button { display: block; width: 100%; padding: .7rem 1rem; }
    .narrow form { margin-bottom: 1.5rem; }
    .narrow form p { margin-bottom: .5rem; }
    .narrow main > :last-child, .narrow main > form:last-child > :last-child { margin-bottom: 0; }
    .narrow form input { margin: .25rem 0 .75rem; padding: .7rem .8rem; }
    .narrow button[name=username], .narrow button[value=cancel] { background: transparent; color: var(--ink);
      border-color: var(--line); font-weight: 400; }
    .narrow button[name=username] { text-align: left; }
    @media (max-width: 40rem) { .settings > li, .faults > li { grid-template-columns: minmax(0, 1fr); }
      .settings form { justify-content: flex-start; } }

    """

  private static let log: Markup = """
    .bar { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: end; margin: 0 0 1rem; }
    .bar form { display: flex; flex: 1 1 18rem; gap: .5rem; align-items: end; }
    .bar form > div { flex: 1; min-width: 0; }
    .log summary { display: grid; grid-template-columns: .75rem 7rem 4rem minmax(0, 1fr) auto; gap: 0 .75rem;
      align-items: baseline; }
    .log summary::before { content: "▸"; color: var(--quiet); }
    .log details[open] > summary::before { content: "▾"; }
    .log .path { font: .875rem/1.5 ui-monospace, monospace; }
    .log .about { grid-column: 4 / -1; color: var(--quiet); font-size: .875rem; }
    .method { font: 600 .875rem/1.5 ui-monospace, monospace; }
    .status { font: 600 .875rem/1.5 ui-monospace, monospace; color: var(--good); white-space: nowrap; }
    .status.refused { color: var(--warn); }
    .status.failed { color: var(--fault); }
    .exchange { display: grid; gap: 1rem; margin-top: .75rem; }
    .exchange > div { min-width: 0; }
    .exchange h2 { margin: 0 0 .5rem; font-size: 1rem; }
    @media (min-width: 60rem) { .exchange { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); } }
    @media (max-width: 40rem) { .log summary { grid-template-columns: auto auto auto minmax(0, 1fr); }
      .log .status { justify-self: end; } .log .path, .log .about { grid-column: 1 / -1; grid-row: 2; }
      .log .about { grid-row: 3; } }

    """
}

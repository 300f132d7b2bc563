import Mustache

/// The hosted pages as text in the binary: a program that is one file cannot lose them. `{{x}}` is escaped.
enum PageTemplates {
  static func library() throws -> MustacheLibrary {
    MustacheLibrary(templates: [
      "page": try MustacheTemplate(string: page),
      "signIn": try MustacheTemplate(string: signIn),
      "refused": try MustacheTemplate(string: refused),
      "home": try MustacheTemplate(string: home),
    ])
  }

  private static let page = """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="robots" content="noindex">
    <title>{{$title}}Heliograph{{/title}}</title>
    <link rel="stylesheet" href="/assets/heliograph.css">
    </head>
    <body><main>{{$content}}{{/content}}</main></body>
    </html>
    """

  private static let signIn = """
    {{<page}}{{$title}}Connect a mailbox{{/title}}{{$content}}
    <h1>Connect {{#address}}<span class="address">{{address}}</span>{{/address}}\
    {{^address}}a mailbox{{/address}}</h1>
    <p>The program that gave you this link, at <strong>{{asker}}</strong>, wants to send mail from \
    {{#address}}this{{/address}}{{^address}}your{{/address}} mailbox through Heliograph.</p>
    <p>You sign in on Microsoft’s own page. Heliograph never sees your password, and you can withdraw the \
    permission in your Microsoft account at any time.</p>
    <form method="post" action="/accounts/new">
    <input type="hidden" name="data" value="{{data}}">
    <input type="hidden" name="sig" value="{{sig}}">
    {{#apps}}<button type="submit" name="app" value="{{id}}">{{title}}</button>
    {{/apps}}</form>
    {{^apps}}<p class="fault">No sign-in is set up yet. Ask whoever runs this gateway to add and enable an \
    OAuth2 app.</p>{{/apps}}
    {{/content}}{{/page}}
    """

  private static let refused = """
    {{<page}}{{$title}}Not connected{{/title}}{{$content}}
    <h1>The mailbox was not connected</h1>
    <p class="fault">{{summary}}</p>
    {{#remedy}}<p>{{remedy}}</p>{{/remedy}}
    {{#tryAgain}}<p><a class="button" href="{{tryAgain}}">Try again</a></p>{{/tryAgain}}
    {{#back}}<p><a href="{{back}}">Back to {{asker}}</a></p>
    <p>You will be taken back to {{asker}} in {{seconds}} seconds.</p>{{/back}}
    <p class="detail">{{code}}{{#peer}} · {{peer}}{{/peer}}</p>
    {{/content}}{{/page}}
    """

  private static let home = """
    {{<page}}{{$title}}Heliograph{{/title}}{{$content}}
    {{#account}}<h1>The mailbox is connected</h1>
    <p>Account <strong class="address">{{account}}</strong> can send. You can close this window.</p>{{/account}}
    {{^account}}<h1>Heliograph is running</h1>
    <p>This is the gateway’s API. Programs talk to it under <strong>/v1</strong> with an API token; \
    <strong>heliograph --help</strong> tells how to begin.</p>{{/account}}
    {{/content}}{{/page}}
    """

  static let styleSheet = """
    :root { color-scheme: light dark; --ink: #1b1f24; --paper: #f6f7f9; --card: #fff; --line: #d5dae1;
      --accent: #0a5bb5; --on-accent: #fff; --fault: #9b1c1c; --quiet: #5a6472; }
    @media (prefers-color-scheme: dark) {
      :root { --ink: #e8ebef; --paper: #14171b; --card: #1d2127; --line: #363d47; --accent: #6db3ff;
        --on-accent: #0b1520; --fault: #ff9b9b; --quiet: #9aa5b4; } }
    * { box-sizing: border-box; }
    body { margin: 0; padding: 1rem; background: var(--paper); color: var(--ink);
      font: 1rem/1.5 system-ui, sans-serif; }
    main { max-width: 32rem; margin: 8vh auto 0; padding: 1.5rem; background: var(--card);
      border: 1px solid var(--line); border-radius: .75rem; }
    h1 { margin: 0 0 1rem; font-size: 1.35rem; line-height: 1.3; }
    .address { overflow-wrap: anywhere; }
    form { display: grid; gap: .6rem; margin-top: 1.25rem; }
    button, .button { display: block; width: 100%; padding: .75rem 1rem; border: 0; border-radius: .5rem;
      background: var(--accent); color: var(--on-accent); font: inherit; font-weight: 600; text-align: center;
      text-decoration: none; cursor: pointer; }
    button:focus-visible, .button:focus-visible { outline: 3px solid var(--ink); outline-offset: 2px; }
    .fault { color: var(--fault); overflow-wrap: anywhere; }
    .detail { margin-bottom: 0; color: var(--quiet); font-size: .85rem; overflow-wrap: anywhere; }

    """
}

import Mustache

/// The hosted pages as text in the binary: a program that is one file cannot lose them.
///
/// They work without script and with nothing from elsewhere. What is put into them has been escaped by `PageText`
/// before, therefore the three braces; with two it would be escaped twice.
enum PageTemplates {
  static func library() throws -> MustacheLibrary {
    MustacheLibrary(templates: try pages.mapValues { try MustacheTemplate(string: $0) })
  }

  static let pages = [
    "page": page, "signIn": signIn, "refused": refused, "help": help, "cure": cure, "home": home,
    "asks": asks, "device": device, "consented": consented,
  ]

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
    <body>
    <header><svg viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="4.5"/>\
    <path d="M12 1.5v3M12 19.5v3M1.5 12h3M19.5 12h3M4.6 4.6l2.1 2.1M17.3 17.3l2.1 2.1M4.6 19.4l2.1-2.1\
    M17.3 6.7l2.1-2.1"/></svg> Heliograph</header>
    <main>{{$content}}{{/content}}</main>
    <footer>{{$foot}}{{/foot}}</footer>
    </body>
    </html>

    """

  private static let signIn = """
    {{<page}}{{$title}}Connect a mailbox{{/title}}{{$content}}
    <h1>Connect {{#address}}<bdi>{{{address}}}</bdi>{{/address}}{{^address}}your mailbox{{/address}}</h1>
    {{>asks}}
    <ul class="notes">
    <li>You sign in on Microsoft’s own page, which lists all that is asked for. \
    Heliograph never sees your password.</li>
    <li>You can withdraw the permission in your Microsoft account at any time.</li>
    </ul>
    {{#withCode}}<p>You get a code to enter on Microsoft’s page, in any browser on any device.</p>{{/withCode}}
    <form method="post" action="/accounts/{{#withCode}}device{{/withCode}}{{^withCode}}new{{/withCode}}">
    <input type="hidden" name="data" value="{{{data}}}">
    <input type="hidden" name="sig" value="{{{sig}}}">
    {{#apps}}<button type="submit" name="app" value="{{{id}}}"><bdi>{{{title}}}</bdi></button>
    {{/apps}}{{#codeApp}}<button type="submit" class="second" name="app" value="{{{codeApp}}}" \
    formaction="/accounts/device">Use a code instead</button>
    {{/codeApp}}{{#codeLink}}<a class="button second" href="{{{codeLink}}}">Use a code instead</a>
    {{/codeLink}}</form>
    {{/content}}{{$foot}}
    <p><a href="{{{help}}}">Stuck on Microsoft’s page?</a></p>
    <p>You were not expecting this? Close the page; nothing has happened.</p>
    {{/foot}}{{/page}}
    """

  /// Who wants what.
  private static let asks = """
    <p>{{#workspace}}<strong><bdi>{{{workspace}}}</bdi></strong>, through the program at \
    <strong>{{{requester}}}</strong>,{{/workspace}}\
    {{^workspace}}The program at <strong>{{{requester}}}</strong>{{/workspace}} asks to send mail \
    from {{#address}}this{{/address}}{{^address}}your{{/address}} mailbox.</p>
    """

  private static let device = """
    {{<page}}{{$title}}Enter a code{{/title}}{{$content}}
    <h1>Enter this code at Microsoft</h1>
    <p class="code">{{{userCode}}}</p>
    <ol>
    <li>Open <a href="{{{verification}}}" target="_blank" rel="noreferrer">{{{place}}}</a> in any browser, \
    on this device or another.</li>
    <li>Enter the code.</li>
    <li>Sign in{{#address}} as <strong><bdi>{{{address}}}</bdi></strong>{{/address}} and accept.</li>
    </ol>
    {{>asks}}
    {{/content}}{{$foot}}
    <p>This page looks every few seconds whether you are done. Leave it open.</p>
    <p>Enter the code only if you have asked for it yourself.</p>
    {{/foot}}{{/page}}
    """

  private static let consented = """
    {{<page}}{{$title}}Back from Microsoft{{/title}}{{$content}}
    <h1>You are back from Microsoft</h1>
    <p>If you have pressed Accept there, the app is allowed for your organisation, and whoever asked you for it may sign \
    in now, or try again. It takes a minute at times until Microsoft knows it everywhere.</p>
    <p>Nothing was changed here. You can close this window.</p>
    {{/content}}{{/page}}
    """

  private static let refused = """
    {{<page}}{{$title}}Not connected{{/title}}{{$content}}
    <h1>The mailbox was not connected</h1>
    <p class="fault" role="alert">{{{summary}}}</p>
    {{>cure}}
    <div class="ways">
    {{#tryAgain}}<a class="button" href="{{{tryAgain}}}">Try again</a>{{/tryAgain}}
    {{#back}}<a class="button second" href="{{{back}}}">Back to {{{requester}}}</a>{{/back}}
    </div>
    <p class="detail">{{{code}}}{{#peer}} · {{{peer}}}{{/peer}}</p>
    {{/content}}{{$foot}}
    {{#back}}<p>You will be taken back to {{{requester}}} in {{{seconds}}} seconds. \
    <a href="{{{help}}}">Stay and read</a></p>{{/back}}
    {{/foot}}{{/page}}
    """

  /// What to do, who must do it and where.
  private static let cure = """
    {{#remedy}}<h2>What to do</h2>
    <p>{{{remedy}}}</p>{{/remedy}}
    {{#actor}}<h2>Who can do it</h2>
    <p>{{{actor}}}</p>{{/actor}}
    {{#portal}}<p><a href="{{{portal}}}">Open the page at Microsoft where it is mended</a></p>{{/portal}}
    """

  private static let help = """
    {{<page}}{{$title}}Help with signing in{{/title}}{{$content}}
    {{#answer}}<h1>What it means</h1>
    <p class="fault">{{{summary}}}</p>
    {{>cure}}
    <p class="detail">{{{code}}}{{#name}} · {{{name}}}{{/name}}</p>
    <h2>Something else?</h2>{{/answer}}
    {{^answer}}<h1>Stuck on Microsoft’s page?</h1>{{/answer}}
    {{#unknown}}<p class="fault">Nothing is known here about “<bdi>{{{asked}}}</bdi>”.</p>
    <p>Look on Microsoft’s page for a number that begins with AADSTS and paste that. If there is none, send the \
    page’s words to whoever gave you the link.</p>{{/unknown}}
    {{^asked}}<p>Some failures show on Microsoft’s own page and never come back here. Paste what it says: the \
    code, such as AADSTS50011, or the whole text.</p>{{/asked}}
    <form method="get" action="/accounts/help">
    {{#data}}<input type="hidden" name="data" value="{{{data}}}">
    <input type="hidden" name="sig" value="{{{sig}}}">{{/data}}
    <label for="code">What Microsoft’s page says</label>
    <textarea id="code" name="code" maxlength="2000" required>{{{asked}}}</textarea>
    <button type="submit">Explain it</button>
    {{#form}}<a class="button second" href="{{{form}}}">Back to the sign-in</a>{{/form}}
    </form>
    {{/content}}{{/page}}
    """

  private static let home = """
    {{<page}}{{$title}}Heliograph{{/title}}{{$content}}
    {{#failed}}<h1>The mailbox was not connected</h1>
    <p>Open the link again to try once more{{#help}}, or read <a href="{{{help}}}">what went wrong</a>{{/help}}.\
    </p>{{/failed}}
    {{^failed}}{{#account}}<h1>The mailbox is connected</h1>
    <p>Account <strong><bdi>{{{account}}}</bdi></strong> can send. You can close this window.</p>{{/account}}
    {{^account}}<h1>Heliograph is running</h1>
    <p>This is the gateway’s API. Programs talk to it under <strong>/v1</strong> with an API token; \
    <strong>heliograph --help</strong> tells how to begin.</p>{{/account}}{{/failed}}
    {{/content}}{{/page}}
    """
}

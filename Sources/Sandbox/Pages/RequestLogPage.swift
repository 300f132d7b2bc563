import Core
import HTML
import JSON

/// `GET /requests`: what was asked of Entra and Graph, newest first, and what came as it happens.
struct RequestLogPage: Sendable {
  var excerpt: LogExcerpt
  var filter: String

  /// How many requests are shown; the rest is at `/sandbox/requests`.
  static let maximumRows = 200

  var body: Markup {
    let clear: Markup = filter.isEmpty ? "" : "<a class=\"button second\" href=\"/requests\">Show all</a>\n"
    let query = filter.isEmpty ? "" : formEncoded([("text", filter)])
    return """
      <h1>Requests</h1>
      <section class="card" aria-label="Requests to Entra and Graph">
      <div class="bar">
      <form action="/requests" method="get" role="search">
      <div><label for="text">Show only requests that contain</label>
      <input id="text" name="text" type="search" value="\(filter)" autocomplete="off"></div>
      <button class="second">Filter</button>
      </form>
      \(clear)<a class="button second" id="refresh" href="\(WebAddress(path: "/requests", query: query))">Refresh</a>
      <button class="second" id="pause" type="button" hidden>Pause</button>
      </div>
      <p class="note"><span id="live" role="status"></span> Newest first, at most \(Self.maximumRows); \
      <a href="/sandbox/requests">the whole log, as JSON</a>.</p>
      \(list)
      <p class="dim" id="none"\(Markup(if: !excerpt.entries.isEmpty, " hidden"))>\(nothing)</p>
      </section>
      """
  }

  /// The rows, also alone for the script.
  var list: Markup {
    let rows = Markup(joining: excerpt.entries.map(row))
    return """
      <ol class="rows log" id="requests" data-last="\(excerpt.lastNumber)" data-log="\(excerpt.resets)" \
      data-text="\(filter)" data-most="\(Self.maximumRows)">
      \(rows)</ol>
      """
  }

  private var nothing: Markup {
    if excerpt.kept == 0 { return "No requests yet. What a program asks of Entra or Graph appears here." }
    return "None of the \(excerpt.kept) requests in the log contains this text."
  }

  private func row(_ entry: LoggedRequest) -> Markup {
    let target = entry.query.isEmpty ? entry.path : entry.path + "?" + entry.query
    let who = Markup(entry.user) { ", \(.shown($0))" }
    return """
      <li><details><summary><time datetime="\(entry.time)" title="\(entry.time)">\(clock(entry.time))</time>
      <span class="method">\(entry.method)</span> <span class="path">\(.shown(target))</span>
      \(RequestPage.status(entry))
      <span class="about">\(entry.milliseconds) ms\(who)</span></summary>
      \(RequestPage(entry: entry).exchange(limit: Self.maximumBody))</details></li>

      """
  }

  /// Of each body in the list, in bytes: two hundred requests are to stay a page.
  private static let maximumBody = 4096

  /// `22:41:26.123`
  private func clock(_ time: String) -> String { String(time.dropFirst(11).prefix(12)) }
}

/// `GET /requests/:number`: one request with its reply, whole as far as the log has it.
struct RequestPage: Sendable {
  var entry: LoggedRequest

  var title: String { "\(entry.method) \(entry.path)" }

  var body: Markup {
    let user = Markup(entry.user) { "<dt>User</dt><dd>\(.shown($0))</dd>\n" }
    return """
      <p class="crumbs"><a href="/requests">All requests</a></p>
      <article class="card">
      <h1>\(.shown(title))</h1>
      <dl><dt>Time</dt><dd><time datetime="\(entry.time)">\(entry.time)</time>, by the sandbox’s clock</dd>
      <dt>Reply</dt><dd>\(Self.status(entry)), after \(entry.milliseconds) ms</dd>
      \(user)</dl>
      \(exchange(limit: RequestLog.maximumBodyBytes))
      </article>
      """
  }

  static func status(_ entry: LoggedRequest) -> Markup {
    switch entry.status {
    case nil: "<span class=\"status failed\">closed</span>"
    case let status? where status >= 500: "<span class=\"status failed\">\(status)</span>"
    case let status? where status >= 400: "<span class=\"status refused\">\(status)</span>"
    case let status?: "<span class=\"status\">\(status)</span>"
    }
  }

  /// Request and reply side by side.
  ///
  /// - Parameter limit: of each body, in bytes.
  func exchange(limit: Int) -> Markup {
    let target = entry.query.isEmpty ? entry.path : entry.path + "?" + entry.query
    let (request, isRequestCut) = Self.text(
      "\(entry.method) \(target)", entry.headers, entry.body, limit: limit)
    let (answer, isReplyCut) = Self.text(
      entry.status.map(String.init) ?? "", entry.responseHeaders, entry.responseBody, limit: limit)
    let reply: Markup =
      entry.status == nil
      ? "<p class=\"dim\">The connection was closed without a reply.</p>" : "<pre>\(answer)</pre>"
    let whole = Markup(
      if: isRequestCut || isReplyCut,
      "<p class=\"note\"><a href=\"/requests/\(entry.number)\">The whole request and reply</a></p>\n")
    return """
      <div class="exchange">
      <div><h2>Request</h2><pre>\(request)</pre></div>
      <div><h2>Reply</h2>\(reply)</div>
      </div>
      \(whole)
      """
  }

  private static func text(
    _ first: String, _ headers: [String: String], _ body: String, limit: Int
  ) -> (Markup, isCut: Bool) {
    let fields = headers.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)\n" }.joined()
    let body = pretty(body)
    let isCut = body.utf8.count > limit
    let text = isCut ? String(decoding: body.utf8.prefix(limit), as: UTF8.self) + "…" : body
    return (.shown(first + "\n" + fields + (text.isEmpty ? "" : "\n" + text)), isCut)
  }
}

extension RequestPage {
  /// JSON on several lines, everything else as it is.
  private static func pretty(_ body: String) -> String {
    guard let first = body.first, "{[".contains(first),
      let json = try? JSONValue(parsing: body, limits: .request)
    else { return body }
    return String(decoding: json.serialized(pretty: true), as: UTF8.self)
  }
}

extension LoggedRequest {
  /// Whether a person finds it by this text: in method, path, query, status, user, headers or bodies, without regard to
  /// the case of ASCII letters.
  func contains(_ text: LogFilter) -> Bool {
    text.isEmpty
      || [method, path, query, status.map(String.init) ?? "closed", user ?? ""].contains(where: text.isIn)
      || headers.values.contains(where: text.isIn) || responseHeaders.values.contains(where: text.isIn)
      || text.isIn(body) || text.isIn(responseBody)
  }
}

/// What a person looks for in the log.
struct LogFilter: Sendable {
  private let bytes: [UInt8]

  init(_ text: String) {
    bytes = text.utf8.map(Self.folded)
  }

  var isEmpty: Bool { bytes.isEmpty }

  /// By bytes, which is some fifty times faster than by characters: the log can hold 64 MB.
  func isIn(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { text in
      guard let first = bytes.first, text.count >= bytes.count else { return bytes.isEmpty }
      for start in 0...(text.count - bytes.count) where Self.folded(text[start]) == first {
        if bytes.indices.allSatisfy({ Self.folded(text[start + $0]) == bytes[$0] }) { return true }
      }
      return false
    }
  }

  private static func folded(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
  }
}

extension RequestLogPage {
  /// Asks every second for what is new and puts it on top. The server writes the rows, so nothing is escaped here.
  /// Without it the page has a link to refresh.
  static let script: Markup = """

    'use strict';
    const list = document.getElementById('requests'), live = document.getElementById('live');
    const pause = document.getElementById('pause'), none = document.getElementById('none');
    let paused = false, timer;
    const say = words => { if (live.textContent !== words) live.textContent = words; };
    async function poll() {
      clearTimeout(timer);
      if (paused) return;
      try {
        if (!document.hidden) {
          const {last, log, text} = list.dataset;
          const reply = await fetch('/requests/rows?' + new URLSearchParams({after: last, log, text}));
          if (!reply.ok) throw new Error(reply.status);
          const page = new DOMParser().parseFromString(await reply.text(), 'text/html');
          const fresh = page.getElementById('requests');
          if (paused) return;
          if (fresh.dataset.log !== log) list.replaceChildren();
          list.prepend(...fresh.children);
          Object.assign(list.dataset, fresh.dataset);
          while (list.children.length > list.dataset.most) list.lastElementChild.remove();
          none.hidden = list.children.length > 0;
        }
        say('Live.');
      } catch {
        say('The sandbox does not answer; trying again.');
      }
      timer = setTimeout(poll, 1000);
    }
    pause.addEventListener('click', () => {
      paused = !paused;
      pause.textContent = paused ? 'Resume' : 'Pause';
      if (paused) say('Paused.');
      poll();
    });
    document.addEventListener('visibilitychange', poll);
    document.getElementById('refresh').hidden = true;
    pause.hidden = false;
    poll();

    """
}

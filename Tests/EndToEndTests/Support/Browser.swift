import Foundation
import NIOHTTP1

/// A browser without scripts, with a cookie jar, for one person.
struct Browser {
  let http: HTTP
  /// By host: cookies do not know ports (RFC 6265, section 8.5).
  private(set) var cookies: [String: [String: String]] = [:]
  /// Every URL that was asked for, in order.
  private(set) var visited: [String] = []
  /// Follows no redirect to a URL that begins so, and returns it instead as a page with the redirect's status.
  var stopsBefore: String?

  init(http: HTTP) {
    self.http = http
  }

  struct Page: CustomStringConvertible {
    let url: URL
    let status: Int
    let body: String
    let forms: [Form]
    /// The sources of the page's `form-action`; `nil` when it has none.
    let formAction: [String]?

    func has(button: String) -> Bool { find(button) != nil }

    /// Whether Chromium would follow a form of this page, or a redirect after it, to `target`.
    func permits(formTo target: String) -> Bool {
      guard let formAction, let target = URL(string: target) else { return false }
      return Browser.permits(formAction, from: url, to: target)
    }

    /// The first button whose name, value or label contains `button`, ignoring case, and its form.
    fileprivate func find(_ button: String) -> (form: Form, button: Button)? {
      for form in forms {
        for candidate in form.buttons {
          let words = [candidate.name, candidate.value, candidate.label].joined(separator: " ")
          if words.lowercased().contains(button.lowercased()) { return (form, candidate) }
        }
      }
      return nil
    }

    var description: String { "\(status) at \(url): \(body)" }

    /// What a person reads.
    var text: String {
      body.replacing(/<style.*?<\/style>/.dotMatchesNewlines(), with: "").replacing(/<[^>]*>/, with: " ")
        .unescapedHTML
    }
  }

  struct Form {
    let action: String
    let method: String
    let fields: [(String, String)]
    let buttons: [Button]
  }

  struct Button {
    let name: String
    let value: String
    let label: String
  }

  /// Opens a link and follows what redirects.
  mutating func open(_ url: String) async throws -> Page {
    try await go("GET", URL(string: url), body: nil, allowed: nil)
  }

  /// Presses the first button whose name, value or label contains `button`, ignoring case.
  mutating func press(_ button: String, on page: Page) async throws -> Page {
    guard let (form, button) = page.find(button) else {
      throw UnexpectedAnswer(description: "no button '\(button)' on \(page)")
    }
    let named = button.name.isEmpty ? [] : [(button.name, button.value)]
    return try await submit(form, form.fields + named, from: page)
  }

  private mutating func submit(
    _ form: Form, _ fields: [(String, String)], from page: Page
  ) async throws -> Page {
    let target = form.action.isEmpty ? page.url : URL(string: form.action, relativeTo: page.url)?.absoluteURL
    let allowed = page.formAction.map { (sources: $0, page: page.url) }
    guard form.method == "POST" else {
      guard let target, var parts = URLComponents(url: target, resolvingAgainstBaseURL: true) else {
        throw UnexpectedAnswer(description: "a form without a target on \(page)")
      }
      parts.percentEncodedQuery = fields.urlEncoded
      return try await go("GET", parts.url, body: nil, allowed: allowed)
    }
    return try await go("POST", target, body: fields.urlEncoded, allowed: allowed)
  }

  /// - Parameter allowed: where a form may lead. Chromium asks that of every redirect too.
  private mutating func go(
    _ method: String, _ first: URL?, body: String?, allowed: (sources: [String], page: URL)?
  ) async throws -> Page {
    guard var url = first else { throw UnexpectedAnswer(description: "not a URL") }
    var (method, body) = (method, body)
    for _ in 0..<10 {
      if let allowed, !Self.permits(allowed.sources, from: allowed.page, to: url) {
        throw UnexpectedAnswer(description: "form-action \(allowed.sources) forbids \(url)")
      }
      visited.append(url.absoluteString)
      var headers = [("Cookie", cookieHeader(url)), ("Accept", "text/html")].filter { !$0.1.isEmpty }
      if body != nil { headers.append(("Content-Type", "application/x-www-form-urlencoded")) }
      let answer = try await http.send(method, url.absoluteString, headers: headers, body: body)
      store(answer.headers["set-cookie"], from: url)
      guard (300..<400).contains(answer.status), let location = answer.headers.first(name: "location"),
        let next = URL(string: location, relativeTo: url)?.absoluteURL
      else {
        return Page(
          url: url, status: answer.status, body: answer.body, forms: answer.body.forms,
          formAction: answer.headers.first(name: "content-security-policy").flatMap(Self.formAction))
      }
      if let stopsBefore, next.absoluteString.hasPrefix(stopsBefore) {
        return Page(url: next, status: answer.status, body: "", forms: [], formAction: nil)
      }
      if answer.status != 307 && answer.status != 308 { (method, body) = ("GET", nil) }
      url = next
    }
    throw UnexpectedAnswer(description: "redirected in circles at \(url)")
  }

  private func cookieHeader(_ url: URL) -> String {
    (cookies[url.host ?? ""] ?? [:]).map { "\($0)=\($1)" }.sorted().joined(separator: "; ")
  }

  private mutating func store(_ lines: [String], from url: URL) {
    for line in lines {
      let parts = line.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces) }
      guard let pair = parts.first, let equals = pair.firstIndex(of: "=") else { continue }
      let gone = parts.contains { $0.lowercased() == "max-age=0" }
      cookies[url.host ?? "", default: [:]][String(pair[..<equals])] =
        gone ? nil : String(pair[pair.index(after: equals)...])
    }
  }

  private static func formAction(_ policy: String) -> [String]? {
    policy.split(separator: ";").map { $0.split(separator: " ").map(String.init) }
      .first { $0.first == "form-action" }.map { Array($0.dropFirst()) }
  }

  fileprivate static func permits(_ sources: [String], from page: URL, to url: URL) -> Bool {
    sources.contains { source in
      switch source {
      case "'self'": url.origin == page.origin
      case "'none'": false
      case let scheme where scheme.hasSuffix(":") && !scheme.contains("/"):
        url.scheme.map { $0 + ":" } == scheme
      default: URL(string: source)?.origin == url.origin
      }
    }
  }
}

extension URL {
  fileprivate var origin: String {
    "\(scheme ?? "")://\(host ?? ""):\(port ?? (scheme == "https" ? 443 : 80))"
  }
}

extension [(String, String)] {
  var urlEncoded: String {
    let plain = CharacterSet(charactersIn: "-._~").union(.alphanumerics)
    func encoded(_ text: String) -> String { text.addingPercentEncoding(withAllowedCharacters: plain) ?? "" }
    return map { encoded($0) + "=" + encoded($1) }.joined(separator: "&")
  }
}

extension String {
  fileprivate var forms: [Browser.Form] {
    matches(of: /<form([^>]*)>(.*?)<\/form>/.dotMatchesNewlines().ignoresCase()).map { match in
      let head = String(match.1)
      let body = String(match.2)
      let inputs = body.matches(of: /<input([^>]*)>/.ignoresCase()).map { String($0.1) }
      let fields = inputs.compactMap { input -> (String, String)? in
        guard let name = input.attribute("name"), input.attribute("type") != "submit" else { return nil }
        return (name, input.attribute("value") ?? "")
      }
      let buttons = body.matches(of: /<button([^>]*)>(.*?)<\/button>/.dotMatchesNewlines().ignoresCase())
      return Browser.Form(
        action: head.attribute("action") ?? "", method: (head.attribute("method") ?? "get").uppercased(),
        fields: fields,
        buttons: buttons.map { button in
          let head = String(button.1)
          return Browser.Button(
            name: head.attribute("name") ?? "", value: head.attribute("value") ?? "",
            label: String(button.2).unescapedHTML)
        })
    }
  }

  private func attribute(_ name: String) -> String? {
    // Attributes are few and short: one expression for all of them.
    for match in matches(of: /([a-zA-Z-]+)\s*=\s*"([^"]*)"/) where match.1.lowercased() == name {
      return String(match.2).unescapedHTML
    }
    return nil
  }

  var unescapedHTML: String {
    var text = self
    for (entity, character) in [
      ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&#x27;", "'"), ("&#47;", "/"),
      ("&#x2F;", "/"), ("&#43;", "+"), ("&#61;", "="), ("&#96;", "`"), ("&amp;", "&"),
    ] {
      text = text.replacing(entity, with: character)
    }
    return text
  }
}

import Core
import HTML
import HTTPTypes
import Hummingbird
import NIOCore

/// The frame of all pages. Nothing comes from other servers, and only the request log has a script.
struct Page: Sendable {
  /// What the navigation shows as the present place; `nil` for one of Entra's pages, which have no navigation.
  enum Place: Sendable { case mail, requests, control }

  var title: String
  var place: Place?
  /// By how much the sandbox's clock differs from the machine's.
  var clockOffset = Duration.zero
  var body: Markup
  var script: Markup?

  var html: String {
    let page: Markup = """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>\(oneLine(title, limit: 100))</title>
      <link rel="icon" href="/favicon.ico" type="image/svg+xml">
      <style>\(PageStyle.sheet)</style>
      </head>
      <body\(Markup(if: place == nil, " class=\"narrow\""))>
      <header><span class="brand">\(HouseStyle.mark) Heliograph sandbox</span>\(navigation)</header>
      <main>
      \(body)
      </main>
      \(Markup(script) { "<script>\($0)</script>\n" })</body>
      </html>

      """
    return page.text
  }

  private var navigation: Markup {
    guard let place else { return "" }
    let current: Markup = " aria-current=\"page\""
    let moved: Markup =
      clockOffset == .zero
      ? "" : "\n<a class=\"moved\" href=\"/control#clock\">Clock moved by \(clockOffset.words)</a>"
    return """

      <nav aria-label="Sandbox">
      <a href="/"\(place == .mail ? current : "")>Mail</a>
      <a href="/requests"\(place == .requests ? current : "")>Requests</a>
      <a href="/control"\(place == .control ? current : "")>Control</a>
      </nav>\(moved)
      """
  }

  /// The page, which is not cached and cannot be framed.
  ///
  /// - Parameter showsHTMLMail: allows what an HTML message may have in its frame, which is bound by this policy too:
  ///   styles of its own, and images that are part of it.
  func response(status: HTTPResponse.Status = .ok, showsHTMLMail: Bool = false) -> Response {
    var policy = [
      "default-src 'none'", "style-src " + (showsHTMLMail ? "'unsafe-inline'" : PageStyle.source),
      "img-src 'self'" + (showsHTMLMail ? " data:" : ""), "base-uri 'none'", "frame-ancestors 'none'",
    ]
    // Entra's forms lead to wherever the client is.
    if place != nil { policy.append("form-action 'self'") }
    if let script { policy += ["script-src '\(PageStyle.digest(script))'", "connect-src 'self'"] }
    return Response(
      status: status,
      headers: [
        .contentType: "text/html; charset=utf-8", .cacheControl: "no-store",
        .contentSecurityPolicy: policy.joined(separator: "; "), .xContentTypeOptions: "nosniff",
      ], body: ResponseBody(byteBuffer: ByteBuffer(string: html)))
  }
}

extension Duration {
  /// `+91 d`, `−1 h 30 min`, `+5 s`: at most two parts.
  var words: String {
    var rest = (components.seconds.magnitude, components.attoseconds.magnitude)
    if rest.0 == 0 { return (self < .zero ? "−" : "+") + "\(rest.1 / 1_000_000_000_000_000) ms" }
    rest.1 = 0
    var parts: [String] = []
    for (length, unit) in [(86_400, "d"), (3600, "h"), (60, "min"), (1, "s")] as [(UInt64, String)] {
      if rest.0 >= length { parts.append("\(rest.0 / length) \(unit)") }
      rest.0 %= length
    }
    return (self < .zero ? "−" : "+") + parts.prefix(2).joined(separator: " ")
  }
}

extension Instant {
  /// `2026-11-20 22:41:26 UTC`.
  var shown: Markup {
    let text = dateTimeOffset
    return "<time datetime=\"\(text)\">\(text.prefix(10) + " " + text.dropFirst(11).prefix(8)) UTC</time>"
  }
}

extension Markup {
  /// Text from a message or a request, in whichever direction it is written. Characters that could not be seen, or that
  /// reorder what surrounds them, are shown by their code points; line breaks and tabs stay.
  static func shown(_ text: String) -> Markup {
    guard text.unicodeScalars.contains(where: isUnseen) else { return isolated(text) }
    let scalars = text.unicodeScalars
    var parts: [Markup] = []
    var start = scalars.startIndex
    for index in scalars.indices where isUnseen(scalars[index]) {
      let code = String(scalars[index].value, radix: 16, uppercase: true)
      let name = "U+" + String(repeating: "0", count: max(0, 4 - code.count)) + code
      parts.append("\(String(scalars[start..<index]))<span class=\"mark\">\(name)</span>")
      start = scalars.index(after: index)
    }
    parts.append("\(String(scalars[start...]))")
    return "<bdi>\(Markup(joining: parts))</bdi>"
  }

  private static func isUnseen(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.value < 0x7F { return scalar.value < 0x20 && !"\t\r\n".unicodeScalars.contains(scalar) }
    return scalar.properties.isBidiControl
      || [.control, .lineSeparator, .paragraphSeparator].contains(scalar.properties.generalCategory)
  }
}

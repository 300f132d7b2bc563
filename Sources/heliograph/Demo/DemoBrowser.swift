import AsyncHTTPClient
import Core
import Foundation
import NIOCore
import NIOHTTP1

/// As much of a browser as a sign-in needs: it keeps cookies by host and port, follows redirects and posts forms.
struct DemoBrowser {
  private let http: HTTPClient
  private var cookies: [String: [String: String]] = [:]

  /// More hops than any sign-in needs.
  private static let redirectLimit = 10

  init(http: HTTPClient) {
    self.http = http
  }

  mutating func open(_ url: URL) async throws -> HTMLPage {
    try await load(HTTPClientRequest(url: url.absoluteString), url)
  }

  /// Presses the button with this name and value, or the first that has the name when `value` is `nil`.
  mutating func press(_ name: String, _ value: String? = nil, on page: HTMLPage) async throws -> HTMLPage {
    for form in page.forms {
      guard
        let button = form.buttons.first(where: { $0.name == name && (value == nil || $0.value == value) }),
        let target = URL(string: form.action, relativeTo: page.url)?.absoluteURL
      else { continue }
      var request = HTTPClientRequest(url: target.absoluteString)
      request.method = .POST
      request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
      request.body = .bytes(ByteBuffer(string: Self.encode(form.fields + [button])))
      return try await load(request, target)
    }
    throw Problem.noButton(name, page)
  }

  private mutating func load(_ request: HTTPClientRequest, _ url: URL) async throws -> HTMLPage {
    var request = request
    var url = url
    for _ in 0...Self.redirectLimit {
      let site = Self.site(url)
      if let known = cookies[site], !known.isEmpty {
        let header = known.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")
        request.headers.replaceOrAdd(name: "Cookie", value: header)
      }
      let response = try await http.execute(request, timeout: .seconds(30))
      let body = try await response.body.collect(upTo: 4 << 20)
      remember(response.headers["Set-Cookie"], site)
      guard (300..<400).contains(response.status.code),
        let location = response.headers.first(name: "Location"),
        let next = URL(string: location, relativeTo: url)?.absoluteURL
      else { return HTMLPage(url: url, status: Int(response.status.code), html: String(buffer: body)) }
      url = next
      request = HTTPClientRequest(url: url.absoluteString)
    }
    throw Problem.tooManyRedirects(url)
  }

  private mutating func remember(_ headers: [String], _ site: String) {
    for header in headers {
      let pair = header.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1).map(String.init)
      if pair.count == 2 { cookies[site, default: [:]][pair[0]] = pair[1] }
    }
  }

  private static func site(_ url: URL) -> String { "\(url.host ?? ""):\(url.port ?? 0)" }

  private static func encode(_ fields: [HTMLForm.Field]) -> String {
    let allowed = CharacterSet.alphanumerics.union(.init(charactersIn: "-._~"))
    func text(_ text: String) -> String { text.addingPercentEncoding(withAllowedCharacters: allowed) ?? "" }
    return fields.map { "\(text($0.name))=\(text($0.value))" }.joined(separator: "&")
  }
}

import HTTPTypes
package import Hummingbird
import NIOCore

/// Serves only its own host names, so that a web page whose name resolves to this machine reaches nothing (DNS
/// rebinding), and accepts control requests and forms from no other site. Also records the origin that was addressed.
package struct HostGuard: RouterMiddleware {
  let scheme: String
  /// The configured host, which is answered to besides the loopback names; `nil` answers to every name.
  let host: String?

  package func handle(
    _ request: Request, context: SandboxContext,
    next: (Request, SandboxContext) async throws -> Response
  ) async throws -> Response {
    let authority = request.head.authority ?? ""
    guard let name = Self.hostName(of: authority), isOurs(name) else {
      throw HTTPError(
        .misdirectedRequest, message: "This sandbox does not answer to the host '\(authority)'.")
    }
    var context = context
    context.origin = scheme + "://" + authority
    let path = request.uri.path
    if SandboxPath.isControlAPI(path) {
      try await checkControl(request, origin: context.origin)
    } else if SandboxPath.isOwn(path) {
      try checkForm(request, origin: context.origin)
    }
    return try await next(request, context)
  }

  /// Of all control requests, `messages` alone has parameters. One that changes something is JSON from no other
  /// page: a browser can post a form to any origin, but not with this media type, and it names the page it came
  /// from.
  private func checkControl(_ request: Request, origin: String) async throws {
    if let query = request.uri.query, !query.isEmpty, request.uri.path != "/sandbox/messages" {
      throw HTTPError(.badRequest, message: "\(request.uri.path) takes no parameters.")
    }
    guard request.method != .get else { return }
    if let page = request.headers[.origin], page != origin {
      throw HTTPError(.forbidden, message: "Control requests from the page '\(page)' are refused.")
    }
    let mediaType = request.headers[.contentType].map { $0.prefix(while: { $0 != ";" }).lowercased() }
    let isEmpty = try await request.body.collect(upTo: RequestLogMiddleware.maximumBody).readableBytes == 0
    guard mediaType == "application/json" || (isEmpty && mediaType == nil) else {
      throw HTTPError(.unsupportedMediaType, message: "Control requests must be application/json.")
    }
  }

  /// A form of one of our pages. Any page can post one to any origin, but the browser then says where it comes from, by
  /// `Sec-Fetch-Site` or, where that is not sent, by `Origin`. What says neither is no browser.
  private func checkForm(_ request: Request, origin: String) throws {
    guard request.method != .get, request.method != .head else { return }
    let site = request.headers[.secFetchSite]
    let page = request.headers[.origin]
    guard site == nil || site == "same-origin", page == nil || page == origin else {
      throw HTTPError(.forbidden, message: "A form from another page (\(page ?? site ?? "")) is refused.")
    }
  }

  private func isOurs(_ name: String) -> Bool {
    guard let host else { return true }
    return name == host.lowercased() || Self.isLoopback(name)
  }

  /// `localhost` and names under it, `127.0.0.0/8`, `[::1]`.
  static func isLoopback(_ name: String) -> Bool {
    if name == "localhost" || name.hasSuffix(".localhost") || name == "[::1]" || name == "::1" { return true }
    let numbers = name.split(separator: ".", omittingEmptySubsequences: false)
    return numbers.count == 4 && numbers[0] == "127" && numbers.allSatisfy { UInt8($0) != nil }
  }

  /// The name of `name:port`, in lower case; `nil` when what follows is not a port.
  static func hostName(of authority: String) -> String? {
    let end =
      authority.hasPrefix("[")
      ? authority.firstIndex(of: "]").map(authority.index(after:))
      : authority.firstIndex(of: ":") ?? authority.endIndex
    guard let end, end > authority.startIndex else { return nil }
    let rest = authority[end...]
    guard rest.isEmpty || (rest.first == ":" && UInt16(rest.dropFirst()) != nil) else { return nil }
    return authority[..<end].lowercased()
  }
}

extension HTTPField.Name {
  static let secFetchSite = HTTPField.Name("Sec-Fetch-Site") ?? .origin
}

import API
import Accounts
import Core
import Foundation
import HTML
import HTTPTypes
import Hummingbird
import NIOCore

/// What the owner of a mailbox sees: the sign-in page, and where Microsoft sends them back to.
struct HostedPages: Sendable {
  private let signIn: SignIn
  let devices: DeviceSignIn
  private let headers = Self.securityHeaders()
  private let loginOrigins: [String]
  private let isSecure: Bool

  /// How many seconds a person has to read what failed before the way back is taken, and to send a link to somebody
  /// else.
  private static let readingTime = 20
  private static let sendingTime = 300

  /// Far more than a form of four fields takes.
  private static let formLimit = 64 << 10

  init(signIn: SignIn, publicURL: String, loginOrigins: [String]) {
    self.signIn = signIn
    devices = DeviceSignIn(signIn: signIn)
    isSecure = publicURL.hasPrefix("https:")
    self.loginOrigins = loginOrigins
  }

  func add(to router: Router<WebContext>) {
    let pages = router.group("").add(middleware: PageProblemMiddleware(pages: self))
    pages.get("/", use: home)
    pages.get("/accounts/new", use: show)
    pages.post("/accounts/new", use: begin)
    pages.get("/accounts/help", use: help)
    addDevice(to: pages)
    for path in SignIn.callbackPaths { pages.get(RouterPath(path), use: complete) }
    router.get("/assets/heliograph.css") { _, _ in
      Response(
        status: .ok,
        headers: [.contentType: "text/css; charset=utf-8", .cacheControl: "public, max-age=3600"],
        body: ResponseBody(byteBuffer: ByteBuffer(string: StyleSheet.text)))
    }
  }

  /// A target for the form's `redirectUrl` without a program to return to.
  private func home(_ request: Request, _ context: WebContext) async throws -> Response {
    let query = try request.formQuery
    if query["state"] == "failed" {
      // The sentence is not taken from the URL: anyone could put one there.
      let code = query["problem"].flatMap { ProblemCode(rawValue: $0) }
      return html(.notConnected(help: code.map { HelpLink(code: $0.rawValue).help }))
    }
    guard let account = query["account"], !account.isEmpty else { return html(.running) }
    return html(.connected(account, isProven: query["identity"] != "unverified"))
  }

  /// Opening the link changes nothing: mail scanners open links too.
  private func show(_ request: Request, _ context: WebContext) async throws -> Response {
    let query = try request.formQuery
    let link = HelpLink(query)
    switch try await signIn.page(data: link.data ?? "", sig: link.sig ?? "") {
    case .used(let email): return html(.alreadyConnected(email: email))
    case .open(let page):
      let view = query["with"].flatMap(HelpLink.View.init)
      return html(.signIn(page, link: link, view: view), formTargets: formTargets(page))
    }
  }

  private func begin(_ request: Request, _ context: WebContext) async throws -> Response {
    try await fromLink(request) { form in
      let start = try await signIn.begin(data: form.data, sig: form.sig, app: form.app)
      var response = redirect(to: start.authorizeURL)
      let life = start.cookie.maxAge.components.seconds
      response.headers[.setCookie] =
        "\(start.cookie.name)=\(start.cookie.value.reveal()); Path=/; Max-Age=\(life); HttpOnly; SameSite=Lax"
        + (isSecure ? "; Secure" : "")
      return response
    }
  }

  /// Answers a button of the choice page. What fails while the link itself is good may be tried again.
  func fromLink(
    _ request: Request, _ body: (StartForm) async throws -> Response
  ) async throws -> Response {
    try Self.refuseForeignForm(request)
    var bytes: [UInt8] = []
    try await request.read(upTo: Self.formLimit) { bytes += $0.readableBytesView }
    let form = try StartForm.read(form: bytes)
    do {
      return try await body(form)
    } catch let problem as Problem where problem.code != .formInvalid {
      let link = HelpLink(["data": form.data, "sig": form.sig]).signIn
      // The page of a used link says what became of it.
      if problem.code == .formUsed, let link { return redirect(to: link.text) }
      return refusal(PageFailure(problem), tryAgain: link?.text)
    }
  }

  /// A form on another site could start a sign-in in a person's browser. Every browser of today says where a
  /// form came from (W3C Fetch Metadata); a client without these headers is not a browser and has no cookies to
  /// misuse.
  private static func refuseForeignForm(_ request: Request) throws(Problem) {
    guard let name = HTTPField.Name("Sec-Fetch-Site"), let site = request.headers[name] else { return }
    guard ["same-origin", "none"].contains(site) else { throw .foreignForm }
  }

  private func complete(_ request: Request, _ context: WebContext) async throws -> Response {
    let query = try request.formQuery
    if let page = afterConsent(query) { return page }
    switch try await signIn.complete(query, cookies: Self.cookies(of: request)) {
    case .connected(_, _, let redirect): return self.redirect(to: redirect)
    case .used(let email): return html(.alreadyConnected(email: email))
    case .refused(let refused):
      let failure = PageFailure(refused.problem)
      let isReserved = refused.offersSendOnly && failure.actor == .administrator
      let link = HelpLink(code: failure.code, of: refused.tryAgain)
      return refusal(
        failure, tryAgain: refused.tryAgain, sendOnly: isReserved ? link.signIn(.sending) : nil,
        back: refused.back)
    }
  }

  /// The page that names what went wrong and the cure.
  func refusal(
    _ failure: PageFailure, tryAgain: String? = nil, sendOnly: WebAddress? = nil, back: WayBack? = nil
  ) -> Response {
    let seconds = failure.cure.hasLinkToSend ? Self.sendingTime : Self.readingTime
    let page = HostedPage.refused(
      failure, tryAgain: tryAgain, sendOnly: sendOnly, back: back, seconds: seconds)
    var response = html(page, status: failure.status)
    // So the program learns of the failure too.
    if let back { response.headers.set("Refresh", "\(seconds); url=\(back.url)") }
    return response
  }

  /// What a code means, for a person who is stuck on one of Microsoft's pages and will not return here.
  private func help(_ request: Request, _ context: WebContext) async throws -> Response {
    let link = HelpLink(try request.formQuery)
    var answer: HelpAnswer?
    if let code = link.code { answer = try await signIn.explain(code, data: link.data, sig: link.sig) }
    return html(.help(link, answer), formTargets: ["'self'"])
  }

  func html(
    _ page: HostedPage, status: HTTPResponse.Status = .ok, formTargets: [String] = ["'none'"]
  ) -> Response {
    var headers = headers
    headers[.contentType] = "text/html; charset=utf-8"
    headers[.contentSecurityPolicy] =
      "default-src 'none'; style-src 'self'; form-action \(formTargets.joined(separator: " ")); "
      + "base-uri 'none'; frame-ancestors 'none'"
    return Response(
      status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: page.html)))
  }

  func redirect(to url: String) -> Response {
    var headers = headers
    headers[.location] = url
    return Response(status: .seeOther, headers: headers)
  }

  private static func cookies(of request: Request) -> [String: String] {
    let pairs = (request.headers[.cookie] ?? "").split(separator: ";").compactMap {
      pair -> (String, String)? in
      let parts = pair.trimmingCharacters(in: .whitespaces).split(separator: "=", maxSplits: 1)
      return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
    }
    return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
  }

  /// Chromium applies `form-action` to every redirect after a form, and whoever is signed in at Microsoft passes
  /// through in one go: login page, its sister for personal accounts or the organisation's own sign-in server,
  /// callback, program. Those in the middle are Microsoft's to choose.
  private func formTargets(_ page: FormPage) -> [String] {
    ["'self'", "https:"] + loginOrigins + [page.returnOrigin]
  }

  private static func securityHeaders() -> HTTPFields {
    var headers: HTTPFields = [.cacheControl: "no-store", .xContentTypeOptions: "nosniff"]
    // The link is a key to the form, and the callback carries a code: neither may reach another site.
    headers.set("Referrer-Policy", "no-referrer")
    return headers
  }
}

extension HTTPFields {
  /// For a name that the library has no constant for.
  mutating func set(_ name: String, _ value: String) {
    if let name = HTTPField.Name(name) { self[name] = value }
  }
}

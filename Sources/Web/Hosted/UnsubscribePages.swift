import Core
import Delivery
import HTTPTypes
import Hummingbird

/// Where the link in a message of a list leads: a page with a button, and the address to which mail programs post by
/// themselves (RFC 8058).
struct UnsubscribePages: Sendable {
  let lists: SuppressionLists
  let links: UnsubscribeLinks
  let pages: HostedPages

  /// Far more than a form of one field takes.
  private static let formLimit = 64 << 10

  func add(to router: Router<WebContext>) {
    let path = RouterPath(UnsubscribeLinks.path)
    router.get(path) { request, _ in
      try await answer(request, hasChanged: false) { try await lists.standing(of: $0) }
    }
    router.post(path) { request, context in
      try await answer(request, hasChanged: true) { try await change($0, request, context) }
    }
  }

  /// The signature is all that is needed: who has the link may use it, from any page, as mail programs do.
  private func change(
    _ recipient: ListRecipient, _ request: Request, _ context: WebContext
  ) async throws -> ListStanding {
    var bytes: [UInt8] = []
    try await request.read(upTo: Self.formLimit) { bytes += $0.readableBytesView }
    let visitor = Visitor(request, context)
    switch try UnsubscribeForm(bytes, type: request.headers[.contentType]) {
    case .oneClick: return try await lists.unsubscribe(recipient, isOneClick: true, by: visitor)
    case .leave: return try await lists.unsubscribe(recipient, isOneClick: false, by: visitor)
    case .comeBack: return try await lists.subscribe(recipient, by: visitor)
    }
  }

  /// Answers every failure with a page.
  private func answer(
    _ request: Request, hasChanged: Bool, _ body: (ListRecipient) async throws -> ListStanding
  ) async throws -> Response {
    do {
      let query = try request.formQuery
      let recipient = try links.recipient(data: query["data"] ?? "", signature: query["sig"] ?? "")
      let page = HostedPage.list(try await body(recipient), hasChanged: hasChanged)
      return pages.html(page, formTargets: ["'self'"])
    } catch let problem as Problem {
      let failure = PageFailure(problem)
      return pages.html(.listUnchanged(failure), status: failure.status)
    }
  }
}

extension Visitor {
  /// Characters; longer than any program's.
  private static let longestAgent = 256

  fileprivate init(_ request: Request, _ context: WebContext) {
    let agent = request.headers[.userAgent].map { oneLine($0, limit: Self.longestAgent) }
    self.init(
      address: context.clientAddress?.description, userAgent: agent.flatMap { $0.isEmpty ? nil : $0 })
  }
}

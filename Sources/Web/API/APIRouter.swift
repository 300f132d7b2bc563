import API
import Access
import Core
import HTTPTypes
import Hummingbird
import NIOCore
import Store

/// Registers what answers an operation of the contract: authenticates, reads path, query and body by the
/// contract, and writes the reply by it.
struct APIRouter {
  private let router: Router<WebContext>
  private let authentication: BearerAuthentication
  private let bodyLimit: Int

  init(router: Router<WebContext>, authentication: BearerAuthentication, bodyLimit: Int) {
    self.router = router
    self.authentication = authentication
    self.bodyLimit = bodyLimit
  }

  /// A success is always 200.
  func on<Path, Query, Body, Reply>(
    _ operation: Operation<Path, Query, Body, Reply>,
    _ answer: @escaping @Sendable (Call<Path, Query, Body>) async throws -> Reply
  ) {
    handle(operation) { [bodyLimit] call, request in
      var call = call
      call.body = try await Self.body(of: request, operation, limit: bodyLimit)
      return Response(json: try await answer(call))
    }
  }

  /// For an operation whose body or reply streams: `call.body` has its defaults.
  func handle<Path, Query, Body, Reply>(
    _ operation: Operation<Path, Query, Body, Reply>,
    _ answer: @escaping @Sendable (Call<Path, Query, Body>, Request) async throws -> Response
  ) {
    let description = operation.description
    let path = description.template.replacing("{", with: ":").replacing("}", with: "")
    router.on(RouterPath(path), method: description.method.http) { [authentication] request, context in
      var context = context
      context.principal = try await authentication.principal(request, for: description, context)
      let call = Call(
        path: try operation.path { context.parameters.get($0) },
        query: try operation.query(request.uri.query), body: Body(), context: context)
      try call.confine(description)
      return try await answer(call, request)
    }
  }

  private static func body<Path, Query, Body, Reply>(
    of request: Request, _ operation: Operation<Path, Query, Body, Reply>, limit: Int
  ) async throws -> Body {
    switch operation.description.bodyForm {
    case .stream: return Body()
    case .none, .json, .optionalJSON: break
    }
    var reader = operation.bodyReader()
    var isEmpty = true
    try await request.read(upTo: limit) { buffer in
      isEmpty = false
      try buffer.withUnsafeReadableBytes { (bytes) throws(Problem) in try reader.feed(bytes) }
    }
    if isEmpty, operation.description.bodyForm != .json { return Body() }
    return try reader.finish()
  }
}

/// One call of an operation, read by the contract.
struct Call<Path: PathValues, Query: Contract, Body: Contract>: Sendable {
  var path: Path
  var query: Query
  var body: Body
  var context: WebContext

  /// The workspace that everything of this call belongs to.
  var workspace: WorkspaceID { get throws { try context.workspace } }
  var caller: Principal { get throws { try context.caller } }

  /// Restricts a token for one account to that account, and operators' operations to operators.
  fileprivate func confine(_ description: OperationDescription) throws {
    switch description.access {
    case .open, .optionalToken: return
    case .operator: try context.requireOperator()
    case .workspace:
      guard try caller.account == nil else { throw Problem.tokenOfOneAccount }
    case .account:
      guard let own = try caller.account, let named = (path as? any AccountPath)?.account else { return }
      guard named == own else { throw Problem.accountNotFound(named) }
    }
  }
}

/// Path values that name an account.
private protocol AccountPath {
  var account: AccountID { get }
}

extension Identifier: AccountPath where Kind == AccountKind {
  fileprivate var account: AccountID { self }
}

extension UploadPath: AccountPath {}
extension MailPath: AccountPath {}

extension OperationMethod {
  fileprivate var http: HTTPRequest.Method {
    switch self {
    case .get: .get
    case .post: .post
    case .put: .put
    case .delete: .delete
    }
  }
}

extension Request {
  /// Hands the body over as it arrives.
  ///
  /// - Throws: `request.tooLarge` as soon as it is known to be larger than `limit` bytes.
  func read(upTo limit: Int, _ take: (ByteBuffer) async throws -> Void) async throws {
    if let length = headers[.contentLength].flatMap(Int.init), length > limit {
      throw Problem.tooLarge(limit: limit)
    }
    var count = 0
    for try await buffer in body {
      count += buffer.readableBytes
      guard count <= limit else { throw Problem.tooLarge(limit: limit) }
      try await take(buffer)
    }
  }
}

extension Response {
  /// A success.
  init(json reply: some Contract) {
    self.init(
      status: .ok, headers: [.contentType: "application/json; charset=utf-8", .cacheControl: "no-store"],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: reply.json())))
  }
}

extension PagedQuery {
  var request: PageRequest { PageRequest(page: page, size: pageSize) }
}

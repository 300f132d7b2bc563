import Core
import Foundation
import HTTPTypes
import Hummingbird
import JSON
import NIOCore

/// One request to Graph and its reply. Faults apply behind the gate, so that a delayed reply occupies its place in
/// it.
struct GraphExchange: Sendable {
  let state: SandboxState
  let request: Request
  let context: SandboxContext
  private(set) var preferences = GraphPreferences()
  private(set) var now: Instant
  private let requestID = UUID().uuidString.lowercased()
  private let clientRequestID: String

  init(state: SandboxState, request: Request, context: SandboxContext) {
    self.state = state
    self.request = request
    self.context = context
    now = state.clock.now
    clientRequestID = request.headers[.clientRequestID] ?? requestID
  }

  func answer() async throws -> Response {
    var exchange = self
    do {
      exchange.preferences = try GraphPreferences(request.headers[values: .prefer])
      return try await exchange.pass()
    } catch let fault as UploadFault {
      return response(to: GraphError(fault))
    } catch let error as GraphError {
      return response(to: error)
    } catch let fault as MailFault {
      return response(to: GraphError(fault))
    } catch let fault as FormFault {
      return response(to: GraphError(fault))
    }
  }

  /// Graph checks the token before the path; a requested fault comes before both.
  private func pass() async throws -> Response {
    if request.uri.path.hasPrefix(SandboxPath.outlook) { return try await passUpload() }
    let claims = Result { try authenticate() }
    if let segments = try? GraphPath.segments(String(request.uri.path.dropFirst("/v1.0".count))),
      let first = segments.first?.lowercased(), ["subscriptions", "$batch"].contains(first)
    {
      return first == "$batch"
        ? try await passBatch(claims) : try await passSubscriptions(segments.dropFirst(), claims)
    }
    let path = Result { try GraphPath(String(request.uri.path.dropFirst("/v1.0".count))) }
    let user = subject(of: try? path.get(), try? claims.get())
    context.note(user)
    guard let user else {
      return try await faulty(nil) { try await $0.serve(claims.get(), path.get()) }
    }
    guard let mailbox = MailboxID(user.id), let clientID = try? claims.get().clientID else {
      return try await faulty(user) { try await $0.serve(claims.get(), path.get()) }
    }
    let lane = GraphGate.Lane(clientID: clientID, mailbox: mailbox)
    return try await state.graphGate.pass(lane, limit: state.settings.concurrencyLimit) {
      try await faulty(user) { try await $0.serve(claims.get(), path.get()) }
    }
  }

  private func passBatch(_ claims: Result<AccessTokenClaims, any Error>) async throws -> Response {
    let user = subject(of: nil, try? claims.get())
    context.note(user)
    return try await faulty(user) { exchange in
      guard (request.uri.query ?? "").isEmpty else { throw GraphError.notSupported("A query of $batch") }
      return try await exchange.batch(claims.get())
    }
  }

  private func passSubscriptions(
    _ segments: ArraySlice<String>, _ claims: Result<AccessTokenClaims, any Error>
  ) async throws -> Response {
    let user = subject(of: nil, try? claims.get())
    context.note(user)
    return try await faulty(user) { exchange in
      let claims = try claims.get()
      guard EntityTag(request.headers[values: .ifMatch]) == nil else {
        throw GraphError.notSupported("If-Match in this request")
      }
      let operation = try SubscriptionOperation(request.method, segments)
      return try await exchange.perform(operation, claims)
    }
  }

  /// The limit of requests at a time is Graph's, and Outlook has none that is known.
  private func passUpload() async throws -> Response {
    let path = request.uri.path.removingPercentEncoding ?? ""
    let user = await state.mail.owner(ofUpload: path).flatMap { state.directory.user($0.text) }
    context.note(user)
    return try await faulty(user) { try await $0.upload(path) }
  }

  private func faulty(
    _ user: SandboxDirectory.User?, _ serve: (GraphExchange) async throws -> Response
  ) async throws -> Response {
    guard let fault = state.faults.take(request.method.rawValue, path: request.uri.path, user: user) else {
      return try await serve(self)
    }
    return try await fault.run(context, clock: state.clock) { status, code in
      response(
        to: GraphError(status, code ?? "UnknownError", Self.faultMessage, retryAfter: fault.retryAfter))
    } serve: {
      var exchange = self
      // The fault may have moved the clock.
      exchange.now = state.clock.now
      return try await serve(exchange)
    }
  }

  private static let faultMessage = "A fault that was requested by POST /sandbox/faults."

  private func authenticate() throws(GraphError) -> AccessTokenClaims {
    let words = (request.headers[.authorization] ?? "").split(separator: " ", maxSplits: 1)
    guard words.first?.lowercased() == "bearer", words.count == 2 else { throw .tokenMissing }
    do throws(AccessTokenFault) {
      return try state.tokens.verify(String(words[1]))
    } catch {
      throw GraphError(error)
    }
  }

  private func subject(of path: GraphPath?, _ claims: AccessTokenClaims?) -> SandboxDirectory.User? {
    switch path?.owner {
    case .user(let name)?: state.directory.user(name)
    case .me?, nil: claims?.userID.flatMap { state.directory.user($0) }
    }
  }

  private func serve(_ claims: AccessTokenClaims, _ path: GraphPath) async throws -> Response {
    let operation = try GraphOperation(request.method, path.route)
    let access = try GraphAccess(claims, path, need: operation.need, in: state.directory)
    let options = try ODataQuery(FormFields(query: request), for: operation.shape)
    if !operation.takesBody { try await refuseBody() }
    guard operation.isConditional || EntityTag(request.headers[values: .ifMatch]) == nil else {
      throw GraphError.notSupported("If-Match in this request")
    }
    var exchange = self
    try exchange.preferences.settle(for: operation)
    return try await exchange.perform(operation, options, access)
  }
}

// Answers.
extension GraphExchange {
  /// `application/json` as Outlook's part of Graph spells it.
  private static let mediaType =
    "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"

  func json(_ value: JSONValue, status: HTTPResponse.Status = .ok, location: String? = nil) -> Response {
    var headers = answerHeaders
    headers[.contentType] = Self.mediaType
    headers[.location] = location
    return response(status, headers, value.serialized())
  }

  /// To `return=minimal`. What was created is named twice (OData 4.01 Protocol sections 8.2.8.7 and 8.3.4).
  func minimal(location: String? = nil) -> Response {
    var headers = answerHeaders
    headers[.location] = location
    headers[.odataEntityID] = location
    return response(.noContent, headers)
  }

  private var answerHeaders: HTTPFields {
    var headers: HTTPFields = [.odataVersion: "4.0"]
    if !preferences.applied.isEmpty {
      headers[.preferenceApplied] = preferences.applied.joined(separator: ", ")
    }
    return headers
  }

  func response(
    _ status: HTTPResponse.Status, _ headers: HTTPFields = [:], _ body: [UInt8] = []
  ) -> Response {
    var headers = headers
    headers[.graphRequestID] = requestID
    headers[.clientRequestID] = clientRequestID
    headers[.agsDiagnostic] = #"{"ServerInfo":{"DataCenter":"Sandbox","Slice":"E","Ring":"1"}}"#
    return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
  }

  private func response(to error: GraphError) -> Response {
    var headers: HTTPFields = [.contentType: "application/json"]
    headers[.retryAfter] = error.retryAfter.map(String.init)
    if error.status == 401 {
      headers[.wwwAuthenticate] =
        #"Bearer realm="", authorization_uri="\#(context.origin)/common/oauth2/authorize", "#
        + #"client_id="00000003-0000-0000-c000-000000000000""#
    }
    let body = error.json(requestID: requestID, clientRequestID: clientRequestID, at: now)
    return response(HTTPResponse.Status(code: error.status), headers, body.serialized())
  }
}

extension HTTPField.Name {
  private static func known(_ name: String) -> HTTPField.Name {
    guard let field = HTTPField.Name(name) else { preconditionFailure("\(name) is not a token") }
    return field
  }
  static let graphRequestID = known("request-id")
  static let agsDiagnostic = known("x-ms-ags-diagnostic")
  static let prefer = known("Prefer")
  static let preferenceApplied = known("Preference-Applied")
  static let odataVersion = known("OData-Version")
  static let odataEntityID = known("OData-EntityId")
}

extension SandboxState {
  /// Everything under `/v1.0`, and upload URLs.
  func addGraphRoutes(to router: Router<SandboxContext>) throws {
    for method in [HTTPRequest.Method.get, .post, .patch, .put, .delete] {
      for path in ["/v1.0/**", "\(SandboxPath.outlook)**"] {
        router.on(RouterPath(path), method: method) { [self] request, context in
          try await GraphExchange(state: self, request: request, context: context).answer()
        }
      }
    }
  }
}

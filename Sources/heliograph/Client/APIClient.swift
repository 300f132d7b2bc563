import API
import AsyncHTTPClient
import Core
import Foundation
import NIOCore
import NIOHTTP1

/// A client of the REST API: requests and replies are those of the contract.
struct APIClient: Sendable {
  let gateway: GatewayURL
  let token: Secret
  /// Where an operator's token acts; `nil` leaves it to the token.
  var workspace: String?
  let http: HTTPClient

  /// Reads HELIOGRAPH_URL, HELIOGRAPH_TOKEN and HELIOGRAPH_WORKSPACE, runs `body` and closes the connections.
  static func withEnvironment<Value>(
    isolation: isolated (any Actor)? = #isolation, _ body: (APIClient) async throws -> Value
  ) async throws -> Value {
    guard let token = environmentToken else { throw Problem.noToken }
    try checkVariable("HELIOGRAPH_TOKEN", token.reveal())
    let url = try GatewayURL.ofEnvironment()
    let workspace = environment("HELIOGRAPH_WORKSPACE")
    if let workspace { try checkVariable("HELIOGRAPH_WORKSPACE", workspace) }
    if url.isReadable {
      Terminal.error(
        "heliograph: the token is sent to \(url.text) without encryption; use https between machines.")
    }
    var configuration = HTTPClient.Configuration()
    // A person waits: whoever wants another try enters the command again.
    configuration.connectionPool.retryConnectionEstablishment = false
    let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    let client = APIClient(gateway: url, token: token, workspace: workspace, http: http)
    do {
      let value = try await body(client)
      try await http.shutdown()
      return value
    } catch {
      try? await http.shutdown()
      throw error
    }
  }

  var url: String { gateway.text }

  /// `nil` when HELIOGRAPH_TOKEN is not set.
  static var environmentToken: Secret? { environment("HELIOGRAPH_TOKEN").map { Secret($0) } }

  /// `nil` when the variable is not set, or empty.
  static func environment(_ variable: String) -> String? {
    ProcessInfo.processInfo.environment[variable].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// - Throws: `configuration.invalid` for a value that no header can contain. It is a secret, and not shown.
  private static func checkVariable(_ name: String, _ value: String) throws(Problem) {
    guard let stray = value.unicodeScalars.first(where: { !(0x21...0x7E).contains($0.value) }) else { return }
    let what =
      switch stray {
      case " ": "a space"
      case "\n", "\r": "a line break"
      default: stray.isASCII ? "a control character" : "a character outside ASCII"
      }
    throw .malformedVariable(
      "\(name) contains \(what), so it was not copied whole or has something else in it.",
      remedy: "Set it to the text alone, without quotation marks or spaces.")
  }

  /// - Throws: `Problem`: the gateway's own, or that it cannot be reached, or that its reply is not the
  ///   contract's.
  func call<Path: PathValues, Query: Contract, Body: Contract, Reply: Contract>(
    _ operation: API.Operation<Path, Query, Body, Reply>, path: Path, query: Query = Query(),
    body: Body = Body(), headers: [(name: String, value: String)] = [], timeout: TimeAmount = .seconds(60)
  ) async throws -> APIReply<Reply> {
    var request = request(operation.method, operation.target(path, query), headers)
    if operation.description.bodyForm != .none {
      request.headers.add(name: "Content-Type", value: "application/json")
      request.body = .bytes(ByteBuffer(bytes: body.json(revealingSecrets: true)))
    }
    return try await reply(to: request, of: operation, timeout)
  }

  /// An operation whose body is not JSON.
  func call<Path: PathValues, Reply: Contract>(
    _ operation: API.Operation<Path, Nothing, Nothing, Reply>, path: Path, bytes: ByteBuffer,
    headers: [(name: String, value: String)] = []
  ) async throws -> APIReply<Reply> {
    var request = request(operation.method, operation.target(path), headers)
    if case .stream(let type, _) = operation.description.bodyForm {
      request.headers.add(name: "Content-Type", value: type)
    }
    request.body = .bytes(bytes)
    return try await reply(to: request, of: operation, .seconds(60))
  }

  private func reply<Path: PathValues, Query: Contract, Body: Contract, Reply: Contract>(
    to request: HTTPClientRequest, of operation: API.Operation<Path, Query, Body, Reply>,
    _ timeout: TimeAmount
  ) async throws -> APIReply<Reply> {
    while true {
      let response: HTTPClientResponse
      let bytes: [UInt8]
      do {
        response = try await http.execute(request, timeout: timeout)
        bytes = Array(buffer: try await response.body.collect(upTo: 64 << 20))
      } catch {
        throw Problem.unreachable(gateway, error)
      }
      if response.status == .ok { return APIReply(value: try operation.reply(bytes), bytes: bytes) }
      let problem = Problem(status: Int(response.status.code), body: bytes)
      let seconds = response.headers.first(name: "Retry-After").flatMap { Int($0) }
      guard problem.code == .tokenRateLimited, let seconds, seconds <= Self.longestWait else { throw problem }
      Terminal.error("\(problem.summary) Waiting for \(seconds) seconds.")
      try await Task.sleep(for: .seconds(max(seconds, 1)))
    }
  }

  /// How many seconds are waited where the token has been used as often as it may.
  private static let longestWait = 3600

  /// Hands over a reply that is not JSON as it arrives.
  func download<Path: PathValues>(
    _ operation: API.Operation<Path, Nothing, Nothing, Nothing>, path: Path,
    isolation: isolated (any Actor)? = #isolation, _ take: ([UInt8]) throws -> Void
  ) async throws {
    do {
      let response = try await http.execute(
        request(operation.method, operation.target(path), []), timeout: .hours(1))
      guard response.status == .ok else {
        let refusal = try await response.body.collect(upTo: 1 << 20)
        throw Problem(status: Int(response.status.code), body: Array(buffer: refusal))
      }
      for try await piece in response.body {
        do {
          try take(Array(buffer: piece))
        } catch {
          throw NotTaken(cause: error)
        }
      }
    } catch let problem as Problem {
      throw problem
    } catch let failure as NotTaken {
      throw failure.cause
    } catch {
      throw Problem.unreachable(gateway, error)
    }
  }

  /// What the receiver of a download has thrown, which is not the gateway's fault.
  private struct NotTaken: Error {
    let cause: any Error
  }

  /// An operation whose path has no values.
  func call<Query: Contract, Body: Contract, Reply: Contract>(
    _ operation: API.Operation<Nothing, Query, Body, Reply>, query: Query = Query(), body: Body = Body()
  ) async throws -> APIReply<Reply> {
    try await call(operation, path: Nothing(), query: query, body: body)
  }

  /// All pages of a list, in order.
  func pages<Query: PagedQuery, Reply: PagedReply>(
    of operation: API.Operation<Nothing, Query, Nothing, Reply>
  ) async throws -> [Reply] {
    var query = Query()
    query.pageSize = 1000
    var pages: [Reply] = []
    repeat {
      query.page = pages.count
      pages.append(try await call(operation, query: query).value)
    } while pages.count < pages[0].pages
    return pages
  }

  /// Sends a body of any length, and reads the reply line by line while the body is still being sent.
  ///
  /// - Parameter take: Called for each line, in order.
  func stream<Query: Contract, Line: Contract>(
    _ operation: API.Operation<Nothing, Query, Nothing, Line>, query: Query, body: HTTPClientRequest.Body,
    isolation: isolated (any Actor)? = #isolation, _ take: (APIReply<Line>) -> Void
  ) async throws {
    var request = request(operation.method, operation.target(Nothing(), query), [])
    if case .stream(let type, _) = operation.description.bodyForm {
      request.headers.add(name: "Content-Type", value: type)
    }
    request.body = body
    do {
      let response = try await http.execute(request, timeout: .hours(24))
      guard response.status == .ok else {
        let refusal = try await response.body.collect(upTo: 1 << 20)
        throw Problem(status: Int(response.status.code), body: Array(buffer: refusal))
      }
      var unread = ByteBuffer()
      for try await piece in response.body {
        unread.writeImmutableBuffer(piece)
        while let end = unread.readableBytesView.firstIndex(of: UInt8(ascii: "\n")) {
          let line = unread.readBytes(length: end - unread.readerIndex) ?? []
          unread.moveReaderIndex(forwardBy: 1)
          take(APIReply(value: try operation.reply(line), bytes: line))
        }
        unread.discardReadBytes()
      }
    } catch let problem as Problem {
      throw problem
    } catch {
      throw Problem.unreachable(gateway, error)
    }
  }

  func request(
    _ method: OperationMethod, _ target: String, _ headers: [(name: String, value: String)]
  ) -> HTTPClientRequest {
    var request = HTTPClientRequest(url: url + target)
    request.method = HTTPMethod(rawValue: method.rawValue)
    request.headers.add(name: "Authorization", value: "Bearer \(token.reveal())")
    if let workspace { request.headers.add(name: RequestHeader.workspace.name, value: workspace) }
    for header in headers { request.headers.add(name: header.name, value: header.value) }
    return request
  }
}

/// A reply: its value for people, its bytes as received for `--json`.
struct APIReply<Value: Contract>: Sendable {
  let value: Value
  let bytes: [UInt8]

  func printJSON() {
    Terminal.json(bytes)
  }
}

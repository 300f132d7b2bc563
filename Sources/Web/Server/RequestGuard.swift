import Core
import HTTPTypes
import Hummingbird
import NIOCore

/// Before any route: finds out who asks, and hands over a body whose faults are problems and whose bytes are
/// counted.
struct RequestGuard: RouterMiddleware {
  typealias Context = WebContext

  let budget: MemoryBudget
  let trustedProxies: [CIDR]

  func handle(
    _ request: Request, context: Context, next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    var (request, context) = (request, context)
    if let encoding = request.headers[.contentEncoding], encoding.lowercased() != "identity" {
      throw Problem.encodedBody(encoding)
    }
    let coding = request.headers[values: .transferEncoding].joined(separator: ", ")
    guard coding.isEmpty || coding.lowercased() == "chunked" else { throw Problem.codedTransfer(coding) }
    context.clientAddress = context.peerAddress.map { peer in
      ClientAddress.find(
        peer: peer, forwarded: request.headers[values: .xForwardedFor], trusted: trustedProxies)
    }
    let memory = BodyMemory(budget)
    defer { memory.giveBackAll() }
    context.bodyMemory = memory
    request.body = RequestBody(
      asyncSequence: GuardedBody(
        body: request.body, memory: memory, length: request.headers[.contentLength].flatMap { Int($0) }))
    return try await next(request, context)
  }
}

/// A body that says what is wrong with it in problems.
private struct GuardedBody: AsyncSequence, Sendable {
  typealias Element = ByteBuffer

  let body: RequestBody
  let memory: BodyMemory
  /// What was announced.
  let length: Int?

  func makeAsyncIterator() -> AsyncIterator {
    AsyncIterator(iterator: body.makeAsyncIterator(), memory: memory, missing: length ?? 0)
  }

  struct AsyncIterator: AsyncIteratorProtocol {
    var iterator: RequestBody.AsyncIterator
    let memory: BodyMemory
    var missing: Int

    /// - Throws: `request.malformed` when the body is not valid HTTP or its connection ends too early, and
    ///   `server.busy` when there is no memory for it.
    mutating func next() async throws -> ByteBuffer? {
      let buffer: ByteBuffer?
      do {
        buffer = try await iterator.next()
      } catch {
        throw Problem.brokenBody
      }
      guard let buffer else {
        guard missing <= 0 else { throw Problem.brokenBody }
        return nil
      }
      missing -= buffer.readableBytes
      try memory.take(buffer.readableBytes)
      return buffer
    }
  }
}

/// On every answer.
struct ResponseHeaders: RouterMiddleware {
  typealias Context = WebContext

  func handle(
    _ request: Request, context: Context, next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    var response: Response
    do {
      response = try await next(request, context)
    } catch let error as any HTTPResponseError {
      response = try error.response(from: request, context: context)
    }
    // What is JSON is never read as something else (WHATWG Fetch, "nosniff").
    response.headers[.xContentTypeOptions] = "nosniff"
    return response
  }
}

/// The client's address when there are proxies in between.
enum ClientAddress {
  /// More entries than any chain of proxies has are not read.
  private static let longestChain = 32

  /// The nearest address that is not a trusted proxy: each trusted one is believed about the one before it, and
  /// no other. An entry that is not an address ends the search at the proxy that wrote it.
  static func find(peer: IPAddress, forwarded: [String], trusted: [CIDR]) -> IPAddress {
    var address = peer
    let entries = forwarded.joined(separator: ",").split(separator: ",", omittingEmptySubsequences: false)
    for entry in entries.reversed().prefix(longestChain) {
      guard trusted.contains(where: { $0.contains(address) }), let next = read(entry) else { break }
      address = next
    }
    return address
  }

  /// An address, alone or with a port as some proxies write it: `192.0.2.1:80`, `[2001:db8::1]:80`.
  private static func read(_ entry: Substring) -> IPAddress? {
    let text = entry.filter { $0 != " " && $0 != "\t" }
    if let address = IPAddress(text) { return address }
    if text.hasPrefix("["), let end = text.firstIndex(of: "]") { return IPAddress(text.dropFirst()[..<end]) }
    guard let colon = text.lastIndex(of: ":") else { return nil }
    return IPAddress(text[..<colon])
  }
}

extension HTTPField.Name {
  fileprivate static let xForwardedFor = HTTPField.Name("X-Forwarded-For") ?? .from
}

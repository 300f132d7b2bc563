import Core
import HTTPTypes
package import Hummingbird
import NIOCore
import Synchronization

/// Logs every request to Entra and Graph, but not the sandbox's own control requests and pages.
///
/// Reads the whole body first, so that later middlewares and handlers find it in memory.
package struct RequestLogMiddleware: RouterMiddleware {
  /// Graph's own limit is 4 MB a request; a message of 150 MB comes in pieces.
  static let maximumBody = 64 << 20

  let log: RequestLog
  let clock: SandboxClock

  package func handle(
    _ request: Request, context: SandboxContext,
    next: (Request, SandboxContext) async throws -> Response
  ) async throws -> Response {
    var request = request
    let body = try await request.collectBody(upTo: Self.maximumBody)
    guard !SandboxPath.isOwn(request.uri.path) else { return try await next(request, context) }
    let start = ContinuousClock.now
    var entry = LoggedRequest(
      time: clock.now.description, method: request.method.rawValue, path: request.uri.path,
      query: Self.redacted(request.uri.query ?? ""),
      headers: dictionary(request.headers, host: request.head.authority),
      body: Self.isFile(request) ? "(\(body.readableBytes) bytes of a file)" : text(body), status: nil,
      responseHeaders: [:], responseBody: "")
    do {
      var response = try await answer(request, context, next)
      let body = try await collected(response.body)
      response.body = ResponseBody(byteBuffer: body)
      entry.status = response.status.code
      entry.responseHeaders = dictionary(response.headers, host: nil)
      entry.responseBody = Self.redacted(text(body))
      finish(&entry, context, since: start)
      return response
    } catch {
      entry.status = error is ConnectionDropped ? nil : 500
      finish(&entry, context, since: start)
      throw error
    }
  }

  private func finish(
    _ entry: inout LoggedRequest, _ context: SandboxContext, since start: ContinuousClock.Instant
  ) {
    entry.user = context.notedUser
    entry.milliseconds = Int((ContinuousClock.now - start).microseconds / 1000)
    log.append(entry)
  }

  private func answer(
    _ request: Request, _ context: SandboxContext, _ next: (Request, SandboxContext) async throws -> Response
  ) async throws -> Response {
    do {
      return try await next(request, context)
    } catch let error as any HTTPResponseError {
      return try error.response(from: request, context: context)
    }
  }

  /// The token of an upload URL, of which the beginning is enough to tell it from others, is all that its holder needs.
  private static func redacted(_ text: String) -> String {
    guard text.contains("authtoken=") else { return text }
    return text.replacing(/(authtoken=[A-Za-z0-9]{0,8})[^&"\s]*/) { "\($0.1)…" }
  }

  /// A range of an upload, which is no text.
  private static func isFile(_ request: Request) -> Bool {
    request.method == .put && request.uri.path.hasPrefix(SandboxPath.outlook)
  }

  private func text(_ buffer: ByteBuffer) -> String {
    String(
      buffer: buffer.getSlice(
        at: buffer.readerIndex, length: min(buffer.readableBytes, RequestLog.maximumBodyBytes)) ?? buffer)
  }

  private func dictionary(_ fields: HTTPFields, host: String?) -> [String: String] {
    var result: [String: String] = [:]
    result["host"] = host
    for field in fields {
      let name = field.name.canonicalName
      result[name] = result[name].map { $0 + ", " + field.value } ?? field.value
    }
    return result
  }

  private func collected(_ body: ResponseBody) async throws -> ByteBuffer {
    let sink = BodySink()
    try await body.write(sink)
    return sink.buffer.withLock { $0 }
  }
}

/// Gathers a response body in memory.
final class BodySink: ResponseBodyWriter {
  let buffer = Mutex(ByteBuffer())

  func write(_ part: ByteBuffer) async throws {
    buffer.withLock { buffer in
      // Most bodies are one part, and some are long.
      guard buffer.readableBytes > 0 else { return buffer = part }
      var part = part
      buffer.writeBuffer(&part)
    }
  }

  func finish(_ trailingHeaders: HTTPFields?) async throws {}
}

import API
import AsyncHTTPClient
import Core
import NIOCore
import NIOHTTP1

/// One server-sent event (HTML Living Standard, "Server-sent events").
struct ServerSentMessage: Sendable {
  var id: Int64?
  var name = "message"
  var data = ""
}

extension APIClient {
  /// Hands over events as they arrive, until the gateway ends the stream; first of all, without data, where it begins.
  ///
  /// - Throws: `Problem`, or what `take` throws.
  func events<Query: Contract>(
    _ operation: API.Operation<Nothing, Query, Nothing, Nothing>, query: Query,
    isolation: isolated (any Actor)? = #isolation, _ take: (ServerSentMessage) async throws -> Void
  ) async throws {
    let response: HTTPClientResponse
    do {
      response = try await http.execute(
        request(operation.method, operation.target(Nothing(), query), []), timeout: .hours(24 * 365))
    } catch {
      throw Problem.unreachable(gateway, error)
    }
    guard response.status == .ok else {
      let refusal = try await response.body.collect(upTo: 1 << 20)
      throw Problem(status: Int(response.status.code), body: Array(buffer: refusal))
    }
    var unread = ByteBuffer()
    var message = ServerSentMessage()
    var pieces = response.body.makeAsyncIterator()
    while let piece = try await next(&pieces) {
      unread.writeImmutableBuffer(piece)
      while let end = unread.readableBytesView.firstIndex(of: UInt8(ascii: "\n")) {
        let line = unread.readString(length: end - unread.readerIndex) ?? ""
        unread.moveReaderIndex(forwardBy: 1)
        if line.isEmpty {
          if message.id != nil || !message.data.isEmpty { try await take(message) }
          message = ServerSentMessage()
        } else {
          message.read(line)
        }
      }
      unread.discardReadBytes()
    }
  }

  private func next(
    _ pieces: inout HTTPClientResponse.Body.AsyncIterator, isolation: isolated (any Actor)? = #isolation
  ) async throws -> ByteBuffer? {
    do {
      return try await pieces.next(isolation: isolation)
    } catch let error as CancellationError {
      throw error
    } catch {
      throw Problem.unreachable(gateway, error)
    }
  }
}

extension ServerSentMessage {
  /// One line: a field and its value, or a comment, whose field is empty.
  fileprivate mutating func read(_ line: String) {
    let colon = line.firstIndex(of: ":") ?? line.endIndex
    var value = line[colon...].dropFirst()
    if value.first == " " { value.removeFirst() }
    switch line[..<colon] {
    case "id": id = Int64(value)
    case "event": name = String(value)
    case "data": data += data.isEmpty ? String(value) : "\n\(value)"
    default: break
    }
  }
}

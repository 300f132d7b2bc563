import AsyncHTTPClient
import NIOCore
package import NIOHTTP1

/// A reply whose body is read while it arrives: as fast as it is taken, and never whole in memory.
///
/// A body that is not read to its end is given up, and its connection closed, with the last copy of the value.
package struct HTTPDownload: Sendable {
  package let status: Int
  package let headers: HTTPHeaders
  package let body: Body

  /// Bytes in order, in pieces of no certain size. Its iterators throw `HTTPFailure`; it can be iterated once.
  package struct Body: AsyncSequence, Sendable {
    fileprivate let body: HTTPClientResponse.Body
    fileprivate let deadline: ContinuousClock.Instant

    package struct AsyncIterator: AsyncIteratorProtocol {
      fileprivate var iterator: HTTPClientResponse.Body.AsyncIterator
      fileprivate let deadline: ContinuousClock.Instant

      package mutating func next() async throws -> [UInt8]? {
        guard ContinuousClock.now < deadline else { throw HTTPFailure(wasSent: true, reason: .timeout) }
        do {
          return try await iterator.next().map { Array($0.readableBytesView) }
        } catch {
          throw HTTPFailure(wasSent: true, reason: HTTPFailure.Reason(error))
        }
      }
    }

    package func makeAsyncIterator() -> AsyncIterator {
      AsyncIterator(iterator: body.makeAsyncIterator(), deadline: deadline)
    }
  }

  /// The bytes of the body, if the peer has told.
  package var size: Int? { headers.first(name: "Content-Length").flatMap { Int($0) } }

  init(_ response: HTTPClientResponse) {
    status = Int(response.status.code)
    headers = response.headers
    body = Body(body: response.body, deadline: ContinuousClock.now + HTTPExchange.downloadTimeout)
  }

  /// Reads the rest, as `HTTPExchange.send` would have.
  ///
  /// - Parameter limit: More bytes than this are not read.
  package func collected(upTo limit: Int = HTTPRequest.replyLimit) async -> HTTPReply {
    var reply = HTTPReply(status: status, headers: headers, body: [], cut: nil)
    do {
      for try await piece in body {
        guard reply.body.count + piece.count <= limit else { throw ReplyTooLarge() }
        reply.body += piece
      }
    } catch let failure as HTTPFailure {
      reply.cut = failure.reason
    } catch {
      reply.cut = HTTPFailure.Reason(error)
    }
    return reply
  }
}

extension HTTPExchange {
  /// As long as a body may take: 150 MB at `slowestUpload`, and then some.
  static let downloadTimeout: Duration = .seconds(1800)

  /// Sends a request without a body and returns when the head of the reply has arrived.
  ///
  /// A request that is lost counts as sent: use it for requests that can be repeated.
  package func download(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPDownload {
    guard !Task.isCancelled else { throw HTTPFailure(wasSent: false, reason: .cancelled) }
    var outgoing = HTTPClientRequest(url: request.url)
    outgoing.method = request.method
    outgoing.headers = headers(of: request)
    do {
      return HTTPDownload(
        try await client.execute(outgoing, deadline: .now() + TimeAmount(Self.exchangeTimeout)))
    } catch {
      let reason = HTTPFailure.Reason(error)
      let isBefore = [.nameUnknown, .refused, .connectTimeout, .untrusted, .busy].contains(reason)
      throw HTTPFailure(wasSent: !isBefore, reason: reason)
    }
  }
}

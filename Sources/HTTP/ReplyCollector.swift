import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Synchronization

/// Gathers one reply, and remembers whether the request left.
final class ReplyCollector: HTTPClientResponseDelegate {
  private struct State {
    var headSent = false
    var head: HTTPResponseHead?
    var body: [UInt8] = []
  }

  private let limit: Int
  private let state = Mutex(State())

  init(limit: Int) {
    self.limit = limit
  }

  /// Called on the socket's own event loop, in the same turn in which the head was handed to the socket and
  /// before any of the body is: until then nothing has left.
  func didSendRequestHead(task: HTTPClient.Task<HTTPReply>, _ head: HTTPRequestHead) {
    state.withLock { $0.headSent = true }
  }

  func didReceiveHead(task: HTTPClient.Task<HTTPReply>, _ head: HTTPResponseHead) -> EventLoopFuture<Void> {
    state.withLock { $0.head = head }
    return task.eventLoop.makeSucceededVoidFuture()
  }

  func didReceiveBodyPart(task: HTTPClient.Task<HTTPReply>, _ buffer: ByteBuffer) -> EventLoopFuture<Void> {
    let fits = state.withLock { state in
      guard state.body.count + buffer.readableBytes <= limit else { return false }
      state.body.append(contentsOf: buffer.readableBytesView)
      return true
    }
    return fits
      ? task.eventLoop.makeSucceededVoidFuture() : task.eventLoop.makeFailedFuture(ReplyTooLarge())
  }

  func didFinishRequest(task: HTTPClient.Task<HTTPReply>) throws -> HTTPReply {
    try reply(cut: nil)
  }

  /// A reply whose status arrived, else the failure.
  func whatIsKnown(after error: any Error) throws(HTTPFailure) -> HTTPReply {
    try reply(cut: HTTPFailure.Reason(error))
  }

  private func reply(cut: HTTPFailure.Reason?) throws(HTTPFailure) -> HTTPReply {
    let state = state.withLock { $0 }
    guard let head = state.head else {
      throw HTTPFailure(wasSent: state.headSent, reason: cut ?? .malformed)
    }
    return HTTPReply(status: Int(head.status.code), headers: head.headers, body: state.body, cut: cut)
  }
}

import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// One SMTP connection that waits for each reply, as a simple program's.
struct SMTPClient: Sendable {
  private let channel: any Channel
  private let replies: Replies

  /// Opens a connection, says who it is, runs `body` and ends the session.
  static func run<Value: Sendable>(
    port: Int, _ body: (SMTPClient) async throws -> Value
  ) async throws -> Value {
    let replies = Replies()
    let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(ReplyReader(replies))
        }
      }
      .connect(host: "127.0.0.1", port: port).get()
    let client = SMTPClient(channel: channel, replies: replies)
    do {
      try await client.expect("220", client.replies.next(on: channel))
      try await client.command("EHLO bench.example", "250")
      let value = try await body(client)
      try await client.command("QUIT", "221")
      try? await channel.close()
      return value
    } catch {
      try? await channel.close()
      throw error
    }
  }

  /// STARTTLS, whoever the server says it is.
  func startTLS() async throws {
    try await command("STARTTLS", "220")
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.certificateVerification = .none
    let context = try NIOSSLContext(configuration: configuration)
    try await channel.eventLoop.submit {
      try channel.pipeline.syncOperations.addHandler(
        NIOSSLClientHandler(context: context, serverHostname: nil), position: .first)
    }.get()
    try await command("EHLO bench.example", "250")
  }

  func authenticate(_ user: String, _ password: String) async throws {
    try await command("AUTH PLAIN " + Data("\0\(user)\0\(password)".utf8).base64EncodedString(), "235")
  }

  /// Sends one message that ends with CRLF and has no line that begins with a dot.
  func send(_ message: ByteBuffer, from: String, to: String) async throws {
    try await send([message], from: from, to: to)
  }

  /// - Parameter parts: of the message, written one by one.
  func send(_ parts: some Sequence<ByteBuffer>, from: String, to: String) async throws {
    try await command("MAIL FROM:<\(from)>", "250")
    try await command("RCPT TO:<\(to)>", "250")
    try await command("DATA", "354")
    for part in parts { try await channel.writeAndFlush(part) }
    try await command(".", "250")
  }

  private func command(_ line: String, _ code: String) async throws {
    let reply = replies.next(on: channel)
    try await channel.writeAndFlush(ByteBuffer(string: line + "\r\n"))
    try await expect(code, reply)
  }

  private func expect(_ code: String, _ reply: EventLoopFuture<String>) async throws {
    let text = try await reply.get()
    guard text.hasPrefix(code) else { throw Failure("The SMTP server answered \(text), not \(code).") }
  }
}

/// Those who wait for replies, and replies that nobody waits for yet.
private final class Replies: Sendable {
  private struct State {
    var waiting: [EventLoopPromise<String>] = []
    var early: [String] = []
    var failure: (any Error)?
  }
  private let state = Mutex(State())

  func next(on channel: any Channel) -> EventLoopFuture<String> {
    let promise = channel.eventLoop.makePromise(of: String.self)
    let result = state.withLock { state -> Result<String, any Error>? in
      if !state.early.isEmpty { return .success(state.early.removeFirst()) }
      if let failure = state.failure { return .failure(failure) }
      state.waiting.append(promise)
      return nil
    }
    if let result { promise.completeWith(result) }
    return promise.futureResult
  }

  func add(_ reply: String) {
    let promise = state.withLock { state -> EventLoopPromise<String>? in
      guard !state.waiting.isEmpty else {
        state.early.append(reply)
        return nil
      }
      return state.waiting.removeFirst()
    }
    promise?.succeed(reply)
  }

  func fail(_ error: any Error) {
    let waiting = state.withLock { state in
      defer { state.waiting = [] }
      state.failure = state.failure ?? error
      return state.waiting
    }
    for promise in waiting { promise.fail(error) }
  }
}

/// Takes the last line of each reply.
private final class ReplyReader: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let replies: Replies
  private var text = ""

  init(_ replies: Replies) {
    self.replies = replies
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    text += String(buffer: unwrapInboundIn(data))
    while let end = text.range(of: "\r\n") {
      let line = String(text[..<end.lowerBound])
      text.removeSubrange(..<end.upperBound)
      if line.dropFirst(3).first != "-" { replies.add(line) }
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    replies.fail(error)
    context.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) {
    replies.fail(Failure("The SMTP server has closed the connection."))
  }
}

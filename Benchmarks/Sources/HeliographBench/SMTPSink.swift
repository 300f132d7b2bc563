import Foundation
import NIOCore
import NIOPosix
import NIOSSL

/// An SMTP server with TLS that takes every login and every message, and keeps nothing.
enum SMTPSink {
  /// `body` gets the port.
  static func run<Value: Sendable>(
    _ certificate: Certificate, _ body: (Int) async throws -> Value
  ) async throws -> Value {
    let chain = try NIOSSLCertificate.fromPEMFile(certificate.path).map {
      NIOSSLCertificateSource.certificate($0)
    }
    let key = try NIOSSLPrivateKey(file: certificate.key, format: .pem)
    let context = try NIOSSLContext(
      configuration: .makeServerConfiguration(certificateChain: chain, privateKey: .privateKey(key)))
    let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
          try channel.pipeline.syncOperations.addHandler(SinkSession())
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    do {
      let value = try await body(server.localAddress?.port ?? 0)
      try await server.close()
      return value
    } catch {
      try? await server.close()
      throw error
    }
  }
}

private final class SinkSession: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private var text = ""
  private var isData = false
  private var awaitsPassword = false

  func channelActive(context: ChannelHandlerContext) {
    answer("220 sink", context)
    context.fireChannelActive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    text += String(buffer: unwrapInboundIn(data))
    while true {
      if isData {
        guard let end = text.range(of: "\r\n.\r\n") else { return }
        text.removeSubrange(..<end.upperBound)
        isData = false
        answer("250 Taken", context)
      } else {
        guard let end = text.range(of: "\r\n") else { return }
        let line = String(text[..<end.lowerBound])
        text.removeSubrange(..<end.upperBound)
        answer(reply(to: line), context)
      }
    }
  }

  private func reply(to line: String) -> String {
    if awaitsPassword {
      awaitsPassword = false
      return "235 Welcome"
    }
    let words = line.split(separator: " ")
    switch words.first?.uppercased() {
    case "EHLO": return "250-sink\r\n250 AUTH XOAUTH2 PLAIN"
    case "AUTH" where words.count < 3:
      awaitsPassword = true
      return "334 "
    case "AUTH": return "235 Welcome"
    case "DATA":
      isData = true
      return "354 Go on"
    case "QUIT": return "221 Bye"
    default: return "250 OK"
    }
  }

  private func answer(_ text: String, _ context: ChannelHandlerContext) {
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text + "\r\n")), promise: nil)
  }
}

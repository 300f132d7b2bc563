import Foundation
import Glibc

/// A client that sends exactly what a test says.
final class SMTPClient {
  private let descriptor: Int32
  private var received: [UInt8] = []

  /// Connects to 127.0.0.1.
  init(port: Int) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK).bigEndian
    let connected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
    // A test that waits for ever says nothing.
    var patience = timeval(tv_sec: 60, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    guard connected else {
      throw UnexpectedAnswer(description: "connect: \(String(cString: strerror(errno)))")
    }
  }

  deinit { Glibc.close(descriptor) }

  /// Returns whether all of it could be sent.
  @discardableResult
  func send(_ text: String) -> Bool { send(Array(text.utf8)) }

  @discardableResult
  func send(_ bytes: [UInt8]) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }

  /// Sends what the connection takes without waiting for the server to read; returns how many octets.
  func sendWithoutWaiting(_ text: String) -> Int {
    var sent = 0
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
      }
      guard count > 0 else { break }
      rest = rest.dropFirst(count)
      sent += count
    }
    return sent
  }

  /// The next reply, its lines joined with line feeds; `nil` when the connection has ended.
  func reply() -> String? {
    var lines: [String] = []
    while let line = line() {
      lines.append(line)
      if line.dropFirst(3).first != "-" { return lines.joined(separator: "\n") }
    }
    return nil
  }

  /// Sends a line and returns the reply.
  func say(_ line: String) throws -> String {
    send(line + "\r\n")
    guard let reply = reply() else { throw UnexpectedAnswer(description: "no reply to \(line.prefix(200))") }
    return reply
  }

  /// Whether the server ends the connection, without another reply.
  func ends() -> Bool { reply() == nil }

  private func line() -> String? {
    while true {
      if let end = received.firstIndex(of: 10) {
        defer { received.removeSubrange(...end) }
        return String(decoding: received[..<end].filter { $0 != 13 }, as: UTF8.self)
      }
      var buffer = [UInt8](repeating: 0, count: 4096)
      let count = recv(descriptor, &buffer, buffer.count, 0)
      guard count > 0 else { return nil }
      received += buffer.prefix(count)
    }
  }
}

extension SMTPClient {
  /// Greets and proves who it is.
  func signIn(_ user: String, _ password: String) throws -> String {
    _ = reply()
    _ = try say("EHLO client.test")
    return try say("AUTH PLAIN " + Data("\0\(user)\0\(password)".utf8).base64EncodedString())
  }

  /// Sends one message; returns the last reply.
  func submit(from: String, to: [String], _ message: String) throws -> String {
    try submit(from: from, to: to, raw: message.replacing("\n", with: "\r\n"))
  }

  /// The same with octets as they are.
  func submit(from: String, to: [String], raw message: String) throws -> String {
    let mail = try say("MAIL FROM:<\(from)>")
    guard mail.hasPrefix("250") else { return mail }
    for recipient in to {
      let reply = try say("RCPT TO:<\(recipient)>")
      guard reply.hasPrefix("250") else { return reply }
    }
    let data = try say("DATA")
    guard data.hasPrefix("354") else { return data }
    return try say(message + "\r\n.")
  }
}

import Foundation
import Synchronization

/// The built program, beside the test bundle.
enum Program {
  static let heliograph = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    .deletingLastPathComponent().appending(path: "heliograph")

  /// The slow tests at full length: `make torture`.
  static let isTorture = ProcessInfo.processInfo.environment["HELIOGRAPH_TORTURE"] == "1"

  /// Runs it to its end.
  static func run(
    _ arguments: [String], environment: [String: String] = [:], input: String = "", in folder: URL
  ) async throws -> (status: Int32, output: String, errors: String) {
    try await run(heliograph, arguments, environment: environment, input: input, in: folder)
  }

  static func run(
    _ program: URL, _ arguments: [String], environment: [String: String] = [:], input: String = "",
    in folder: URL
  ) async throws -> (status: Int32, output: String, errors: String) {
    let name = program.lastPathComponent + "-" + UUID().uuidString
    let child = try await Child(
      program, arguments, environment: environment, input: input, name: name, folder: folder)
    let status = try await child.status()
    return (status, child.output, child.errors)
  }
}

/// A TCP port of the loopback that nobody listens on, and that no other test of this process gets. It is below
/// those that the kernel gives to outgoing connections, so that a gateway that restarts finds it free.
enum FreePort {
  private static let taken = Mutex<Set<Int>>([])

  static func take() -> Int {
    taken.withLock { taken in
      var port = 0
      repeat { port = Int.random(in: 20_000..<32_000) } while taken.contains(port) || !isFree(port)
      taken.insert(port)
      return port
    }
  }

  private static func isFree(_ port: Int) -> Bool {
    withListener(on: port) { $0 } ?? false
  }

  /// Listens on `port` of 127.0.0.1 for the length of `body`, which learns whether that succeeded.
  static func withListener<Value>(on port: Int, _ body: (Bool) throws -> Value) rethrows -> Value? {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK).bigEndian
    let bound = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
    return try body(bound && listen(descriptor, 1) == 0)
  }
}

import ArgumentParser
import AsyncHTTPClient
import Core
import Foundation
import JSON
import NIOCore
import NIOHTTP1

/// A running sandbox, as its control API shows it: `docs/sandbox.md`.
struct SandboxControl: ParsableArguments {
  @Option(help: "Where the sandbox listens.") var url = "http://localhost:4000"
  @Flag(help: "Print the sandbox's reply as JSON.") var json = false

  /// - Parameter body: Of a POST; a GET or DELETE has none.
  /// - Throws: `Problem` with the sandbox's own words, or that it does not answer.
  func call(_ method: HTTPMethod, _ path: String, _ body: JSONObject? = nil) async throws -> JSONValue {
    let origin = try GatewayURL(url).text
    var configuration = HTTPClient.Configuration()
    configuration.connectionPool.retryConnectionEstablishment = false
    let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    let result: Result<(HTTPResponseStatus, [UInt8]), any Error>
    do {
      var request = HTTPClientRequest(url: origin + path)
      request.method = method
      if let body {
        request.headers.add(name: "Content-Type", value: "application/json")
        request.body = .bytes(ByteBuffer(bytes: JSONValue.object(body).serialized()))
      }
      let response = try await http.execute(request, timeout: .seconds(60))
      let bytes = Array(buffer: try await response.body.collect(upTo: 64 << 20))
      result = .success((response.status, bytes))
    } catch {
      result = .failure(error)
    }
    try? await http.shutdown()
    guard case .success(let (status, bytes)) = result else { throw Problem.noSandbox(origin) }
    let reply = bytes.isEmpty ? JSONValue.object([:]) : try? JSONValue(parsing: bytes)
    guard status.code < 300, let reply else { throw Problem.sandbox(status, reply) }
    return reply
  }

  /// Prints the reply as JSON, or `text`.
  func show(_ reply: JSONValue, _ text: String) {
    if json { Terminal.json(reply) } else { Terminal.line(text) }
  }
}

extension SandboxCommand {
  struct AddFault: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "fault",
      abstract: "Make the next requests to a running sandbox fail.",
      discussion: """
        `docs/sandbox.md` says what the fields mean.

        EXAMPLES
          heliograph sandbox fault --path '*/sendMail' --status 503 --retry-after 30
          heliograph sandbox fault --path /token --status 400 --code AADSTS7000215 --count 0
          heliograph sandbox fault --list
          heliograph sandbox fault --clear
        """)

    @Option(help: "Part of the request's path, or a pattern for all of it with *.") var path: String?
    @Option(help: "The mailbox, or the person who redeems a token.") var user: String?
    @Option(help: "The status of the reply, 400 to 599.") var status: Int?
    @Option(help: "Graph's code, or an AADSTS number.") var code: String?
    @Option(help: "Seconds for Retry-After.") var retryAfter: Int?
    @Option(help: "Milliseconds to wait first.") var delayMs: Int?
    @Option(help: "The status of the reply after the request was carried out, 400 to 599.") var then: Int?
    @Option(help: "before or after: when the connection is closed.") var close: String?
    @Option(help: "How many requests fail; 0 for all. Default: 1.") var count: Int?
    @Flag(help: "List the faults that are left.") var list = false
    @Flag(help: "Remove all faults.") var clear = false
    @OptionGroup var sandbox: SandboxControl

    private var fault: JSONObject {
      var fault = JSONObject()
      fault["path"] = path.map { .string($0) }
      fault["user"] = user.map { .string($0) }
      fault["status"] = status.map { JSONValue($0) }
      fault["code"] = code.map { .string($0) }
      fault["retryAfter"] = retryAfter.map { JSONValue($0) }
      fault["delayMs"] = delayMs.map { JSONValue($0) }
      fault["then"] = then.map { JSONValue($0) }
      fault["close"] = close.map { .string($0) }
      fault["count"] = count.map { JSONValue($0) }
      return fault
    }

    func validate() throws {
      guard [list, clear, !fault.isEmpty].count(where: { $0 }) == 1 else {
        throw ValidationError("Describe one fault, or give --list or --clear.")
      }
    }

    func run() async throws {
      if list {
        let reply = try await sandbox.call(.GET, "/sandbox/faults")
        let faults = reply["value"]?.array ?? []
        let lines = faults.map { String(decoding: $0.serialized(), as: UTF8.self) }
        return sandbox.show(reply, lines.isEmpty ? "No faults." : lines.joined(separator: "\n"))
      }
      if clear {
        return sandbox.show(try await sandbox.call(.DELETE, "/sandbox/faults"), "All faults are removed.")
      }
      let reply = try await sandbox.call(.POST, "/sandbox/faults", fault)
      sandbox.show(reply, "The fault is set.")
    }
  }

  struct Clock: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show or move the clock of a running sandbox.",
      discussion: """
        EXAMPLE
          heliograph sandbox clock --advance 7200
        """)

    @Option(
      parsing: .unconditional, help: "Seconds to move it forward; with a minus sign, back.")
    var advance: Int?
    @OptionGroup var sandbox: SandboxControl

    func run() async throws {
      let reply =
        if let advance {
          try await sandbox.call(.POST, "/sandbox/clock", ["advanceSeconds": JSONValue(advance)])
        } else {
          try await sandbox.call(.GET, "/sandbox/clock")
        }
      sandbox.show(reply, "The sandbox's clock says \(reply["now"]?.string ?? "nothing").")
    }
  }

  struct Reset: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Restore a running sandbox to its state at start.",
      discussion: "Directory, mailboxes, grants, faults, settings and clock are as they were.")

    @OptionGroup var sandbox: SandboxControl

    func run() async throws {
      sandbox.show(try await sandbox.call(.POST, "/sandbox/reset", [:]), "The sandbox is as it was at start.")
    }
  }
}

extension Problem {
  fileprivate static func noSandbox(_ url: String) -> Problem {
    Problem(
      .requestInternal, "The sandbox at \(url) does not answer.",
      remedy: "Start it with `heliograph sandbox`, or name its URL with --url.", retry: .unsafe)
  }

  /// - Parameter reply: The sandbox's, which has the reason in it.
  fileprivate static func sandbox(_ status: HTTPResponseStatus, _ reply: JSONValue?) -> Problem {
    let message = reply?["error"]?["message"]?.string ?? reply?["message"]?.string
    return Problem(
      .requestInvalidField, message ?? "The server replied with HTTP status \(status.code).",
      remedy: message == nil ? "Check --url: is it a sandbox?" : nil)
  }
}

import ArgumentParser
import Core
import Foundation

struct Send: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Send a message through a running gateway.",
    discussion: """
      The text is read from standard input unless --text is given. The gateway answers once the message is on \
      disk; `heliograph queue list` shows what has not reached Microsoft yet.

      EXAMPLE
        echo 'See you at noon.' | heliograph send --account alice --to bob@example.com --subject Lunch
      """)

  @Option(help: "The account to send from.") var account: String
  @Option(help: "A recipient; may be repeated.") var to: [String] = []
  @Option(help: "A recipient of a copy; may be repeated.") var cc: [String] = []
  @Option(help: "A recipient whom the others do not see; may be repeated.") var bcc: [String] = []
  @Option(help: "The sender, when it is not the account's own address.") var from: String?
  @Option(help: "The subject.") var subject: String?
  @Option(help: "The text; standard input otherwise.") var text: String?
  @Option(help: "A file with the HTML form of the text.") var html: String?
  @Option(help: "A file to attach; may be repeated.") var attach: [String] = []
  @Option(help: "A key that makes a repeated command send once.") var idempotencyKey: String?
  @Flag(help: "Print the gateway's answer as JSON.") var json = false

  func run() async throws {
    let body = Body(
      from: from.map(Address.init), to: to.map(Address.init), cc: cc.map(Address.init),
      bcc: bcc.map(Address.init), subject: subject, text: try messageText(),
      html: try html.map { String(decoding: try file($0), as: UTF8.self) },
      attachments: try attach.map {
        Attachment(
          filename: URL(filePath: $0).lastPathComponent, content: try file($0).base64EncodedString())
      })
    let headers = idempotencyKey.map { ["Idempotency-Key": $0] } ?? [:]
    try await APIClient.withEnvironment { client in
      let reply = try await client.post(
        "/v1/account/\(pathSegment(account))/submit", body, headers: headers)
      if json { return reply.printJSON() }
      let receipt: Receipt = try reply.read()
      Terminal.line("\(receipt.response): \(receipt.queueId), \(receipt.messageId)")
    }
  }

  private func messageText() throws -> String? {
    if let text { return text }
    if html != nil, isatty(STDIN_FILENO) == 1 { return nil }
    return String(decoding: try FileHandle.standardInput.readToEnd() ?? Data(), as: UTF8.self)
  }

  private func file(_ path: String) throws -> Data {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw Problem.unreadableFile(path)
    }
    return data
  }

  private struct Body: Encodable {
    let from: Address?
    let to, cc, bcc: [Address]
    let subject, text, html: String?
    let attachments: [Attachment]
  }

  private struct Address: Encodable {
    let address: String
  }

  private struct Attachment: Encodable {
    let filename, content: String
  }

  private struct Receipt: Decodable {
    let response, messageId, queueId: String
  }
}

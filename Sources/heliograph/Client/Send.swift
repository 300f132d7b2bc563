import API
import ArgumentParser
import Core
import Foundation

struct Send: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Send a message through a running gateway.",
    discussion: """
      The text is read from standard input unless --text is given. The gateway replies once the message is on \
      disk; `heliograph queue list` shows the messages that are not sent yet.

      EXAMPLE
        echo 'See you at noon.' | heliograph send --account alice --to bob@example.com --subject Lunch
      """)

  @Option(help: "The account to send from.") var account: AccountID
  @Option(help: "A recipient; may be repeated.") var to: [String] = []
  @Option(help: "A Cc recipient; may be repeated.") var cc: [String] = []
  @Option(help: "A Bcc recipient; may be repeated.") var bcc: [String] = []
  @Option(help: "The From address; default: the account's own.") var from: String?
  @Option(help: "The subject.") var subject: String?
  @Option(help: "The text; default: standard input.") var text: String?
  @Option(help: "A file with the message as HTML.") var html: String?
  @Option(help: "A file to attach; may be repeated.") var attach: [String] = []
  @Option(help: "A key by which a repeated command sends only once.") var idempotencyKey: String?
  @Flag(help: "Print the gateway's reply as JSON.") var json = false

  func run() async throws {
    let message = try message()
    let headers = idempotencyKey.map { [(RequestHeader.idempotencyKey.name, $0)] } ?? []
    try await APIClient.withEnvironment { client in
      let reply = try await client.call(Operations.submit, path: account, body: message, headers: headers)
      if json { return reply.printJSON() }
      let receipt = reply.value
      Terminal.line("\(receipt.response): \(receipt.queueId), \(receipt.messageId)")
    }
  }

  private func message() throws -> SubmitRequest {
    var message = SubmitRequest()
    message.from = from.map { AddressField($0) }
    message.to = to.map { AddressField($0) }
    message.cc = cc.map { AddressField($0) }
    message.bcc = bcc.map { AddressField($0) }
    message.subject = subject
    message.text = try messageText()
    message.html = try html.map { String(decoding: try file($0), as: UTF8.self) }
    message.attachments = try attach.map { path in
      var attachment = AttachmentField()
      attachment.filename = URL(filePath: path).lastPathComponent
      attachment.content = .bytes(Array(try file(path)))
      return attachment
    }
    return message
  }

  private func messageText() throws -> String? {
    if let text { return text }
    if html != nil, StandardInput.isTerminal { return nil }
    return String(decoding: try StandardInput.read("the text"), as: UTF8.self)
  }

  private func file(_ path: String) throws -> Data {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw Problem.unreadableFile(path)
    }
    return data
  }
}

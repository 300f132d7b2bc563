import API
import ArgumentParser
import Core
import Foundation

/// `heliograph queue source`
struct QueueSource: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "source",
    abstract: "Download a message as it is sent.",
    discussion: """
      The content is kept for seven days after the message was sent, failed or was cancelled.

      EXAMPLE
        heliograph queue source q_01h... --output message.eml
      """)

  @Argument(help: "The message's queue id.") var id: QueueID
  @Option(help: "The file to write; default: standard output.") var output: String?

  func run() async throws {
    try await APIClient.withEnvironment { client in
      guard let output else {
        return try await client.download(Operations.messageSource, path: id, Self.print)
      }
      // Under its name there is a whole message or what was there before.
      let file = URL(filePath: output)
      let part = file.deletingLastPathComponent().appending(path: ".\(file.lastPathComponent).part")
      guard
        FileManager.default.createFile(
          atPath: part.path, contents: nil, attributes: [.posixPermissions: 0o600]),
        let handle = FileHandle(forWritingAtPath: part.path)
      else { throw Problem.unwritableFile(output) }
      do {
        try await client.download(Operations.messageSource, path: id) { try handle.write(contentsOf: $0) }
        try handle.close()
        guard rename(part.path, file.path) == 0 else { throw Problem.unwritableFile(output) }
      } catch {
        try? FileManager.default.removeItem(at: part)
        throw error is Problem ? error : Problem.unwritableFile(output)
      }
    }
  }

  /// On a terminal, with escapes for what it would act on.
  private static func print(_ bytes: [UInt8]) {
    guard Output.standard.isTerminal else { return Output.standard.write(bytes: bytes) }
    let text = String(decoding: bytes, as: UTF8.self).replacing("\r\n", with: "\n")
    Output.standard.write(Printable.text(text, keepingLines: true))
  }
}

extension Problem {
  static func unwritableFile(_ path: String) -> Problem {
    Problem(
      .requestInvalidField, "The file \(path) cannot be written.",
      remedy: "Check the path, its permissions and the space on its disk.")
  }
}

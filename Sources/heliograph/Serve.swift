import ArgumentParser
import Gateway
import Logging

struct Serve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run the gateway.",
    discussion: """
      Each setting is taken from its flag, its HELIOGRAPH_* variable or the YAML file, in that order. Secrets have no \
      flag, because every user of the machine can read arguments; set them by variable or in the file:

      \(Setting.allCases.filter { $0.flag == nil }.map { "  \($0.variable): \($0.summary)" }.joined(separator: "\n"))

      Without a database URL, the data folder contains an SQLite database. Without a secret key, it also \
      contains the key, in secret.key with mode 0600: a copy of the folder then contains both.

      SIGTERM or SIGINT stops the gateway: attempts under way are completed, and the other messages wait on disk.
      """)

  @OptionGroup var options: ServeOptions

  func run() async throws {
    let configuration = try options.configuration()
    var logger = Logger(label: "heliograph", factory: { StreamLogHandler.standardError(label: $0) })
    logger.logLevel = configuration.logLevel
    try await Installation(configuration, logger: logger).serve { url in
      Terminal.announce("Heliograph listens on \(url)")
      ServiceManager.tellReady()
    }
  }
}

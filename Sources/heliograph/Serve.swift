import ArgumentParser
import Gateway
import Logging

struct Serve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run the gateway.",
    discussion: """
      Every setting may be given as a flag, as a HELIOGRAPH_* variable or in a YAML file, in that order of \
      precedence. Secrets have no flag: HELIOGRAPH_DATABASE_URL, HELIOGRAPH_SECRET_KEY and \
      HELIOGRAPH_PREPARED_TOKEN are variables, or keys of the file.

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
      Terminal.line("Heliograph listens on \(url)")
    }
  }
}

import ArgumentParser
import Foundation
import Gateway

/// The flags of the settings, for `serve` and for what else opens the database. Each may also stand in the
/// environment or in the YAML file; `docs/configuration.md` is the table.
struct ServeOptions: ParsableArguments {
  @Option(help: "A YAML file with settings (HELIOGRAPH_CONFIG).") var config: String?
  @Option(help: .init(Setting.host.summary, valueName: "address")) var host: String?
  @Option(help: .init(Setting.port.summary)) var port: String?
  @Option(help: .init(Setting.data.summary, valueName: "dir")) var data: String?
  @Option(help: .init(Setting.url.summary)) var url: String?
  @Option(help: .init(Setting.microsoft.summary, valueName: "url")) var microsoft: String?
  @Option(name: .customLong("microsoft-ca"), help: .init(Setting.microsoftCA.summary, valueName: "file"))
  var microsoftCA: String?
  @Option(help: .init(Setting.secretKeyFile.summary, valueName: "file")) var secretKeyFile: String?
  @Option(help: .init(Setting.unknownOutcomeWait.summary, valueName: "seconds")) var unknownOutcomeWait:
    String?
  @Option(help: .init(Setting.bodyLimit.summary, valueName: "bytes")) var bodyLimit: String?
  @Option(help: .init(Setting.logLevel.summary, valueName: "level")) var logLevel: String?

  func configuration() throws -> Configuration {
    let flags: [Setting: String?] = [
      .host: host, .port: port, .data: data, .url: url, .microsoft: microsoft, .microsoftCA: microsoftCA,
      .secretKeyFile: secretKeyFile, .unknownOutcomeWait: unknownOutcomeWait, .bodyLimit: bodyLimit,
      .logLevel: logLevel,
    ]
    let environment = ProcessInfo.processInfo.environment
    let path = config ?? environment["HELIOGRAPH_CONFIG"].flatMap { $0.isEmpty ? nil : $0 }
    let file = try path.map { path in
      guard let data = FileManager.default.contents(atPath: path) else {
        throw ClientProblem.unreadableFile(path)
      }
      return String(decoding: data, as: UTF8.self)
    }
    return try Configuration(
      Settings(flags: flags.compactMapValues { $0 }, environment: environment, file: file))
  }
}

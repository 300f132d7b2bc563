import ArgumentParser
import Core
import Foundation
import Gateway

/// The flags of `serve`. Each setting may also be in the environment or in the YAML file;
/// `docs/configuration.md` is the table.
struct ServeOptions: ParsableArguments {
  @OptionGroup var store: StoreOptions
  @Option(help: .init(Setting.host.summary, valueName: "address")) var host: String?
  @Option(help: .init(Setting.port.summary)) var port: String?
  @Option(help: .init(Setting.url.summary)) var url: String?
  @Option(help: .init(Setting.trustedProxies.summary, valueName: "blocks")) var trustedProxies: String?
  @Option(help: .init(Setting.webhookAllow.summary, valueName: "blocks")) var webhookAllow: String?
  @Option(help: .init(Setting.microsoft.summary, valueName: "url")) var microsoft: String?
  @Option(name: .customLong("microsoft-ca"), help: .init(Setting.microsoftCA.summary, valueName: "file"))
  var microsoftCA: String?
  @Option(help: .init(Setting.clouds.summary, valueName: "name=url")) var clouds: String?
  @Option(help: .init(Setting.exposeTokens.summary, valueName: "yes|no")) var exposeTokens: String?
  @Option(help: .init(Setting.unknownOutcomeWait.summary, valueName: "seconds")) var unknownOutcomeWait:
    String?
  @Option(help: .init(Setting.bodyLimit.summary, valueName: "bytes")) var bodyLimit: String?
  @Option(help: .init(Setting.requestLimit.summary, valueName: "bytes")) var requestLimit: String?
  @Option(help: .init(Setting.tenantRecipients.summary, valueName: "tenant=count"))
  var tenantRecipients: String?
  @OptionGroup var smtp: SMTPOptions
  @Option(help: .init(Setting.logLevel.summary, valueName: "level")) var logLevel: String?

  func configuration() throws -> Configuration {
    let flags: [Setting: String?] = [
      .host: host, .port: port, .url: url, .trustedProxies: trustedProxies, .webhookAllow: webhookAllow,
      .microsoft: microsoft,
      .microsoftCA: microsoftCA, .clouds: clouds, .exposeTokens: exposeTokens,
      .unknownOutcomeWait: unknownOutcomeWait, .bodyLimit: bodyLimit, .requestLimit: requestLimit,
      .tenantRecipients: tenantRecipients, .logLevel: logLevel,
    ]
    return try store.configuration(flags: flags.merging(smtp.flags) { own, _ in own })
  }
}

/// The flags of the SMTP ports.
struct SMTPOptions: ParsableArguments {
  @Option(help: .init(Setting.smtpPort.summary, valueName: "port")) var smtpPort: String?
  @Option(name: .customLong("smtp-tls-port"), help: .init(Setting.smtpTLSPort.summary, valueName: "port"))
  var smtpTLSPort: String?
  @Option(help: .init(Setting.smtpHost.summary, valueName: "address")) var smtpHost: String?
  @Option(help: .init(Setting.smtpCertificate.summary, valueName: "file")) var smtpCertificate: String?
  @Option(help: .init(Setting.smtpKey.summary, valueName: "file")) var smtpKey: String?
  @Option(help: .init(Setting.smtpNetworks.summary, valueName: "cidr=account")) var smtpNetworks: String?
  @Option(help: .init(Setting.smtpNetworkDaily.summary, valueName: "count")) var smtpNetworkDaily: String?
  @Option(
    name: .customLong("smtp-auth-without-tls"),
    help: .init(Setting.smtpAuthWithoutTLS.summary, valueName: "yes|no"))
  var smtpAuthWithoutTLS: String?
  @Option(help: .init(Setting.smtpFailureReports.summary, valueName: "message|event"))
  var smtpFailureReports: String?

  var flags: [Setting: String?] {
    [
      .smtpPort: smtpPort, .smtpTLSPort: smtpTLSPort, .smtpHost: smtpHost, .smtpCertificate: smtpCertificate,
      .smtpKey: smtpKey, .smtpNetworks: smtpNetworks, .smtpNetworkDaily: smtpNetworkDaily,
      .smtpAuthWithoutTLS: smtpAuthWithoutTLS,
      .smtpFailureReports: smtpFailureReports,
    ]
  }
}

/// The flags of every command that opens the database.
struct StoreOptions: ParsableArguments {
  @Option(help: .init(Variable.config.summary, valueName: "file")) var config: String?
  @Option(help: .init(Setting.data.summary, valueName: "dir")) var data: String?
  @Option(help: .init(Setting.secretKeyFile.summary, valueName: "file")) var secretKeyFile: String?

  func configuration(flags others: [Setting: String?] = [:]) throws -> Configuration {
    let own: [Setting: String?] = [.data: data, .secretKeyFile: secretKeyFile]
    let environment = ProcessInfo.processInfo.environment
    let path = config ?? environment[Variable.config.rawValue].flatMap { $0.isEmpty ? nil : $0 }
    let file = try path.map { path in
      guard let data = FileManager.default.contents(atPath: path) else {
        throw Problem.unreadableFile(path)
      }
      return String(decoding: data, as: UTF8.self)
    }
    let flags = own.merging(others) { own, _ in own }.compactMapValues { $0 }
    let folder = path.map { URL(filePath: $0).deletingLastPathComponent().path } ?? "."
    return try Configuration(
      Settings(flags: flags, environment: environment, file: file, folder: folder), file: path)
  }
}

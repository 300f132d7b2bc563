package import Core
import Foundation

/// What a workspace has set of how it works; what it has not set has its default.
package struct WorkspaceSettings: Sendable, Equatable {
  package private(set) var webhooksEnabled = false
  /// The URL to which events are posted.
  package private(set) var webhooks: String?
  /// Names of events; `*` stands for all.
  package private(set) var webhookEvents = ["*"]
  /// A box: header fields of the requests that post events.
  package private(set) var webhooksCustomHeaders: [UInt8]?
  /// A box: what signs the events that are posted.
  package private(set) var serviceSecret: [UInt8]?
  package private(set) var notifyHeaders: [String] = []
  package private(set) var notifyText = false
  package private(set) var notifyTextSize: Int?
  package private(set) var notifyWebSafeHtml = false
  package private(set) var notifyAttachments = false
  package private(set) var notifyAttachmentSize: Int?
  package private(set) var notificationBaseUrl: String?
  package private(set) var locale: String?
  package private(set) var timezone: String?
  /// Those that are set, and by whom.
  package private(set) var sources: [WorkspaceSetting: SettingSource] = [:]

  package init() {}

  fileprivate mutating func read(_ row: Row) throws {
    // One that only a later version has is none of ours.
    guard let setting = WorkspaceSetting(rawValue: try row.text("name")) else { return }
    sources[setting] = try row.bool("declared") ? .configuration : .api
    switch setting {
    case .webhooksEnabled: webhooksEnabled = try row.json("value") ?? false
    case .webhooks: webhooks = try row.json("value")
    case .webhookEvents: webhookEvents = try row.json("value") ?? []
    case .webhooksCustomHeaders: webhooksCustomHeaders = try row.optionalBytes("box")
    case .serviceSecret: serviceSecret = try row.optionalBytes("box")
    case .notifyHeaders: notifyHeaders = try row.json("value") ?? []
    case .notifyText: notifyText = try row.json("value") ?? false
    case .notifyTextSize: notifyTextSize = try row.json("value")
    case .notifyWebSafeHtml: notifyWebSafeHtml = try row.json("value") ?? false
    case .notifyAttachments: notifyAttachments = try row.json("value") ?? false
    case .notifyAttachmentSize: notifyAttachmentSize = try row.json("value")
    case .notificationBaseUrl: notificationBaseUrl = try row.json("value")
    case .locale: locale = try row.json("value")
    case .timezone: timezone = try row.json("value")
    }
  }
}

/// The value of one setting.
package enum SettingValue: Sendable, Hashable {
  case flag(Bool)
  case number(Int)
  case text(String)
  case texts([String])
  /// A secret, sealed.
  case box([UInt8])

  fileprivate var json: String? {
    switch self {
    case .flag(let value): value.json
    case .number(let value): value.json
    case .text(let value): value.json
    case .texts(let value): value.json
    case .box: nil
    }
  }

  fileprivate var box: [UInt8]? {
    if case .box(let bytes) = self { bytes } else { nil }
  }
}

extension Transaction {
  private static let settingsOfWorkspace: SQL =
    "SELECT name, value, box, declared FROM setting WHERE workspace = $1"

  /// One statement.
  package func settings(of workspace: WorkspaceID) throws -> WorkspaceSettings {
    var settings = WorkspaceSettings()
    for row in try rows(Self.settingsOfWorkspace, workspace, as: { $0 }) { try settings.read(row) }
    return settings
  }

  /// - Parameters:
  ///   - value: of the kind that the property of `WorkspaceSettings` has.
  ///   - declared: whether the configuration file sets it.
  package func set(
    _ setting: WorkspaceSetting, to value: SettingValue, in workspace: WorkspaceID, declared: Bool = false
  ) throws {
    try execute(
      """
      INSERT INTO setting (workspace, name, value, box, declared) VALUES ($1, $2, $3, $4, $5)
      ON CONFLICT (workspace, name) DO UPDATE SET value = excluded.value, box = excluded.box,
        declared = excluded.declared
      """, workspace, setting.rawValue, value.json, value.box, declared)
  }

  /// `webhooksCustomHeaders` that are not sealed, as JSON, and whose they are.
  package func plainCustomHeaders() throws -> [(workspace: WorkspaceID, json: String)] {
    try rows(
      "SELECT workspace, value FROM setting WHERE name = $1 AND value IS NOT NULL",
      WorkspaceSetting.webhooksCustomHeaders.rawValue
    ) { (try $0.identifier("workspace"), try $0.text("value")) }
  }

  /// The box takes the place of the value; who has set it stays.
  package func seal(_ setting: WorkspaceSetting, in workspace: WorkspaceID, _ box: [UInt8]) throws {
    try execute(
      "UPDATE setting SET value = NULL, box = $3 WHERE workspace = $1 AND name = $2", workspace,
      setting.rawValue, box)
  }

  /// From here on it has its default.
  package func clear(_ setting: WorkspaceSetting, in workspace: WorkspaceID) throws {
    try execute("DELETE FROM setting WHERE workspace = $1 AND name = $2", workspace, setting.rawValue)
  }
}

package import Core
import Foundation
package import Store
package import Vault

/// The settings of workspaces.
package struct SettingsDirectory: Sendable {
  private let store: Store
  private let vault: Vault
  private let apply: Apply

  /// What follows from settings, in the transaction that changes them, or at the start.
  package typealias Apply =
    @Sendable (WorkspaceSettings, _ workspace: WorkspaceID, _ isChange: Bool, borrowing Transaction) throws ->
    Void

  package init(store: Store, vault: Vault, apply: @escaping Apply = { _, _, _, _ in }) {
    self.store = store
    self.vault = vault
    self.apply = apply
  }

  package func settings(of workspace: WorkspaceID) async throws -> WorkspaceSettings {
    try await store.read { (tx: borrowing Transaction) in try tx.settings(of: workspace) }
  }

  /// The names of the header fields that go with every post; what they hold may be secret.
  package func headerNames(_ settings: WorkspaceSettings, of workspace: WorkspaceID) throws -> [String] {
    try settings.customHeaders(in: workspace, vault).map(\.name)
  }

  /// Lets what follows from the settings follow, after they were changed in another way.
  package func applyAll(in workspace: WorkspaceID) async throws {
    try await store.write(isolation: .readCommitted) { [apply, vault] (tx: borrowing Transaction) in
      // Of earlier versions, which did not seal them.
      for (owner, json) in try tx.plainCustomHeaders() {
        let box = vault.seal(Array(json.utf8), for: .setting(.webhooksCustomHeaders, in: owner))
        try tx.seal(.webhooksCustomHeaders, in: owner, box)
      }
      try apply(try tx.settings(of: workspace), workspace, false, tx)
    }
  }

  /// All of it, or nothing.
  ///
  /// Throws `configuration.declared` for a setting of the configuration file, and `request.invalidField` for a time
  /// zone that there is not.
  package func update(_ change: SettingsChange, in workspace: WorkspaceID) async throws {
    try change.validate()
    try await store.write(isolation: .readCommitted) { [vault, apply] (tx: borrowing Transaction) in
      let sources = try tx.settings(of: workspace).sources
      for (setting, value) in change.values {
        guard sources[setting] != .configuration else { throw Problem.settingDeclared(setting) }
        try tx.set(setting, to: value, in: workspace, vault)
      }
      try apply(try tx.settings(of: workspace), workspace, true, tx)
    }
  }
}

extension Transaction {
  /// Gives the workspace `default` the settings of the configuration file. What the file set before and no longer does
  /// keeps its value, which can be changed through the API again.
  ///
  /// - Returns: those.
  package func declare(_ settings: SettingsChange, _ vault: Vault) throws -> [WorkspaceSetting] {
    for (setting, value) in settings.values where value != nil {
      try set(setting, to: value, in: .default, declared: true, vault)
    }
    let declared = Set(settings.values.filter { $0.value != nil }.map(\.setting))
    let before = try self.settings(of: .default).sources
    let gone = WorkspaceSetting.allCases.filter { before[$0] == .configuration && !declared.contains($0) }
    for setting in gone { try setDeclared(false, setting: setting) }
    return gone
  }

  fileprivate func set(
    _ setting: WorkspaceSetting, to value: SettingsChange.Value?, in workspace: WorkspaceID,
    declared: Bool = false, _ vault: Vault
  ) throws {
    switch value {
    case .plain(let value): try set(setting, to: value, in: workspace, declared: declared)
    case .secret(let secret):
      let box = vault.seal(secret, for: .setting(setting, in: workspace))
      try set(setting, to: .box(box), in: workspace, declared: declared)
    case .headers(let fields):
      let known = try settings(of: workspace).customHeaders(in: workspace, vault)
      let merged = fields.map { field in
        SealedHeader(field.name, field.value ?? known.first { $0.hasName(of: field) }?.value)
      }
      let bytes = Array(try JSONEncoder().encode(merged))
      let box = vault.seal(bytes, for: .setting(setting, in: workspace))
      try set(setting, to: .box(box), in: workspace, declared: declared)
    case nil: try clear(setting, in: workspace)
    }
  }
}

/// A custom header field as it is stored in a box.
private struct SealedHeader: Codable {
  let key: String
  let value: String

  init(_ name: String, _ value: Secret?) {
    (key, self.value) = (name, value?.reveal() ?? "")
  }
}

extension CustomHeader {
  fileprivate func hasName(of other: CustomHeader) -> Bool { name.lowercased() == other.name.lowercased() }
}

extension WorkspaceSettings {
  /// `webhooksCustomHeaders`, opened.
  package func customHeaders(in workspace: WorkspaceID, _ vault: Vault) throws -> [CustomHeader] {
    guard let box = webhooksCustomHeaders else { return [] }
    let bytes = try vault.open(box, for: .setting(.webhooksCustomHeaders, in: workspace))
    return try JSONDecoder().decode([SealedHeader].self, from: Data(bytes)).map {
      CustomHeader($0.key, Secret($0.value))
    }
  }
}

/// Changes to settings, in the order of the contract.
package struct SettingsChange: Sendable {
  package private(set) var values: [(setting: WorkspaceSetting, value: Value?)] = []

  package enum Value: Sendable {
    case plain(SettingValue)
    case secret(Secret)
    /// Those without a value keep the one that they have.
    case headers([CustomHeader])
  }

  package init() {}

  /// - Parameter value: `nil` takes the setting's value away.
  package mutating func set(_ setting: WorkspaceSetting, to value: Value?) {
    values.append((setting, value))
  }

  package var isEmpty: Bool { values.isEmpty }

  /// Throws `request.invalidField` for a time zone that there is not.
  package func validate() throws(Problem) {
    for case (.timezone, .plain(.text(let name))) in values where TimeZone(identifier: name) == nil {
      throw .invalidField(
        "timezone", "must be a time zone such as Europe/Tallinn, not “\(name)”",
        remedy: "Use a name of the IANA time zone database.")
    }
  }
}

extension BoxIdentity {
  /// Where a secret among the settings is kept.
  package static func setting(_ setting: WorkspaceSetting, in workspace: WorkspaceID) -> BoxIdentity {
    BoxIdentity("setting", workspace.rawValue, setting.rawValue, "box")
  }
}

extension Problem {
  fileprivate static func settingDeclared(_ setting: WorkspaceSetting) -> Problem {
    Problem(
      .configurationDeclared,
      "The gateway's configuration file sets “\(setting.rawValue)”, so it cannot be changed here.",
      remedy: "Change it in the file and restart the gateway.")
  }
}

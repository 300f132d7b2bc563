import Accounts
package import Core
import JSON
package import Store

/// The templates of all workspaces: stores them, and shows what a message of one would say.
package struct TemplateLibrary: Sendable {
  let store: Store
  let time: any Time
  /// What templates name as `service.url`.
  let serviceURL: String?

  /// Those of one account, or without one those that all accounts may use.
  ///
  /// - Throws: `account.notFound`.
  package func templates(
    of account: AccountID?, in workspace: WorkspaceID, _ request: PageRequest
  ) async throws -> Page<TemplateInfo> {
    try await store.read { (tx: borrowing Transaction) in
      if let account { try tx.expectAccount(account, in: workspace) }
      return try tx.templates(of: account, in: workspace, request)
    }
  }

  /// - Throws: `template.notFound`.
  package func template(_ id: TemplateID, in workspace: WorkspaceID) async throws -> TemplateRecord {
    try await store.read { (tx: borrowing Transaction) in try tx.expectTemplate(id, in: workspace) }
  }

  /// Stores a template under an id of ours.
  ///
  /// - Throws: `template.invalid`, `account.notFound`.
  package func add(_ draft: TemplateDraft, of account: AccountID?, in workspace: WorkspaceID) async throws
    -> TemplateInfo
  {
    let now = time.now
    var template = TemplateRecord(
      info: TemplateInfo(
        workspace: workspace, id: .make(at: now), account: account, name: "", format: "html", created: now))
    draft.apply(to: &template, at: now)
    _ = try template.parsed(at: "content.")
    return try await store.write { [template] (tx: borrowing Transaction) in
      if let account { try tx.expectAccount(account, in: workspace) }
      try tx.insert(template)
      return template.info
    }
  }

  /// Changes what `draft` has; messages that were accepted before stay as they are.
  ///
  /// - Throws: `template.invalid`, `template.notFound`.
  package func update(
    _ id: TemplateID, _ draft: TemplateDraft, in workspace: WorkspaceID
  ) async throws -> TemplateInfo {
    let now = time.now
    _ = try MessageTemplate(draft.texts, at: "content.")
    return try await store.write { (tx: borrowing Transaction) in
      var template = try tx.expectTemplate(id, in: workspace)
      draft.apply(to: &template, at: now)
      try tx.update(template)
      return template.info
    }
  }

  /// - Throws: `template.notFound`.
  package func delete(_ id: TemplateID, in workspace: WorkspaceID) async throws -> TemplateInfo {
    try await store.write { (tx: borrowing Transaction) in
      let template = try tx.expectTemplate(id, in: workspace)
      _ = try tx.deleteTemplate(id, in: workspace)
      return template.info
    }
  }

  /// Deletes all templates that are this account's alone.
  ///
  /// - Throws: `account.notFound`.
  package func deleteAll(of account: AccountID, in workspace: WorkspaceID) async throws {
    try await store.write { (tx: borrowing Transaction) in
      try tx.expectAccount(account, in: workspace)
      _ = try tx.deleteTemplates(of: account, in: workspace)
    }
  }

  /// What a message of the template would say.
  ///
  /// - Parameter account: Which the message would be from; that of the template, where it has one.
  /// - Throws: `template.notFound`, `account.notFound`, and what is wrong with the values.
  package func preview(
    _ id: TemplateID, _ values: TemplateValues, from account: AccountID?, in workspace: WorkspaceID
  ) async throws -> MessageTexts {
    var values = values
    values.serviceURL = serviceURL
    let (template, sender) = try await store.read { (tx: borrowing Transaction) in
      let template = try tx.expectTemplate(id, in: workspace)
      if let account, let own = template.info.account, own != account {
        throw Problem.templateNotFound(id)
      }
      let sender = try (account ?? template.info.account).map { account in
        guard let sender = try tx.senderIdentity(account, in: workspace) else {
          throw Problem.accountNotFound(account)
        }
        return sender
      }
      return (template, sender)
    }
    values.accountName = sender?.name ?? ""
    values.accountEmail = sender?.email ?? ""
    var allowance = RenderingAllowance()
    return try template.parsed().rendered(for: values, within: &allowance)
  }
}

extension Outbox {
  package var templates: TemplateLibrary {
    TemplateLibrary(store: store, time: time, serviceURL: configuration.serviceURL)
  }
}

/// What is to be in a template; `nil` where it stays as it is.
package struct TemplateDraft: Sendable {
  package var name: String?
  package var description: String?
  package var missing: MissingVariables?
  /// An empty text takes away what there was.
  package var texts = MessageTexts()

  package init() {}

  fileprivate func apply(to template: inout TemplateRecord, at now: Instant) {
    if let name { template.info.name = name }
    if let description { template.info.description = description.isEmpty ? nil : description }
    if let missing {
      (template.info.missing, template.info.defaults) =
        switch missing {
        case .fail: (.fail, nil)
        case .blank: (.blank, nil)
        case .defaults(let values): (.defaults, JSONValue.object(values).text)
        }
    }
    var texts = texts.merged(over: template.texts)
    for field in MessageTexts.Field.allCases where texts[field] == "" { texts[field] = nil }
    template.texts = texts
    template.info.updated = now
  }
}

extension TemplateRecord {
  package var texts: MessageTexts {
    get {
      var texts = MessageTexts()
      (texts.subject, texts.text, texts.html, texts.previewText) = (subject, text, html, previewText)
      return texts
    }
    set {
      (subject, text, html, previewText) = (
        newValue.subject, newValue.text, newValue.html, newValue.previewText
      )
    }
  }

  package var missingVariables: MissingVariables {
    get throws {
      switch info.missing {
      case .fail: .fail
      case .blank: .blank
      case .defaults: .defaults(try JSONValue(parsing: Array((info.defaults ?? "{}").utf8)).object ?? [:])
      }
    }
  }

  func parsed(at place: String = "") throws -> MessageTemplate {
    try MessageTemplate(texts, missing: try missingVariables, at: place)
  }
}

extension Transaction {
  /// - Throws: `template.notFound`.
  func expectTemplate(_ id: TemplateID, in workspace: WorkspaceID) throws -> TemplateRecord {
    guard let template = try template(id, in: workspace) else { throw Problem.templateNotFound(id) }
    return template
  }

  fileprivate func expectAccount(_ account: AccountID, in workspace: WorkspaceID) throws {
    guard try self.account(account, in: workspace) != nil else { throw Problem.accountNotFound(account) }
  }
}

extension Problem {
  static func templateNotFound(_ id: TemplateID) -> Problem {
    Problem(
      .templateNotFound, "There is no template “\(id)” that this account may use.",
      remedy: "Use the id of an existing template, of this account or of the whole workspace.")
  }
}

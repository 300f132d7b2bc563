import API
import Core
import Delivery
import JSON
import Store

/// Templates, and what a message of one would say.
struct TemplateRoutes: Sendable {
  let templates: TemplateLibrary

  func add(to router: APIRouter) {
    router.on(Operations.templates) { call in
      let page = try await templates.templates(
        of: call.query.account, in: call.workspace, call.query.request)
      var reply = TemplatePage(call.query, total: page.total)
      reply.account = call.query.account
      reply.templates = page.elements.map { TemplateEntry($0) }
      return reply
    }
    router.on(Operations.addTemplate) { call in
      let template = try await templates.add(
        TemplateDraft(call.body), of: call.body.account, in: call.workspace)
      var reply = TemplateCreated()
      (reply.account, reply.id) = (template.account, template.id)
      return reply
    }
    router.on(Operations.template) { call in
      try TemplateReply(try await templates.template(call.path, in: call.workspace))
    }
    router.on(Operations.updateTemplate) { call in
      let template = try await templates.update(call.path, TemplateDraft(call.body), in: call.workspace)
      var reply = TemplateUpdated()
      (reply.account, reply.id) = (template.account, template.id)
      return reply
    }
    router.on(Operations.deleteTemplate) { call in
      let template = try await templates.delete(call.path, in: call.workspace)
      var reply = TemplateDeleted()
      (reply.account, reply.id) = (template.account, template.id)
      return reply
    }
    router.on(Operations.previewTemplate) { call in
      TemplatePreview(
        try await templates.preview(
          call.path, TemplateValues(call.body), from: call.body.account, in: call.workspace))
    }
    router.on(Operations.deleteAccountTemplates) { call in
      try await templates.deleteAll(of: call.path, in: call.workspace)
      var reply = TemplatesDeleted()
      reply.account = call.path
      return reply
    }
  }
}

extension TemplateDraft {
  fileprivate init(_ request: TemplateRequest) {
    self.init()
    name = request.name
    description = request.description
    missing = MissingVariables(request.missingVariables, request.defaults)
    texts = MessageTexts(request.content)
  }

  fileprivate init(_ request: TemplateUpdateRequest) {
    self.init()
    name = request.name
    description = request.description
    missing = request.missingVariables.map { MissingVariables($0, request.defaults) }
    texts = MessageTexts(request.content)
  }
}

extension MissingVariables {
  fileprivate init(_ policy: MissingPolicy, _ defaults: JSONValue?) {
    self =
      switch policy {
      case .fail: .fail
      case .blank: .blank
      case .default: .defaults(defaults?.object ?? [:])
      }
  }
}

extension MissingPolicy {
  fileprivate init(_ missing: TemplateInfo.Missing) {
    self =
      switch missing {
      case .fail: .fail
      case .blank: .blank
      case .defaults: .default
      }
  }
}

extension MessageTexts {
  fileprivate init(_ content: TemplateContent) {
    self.init()
    (subject, text, html, previewText) = (content.subject, content.text, content.html, content.previewText)
  }
}

extension TemplateValues {
  fileprivate init(_ request: TemplatePreviewRequest) {
    self.init()
    params = request.params.object ?? [:]
    recipient = request.rcpt.map { Recipient(name: $0.name, address: $0.address) }
    locale = request.locale
    timeZone = request.tz
  }
}

extension TemplateEntry {
  fileprivate init(_ info: TemplateInfo) {
    self.init()
    (account, id, name, description) = (info.account, info.id, info.name, info.description)
    missingVariables = Word(MissingPolicy(info.missing))
    (created, updated) = (info.created, info.updated)
  }
}

extension TemplateReply {
  fileprivate init(_ template: TemplateRecord) throws {
    self.init()
    let info = template.info
    (account, id, name, description) = (info.account, info.id, info.name, info.description)
    (content.subject, content.text) = (template.subject, template.text)
    (content.html, content.previewText) = (template.html, template.previewText)
    missingVariables = Word(MissingPolicy(info.missing))
    if case .defaults(let values) = try template.missingVariables { defaults = .object(values) }
    (created, updated) = (info.created, info.updated)
  }
}

extension TemplatePreview {
  fileprivate init(_ texts: MessageTexts) {
    self.init()
    (subject, text, html, previewText) = (texts.subject, texts.text, texts.html, texts.previewText)
  }
}

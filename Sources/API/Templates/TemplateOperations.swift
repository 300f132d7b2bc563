package import Core
package import JSON

/// Which templates are listed.
package struct TemplatesQuery: PagedQuery {
  package var account: AccountID?
  package var page = 0
  package var pageSize = 20

  package init() {}

  package static let fields = Fields<Self>("TemplatesQuery", "Which templates are listed.") {
    Field(
      "account", \.account, .id(),
      "Those that are this account's alone; left out, those that all accounts of the workspace may use.")
    Field(PageTerm.page, \.page)
    Field(PageTerm.pageSize, \.pageSize)
  }
}

package struct TemplateCreated: Contract {
  package var created = true
  package var account: AccountID?
  package var id = TemplateID("")

  package init() {}

  package static let fields = Fields<Self>("TemplateCreated", "A template that was created.") {
    Required("created", \.created, .flag, "Always `true`.")
    Field(TemplateTerm.account, \.account)
    Required(TemplateTerm.id, \.id)
  }
}

package struct TemplateUpdated: Contract {
  package var updated = true
  package var account: AccountID?
  package var id = TemplateID("")

  package init() {}

  package static let fields = Fields<Self>("TemplateUpdated", "A template that was changed.") {
    Required("updated", \.updated, .flag, "Always `true`.")
    Field(TemplateTerm.account, \.account)
    Required(TemplateTerm.id, \.id)
  }
}

package struct TemplateDeleted: Contract {
  package var deleted = true
  package var account: AccountID?
  package var id = TemplateID("")

  package init() {}

  package static let fields = Fields<Self>("TemplateDeleted", "A template that was deleted.") {
    Required("deleted", \.deleted, .flag, "Always `true`.")
    Field(TemplateTerm.account, \.account)
    Required(TemplateTerm.id, \.id)
  }
}

/// Whether all templates of an account are deleted.
package struct TemplatesDeletion: Contract {
  package var force = false

  package init() {}

  package init(force: Bool) {
    self.force = force
  }

  package static let fields = Fields<Self>("TemplatesDeletion", "Whether they are deleted.") {
    Field("force", \.force, .flag, "Must be `true`, so that nothing is deleted by mistake.")
    Rule { query, complaints in
      if !query.force { complaints.add("force", "must be true: all templates of the account are deleted") }
    }
  }
}

package struct TemplatesDeleted: Contract {
  package var flushed = true
  package var account = AccountID("")

  package init() {}

  package static let fields = Fields<Self>("TemplatesDeleted", "That an account has no templates any more.") {
    Required("flushed", \.flushed, .flag, "Always `true`.")
    Required("account", \.account, .id(), "The account.")
  }
}

/// The body of `POST /v1/templates/template/{template}/preview`.
package struct TemplatePreviewRequest: Contract {
  package var params = JSONValue.object([:])
  package var account: AccountID?
  package var rcpt: AddressField?
  package var locale: String?
  package var tz: String?

  package init() {}

  package static let fields = Fields<Self>(
    "TemplatePreviewRequest", "With which values a template is shown."
  ) {
    Field("params", \.params, .anyObject, "The values of variables.")
    Field(
      "account", \.account, .id(),
      "The account that the message would be from; left out, that of the template, if it has one.")
    Field("rcpt", \.rcpt, .object, "The recipient that the message would be for.")
    Field("locale", \.locale, TemplateTerm.locale, "The recipient's language.")
    Field("tz", \.tz, TemplateTerm.timeZone, "The recipient's time zone.")
  }
}

/// What a message would say.
package struct TemplatePreview: Contract {
  package var subject: String?
  package var text: String?
  package var html: String?
  package var previewText: String?

  package init() {}

  package static let fields = Fields<Self>("TemplatePreview", "What a message of a template would say.") {
    Field("subject", \.subject, .line(0...10_240), "The Subject header.")
    Field("text", \.text, .lines(0...5_242_880), "The message as plain text.")
    Field("html", \.html, .lines(0...5_242_880), "The message as HTML.")
    Field(
      "previewText", \.previewText, .line(0...1024), "What mail programs show beside the subject in a list.")
  }
}

extension Operations {
  package static let templates = Operation<Nothing, TemplatesQuery, Nothing, TemplatePage>(
    .get, "/v1/templates", id: "getTemplates", .templates, .workspace, "List templates.",
    problems: [.accountNotFound])

  package static let addTemplate = Operation<Nothing, Nothing, TemplateRequest, TemplateCreated>(
    .post, "/v1/templates/template", id: "postTemplate", .templates, .workspace, "Create a template.",
    "Its texts are Mustache: `{{params.name}}`, `{{#params.items}}…{{/params.items}}`, `{{^params.items}}…{{/params.items}}`.",
    problems: [.accountNotFound, .templateInvalid])

  package static let template = Operation<TemplateID, Nothing, Nothing, TemplateReply>(
    .get, "/v1/templates/template/{template}", id: "getTemplate", .templates, .workspace,
    "Show one template.", problems: [.templateNotFound])

  package static let updateTemplate = Operation<TemplateID, Nothing, TemplateUpdateRequest, TemplateUpdated>(
    .put, "/v1/templates/template/{template}", id: "putTemplate", .templates, .workspace,
    "Change a template.", "Messages that were accepted before stay as they are.",
    problems: [.templateNotFound, .templateInvalid])

  package static let deleteTemplate = Operation<TemplateID, Nothing, Nothing, TemplateDeleted>(
    .delete, "/v1/templates/template/{template}", id: "deleteTemplate", .templates, .workspace,
    "Delete a template.", "Messages that were accepted before stay as they are.",
    problems: [.templateNotFound])

  package static let previewTemplate = Operation<
    TemplateID, Nothing, TemplatePreviewRequest, TemplatePreview
  >(
    .post, "/v1/templates/template/{template}/preview", id: "previewTemplate", .templates, .workspace,
    "Show what a message of a template would say.", grant: OperationGrant(.read, .template),
    problems: [
      .templateNotFound, .accountNotFound, .templateMissingVariable, .templateInvalidVariable, .templateLimit,
    ])

  package static let deleteAccountTemplates = Operation<
    AccountID, TemplatesDeletion, Nothing, TemplatesDeleted
  >(
    .delete, "/v1/templates/account/{account}", id: "deleteAccountTemplates", .templates, .workspace,
    "Delete all templates that are one account's alone.", problems: [.accountNotFound])
}

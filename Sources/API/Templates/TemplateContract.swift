package import Core
package import JSON

enum TemplateTerm {
  static let id = Term("id", Kind<TemplateID>.id(), "The template's id.")
  static let account = Term(
    "account", Kind<AccountID>.id(),
    "The account whose alone it is; left out, all of the workspace may use it.")
  static let format = Kind<TemplateFormat>.word(unsupported: "markdown")
  static let locale = Kind<String>.line(0...100, format: .language)
  static let timeZone = Kind<String>.line(0...100, format: .timeZone)
  static let missing =
    "What becomes of a variable without a value: `fail` refuses the message, `default` takes the value that `defaults` has "
    + "and refuses the message without one, `blank` leaves it blank."
  static let defaults =
    "With `default`: the values of variables that a message has none for, as in its `params`."
}

/// The language of a template's HTML.
package enum TemplateFormat: String, WireWord {
  case html = "html"
}

/// What becomes of a variable without a value.
package enum MissingPolicy: String, WireWord {
  case fail = "fail"
  case `default` = "default"
  case blank = "blank"
}

/// The texts of a template.
package struct TemplateContent: Contract {
  package var subject: String?
  package var text: String?
  package var html: String?
  package var previewText: String?

  package init() {}

  package static let fields = Fields<Self>("TemplateContent", "The texts of a template, in Mustache.") {
    Field("subject", \.subject, .line(0...10_240), "The Subject header.")
    Field("text", \.text, .lines(0...5_242_880), "The message as plain text.")
    Field("html", \.html, .lines(0...5_242_880), "The message as HTML, in which values are escaped.")
    Field(
      "previewText", \.previewText, .line(0...1024), "What mail programs show beside the subject in a list.")
  }
}

/// The body of `POST /v1/templates/template`.
package struct TemplateRequest: Contract {
  package var account: AccountID?
  package var name = ""
  package var description: String?
  package var format = TemplateFormat.html
  package var content = TemplateContent()
  package var missingVariables = MissingPolicy.fail
  package var defaults: JSONValue?

  package init() {}

  package static let fields = Fields<Self>("TemplateRequest", "A template to be created.") {
    Field(TemplateTerm.account, \.account)
    Required("name", \.name, .line(1...256), "A name for people.")
    Field("description", \.description, .lines(0...1024), "What it is for.")
    Field("format", \.format, TemplateTerm.format, "The language of the HTML.")
    Required("content", \.content, .object, "Its texts.")
    Field("missingVariables", \.missingVariables, .word(), TemplateTerm.missing)
    Field("defaults", \.defaults, .anyObject, TemplateTerm.defaults)
    Rule { request, complaints in
      if request.missingVariables == .default { return complaints.missing("defaults") }
      if complaints.isGiven("defaults") {
        complaints.add("defaults", "needs missingVariables to be default")
      }
    }
  }
}

/// The body of `PUT /v1/templates/template/{template}`: what is left out stays as it is.
package struct TemplateUpdateRequest: Contract {
  package var name: String?
  package var description: String?
  package var format: TemplateFormat?
  package var content = TemplateContent()
  package var missingVariables: MissingPolicy?
  package var defaults: JSONValue?

  package init() {}

  package static let fields = Fields<Self>(
    "TemplateUpdateRequest", "Changes to a template; what is left out stays as it is."
  ) {
    Field("name", \.name, .line(1...256), "A name for people.")
    Field("description", \.description, .lines(0...1024), "What it is for; empty for nothing.")
    Field("format", \.format, TemplateTerm.format, "The language of the HTML.")
    Field("content", \.content, .object, "The texts that change; an empty one is taken away.")
    Field("missingVariables", \.missingVariables, .word(), TemplateTerm.missing)
    Field("defaults", \.defaults, .anyObject, TemplateTerm.defaults)
    Rule { request, complaints in
      if request.missingVariables == .default { return complaints.missing("defaults") }
      if complaints.isGiven("defaults") {
        complaints.add("defaults", "needs missingVariables to be default")
      }
    }
  }
}

/// A template without its texts.
package struct TemplateEntry: Contract {
  package var account: AccountID?
  package var id = TemplateID("")
  package var name = ""
  package var description: String?
  package var format = Word(TemplateFormat.html)
  package var missingVariables = Word(MissingPolicy.fail)
  package var created = Instant(microseconds: 0)
  package var updated = Instant(microseconds: 0)

  package init() {}

  package static let fields = Fields<Self>("TemplateEntry", "A template without its texts.") {
    Field(TemplateTerm.account, \.account)
    Required(TemplateTerm.id, \.id)
    Required("name", \.name, .line(1...256), "The name for people.")
    Field("description", \.description, .lines(1...1024), "What it is for.")
    Required("format", \.format, .word(), "The language of the HTML.")
    Required("missingVariables", \.missingVariables, .word(), TemplateTerm.missing)
    Required("created", \.created, .moment, "When it was created.")
    Required("updated", \.updated, .moment, "When it was last changed.")
  }
}

/// A template.
package struct TemplateReply: Contract {
  package var account: AccountID?
  package var id = TemplateID("")
  package var name = ""
  package var description: String?
  package var format = Word(TemplateFormat.html)
  package var content = TemplateContent()
  package var missingVariables = Word(MissingPolicy.fail)
  package var defaults: JSONValue?
  package var created = Instant(microseconds: 0)
  package var updated = Instant(microseconds: 0)

  package init() {}

  package static let fields = Fields<Self>("Template", "A template.") {
    Field(TemplateTerm.account, \.account)
    Required(TemplateTerm.id, \.id)
    Required("name", \.name, .line(1...256), "The name for people.")
    Field("description", \.description, .lines(1...1024), "What it is for.")
    Required("format", \.format, .word(), "The language of the HTML.")
    Required("content", \.content, .object, "Its texts.")
    Required("missingVariables", \.missingVariables, .word(), TemplateTerm.missing)
    Field("defaults", \.defaults, .anyObject, TemplateTerm.defaults)
    Required("created", \.created, .moment, "When it was created.")
    Required("updated", \.updated, .moment, "When it was last changed.")
  }
}

package struct TemplatePage: PagedReply {
  package var account: AccountID?
  package var total = 0
  package var page = 0
  package var pages = 0
  package var templates: [TemplateEntry] = []

  package init() {}

  package static let fields = Fields<Self>("TemplatePage", "One page of the templates.") {
    Field("account", \.account, .id(), "The requested account.")
    Required(PageTerm.total, \.total)
    Required(PageTerm.number, \.page)
    Required(PageTerm.pages, \.pages)
    Required("templates", \.templates, .list(.object, count: 0...1000), "The templates.")
  }
}

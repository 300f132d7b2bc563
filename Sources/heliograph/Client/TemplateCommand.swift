import API
import ArgumentParser
import Core
import Foundation
import JSON

struct TemplateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "template", abstract: "Manage templates: texts of messages with variables in them.",
    discussion: """
      The texts are Mustache: {{params.name}} is a value, {{#params.items}}...{{/params.items}} is repeated for each \
      element of a list or shown if there is a value, {{^params.items}}...{{/params.items}} is shown if there is none. \
      In HTML values are escaped.

      EXAMPLE
        heliograph template add --name Welcome --subject 'Hello {{params.name}}' --html welcome.html
        heliograph template preview TEMPLATE --param name=Ada
        heliograph template test TEMPLATE --account alice --to me@example.com --param name=Ada
      """,
    subcommands: [Add.self, List.self, Show.self, Update.self, Remove.self, Preview.self, Test.self])

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the templates that all accounts may use, or those of one account.")

    @Option(help: "List the templates that are this account's alone.") var account: AccountID?
    @OptionGroup var paging: Paging

    func run() async throws {
      var query = TemplatesQuery()
      query.account = account
      try await paging.show(Operations.templates, query: query, empty: "No templates.") { page in
        Terminal.table(
          ["template", "name", "variables without a value", "updated"],
          page.templates.map {
            [$0.id.rawValue, $0.name, $0.missingVariables.text, $0.updated.description]
          })
      }
    }
  }

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show one template with its texts.")

    @Argument(help: "The template's id.") var id: TemplateID
    @Flag(help: "Print the gateway's reply as JSON.") var json = false

    func run() async throws {
      try await APIClient.withEnvironment { client in
        let reply = try await client.call(Operations.template, path: id)
        if json { return reply.printJSON() }
        let template = reply.value
        Terminal.fields([
          ("template", template.id.rawValue), ("name", template.name),
          ("account", template.account?.rawValue ?? "all"), ("description", template.description ?? ""),
          ("variables without a value", template.missingVariables.text),
          ("defaults", template.defaults.map { $0.text } ?? ""),
          ("created", template.created.description), ("updated", template.updated.description),
        ])
        TemplateTexts.show(
          subject: template.content.subject, previewText: template.content.previewText,
          text: template.content.text, html: template.content.html)
      }
    }
  }

  struct Remove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Remove a template; messages that were accepted before stay as they are.")

    @Argument(help: "The template's id.") var id: TemplateID
    @OptionGroup var confirmation: Confirmation
    @Flag(help: "Print the gateway's reply as JSON.") var json = false

    func run() async throws {
      try confirmation.ask("remove the template \(id)")
      try await APIClient.withEnvironment { client in
        let reply = try await client.call(Operations.deleteTemplate, path: id)
        if json { return reply.printJSON() }
        Terminal.line("Removed \(id).")
      }
    }
  }

  struct Preview: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show what a message of a template would say.")

    @Argument(help: "The template's id.") var id: TemplateID
    @OptionGroup var values: TemplateParameters
    @Option(help: "The account that the message would be from.") var account: AccountID?
    @Option(help: "The recipient's address.") var to: String?
    @Flag(help: "Print the gateway's reply as JSON.") var json = false

    func run() async throws {
      var body = TemplatePreviewRequest()
      body.params = try values.object()
      body.account = account
      body.rcpt = to.map { AddressField($0) }
      try await APIClient.withEnvironment { [body] client in
        let reply = try await client.call(Operations.previewTemplate, path: id, body: body)
        if json { return reply.printJSON() }
        let texts = reply.value
        TemplateTexts.show(
          subject: texts.subject, previewText: texts.previewText, text: texts.text, html: texts.html)
      }
    }
  }

  struct Test: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Send a message of a template, to see how it arrives.")

    @Argument(help: "The template's id.") var id: TemplateID
    @Option(help: "The account to send from.") var account: AccountID
    @Option(help: "The recipient.") var to: String
    @OptionGroup var values: TemplateParameters
    @Flag(help: "Print the gateway's reply as JSON.") var json = false

    func run() async throws {
      var render = RenderField()
      render.params = try values.object()
      var body = SubmitRequest()
      body.to = [AddressField(to)]
      body.template = id
      body.render = .on(render)
      try await APIClient.withEnvironment { [body] client in
        let reply = try await client.call(Operations.submit, path: account, body: body)
        if json { return reply.printJSON() }
        Terminal.line(
          "\(reply.value.response): \(reply.value.queueId?.rawValue ?? ""), \(reply.value.messageId ?? "")")
      }
    }
  }
}

/// The values of a template's variables.
struct TemplateParameters: ParsableArguments {
  @Option(help: "A value, as NAME=TEXT; may be repeated.") var param: [String] = []
  @Option(help: "A file with the values as a JSON object.") var params: String?

  /// - Throws: `ValidationError` for what is not NAME=TEXT, or a file that is not a JSON object.
  func object() throws -> JSONValue {
    var object = try params.map { try JSONFile.object($0) } ?? JSONObject()
    for text in param {
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty else {
        throw ValidationError("--param must be NAME=TEXT, not “\(Printable.text(text))”.")
      }
      object[String(parts[0])] = .string(String(parts[1]))
    }
    return .object(object)
  }
}

/// Files of JSON that options name.
enum JSONFile {
  /// - Throws: `ValidationError` for one that is not an object.
  static func object(_ path: String) throws -> JSONObject {
    let bytes = try MessageComposer.file(path)
    guard let object = try? JSONValue(parsing: Array(bytes)).object else {
      throw ValidationError("\(Printable.text(path)) is not a JSON object.")
    }
    return object
  }
}

enum TemplateTexts {
  static func show(subject: String?, previewText: String?, text: String?, html: String?) {
    for (name, text) in [("subject", subject), ("previewText", previewText), ("text", text), ("html", html)] {
      guard let text else { continue }
      Terminal.line()
      Terminal.line("\(name):")
      for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
        Terminal.line("  " + Printable.text(String(line)))
      }
    }
  }
}

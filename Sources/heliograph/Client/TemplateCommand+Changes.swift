import API
import ArgumentParser
import Core
import JSON

extension TemplateCommand {
  struct Add: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Create a template and print its id.",
      discussion: """
        EXAMPLE
          heliograph template add --name Invoice --subject 'Invoice {{params.number}}' --html invoice.html \
        --missing blank
        """)

    @Option(help: "A name for people.") var name: String
    @Option(help: "The account that may use it; default: all accounts of the workspace.") var account:
      AccountID?
    @OptionGroup var texts: TemplateTextOptions
    @Flag(help: "Print the gateway's reply as JSON.") var json = false

    func run() async throws {
      var body = TemplateRequest()
      body.name = name
      body.account = account
      body.description = texts.description
      body.content = try texts.content()
      body.missingVariables = texts.missing ?? .fail
      body.defaults = try texts.defaultValues()
      try await APIClient.withEnvironment { [body] client in
        let reply = try await client.call(Operations.addTemplate, body: body)
        if json { return reply.printJSON() }
        Terminal.line(reply.value.id.rawValue)
      }
    }
  }

  struct Update: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Change a template; what is left out stays as it is.")

    @Argument(help: "The template's id.") var id: TemplateID
    @Option(help: "A name for people.") var name: String?
    @OptionGroup var texts: TemplateTextOptions
    @Flag(help: "Print the gateway's reply as JSON.") var json = false

    func run() async throws {
      var body = TemplateUpdateRequest()
      body.name = name
      body.description = texts.description
      body.content = try texts.content()
      body.missingVariables = texts.missing
      body.defaults = try texts.defaultValues()
      try await APIClient.withEnvironment { [body] client in
        let reply = try await client.call(Operations.updateTemplate, path: id, body: body)
        if json { return reply.printJSON() }
        Terminal.line("Updated \(id).")
      }
    }
  }
}

/// What is in a template.
struct TemplateTextOptions: ParsableArguments {
  @Option(help: "What it is for.") var description: String?
  @Option(help: "The subject.") var subject: String?
  @Option(help: "What mail programs show beside the subject in a list.") var previewText: String?
  @Option(help: "A file with the message as plain text.") var text: String?
  @Option(help: "A file with the message as HTML.") var html: String?
  @Option(help: "fail, default or blank: what becomes of a variable without a value.")
  var missing: MissingPolicy?
  @Option(help: "With --missing default: a file with a JSON object of values.") var defaults: String?

  func content() throws -> TemplateContent {
    var content = TemplateContent()
    content.subject = subject
    content.previewText = previewText
    content.text = try text.map { String(decoding: try MessageComposer.file($0), as: UTF8.self) }
    content.html = try html.map { String(decoding: try MessageComposer.file($0), as: UTF8.self) }
    return content
  }

  func defaultValues() throws -> JSONValue? {
    try defaults.map { .object(try JSONFile.object($0)) }
  }
}

extension MissingPolicy: ExpressibleByArgument {}
